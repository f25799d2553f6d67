"""Decided cases to learn from, and waiting cases that no model has looked at yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from store.models.complaint import Complaint, ComplaintStatus, Disposisi


@dataclass(frozen=True, slots=True)
class Decided:
    """One disposisi that stood: its id, what was chosen, and the redacted text."""

    id: int
    pd: str
    category: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A received case without a second opinion."""

    id: int
    text: str


def decided(session: Session, after: int, last: int, limit: int, until: datetime) -> list[Decided]:
    """Return disposisi in their order, without those that were undone or sent back.

    Args:
        session: the caller's.
        after: id behind which to begin.
        last: id of the last one wanted.
        limit: how many at most.
        until: younger ones may still be undone, aware UTC.
    """
    statement = (
        _standing(until)
        .where(Disposisi.id > after, Disposisi.id <= last)
        .order_by(Disposisi.id)
        .limit(limit)
        .with_only_columns(
            Disposisi.id, Disposisi.pd_code, Complaint.category_code, Complaint.public_text
        )
    )
    return [Decided(*row) for row in session.execute(statement)]


def count_decided(session: Session, after: int, until: datetime) -> tuple[int, int]:
    """Return how many disposisi there are behind an id, and the id of the last (0 for none)."""
    counted = _standing(until).where(Disposisi.id > after)
    row = session.execute(counted.with_only_columns(func.count(), func.max(Disposisi.id))).one()
    return row[0], row[1] or 0


def _standing(until: datetime) -> Select[Any]:
    return (
        select(Disposisi.id)
        .join(Complaint, Complaint.id == Disposisi.complaint_id)
        .where(
            Disposisi.created_at <= until,
            Disposisi.returned_at.is_(None),
            Complaint.archived_at.is_(None),
        )
    )


def any_waiting(session: Session) -> bool:
    """Whether a received case has no second opinion yet."""
    return session.scalar(_waiting().with_only_columns(Complaint.id).limit(1)) is not None


def waiting(session: Session, limit: int) -> list[Waiting]:
    """Return received cases without a second opinion, the oldest first."""
    statement = _waiting().order_by(Complaint.id).limit(limit)
    return [Waiting(*row) for row in session.execute(statement)]


def _waiting() -> Select[int, str]:
    return select(Complaint.id, Complaint.public_text).where(
        Complaint.suggested_by.is_(None),
        Complaint.status == ComplaintStatus.RECEIVED,
        Complaint.archived_at.is_(None),
    )


def give_opinions(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write second opinions, where nobody has decided meanwhile.

    The version of the row stays: an officer who has the case open need not read it again. A row
    has the keys ``case``, ``by``, ``pds`` and ``code``; None in the last two changes nothing.
    """
    table = Complaint.__table__
    pds = bindparam("pds", type_=JSONB(none_as_null=True))
    statement = (
        update(table)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .where(
            table.c.id == bindparam("case"),
            table.c.status == ComplaintStatus.RECEIVED,
            table.c.suggested_by.is_(None),
        )
        .values(
            suggested_by=bindparam("by"),
            suggestions=func.coalesce(pds, table.c.suggestions),
            category_code=func.coalesce(bindparam("code"), table.c.category_code),
        )
    )
    session.connection().execute(statement, list(rows))
