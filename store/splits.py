"""Queries of split cases: the parts of a whole."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models.complaint import Complaint, ComplaintStatus

_OVER = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}


def parts_of(session: Session, complaint_id: int) -> list[Complaint]:
    """Return the parts of a case that count, in their order; those taken back are left out."""
    statement = (
        select(Complaint)
        .where(Complaint.part_of_id == complaint_id, Complaint.archived_at.is_(None))
        .order_by(Complaint.id)
    )
    return list(session.scalars(statement))


def open_parts(session: Session, complaint_id: int) -> list[Complaint]:
    """Return the parts that still wait for an answer or a decision."""
    parts = parts_of(session, complaint_id)
    return [part for part in parts if part.status not in _OVER]


def number_of_parts(session: Session, complaint_id: int) -> int:
    """Return how many parts were ever made, those taken back included."""
    statement = (
        select(func.count()).select_from(Complaint).where(Complaint.part_of_id == complaint_id)
    )
    return session.scalar(statement) or 0


def pds_of_parts(session: Session, complaint_id: int) -> set[str]:
    """Return the codes of the PDs that have a part of this case."""
    statement = select(Complaint.pd_code).where(
        Complaint.part_of_id == complaint_id, Complaint.archived_at.is_(None)
    )
    return {code for code in session.scalars(statement) if code is not None}
