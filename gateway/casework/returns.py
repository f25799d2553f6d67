"""What Diskominfo decides when a PD wants to give a case back after its working day."""

from sqlalchemy.orm import Session

from gateway.cases.casefile import CaseRef, open_case
from gateway.cases.giving_back import give_back
from gateway.errors import MoveNotAllowedError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import complaints
from store.complaints import append_event
from store.models.complaint import Complaint, Disposisi


def agree(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take the case back (Setujui pengembalian).

    Raises:
        MoveNotAllowedError: nobody asks any more.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        instruction = _asked(session, complaint)
        give_back(runtime, session, complaint, instruction, staff)


def refuse(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Leave the case with the PD (Tolak pengembalian).

    Raises:
        MoveNotAllowedError: nobody asks any more.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        instruction = _asked(session, complaint)
        complaint.return_asked_at = None
        instruction.return_reason = instruction.return_note = instruction.suggested_pd = None
        complaint.last_activity_at = now
        facts = {"disposisi": instruction.id, "pd": instruction.pd_code}
        append_event(session, complaint, "return_refused", at=now, actor_id=staff.id, data=facts)


def _asked(session: Session, complaint: Complaint) -> Disposisi:
    instruction = complaints.latest_disposisi(session, complaint.id)
    if complaint.return_asked_at is None or instruction is None:
        raise MoveNotAllowedError("no return is asked")
    return instruction
