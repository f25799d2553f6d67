"""Run several programs as one: mixed output, one Ctrl-C, and no survivor.

Written for this instead of taking honcho: with it, Ctrl-C in the first moments (before every child
has reported its process id) ends the supervisor with a KeyError and leaves the children behind.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, TextIO

STOP_TIMEOUT_S: Final = 15.0
_LEASH = Path(__file__).with_name("leash.py")


class Supervisor:
    """Children that live and end together."""

    def __init__(self, out: TextIO = sys.stdout, stop_timeout_s: float = STOP_TIMEOUT_S) -> None:
        self._out = out
        self._stop_timeout_s = stop_timeout_s
        self._printing = threading.Lock()
        self._children: dict[str, subprocess.Popen[str]] = {}
        self._readers: list[threading.Thread] = []
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start one child; its lines appear under its name."""
        # The leash: the kernel ends the child when we are killed without a chance to do it.
        leash = [sys.executable, str(_LEASH), str(int(signal.SIGTERM)), "-"]
        child = subprocess.Popen(
            [*leash, *command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # the terminal's Ctrl-C comes to us alone
        )
        self._children[name] = child
        reader = threading.Thread(target=self._relay, args=(name, child), daemon=True)
        reader.start()
        self._readers.append(reader)

    def wait(self, timeout_s: float | None = None) -> str | None:
        """Wait until a child ends; return its name and exit code as text, None on time-out."""
        try:
            name = self._ended.get(timeout=timeout_s)
        except queue.Empty:
            return None
        return f"{name} ended by itself (code {self._children[name].wait()})"

    def stop(self) -> None:
        """End every child: politely, then by force after 15 s. May be called twice."""
        for child in self._children.values():
            _signal_group(child, signal.SIGTERM)
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self._stop_timeout_s)
        for child in self._children.values():
            _signal_group(child, signal.SIGKILL)  # and whatever a child left in its group
            child.wait()
        for reader in self._readers:
            reader.join(timeout=5)

    def say(self, line: str) -> None:
        """Print a line of our own between those of the children."""
        with self._printing:
            print(line, file=self._out, flush=True)

    def _relay(self, name: str, child: subprocess.Popen[str]) -> None:
        output: IO[str] | None = child.stdout
        if output is not None:
            with output:
                for line in output:
                    self.say(f"{name:<8}| {line.rstrip()}")
        child.wait()
        self._ended.put(name)


def _signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
