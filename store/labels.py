"""Queries of labels on cases."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.label import CaseLabel

LABELLED, UNLABELLED = "labelled", "unlabelled"  # in the history, which Diskominfo alone reads
LABELS = frozenset({LABELLED, UNLABELLED})


def of_cases(session: Session, complaint_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the codes of the labels of these cases; a case without any is left out."""
    statement = (
        select(CaseLabel.complaint_id, CaseLabel.code)
        .where(CaseLabel.complaint_id.in_(complaint_ids))
        .order_by(CaseLabel.code)
    )
    found: dict[int, list[str]] = {}
    for complaint_id, code in session.execute(statement):
        found.setdefault(complaint_id, []).append(code)
    return found


def put(session: Session, complaint_id: int, code: str, by: int, at: datetime) -> bool:
    """Put a label on a case; say whether it was not there before."""
    statement = (
        insert(CaseLabel)
        .values(complaint_id=complaint_id, code=code, put_by=by, put_at=at)
        .on_conflict_do_nothing()
        .returning(CaseLabel.code)
    )
    return session.scalar(statement) is not None


def take_off(session: Session, complaint_id: int, code: str) -> bool:
    """Take a label off a case; say whether it was there."""
    statement = (
        delete(CaseLabel)
        .where(CaseLabel.complaint_id == complaint_id, CaseLabel.code == code)
        .returning(CaseLabel.code)
    )
    return session.scalar(statement) is not None


def carries(code: str) -> ColumnElement[bool]:
    """Return the condition that a case carries this label."""
    return exists().where(CaseLabel.complaint_id == Complaint.id, CaseLabel.code == code)
