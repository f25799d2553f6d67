"""Rows around a case: parts that may still be held back, messages that change complaint."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from channels.message import DeliveryStatus
from store.models.complaint import Complaint, Note
from store.models.messaging import Attachment, Direction, Message
from store.models.outbox import OutboxPart

UNDONE = "undone"


def withdraw_unsent(session: Session, complaint_id: int, since: datetime, now: datetime) -> bool:
    """Hold back every part queued since then for the case and those that follow it.

    Returns:
        False, and nothing is changed, when one of them is already on its way.
    """
    statement = (
        select(OutboxPart)
        .join(Message, Message.id == OutboxPart.message_id)
        .where(
            Message.complaint_id.in_(
                select(Complaint.id).where(
                    or_(Complaint.id == complaint_id, Complaint.leading_id == complaint_id)
                )
            ),
            Message.received_at >= since,
            Message.instead_of_id.is_(None),  # older words that go by another channel just now
        )
        .with_for_update(of=OutboxPart)
    )
    parts = list(session.scalars(statement))
    waiting = {DeliveryStatus.QUEUED, DeliveryStatus.SUPPRESSED}
    if any(part.status not in waiting for part in parts):
        return False
    for part in parts:
        part.status, part.status_at = DeliveryStatus.SUPPRESSED, now
        part.error_code, part.dismissed_at = UNDONE, now
    return True


def message_in(session: Session, message_id: int) -> Message | None:
    """Return one message, locked until the transaction ends."""
    return session.scalar(select(Message).where(Message.id == message_id).with_for_update())


def message_of_form(session: Session, scope: str, key: str) -> Message | None:
    """Return the outgoing message that this form has already made, if it was sent twice."""
    return session.scalar(
        select(Message).where(Message.dedup_scope == scope, Message.external_id == key)
    )


def name_message(session: Session, message_id: int, scope: str, key: str) -> None:
    """Give an outgoing message the key of the form that made it; the pair is unique."""
    session.execute(
        update(Message).where(Message.id == message_id).values(dedup_scope=scope, external_id=key)
    )


def notes_of(session: Session, complaint_id: int, *, for_pd: bool) -> list[Note]:
    """Return the internal notes, oldest first; a PD reads only those meant for it."""
    statement = select(Note).where(Note.complaint_id == complaint_id).order_by(Note.id)
    if for_pd:
        statement = statement.where(Note.for_pd)
    return list(session.scalars(statement))


def keep_notes_from_pds(session: Session, complaint_id: int, since: datetime) -> None:
    """Let no PD read the notes written since then, whoever they were meant for."""
    session.execute(
        update(Note)
        .where(Note.complaint_id == complaint_id, Note.created_at >= since)
        .values(for_pd=False)
    )


def attachments_of(session: Session, message_ids: Sequence[int]) -> list[Attachment]:
    """Return the attachments of these messages in their order."""
    statement = (
        select(Attachment)
        .where(Attachment.message_id.in_(message_ids))
        .order_by(Attachment.message_id, Attachment.ordinal)
    )
    return list(session.scalars(statement))


def complaint_in(session: Session, complaint_id: int | None) -> Complaint | None:
    """Return a complaint by its id, or None without one."""
    return session.get(Complaint, complaint_id) if complaint_id is not None else None


def drop_draft(session: Session, conversation_id: int, now: datetime) -> None:
    """Take every message of the conversation out of the open draft; they stay in the thread."""
    session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == Direction.IN,
            Message.complaint_id.is_(None),
        )
        .values(in_draft=False, processed_at=func.coalesce(Message.processed_at, now))
    )
