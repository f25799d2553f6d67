"""Runs things later, in the background, and forgets them when told."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

Action = Callable[[], None]


class Dispatcher:
    """A few threads that take actions when their time has come.

    Actions that fall due together run side by side; whoever needs an order keeps it himself.
    """

    def __init__(self, workers: int) -> None:
        self._wake = threading.Condition()
        self._waiting: list[tuple[float, int, Action]] = []
        self._numbers = itertools.count()
        self._running = 0
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"sandbox-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def after(self, delay_s: float, action: Action) -> None:
        """Run `action` once, `delay_s` real seconds from now."""
        with self._wake:
            if self._closed:
                return
            due = time.monotonic() + max(delay_s, 0.0)
            heapq.heappush(self._waiting, (due, next(self._numbers), action))
            self._wake.notify()

    def forget(self) -> None:
        """Drop everything that has not begun."""
        with self._wake:
            self._waiting.clear()
            self._wake.notify_all()

    @property
    def pending(self) -> int:
        """Actions that wait or run."""
        with self._wake:
            return len(self._waiting) + self._running

    def close(self) -> None:
        """Stop the threads. What runs may finish; what waits is dropped."""
        with self._wake:
            self._closed = True
            self._waiting.clear()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=1)

    def _work(self) -> None:
        while True:
            action = self._next()
            if action is None:
                return
            try:
                action()
            except Exception:  # a thread that dies would silence every later webhook
                logger.exception("sandbox_action_failed")
            finally:
                with self._wake:
                    self._running -= 1

    def _next(self) -> Action | None:
        with self._wake:
            while not self._closed:
                if not self._waiting:
                    self._wake.wait()
                    continue
                pause = self._waiting[0][0] - time.monotonic()
                if pause <= 0:
                    self._running += 1
                    return heapq.heappop(self._waiting)[2]
                self._wake.wait(pause)
            return None
