"""How a case is put into the hands of a PD: the instruction, and the clocks that run there.

Works inside the caller's transaction, on a case whose `pd_code` is set.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from gateway.rules import clocks
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store.models.complaint import Complaint, Disposisi


def instruct(
    session: Session, complaint: Complaint, staff: Staff, at: datetime, note: str = ""
) -> Disposisi:
    """Write the disposisi to the case's PD; its officers are told once it can be undone no more."""
    instruction = Disposisi(
        complaint_id=complaint.id,
        pd_code=complaint.pd_code,
        note=note.strip() or None,
        created_by=staff.id,
        created_at=at,
    )
    session.add(instruction)
    session.flush()  # the history names its id
    return instruction


def start_pd_clocks(
    runtime: Runtime, session: Session, complaint: Complaint, due_on: date | None = None
) -> datetime:
    """Start K2, K3 and K5 and return when the first response is due, aware UTC.

    `due_on` replaces the rule's deadline of the draft.
    """
    response = clocks.start(runtime, session, complaint, "K2")
    clocks.start(runtime, session, complaint, "K3", due_on=due_on)
    clocks.start(runtime, session, complaint, "K5")
    return response.due_at
