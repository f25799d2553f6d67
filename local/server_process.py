"""Start a server program, wait until it answers, stop it. Used for PostgreSQL and Redis."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
_POLL_S = 0.05
_LEASH = Path(__file__).with_name("leash.py")


class ServerStartError(Exception):
    """A server did not come up. The message is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Program:
    """What to start.

    Attributes:
        name: for messages.
        command: program and arguments, absolute paths.
        log: file that receives everything the program prints.
        stop_signal: asks the program to finish in an orderly way.
        env: its whole environment, or None for ours.
        user: system user to run as, or None for ourselves.
    """

    name: str
    command: Sequence[str]
    log: Path
    stop_signal: signal.Signals
    env: Mapping[str, str] | None = None
    user: str | None = None


class ServerProcess:
    """One running server. It leaves with us, however we end: the kernel tells it."""

    def __init__(self, program: Program) -> None:
        """Start the program; it is not ready yet, see `wait_until`."""
        self._program = program
        leash = [sys.executable, str(_LEASH), str(int(program.stop_signal)), program.user or "-"]
        with program.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must not reach it before its clients.
            self._process = subprocess.Popen(
                [*leash, *program.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=None if program.env is None else dict(program.env),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until `ready()` is true.

        Raises:
            ServerStartError: the program ended or stayed silent for a minute; it is stopped.
        """
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while not ready():
            if self._process.poll() is not None:
                raise ServerStartError(f"{self._program.name} does not start: {self._last_line()}")
            if time.monotonic() > give_up_at:
                self.stop()
                raise ServerStartError(f"{self._program.name} does not answer: {self._last_line()}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Stop the server in an orderly way, or by force after 20 s. May be called twice."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(self._program.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT_S)
            return
        self._process.kill()
        self._process.wait()

    def kill(self) -> None:
        """End the server as a crash would. For fault tests."""
        self._process.kill()
        self._process.wait()

    def _last_line(self) -> str:
        lines = self._program.log.read_text(errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'no message'} (log: {self._program.log})"
