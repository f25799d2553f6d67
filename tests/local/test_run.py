"""`make run` from nothing: addresses, a second run that finds its data, and no survivors."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import requests

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.journey


@contextmanager
def _make_run(
    data_dir: Path, web_port: int, sandbox_port: int
) -> Iterator[tuple[str, psutil.Process]]:
    """Start it as make does; give its announcement and its process; press Ctrl-C at the end."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAHUT_") and name not in {"DATABASE_URL", "REDIS_URL"}
    }
    environ |= {
        "SAHUT_DATA_DIR": str(data_dir),
        "SAHUT_PORT": str(web_port),
        "SAHUT_SANDBOX_PORT": str(sandbox_port),
    }
    command = [sys.executable, "-m", "local.run"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Health" in line:
                break
        yield said, psutil.Process(process.pid)
        process.send_signal(signal.SIGINT)
        process.communicate()


def _get(url: str) -> int:
    return requests.get(url, timeout=30).status_code


def test_a_run_shows_four_addresses_and_a_second_one_finds_its_data_again(
    server_home: Path, two_free_ports: tuple[int, int]
):
    home = server_home / "run"
    with _make_run(home, *two_free_ports) as (first, process):
        addresses = re.findall(r"http://127\.0\.0\.1:\d+/\S*", first.split("Sahut is running")[1])
        answers = [_get(address) for address in addresses]
        family = process.children(recursive=True)
        database_url = (home / "run" / "database_url").read_text()
        with psycopg.connect(database_url) as connection:
            row = connection.execute("SELECT count(*) FROM staff_user").fetchone()
    survivors = [child for child in family if _lives(child)]
    leftover = (home / "run" / "database_url").exists()
    with _make_run(home, *two_free_ports) as (second, _):
        pass

    web, sandbox = two_free_ports
    assert addresses == [
        f"http://127.0.0.1:{web}/",
        f"http://127.0.0.1:{web}/inbox",
        f"http://127.0.0.1:{sandbox}/",
        f"http://127.0.0.1:{web}/readyz",
    ]
    assert answers == [200, 200, 200, 200]
    assert row is not None
    assert row[0] >= 3
    assert len(family) >= 5
    assert (survivors, leftover) == ([], False)
    assert len(_logins(first)) >= 4
    assert _logins(first) == _logins(second)


def _logins(said: str) -> list[str]:
    return re.findall(r"^ +\S+ +\w{10}  \w+$", said, re.MULTILINE)


def _lives(process: psutil.Process) -> bool:
    """A zombie has ended; it only waits for the machine's first process to notice."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
