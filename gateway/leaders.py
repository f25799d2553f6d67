"""What the leadership sees: live figures per PD, without texts and without identities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.dates import local, long_day
from gateway.runtime import Runtime
from gateway.showing import clock_words
from gateway.statuses import WORDS, StatusWords
from store import figures
from store.figures import Totals

_FEW = 10
PERIOD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PdLine:
    """One PD. `few` marks numbers too small to compare; `oldest` is the oldest delay in words."""

    name: str
    disposed: int
    open: int
    late: int
    resolved: int
    oldest: str
    few: bool


@dataclass(frozen=True)
class Monitor:
    """The figures of the last seven days and of this instant."""

    totals: Totals
    lines: Sequence[PdLine]
    attention: Sequence[PdLine]
    statuses: Sequence[tuple[StatusWords, int]]
    period: str
    at: str

    @property
    def late_percent(self) -> int:
        """Share of open cases that are late."""
        return round(100 * self.totals.late / self.totals.open) if self.totals.open else 0


def monitor(runtime: Runtime) -> Monitor:
    """Return the figures of now."""
    now = runtime.now()
    since = now - PERIOD
    with runtime.transaction() as session:
        totals = figures.totals(session, since, now)
        rows = figures.per_pd(session, since, now)
        counted = figures.status_counts(session)
    lines = [
        PdLine(row.name, row.disposed, row.open, row.late, row.resolved,
               _age(row.late_since, now), row.disposed < _FEW)
        for row in rows
    ]  # fmt: skip
    zone = runtime.profile.timezone
    return Monitor(
        totals=totals,
        lines=lines,
        attention=[line for line in lines if line.late][:3],
        statuses=[(words, counted.get(status, 0)) for status, words in WORDS.items()],
        period=f"{long_day(local(since, zone).date())} sampai {long_day(local(now, zone).date())}",
        at=f"{clock_words(runtime, now)} {runtime.profile.zone_label}",
    )


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    days = (now - since).days
    return f"{days} hari" if days else "kurang dari 1 hari"
