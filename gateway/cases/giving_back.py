"""How a disposisi comes back to Diskominfo; works inside the caller's transaction.

Within one working day a PD decides that alone, later Diskominfo must agree.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.casefile import move
from gateway.rules import clocks
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus, Disposisi

_ALONE = clocks.Rule(1, clocks.Unit.WORKING_DAYS)


def until_when(runtime: Runtime, session: Session, instruction: Disposisi) -> datetime:
    """Return until when the PD may give this disposisi back without asking, aware UTC."""
    calendar = clocks.office_calendar(runtime, session)
    return clocks.due_after(instruction.created_at, _ALONE, calendar).due_at


def give_back(
    runtime: Runtime, session: Session, complaint: Complaint, instruction: Disposisi, staff: Staff
) -> None:
    """Let the case wait in Masuk again; the reason stands on the instruction."""
    now = runtime.now()
    move(complaint, ComplaintStatus.RECEIVED, now)
    instruction.returned_at = now
    complaint.pd_code, complaint.returned_at, complaint.return_asked_at = None, now, None
    clocks.stop_all(session, complaint, now)
    clocks.start(runtime, session, complaint, "K1")
    facts = {
        "disposisi": instruction.id,
        "reason": instruction.return_reason,
        "pd": instruction.pd_code,
    }
    append_event(session, complaint, "returned", at=now, actor_id=staff.id, data=facts)


def ask_back(
    runtime: Runtime, session: Session, complaint: Complaint, instruction: Disposisi, staff: Staff
) -> None:
    """Ask Diskominfo to take the case back; until it decides the PD's clocks run on."""
    now = runtime.now()
    complaint.return_asked_at = complaint.last_activity_at = now
    facts = {
        "disposisi": instruction.id,
        "reason": instruction.return_reason,
        "pd": instruction.pd_code,
    }
    append_event(session, complaint, "return_asked", at=now, actor_id=staff.id, data=facts)
