"""The time on the providers' side. It runs with the real one and can be made to jump."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC instants, shifted by the jumps made so far.

    Windows and provider timestamps follow this clock. Pauses between deliveries do not: they are
    waits of real seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shift = timedelta()

    def now(self) -> datetime:
        """The current instant on the providers' side."""
        with self._lock:
            return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        """Jump; a negative number jumps back."""
        with self._lock:
            self._shift += timedelta(seconds=seconds)

    @property
    def shift_s(self) -> float:
        """How far this clock is ahead of the real one."""
        with self._lock:
            return self._shift.total_seconds()

    def reset(self) -> None:
        """Return to the real time."""
        with self._lock:
            self._shift = timedelta()
