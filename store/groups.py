"""Queries of groups: who follows a case, who tells the same, which pairs were judged apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, text, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.models.complaint import OPEN_CASE, Complaint, ComplaintEvent, ComplaintStatus
from store.models.triage import UnlikePair

_EACH = 60


@dataclass(frozen=True, slots=True)
class Sought:
    """What a case is compared by: its own id (None before it is filed), category and desa."""

    id: int | None
    category: str | None
    desa: str | None


def leading(session: Session, complaint: Complaint, *, lock: bool = False) -> Complaint:
    """Return the case whose course counts for this one: the one it follows, or itself."""
    if complaint.leading_id is None:
        return complaint
    statement = select(Complaint).where(Complaint.id == complaint.leading_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one()


def leading_statuses(
    session: Session, complaints: Sequence[Complaint]
) -> dict[int, ComplaintStatus]:
    """Return the statuses of the cases that these follow, by the id of the leading case."""
    wanted = {case.leading_id for case in complaints if case.leading_id is not None}
    if not wanted:
        return {}
    statement = select(Complaint.id, Complaint.status).where(Complaint.id.in_(wanted))
    return {row.id: row.status for row in session.execute(statement)}


def followers_of(session: Session, complaint_id: int) -> list[Complaint]:
    """Return the cases that follow this one, the oldest first."""
    statement = select(Complaint).where(Complaint.leading_id == complaint_id).order_by(Complaint.id)
    return list(session.scalars(statement))


def since_when(session: Session, complaint_id: int) -> datetime:
    """Return when a following case was grouped last, aware UTC."""
    statement = (
        select(ComplaintEvent.at)
        .where(ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.kind == "grouped")
        .order_by(ComplaintEvent.seq.desc())
        .limit(1)
    )
    return session.scalars(statement).one()


def note_unlike(session: Session, pair: tuple[int, int], staff_id: int, at: datetime) -> None:
    """Remember that two cases are not the same; saying it twice is once."""
    first, second = sorted(pair)
    values = {"first_id": first, "second_id": second, "decided_by": staff_id, "decided_at": at}
    session.execute(insert(UnlikePair).values(values).on_conflict_do_nothing())


def alike_candidates(session: Session, own: Sought, since: datetime) -> list[dict[str, Any]]:
    """Return open cases since then that may be the same, newest first, as far as compared.

    Only those of the same category or in the same desa: each of the few questions reads the newest
    rows of one index. Followers, parts and pairs judged apart are left out.
    """
    wanted = union(*(_newest(condition, since) for condition in _likenesses(own))).subquery()
    columns = (
        Complaint.id,
        Complaint.ticket,
        Complaint.title,
        Complaint.public_text,
        Complaint.category_code,
        Complaint.desa,
        Complaint.place,
        Complaint.received_at,
    )
    statement = select(*columns).where(Complaint.id.in_(select(wanted.c.id)))
    if own.id is not None:
        statement = statement.where(Complaint.id != own.id, _not_judged_apart(own.id))
    newest = statement.order_by(Complaint.received_at.desc(), Complaint.id.desc())
    return [dict(row) for row in session.execute(newest).mappings()]


def _likenesses(own: Sought) -> Sequence[ColumnElement[bool]]:
    category, desa = Complaint.category_code, Complaint.desa
    if own.category is None and own.desa is None:
        return [Complaint.id.is_not(None)]
    if own.category is None:
        return [desa == own.desa]
    if own.desa is None:
        return [category == own.category]
    return [
        and_(category == own.category, desa == own.desa),
        and_(category == own.category, desa.is_(None)),
        and_(category.is_(None), desa == own.desa),
    ]


def _newest(condition: ColumnElement[bool], since: datetime) -> Select[Any]:
    found = (
        select(Complaint.id)
        .where(
            condition,
            text(OPEN_CASE),
            Complaint.received_at >= since,
            Complaint.leading_id.is_(None),
            Complaint.part_of_id.is_(None),
        )
        .order_by(Complaint.received_at.desc())
        .limit(_EACH)
        .subquery()
    )
    return select(found.c.id)


def _not_judged_apart(complaint_id: int) -> ColumnElement[bool]:
    other_second = select(UnlikePair.second_id).where(UnlikePair.first_id == complaint_id)
    other_first = select(UnlikePair.first_id).where(UnlikePair.second_id == complaint_id)
    return ~or_(Complaint.id.in_(other_second), Complaint.id.in_(other_first))
