"""What officers do themselves for a reporter whom no channel reaches, or who doubts a record."""

from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import ConflictError, InvalidInputError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store.complaints import append_event
from store.models.complaint import Note

_LONGEST_NOTE = 1000
_EVENTS = {"phoned": "phoned_back", "replied": "replied_at_source"}


def hand_over(runtime: Runtime, staff: Staff, ref: CaseRef, how: str, note: str = "") -> None:
    """Note that the reporter was phoned, or answered where they had posted; once is enough.

    Args:
        runtime: the connected parts.
        staff: who did it.
        ref: the case.
        how: ``phoned`` or ``replied``.
        note: what came of it, for colleagues; may be empty.

    Raises:
        InvalidInputError: the way is unknown or the note too long.
        ConflictError: the case changed meanwhile.
    """
    staff.require(Permission.HANDLE_CASES)
    if how not in _EVENTS:
        raise InvalidInputError({"how": "Pilih cara menyampaikannya."})
    words = note.strip()
    if len(words) > _LONGEST_NOTE:
        raise InvalidInputError({"note": f"Catatan paling panjang {_LONGEST_NOTE} huruf."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if complaint.to_hand_over_at is None:
            return
        if ref.version not in {None, complaint.version}:
            raise ConflictError("case")  # another answer may stand there by now
        complaint.to_hand_over_at = None
        complaint.last_activity_at = now
        if words:
            session.add(
                Note(complaint_id=complaint.id, author_id=staff.id, body=words, created_at=now)
            )
        append_event(session, complaint, _EVENTS[how], at=now, actor_id=staff.id)


def settle_dispute(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Note that somebody has looked at what the citizen called wrong; once is enough."""
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if complaint.dispute is None:
            return
        complaint.dispute = complaint.citizen_wrote_at = None
        complaint.last_activity_at = now
        append_event(session, complaint, "dispute_checked", at=now, actor_id=staff.id)
