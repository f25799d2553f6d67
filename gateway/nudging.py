"""Nudges from a thread of their own: no webhook waits for Redis, and a burst is one nudge."""

import threading
import time
from typing import Final

from gateway.runtime import Nudger

_GATHER_S: Final = 0.01


class DeferredNudger:
    """Passes nudges on a moment later, each kind once.

    A nudge that dies with the process is found by the worker's ticker, like any other lost one.
    The thread starts with the first nudge, after the web server has made its processes.
    """

    def __init__(self, inner: Nudger) -> None:
        self._inner = inner
        self._due: set[str] = set()
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self, kind: str) -> None:
        """Ask for one drain of `kind`, soon."""
        with self._lock:
            self._due.add(kind)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)
                self._thread.start()
        self._rung.set()

    def answers(self) -> bool:
        """Whether the queue can be reached now."""
        return self._inner.answers()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            time.sleep(_GATHER_S)
            self._rung.clear()
            with self._lock:
                due, self._due = self._due, set()
            for kind in sorted(due):
                self._inner.wake(kind)
