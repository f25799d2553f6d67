"""What was understood beside what officers made of it: writing it down, and counting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.feedback import Feedback

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Mistake:
    """One confusion: a field, what was understood, what it was, how often, and some tickets."""

    field: str
    understood: str | None
    corrected: str | None
    count: int
    tickets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Month:
    """How good suggestions of one field were in a month (`first_day` in the given zone)."""

    first_day: datetime
    field: str
    decided: int
    suggested: int
    first_right: int
    among_three: int


def noted(session: Session, complaint_id: int) -> dict[str, Feedback]:
    """Return what is kept of a complaint's fields; its row should be locked."""
    rows = session.scalars(select(Feedback).where(Feedback.complaint_id == complaint_id))
    return {row.field: row for row in rows}


def forget(session: Session, complaint_id: int, fields: Sequence[str]) -> None:
    """Take decisions back that an officer has undone."""
    session.execute(
        delete(Feedback).where(Feedback.complaint_id == complaint_id, Feedback.field.in_(fields))
    )


def mistakes(session: Session, since: datetime, limit: int) -> list[Mistake]:
    """Return what was corrected since then, the most frequent first."""
    count = func.count()
    newest = func.array_agg(Complaint.ticket).label("tickets")
    statement = (
        select(Feedback.field, Feedback.understood, Feedback.corrected, count, newest)
        .join(Complaint, Complaint.id == Feedback.complaint_id)
        .where(Feedback.at >= since, ~Feedback.agreed)
        .group_by(Feedback.field, Feedback.understood, Feedback.corrected)
        .order_by(count.desc(), Feedback.field, Feedback.understood, Feedback.corrected)
        .limit(limit)
    )
    return [
        Mistake(field, understood, corrected, number, sorted(tickets, reverse=True)[:_EXAMPLES])
        for field, understood, corrected, number, tickets in session.execute(statement)
    ]


def months(session: Session, since: datetime, timezone: str, fields: Sequence[str]) -> list[Month]:
    """Return how good the suggestions were, month by month, the newest first.

    Args:
        session: the caller's.
        since: from the month in which this instant lies on, aware UTC.
        timezone: IANA name of the zone that months are counted in.
        fields: which fields are suggested.
    """
    month = func.date_trunc("month", func.timezone(timezone, Feedback.at))
    statement = (
        select(
            month,
            Feedback.field,
            func.count(),
            func.count(Feedback.understood),
            func.count().filter(Feedback.agreed),
            func.count(Feedback.rank),
        )
        .where(Feedback.at >= since, Feedback.field.in_(fields))
        .group_by(month, Feedback.field)
        .order_by(month.desc(), Feedback.field)
    )
    return [Month(*row) for row in session.execute(statement)]
