"""Counts for the leadership and the public front page; no text, no identity."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, distinct, func, select, text
from sqlalchemy.orm import Session

from store.models.complaint import (
    OPEN_CASE,
    Clock,
    Complaint,
    ComplaintEvent,
    ComplaintStatus,
    Disposisi,
)
from store.models.staff import PerangkatDaerah

_OFTEN, _MANY, _MOST = 2, 5, 3
_CLOSED = (ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT)
# A part is work of its PD, but no complaint of its own; a follower has the course of another.
_WHOLE = Complaint.part_of_id.is_(None)
_ALONE = and_(_WHOLE, Complaint.leading_id.is_(None))


@dataclass(frozen=True, slots=True)
class Totals:
    """Cases received, resolved, open and late; the open ones at this instant."""

    received: int
    resolved: int
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class PdFigures:
    """The same for one PD. `late_since` is its oldest missed deadline.

    `returned` counts the disposisi that it gave back in the period.
    """

    code: str
    name: str
    disposed: int
    open: int
    late: int
    resolved: int
    late_since: datetime | None
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Reopened:
    """A case that citizens had reopened again and again."""

    ticket: str
    title: str
    times: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Many cases of one category in one desa within a short time."""

    desa: str
    category_code: str
    count: int


def totals(session: Session, since: datetime, now: datetime) -> Totals:
    """Return the totals of a period that began at `since`; Rahasia cases are counted."""
    counted = and_(Complaint.archived_at.is_(None), _WHOLE)
    is_open = and_(Complaint.status.not_in(_CLOSED), Complaint.withdrawn_at.is_(None), _ALONE)
    row = session.execute(
        select(
            func.count().filter(Complaint.received_at >= since),
            func.count().filter(Complaint.resolved_at >= since),
            func.count().filter(is_open),
        ).where(counted)
    ).one()
    late = session.scalar(
        select(func.count(distinct(Clock.complaint_id)))
        .join(Complaint, Complaint.id == Clock.complaint_id)
        .where(_late(now), counted, is_open)
    )
    return Totals(row[0], row[1], row[2], late or 0)


def per_pd(session: Session, since: datetime, now: datetime) -> list[PdFigures]:
    """Return the figures of every PD that has cases, the most late first."""
    late = (
        select(Clock.complaint_id.label("complaint_id"), func.min(Clock.due_at).label("late_since"))
        .where(_late(now))
        .group_by(Clock.complaint_id)
        .subquery()
    )
    is_open = Complaint.status.not_in(_CLOSED)
    late_case = and_(is_open, late.c.complaint_id.is_not(None))
    statement = (
        select(
            PerangkatDaerah.code,
            PerangkatDaerah.name,
            func.count(),
            func.count().filter(is_open),
            func.count().filter(late_case),
            func.count().filter(Complaint.resolved_at >= since),
            func.min(case((late_case, late.c.late_since))),
        )
        .join(PerangkatDaerah, PerangkatDaerah.code == Complaint.pd_code)
        .outerjoin(late, late.c.complaint_id == Complaint.id)
        .where(Complaint.archived_at.is_(None), Complaint.withdrawn_at.is_(None))
        .group_by(PerangkatDaerah.code, PerangkatDaerah.name)
    )
    given_back = _returned(session, since)
    found = [PdFigures(*row) for row in session.execute(statement)]
    rows = [replace(row, returned=given_back.get(row.code, 0)) for row in found]
    return sorted(rows, key=lambda row: (-row.late, -row.open, row.name))


def status_counts(session: Session) -> dict[ComplaintStatus, int]:
    """Return how many cases have each status, the closed ones included."""
    statement = (
        select(Complaint.status, func.count())
        .where(Complaint.archived_at.is_(None), Complaint.withdrawn_at.is_(None), _ALONE)
        .group_by(Complaint.status)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def reopened(session: Session, within: ColumnElement[bool]) -> list[Reopened]:
    """Return the running cases that were reopened twice or more, most often first."""
    times = func.count()
    statement = (
        select(Complaint.ticket, Complaint.title, times)
        .join(ComplaintEvent, ComplaintEvent.complaint_id == Complaint.id)
        .where(Complaint.verdict == "belum", Complaint.status.not_in(_CLOSED), within)
        .where(ComplaintEvent.kind == "reopened")
        .group_by(Complaint.id)
        .having(times >= _OFTEN)
        .order_by(times.desc(), Complaint.id)
        .limit(_MOST)
    )
    return [Reopened(*row) for row in session.execute(statement)]


def clusters(session: Session, since: datetime, within: ColumnElement[bool]) -> list[Cluster]:
    """Return where five and more running cases of one category have come in since then."""
    many = func.count()
    statement = (
        select(Complaint.desa, Complaint.category_code, many)
        .where(text(OPEN_CASE), Complaint.received_at >= since, within)
        .where(Complaint.desa.is_not(None), Complaint.category_code.is_not(None), _ALONE)
        .group_by(Complaint.desa, Complaint.category_code)
        .having(many >= _MANY)
        .order_by(many.desc(), Complaint.desa)
        .limit(_MOST)
    )
    return [Cluster(row[0] or "", row[1] or "", row[2]) for row in session.execute(statement)]


def _returned(session: Session, since: datetime) -> dict[str, int]:
    statement = (
        select(Disposisi.pd_code, func.count())
        .where(Disposisi.returned_at >= since, Disposisi.return_reason != "undone")
        .group_by(Disposisi.pd_code)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _late(now: datetime) -> ColumnElement[bool]:
    return and_(
        Clock.stopped_at.is_(None),
        Clock.paused_at.is_(None),
        Clock.kind != "K6",
        Clock.due_at < now,
    )
