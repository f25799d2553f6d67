"""Queries of the audit: whose identity was opened, when and by whom. Served by its own index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text, tuple_
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.staff import AuditEntry, StaffUser


@dataclass(frozen=True, slots=True)
class Span:
    """A month: from `since` to before `until`, both aware."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Unmasking:
    """One opening of an identity. `data` names the kinds of values that stood open."""

    id: int
    at: datetime
    actor_id: int
    actor: str
    role: str
    ticket: str
    reason: str
    data: dict[str, Any]


def page(
    session: Session, span: Span, after: tuple[datetime, int] | None, limit: int
) -> list[Unmasking]:
    """Return up to `limit` openings of a month, newest first, older than `after` (time, id)."""
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            StaffUser.id,
            StaffUser.name,
            StaffUser.role,
            func.coalesce(Complaint.ticket, ""),
            func.coalesce(AuditEntry.reason, ""),
            AuditEntry.data,
        )
        .join(StaffUser, StaffUser.id == AuditEntry.actor_id)
        .outerjoin(Complaint, Complaint.id == AuditEntry.complaint_id)
        .where(_within(span))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < after)
    return [Unmasking(*row) for row in session.execute(statement)]


def per_person(session: Session, span: Span) -> Sequence[tuple[str, int]]:
    """Return how often each person opened an identity in a month, the most first."""
    times = func.count()
    statement = (
        select(StaffUser.name, times)
        .join(AuditEntry, AuditEntry.actor_id == StaffUser.id)
        .where(_within(span))
        .group_by(StaffUser.id)
        .order_by(times.desc(), StaffUser.name)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def count(session: Session, span: Span) -> int:
    """Return how often an identity was opened in a month."""
    return session.scalar(select(func.count()).select_from(AuditEntry).where(_within(span))) or 0


def _within(span: Span) -> ColumnElement[bool]:
    # In the words of the partial index, not as a parameter: a prepared plan must know it too.
    unmasked = text("audit_entry.action = 'unmask'")
    return and_(unmasked, AuditEntry.at >= span.since, AuditEntry.at < span.until)
