"""Queries of steps on many cases at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.triage import BulkAction
from store.queues import WITHOUT_IDENTITY


def cases(session: Session, tickets: Sequence[str]) -> dict[str, Complaint]:
    """Return the cases with these numbers, without what names a person."""
    statement = select(Complaint).where(Complaint.ticket.in_(tickets)).options(*WITHOUT_IDENTITY)
    return {case.ticket: case for case in session.scalars(statement)}


def begin(session: Session, values: Mapping[str, Any]) -> int | None:
    """Write the row of a step and return its id; None if its form has come before."""
    statement = (
        insert(BulkAction)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["form_key"])
        .returning(BulkAction.id)
    )
    return session.scalar(statement)


def of_form(session: Session, form_key: str) -> BulkAction:
    """Return the step that this form made."""
    return session.scalars(select(BulkAction).where(BulkAction.form_key == form_key)).one()


def locked(session: Session, action_id: int) -> BulkAction | None:
    """Return a step, locked until the transaction ends."""
    return session.get(BulkAction, action_id, with_for_update=True)
