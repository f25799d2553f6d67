"""What the parts of a split case mean for the whole: who waits for whom, and the one answer.

Works inside the caller's transaction. `gateway.casework.splitting` holds the steps of officers.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.rules import clocks
from gateway.rules.people import Staff
from store import complaints, reading, splits
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus

CANCELLED = "part_cancelled"


_SPLITTABLE = {
    ComplaintStatus.DISPOSED,
    ComplaintStatus.IN_PROGRESS,
    ComplaintStatus.PENDING_SCHEDULED,
}


def may_split(complaint: Complaint) -> bool:
    """Whether the case can be cut now: it has its coordinator, and is itself whole."""
    live = complaint.archived_at is None and complaint.withdrawn_at is None
    whole = complaint.part_of_id is None and complaint.conflict_pd is None
    return live and whole and complaint.status in _SPLITTABLE


def whole_of(session: Session, complaint: Complaint) -> Complaint:
    """Return the case that the citizen knows: the one that a part belongs to, or itself."""
    if complaint.part_of_id is None:
        return complaint
    return session.get_one(Complaint, complaint.part_of_id)


def combined(session: Session, complaint: Complaint, coordinator: str) -> str:
    """Return the coordinator's text with the answers of the parts below, each with its PD."""
    names = reading.pd_names(session)
    texts = [coordinator]
    for part in splits.parts_of(session, complaint.id):
        answers = complaints.sent_answers(session, part.id)
        if answers:
            texts.append(f"{names.get(part.pd_code or '', part.pd_code)}: {answers[-1].body}")
    return "\n\n".join(texts)


def settle(session: Session, complaint: Complaint, staff: Staff, at: datetime) -> None:
    """Let a final answer count: that of a part is noted on the whole, the whole's waits for all.

    Raises:
        InvalidInputError: a PD still works on its part; the sentence names the parts.
    """
    waiting = [part.ticket for part in splits.open_parts(session, complaint.id)]
    if waiting:
        words = f"Bagian {', '.join(waiting)} belum selesai. Tunggu jawabannya atau batalkan."
        raise InvalidInputError({"body": words})
    if complaint.part_of_id is None:
        return
    facts = {"part": complaint.id, "pd": complaint.pd_code}
    whole = whole_of(session, complaint)
    append_event(session, whole, "part_resolved", at=at, actor_id=staff.id, public=True, data=facts)
    whole.last_activity_at = at


def cancel(session: Session, part: Complaint, staff: Staff, at: datetime) -> None:
    """Take a part back: its PD has nothing to do any more, nor anything of the case to read."""
    facts = {"part": part.id, "pd": part.pd_code}
    part.archived_at, part.archived_reason, part.pd_code = at, CANCELLED, None
    part.draft_submitted_at = part.citizen_wrote_at = part.returned_at = None
    part.return_asked_at = None
    part.last_activity_at = at
    clocks.stop_all(session, part, at)
    for case in (part, whole_of(session, part)):
        append_event(session, case, CANCELLED, at=at, actor_id=staff.id, data=facts)


def cancel_open(session: Session, complaint: Complaint, staff: Staff, at: datetime) -> None:
    """Take back the parts on which PDs still work, because the whole ends otherwise."""
    for part in splits.open_parts(session, complaint.id):
        cancel(session, part, staff, at)


def wake(session: Session, complaint: Complaint, at: datetime) -> None:
    """Let the PDs of the parts know that the citizen has written; their K3 runs on."""
    for part in splits.open_parts(session, complaint.id):
        clocks.resume(session, part, "K3", at)
        if part.status is not ComplaintStatus.RECEIVED:
            part.citizen_wrote_at = part.last_activity_at = at
