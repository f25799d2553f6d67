import io
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.supervisor import Supervisor

PROJECT = Path(__file__).parents[2]
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(out: io.StringIO) -> Iterator[Supervisor]:
    running = Supervisor(out)
    yield running
    running.stop()


def _start(supervisor: Supervisor, name: str, program: str) -> None:
    supervisor.start(name, [sys.executable, "-c", program], dict(os.environ))


def test_lines_appear_under_the_name_of_their_program(supervisor: Supervisor, out: io.StringIO):
    _start(supervisor, "web", "print('halo')")

    ended = supervisor.wait()

    assert ended == "web ended by itself (code 0)"
    assert "web     | halo" in out.getvalue().splitlines()


def test_a_program_that_fails_is_named_with_its_code(supervisor: Supervisor):
    _start(supervisor, "worker", "import sys; sys.exit(3)")

    assert supervisor.wait() == "worker ended by itself (code 3)"


def test_while_all_run_waiting_ends_without_a_name(supervisor: Supervisor):
    _start(supervisor, "web", SLEEPER)

    assert supervisor.wait(timeout_s=0.01) is None


def test_stopping_ends_programs_and_what_they_started(supervisor: Supervisor, tmp_path: Path):
    note = tmp_path / "pids"
    nested = (
        "import os, subprocess, sys, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(note)!r}).write_text(f'{{os.getpid()}} {{child.pid}}');"
        "print('up', flush=True); child.wait()"
    )
    _start(supervisor, "web", nested)
    while not note.exists() or len(note.read_text().split()) < 2:
        supervisor.wait(timeout_s=0.05)
    processes = [os.pidfd_open(int(pid)) for pid in note.read_text().split()]

    supervisor.stop()

    assert [_has_ended(process) for process in processes] == [True, True]


def test_a_program_that_ignores_the_polite_signal_ends_all_the_same(tmp_path: Path):
    note = tmp_path / "pid"
    program = (
        "import os, pathlib, signal, time;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(note)!r}).write_text(str(os.getpid()));"
        "time.sleep(600)"
    )
    supervisor = Supervisor(io.StringIO(), stop_timeout_s=0.1)
    _start(supervisor, "stubborn", program)
    while not note.exists() or not note.read_text():
        supervisor.wait(timeout_s=0.05)
    process = os.pidfd_open(int(note.read_text()))

    supervisor.stop()

    assert _has_ended(process)


def test_programs_end_when_the_supervisor_is_killed():
    program = (
        "import os, sys; from local.supervisor import Supervisor;"
        "supervisor = Supervisor();"
        "supervisor.start('web', [sys.executable, '-c',"
        " 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'], dict(os.environ));"
        "supervisor.wait()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline().rsplit(maxsplit=1)[1]))
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    assert _has_ended(child)


def _has_ended(process: int) -> bool:
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(20_000))
