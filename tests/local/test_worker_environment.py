import json
from pathlib import Path

from local.worker import worker_environment


def test_a_second_worker_gets_the_settings_of_the_run_under_way(tmp_path: Path):
    (tmp_path / "run").mkdir()
    note = {"SAHUT_TELEGRAM_BOT_TOKEN": "7009:run", "SAHUT_TICK_S": "1"}
    (tmp_path / "run" / "environment").write_text(json.dumps(note))

    environ = worker_environment({"SAHUT_TICK_S": "7", "PATH": "/bin"}, tmp_path)

    assert environ == {"SAHUT_TELEGRAM_BOT_TOKEN": "7009:run", "SAHUT_TICK_S": "7", "PATH": "/bin"}


def test_without_a_run_the_environment_alone_decides(tmp_path: Path):
    assert worker_environment({"PATH": "/bin"}, tmp_path) == {"PATH": "/bin"}
