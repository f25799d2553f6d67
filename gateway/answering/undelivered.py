"""Gagal kirim: the other ways to a citizen whom a message did not reach.

Trying again is `gateway.sending.replies.retry_part`.
"""

from sqlalchemy.orm import Session

from gateway.cases.casefile import required
from gateway.cases.second_channel import divert_one
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import outbox_marks
from store.complaints import append_event
from store.models.complaint import Complaint, Note
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from store.models.staff import AuditEntry

_LONGEST_NOTE = 1000


def send_by_sms(runtime: Runtime, staff: Staff, part_id: int) -> None:
    """Pass the message of a part on to the number that its citizen agreed to, without waiting.

    Raises:
        NotFoundError: no such part.
        MoveNotAllowedError: it has left, or the citizen has agreed to no number.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        message = _message_of(session, part_id)
    if not divert_one(runtime, message.id):
        raise MoveNotAllowedError("no agreed number")
    with runtime.transaction() as session:
        _audit(runtime, session, staff, message, "part_redirected")
    runtime.wake("outbox")


def phone_instead(runtime: Runtime, staff: Staff, part_id: int, note: str) -> None:
    """Note that the citizen was phoned about what did not arrive, and what came of it.

    Raises:
        NotFoundError: no such part.
        InvalidInputError: nothing was written down, or too much.
        ConflictError: there is nothing to deal with (any more).
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        message = _message_of(session, part_id)
        words = _checked(note)
        if outbox_marks.dismiss(session, part_id, now) is None:
            raise ConflictError("part")
        _audit(runtime, session, staff, message, "part_phoned")
        complaint = session.get(Complaint, message.complaint_id) if message.complaint_id else None
        if complaint is None:
            return
        complaint.to_hand_over_at = None
        complaint.last_activity_at = now
        session.add(Note(complaint_id=complaint.id, author_id=staff.id, body=words, created_at=now))
        append_event(session, complaint, "phoned_back", at=now, actor_id=staff.id)


def _checked(note: str) -> str:
    words = required(note, "note", "Tulis hasil telepon.")
    if len(words) > _LONGEST_NOTE:
        raise InvalidInputError({"note": f"Catatan paling panjang {_LONGEST_NOTE} huruf."})
    return words


def _message_of(session: Session, part_id: int) -> Message:
    part = session.get(OutboxPart, part_id)
    if part is None:
        raise NotFoundError("part")
    return session.get_one(Message, part.message_id)


def _audit(runtime: Runtime, session: Session, staff: Staff, message: Message, action: str) -> None:
    entry = AuditEntry(
        at=runtime.now(),
        actor_id=staff.id,
        action=action,
        complaint_id=message.complaint_id,
        reason=f"message {message.id}",
    )
    session.add(entry)
