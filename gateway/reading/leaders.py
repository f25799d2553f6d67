"""What the leadership sees: live figures per PD, without texts and without identities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.rules.dates import local, long_day, month_words
from gateway.rules.people import LEADERSHIP
from gateway.rules.statuses import WORDS, StatusWords
from gateway.runtime import Runtime
from gateway.showing.showing import category_name, clock_words
from store import feedback, figures
from store.figures import Totals
from store.visibility import seen_by

_FEW = 10
_EACH = 3
_LATELY = timedelta(hours=48)
RUNNING_STATUS = "berjalan"  # as the list's address has it
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
    returned: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Attention:
    """One row of Perlu perhatian.

    `query` is the filter of the list behind it; `pd` or `ticket` is what an Arahan would be about.
    """

    words: str
    detail: str
    query: Mapping[str, str]
    pd: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """How many of a month's disposisi went where the system had suggested, in percent."""

    month: str
    decided: int
    first_percent: int
    three_percent: int


@dataclass(frozen=True)
class Monitor:
    """The figures of the last seven days and of this instant; `suggestions` by month."""

    totals: Totals
    lines: Sequence[PdLine]
    attention: Sequence[Attention]
    statuses: Sequence[tuple[StatusWords, int]]
    period: str
    at: str
    suggestions: Sequence[SuggestionLine] = ()

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
        months = feedback.months(session, _months_back(runtime, now), runtime.profile.timezone,
                                 ("pd",))  # fmt: skip
        attention = [*_clusters(runtime, session, now), *_reopened(session)]
    lines = [
        PdLine(row.name, row.disposed, row.open, row.late, row.resolved,
               _age(row.late_since, now), row.disposed < _FEW, row.returned, row.code)
        for row in rows
    ]  # fmt: skip
    zone = runtime.profile.timezone
    return Monitor(
        totals=totals,
        lines=lines,
        attention=[*_late_pds(lines), *attention],
        statuses=[(words, counted.get(status, 0)) for status, words in WORDS.items()],
        period=f"{long_day(local(since, zone).date())} sampai {long_day(local(now, zone).date())}",
        at=f"{clock_words(runtime, now)} {runtime.profile.zone_label}",
        suggestions=[
            SuggestionLine(
                month_words(row.first_day.date()),
                row.decided,
                round(100 * row.first_right / row.decided),
                round(100 * row.among_three / row.decided),
            )
            for row in months
        ],
    )


def _late_pds(lines: Sequence[PdLine]) -> list[Attention]:
    return [
        Attention(
            f"{line.name}: {line.late} aduan lewat batas, terlama {line.oldest}",
            "",
            {"pd": line.code, "lewat": "ya", "status": RUNNING_STATUS},
            pd=line.code,
        )
        for line in lines
        if line.late
    ][:_EACH]


def _clusters(runtime: Runtime, session: Session, now: datetime) -> list[Attention]:
    found = figures.clusters(session, now - _LATELY, seen_by(LEADERSHIP, None))
    return [
        Attention(
            f"Desa {one.desa}: {one.count} aduan dalam 48 jam",
            category_name(runtime, one.category_code),
            {"desa": one.desa, "kategori": one.category_code, "status": RUNNING_STATUS},
        )
        for one in found
    ]


def _reopened(session: Session) -> list[Attention]:
    found = figures.reopened(session, seen_by(LEADERSHIP, None))
    return [
        Attention(
            f"{one.ticket} dibuka kembali {one.times} kali",
            one.title,
            {"kata": one.ticket},
            ticket=one.ticket,
        )
        for one in found
    ]


def _months_back(runtime: Runtime, now: datetime) -> datetime:
    """Return when the month before last began: three months are shown."""
    first = local(now, runtime.profile.timezone).replace(day=1, hour=0, minute=0, second=0)
    for _ in range(2):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.replace(microsecond=0)


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    days = (now - since).days
    return f"{days} hari" if days else "kurang dari 1 hari"
