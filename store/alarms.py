"""Clocks at which something is due because time passed, and how much is late where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from store.models.complaint import Clock, Complaint, Disposisi

_BATCH = 200


@dataclass(frozen=True, slots=True)
class LateAtPd:
    """How many cases of one PD (None: Diskominfo) are late, and since when the oldest is."""

    pd_code: str | None
    count: int
    oldest_due_at: datetime


def any_due(session: Session, now: datetime) -> bool:
    """Whether a clock has an alarm or the end of a pause due."""
    alarm = select(Clock.id).where(_alarmed(now)).limit(1)
    pause = select(Clock.id).where(_pause_over(now)).limit(1)
    return session.scalar(alarm) is not None or session.scalar(pause) is not None


def due(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Return clocks with an alarm due, the longest waiting first: clock id and ticket."""
    return _with_tickets(session, _alarmed(now))


def overlong_pauses(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Return clocks whose pause has lasted as long as it may: clock id and ticket."""
    return _with_tickets(session, _pause_over(now))


def clock_if(session: Session, clock_id: int, now: datetime) -> Clock | None:
    """Return a clock whose alarm is still due, None otherwise; its case is locked by the caller."""
    return session.scalar(
        select(Clock)
        .where(Clock.id == clock_id, _alarmed(now))
        .execution_options(populate_existing=True)
    )


def paused_clock_if(session: Session, clock_id: int, now: datetime) -> Clock | None:
    """Return a clock whose pause is still over, None otherwise."""
    return session.scalar(
        select(Clock)
        .where(Clock.id == clock_id, _pause_over(now))
        .execution_options(populate_existing=True)
    )


def postpone(session: Session, clock_id: int, until: datetime) -> None:
    """Look at the alarm of a clock again then."""
    session.execute(update(Clock).where(Clock.id == clock_id).values(alarm_at=until))


def settle_past(session: Session, now: datetime) -> None:
    """Let alarms that are due, and disposisi nobody was told of, count as given."""
    session.execute(update(Clock).where(Clock.alarm_at <= now).values(alarm=None, alarm_at=None))
    session.execute(update(Disposisi).where(Disposisi.noticed_at.is_(None)).values(noticed_at=now))


def late_by_pd(session: Session, due_before: datetime) -> list[LateAtPd]:
    """Return which PDs have cases whose deadline passed before then, most cases first."""
    cases = func.count(func.distinct(Clock.complaint_id))
    statement = (
        select(Complaint.pd_code, cases, func.min(Clock.due_at))
        .join(Complaint, Complaint.id == Clock.complaint_id)
        .where(
            Clock.stopped_at.is_(None),
            Clock.paused_at.is_(None),
            Clock.due_at < due_before,
            Clock.kind != "K6",
            Complaint.archived_at.is_(None),
            Complaint.withdrawn_at.is_(None),
            Complaint.leading_id.is_(None),
        )
        .group_by(Complaint.pd_code)
        .order_by(cases.desc(), func.min(Clock.due_at))
    )
    return [LateAtPd(*row) for row in session.execute(statement)]


def _with_tickets(session: Session, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
    statement = (
        select(Clock.id, Complaint.ticket)
        .join(Complaint, Complaint.id == Clock.complaint_id)
        .where(condition)
        .order_by(Clock.alarm_at, Clock.id)
        .limit(_BATCH)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def _alarmed(now: datetime) -> ColumnElement[bool]:
    return and_(Clock.alarm_at <= now, Clock.stopped_at.is_(None), Clock.paused_at.is_(None))


def _pause_over(now: datetime) -> ColumnElement[bool]:
    return and_(Clock.paused_until <= now, Clock.stopped_at.is_(None))


def clocks(session: Session, ids: Sequence[int]) -> dict[int, Clock]:
    """Return these clocks by id."""
    statement = select(Clock).where(Clock.id.in_(ids))
    return {row.id: row for row in session.scalars(statement)}


def responses(session: Session, complaint_ids: Sequence[int]) -> dict[int, Clock]:
    """Return the running clock of the first response (K2) of these cases, by case."""
    statement = select(Clock).where(
        Clock.complaint_id.in_(complaint_ids), Clock.kind == "K2", Clock.stopped_at.is_(None)
    )
    return {row.complaint_id: row for row in session.scalars(statement)}


def standing(session: Session, disposisi_ids: Sequence[int]) -> set[int]:
    """Return those of these disposisi that still wait for the PD."""
    statement = select(Disposisi.id).where(
        Disposisi.id.in_(disposisi_ids),
        Disposisi.accepted_at.is_(None),
        Disposisi.returned_at.is_(None),
    )
    return set(session.scalars(statement))
