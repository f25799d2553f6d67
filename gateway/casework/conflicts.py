"""Konflik kepentingan of a case that is in work already: to the Inspektorat at once, and back.

The PD that had the case loses sight of it; what it wrote stays in the history.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases import conflict_marks
from gateway.cases.casefile import CaseRef, News, open_case, required, tell, when
from gateway.cases.conflict_signs import INSPECTORATE
from gateway.cases.routing import instruct, start_pd_clocks
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import may_divert, may_take_back
from gateway.runtime import Runtime
from store import complaints, splits, staff_alerts, teamwork
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus
from store.models.staff import AuditEntry

_SHORTEST_REASON = 5


def divert(runtime: Runtime, staff: Staff, ref: CaseRef, about: str, reason: str) -> None:
    """Take a case from its PD and give it to the Inspektorat, as Rahasia.

    Args:
        runtime: the connected parts.
        staff: who decides.
        ref: the case.
        about: code of the PD that the case is about; it never sees the case again.
        reason: for the audit; nobody outside Diskominfo reads it.

    Raises:
        InvalidInputError: no PD of ours, or no reason.
        MoveNotAllowedError: the case is not in work, is a part, or is diverted already.
    """
    staff.require(Permission.DECIDE_CASES)
    words = _reason(reason)
    ours = {agency.code for agency in runtime.tenant.agencies if not agency.external}
    if about not in ours - {INSPECTORATE}:
        raise InvalidInputError({"conflict": "Pilih Perangkat Daerah yang diadukan."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if not may_divert(complaint):
            raise MoveNotAllowedError("not in work")
        facts = {"audit": _audit(session, complaint, staff, words, "conflict_noted", now)}
        _lose_sight(session, complaint, about, now)
        conflict_marks.note(session, complaint, staff, (about, now), facts)
        if complaint.pd_code != INSPECTORATE:
            _leave_pd(session, complaint, ComplaintStatus.DISPOSED, now)
            complaint.pd_code = INSPECTORATE
            instruction = instruct(session, complaint, staff, now)
            first_reply = start_pd_clocks(runtime, session, complaint)
            tell(
                runtime, session, complaint, News("diteruskan", {"TGL": when(runtime, first_reply)})
            )
            data = {"pd": INSPECTORATE, "disposisi": instruction.id}
            append_event(
                session, complaint, "disposed", at=now, actor_id=staff.id, public=True, data=data
            )
    runtime.wake("outbox")


def lift(runtime: Runtime, staff: Staff, ref: CaseRef, reason: str) -> None:
    """Take the mark away again: the case waits in Masuk at Diskominfo, unpublished.

    Raises:
        InvalidInputError: no reason.
        MoveNotAllowedError: there is no conflict, or the case is over.
    """
    staff.require(Permission.DECIDE_CASES)
    words = _reason(reason)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if not may_take_back(complaint):
            raise MoveNotAllowedError("no conflict to lift")
        facts = {"audit": _audit(session, complaint, staff, words, "conflict_lifted", now)}
        if complaint.status is not ComplaintStatus.RECEIVED:
            _lose_sight(session, complaint, INSPECTORATE, now)
            _leave_pd(session, complaint, ComplaintStatus.RECEIVED, now)
            complaint.pd_code = None
            clocks.start(runtime, session, complaint, "K1")
        conflict_marks.lift(session, complaint, staff, now, facts)


def _reason(reason: str) -> str:
    words = required(reason, "reason", "Tulis alasannya.")
    if len(words) < _SHORTEST_REASON:
        raise InvalidInputError({"reason": "Alasan terlalu pendek."})
    return words


def _audit(
    session: Session, complaint: Complaint, staff: Staff, words: str, action: str, now: datetime
) -> int:
    """Keep the reason where it can be erased, and return the id that the history names."""
    entry = AuditEntry(
        at=now, actor_id=staff.id, action=action, complaint_id=complaint.id, reason=words
    )
    session.add(entry)
    session.flush()
    return entry.id


def _lose_sight(session: Session, complaint: Complaint, about: str, now: datetime) -> None:
    """Take back what people of the offices were to hear of the case, and their following it."""
    parts = splits.parts_of(session, complaint.id)
    codes = {about, complaint.pd_code, *(part.pd_code for part in parts)} - {None}
    cases = [complaint.id, *(part.id for part in parts)]
    offices = sorted(code for code in codes if code)
    staff_alerts.call_back(session, cases, offices, now)
    teamwork.forget(session, cases, offices)
    teamwork.assign(session, complaint.id, None, None, now)


def _leave_pd(session: Session, complaint: Complaint, to: ComplaintStatus, now: datetime) -> None:
    """End the instruction and the clocks; drafts stay as they are, and wait for nobody."""
    instruction = complaints.latest_disposisi(session, complaint.id)
    if instruction is not None and instruction.returned_at is None:
        instruction.returned_at, instruction.return_reason = now, complaints.CONFLICT
    complaint.status, complaint.status_at = to, now
    complaint.draft_submitted_at = complaint.draft_returned_at = None
    complaint.returned_at = complaint.return_asked_at = None
    complaint.resume_on = complaint.status_details = None
    complaint.last_activity_at = now
    clocks.stop_all(session, complaint, now)
