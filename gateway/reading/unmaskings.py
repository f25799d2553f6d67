"""Pembukaan identitas: who opened whose identity in a month, and why.

The page is for those who watch over it. What is taken away as CSV names neither officer nor
reason: whoever reads it learns how often, when, and about which case.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.cases.identity import mask_numbers
from gateway.errors import NotFoundError
from gateway.rules.cursors import read_cursor, write_cursor
from gateway.rules.dates import local, month_words
from gateway.rules.people import ROLE_WORDS, Permission, Role, Staff
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import unmaskings
from store.models.staff import AuditEntry
from store.queues import Cursor
from store.unmaskings import Span, Unmasking

_PAGE: Final = 50
_BATCH: Final = 1000
_VALUES: Final[Mapping[str, str]] = {"name": "nama", "address": "nomor atau akun", "nik": "NIK"}
_HEADINGS: Final = ("Waktu", "Akun", "Peran", "Nomor aduan", "Yang dibuka")
_BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else


@dataclass(frozen=True, slots=True)
class Line:
    """One opening in words."""

    at: str
    who: str
    ticket: str
    values: str
    reason: str


@dataclass(frozen=True)
class MonthPage:
    """One page of a month. `earlier` and `later` are its neighbours, `older` a cursor."""

    month: str
    words: str
    total: int
    people: Sequence[tuple[str, int]]
    lines: Sequence[Line]
    older: str | None
    earlier: str
    later: str | None


def page(runtime: Runtime, staff: Staff, month: str, cursor: str | None = None) -> MonthPage:
    """Return one page of a month (``2026-11``; empty: this one), newest first.

    Raises:
        NotFoundError: there is no such month, or it has not begun.
    """
    staff.require(Permission.SEE_UNMASKINGS)
    first = _first_day(runtime, month)
    span, place = span_of(runtime, first), read_cursor(cursor)
    with runtime.transaction() as session:
        after = (place.at, place.row_id) if place else None
        rows = unmaskings.page(session, span, after, _PAGE + 1)
        people = unmaskings.per_person(session, span)
    shown = rows[:_PAGE]
    more = Cursor(shown[-1].at, shown[-1].id) if len(rows) > _PAGE else None
    following = _next_month(first)
    return MonthPage(
        month=f"{first:%Y-%m}",
        words=month_words(first),
        total=sum(count for _, count in people),
        people=people,
        lines=[_line(runtime, row) for row in shown],
        older=write_cursor(more),
        earlier=f"{first - timedelta(days=1):%Y-%m}",
        later=f"{following:%Y-%m}" if following <= _today(runtime) else None,
    )


def stream(runtime: Runtime, staff: Staff, month: str) -> Iterator[bytes]:
    """Log the export and return the CSV of a month, a batch at a time.

    Raises:
        NotFoundError: there is no such month, or it has not begun.
    """
    staff.require(Permission.SEE_UNMASKINGS)
    first = _first_day(runtime, month)
    facts = {"format": "csv", "list": "unmaskings", "month": f"{first:%Y-%m}"}
    with runtime.transaction() as session:
        session.add(AuditEntry(at=runtime.now(), actor_id=staff.id, action="export", data=facts))
    return _csv(runtime, span_of(runtime, first))


def span_of(runtime: Runtime, first: date) -> Span:
    """Return the month that begins on this day, on the government's clock."""
    zone = ZoneInfo(runtime.profile.timezone)
    return Span(
        datetime.combine(first, time(), zone), datetime.combine(_next_month(first), time(), zone)
    )


def _csv(runtime: Runtime, span: Span) -> Iterator[bytes]:
    yield (_BOM + _row(_HEADINGS)).encode()
    after: tuple[datetime, int] | None = None
    while True:
        with runtime.transaction() as session:
            rows = unmaskings.page(session, span, after, _BATCH)
        if not rows:
            return
        yield "".join(_row(_cells(runtime, row)) for row in rows).encode()
        after = (rows[-1].at, rows[-1].id)


def _cells(runtime: Runtime, row: Unmasking) -> Sequence[str]:
    at = local(row.at, runtime.profile.timezone)
    role = ROLE_WORDS[Role(row.role)]
    return (f"{at:%Y-%m-%d %H:%M}", f"akun {row.actor_id}", role, row.ticket, _values(row))


def _row(cells: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _line(runtime: Runtime, row: Unmasking) -> Line:
    at = full_time(runtime, row.at)
    return Line(at, row.actor, row.ticket, _values(row), mask_numbers(row.reason))


def _values(row: Unmasking) -> str:
    opened = row.data.get("values", list(_VALUES))
    return ", ".join(_VALUES[one] for one in opened if one in _VALUES)


def _first_day(runtime: Runtime, month: str) -> date:
    if not month:
        return _today(runtime).replace(day=1)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFoundError("month") from None
    if first > _today(runtime) or first.year <= date.min.year:
        raise NotFoundError("month")
    return first


def _today(runtime: Runtime) -> date:
    return local(runtime.now(), runtime.profile.timezone).date()


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
