"""`make run` on a machine where something is wrong: one line, exit code 1, nothing started."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        yield port


def _run(data_dir: Path, **variables: str) -> tuple[int, list[str]]:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAHUT_", "DATA"))
    }
    environ |= {"SAHUT_DATA_DIR": str(data_dir), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path, taken_port: int):
    code, lines = _run(tmp_path / "var", SAHUT_PORT=str(taken_port))

    way_out = f"Choose another one: make run SAHUT_PORT={taken_port + 1}"
    assert code == 1
    assert lines == [f"Port {taken_port}: Address already in use. {way_out}"]


def test_a_broken_setting_is_named(tmp_path: Path):
    code, lines = _run(tmp_path / "var", SAHUT_TICK_S="soon", SAHUT_TYPO="1")

    assert code == 1
    assert [line.split(":")[0] for line in lines] == ["SAHUT_TICK_S", "SAHUT_TYPO"]


def test_a_missing_credential_is_named(tmp_path: Path):
    code, lines = _run(tmp_path / "var", SAHUT_TELEGRAM_BOT_TOKEN="7009:abc")

    assert code == 1
    assert lines == [
        "SAHUT_TELEGRAM_SECRET_TOKENS: needed because another Telegram setting is given"
    ]


def test_a_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, free_port: int, redis_url: str
):
    code, lines = _run(
        tmp_path / "var",
        DATABASE_URL=f"postgresql://u:geheim@127.0.0.1:{free_port}/x",
        REDIS_URL=redis_url,
        SAHUT_PORT=str(free_port),
    )

    assert code == 1
    assert lines == ["DATABASE_URL: no PostgreSQL answers there, or it refuses us"]


def test_a_queue_that_does_not_answer_is_named(tmp_path: Path, free_port: int, database_url: str):
    code, lines = _run(
        tmp_path / "var",
        DATABASE_URL=database_url,
        REDIS_URL=f"redis://:geheim@127.0.0.1:{free_port}/0",
        SAHUT_PORT=str(free_port),
    )

    assert code == 1
    assert lines == ["REDIS_URL: no Redis answers there, or it refuses us"]


def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path):
    data_dir = tmp_path / "var"
    (data_dir / "run").mkdir(parents=True)
    with (data_dir / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        code, lines = _run(data_dir)

    assert code == 1
    assert lines == [f"`make run` is already under way on {data_dir}"]
