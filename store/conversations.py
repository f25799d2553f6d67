"""Queries of the dialogue: which conversations are due, and all that belongs to them.

Each function takes a batch of conversations, so that a drain makes a fixed number of queries
however many conversations are due.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from channels.message import DeliveryStatus
from store.models.complaint import Complaint
from store.models.messaging import Attachment, ControlRecord, Conversation, Direction, Message
from store.models.outbox import OutboxPart
from store.models.second_channel import SecondChannel


def lock_due(session: Session, now: datetime, limit: int) -> list[Conversation]:
    """Lock up to `limit` conversations whose timer has run out; others' locks are skipped."""
    statement = (
        select(Conversation)
        .where(Conversation.dialogue_due_at <= now)
        .order_by(Conversation.dialogue_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def any_due(session: Session, now: datetime) -> bool:
    """Whether a conversation's timer has run out."""
    due = select(Conversation.id).where(Conversation.dialogue_due_at <= now).limit(1)
    return session.scalar(due) is not None


def open_messages(session: Session, conversation_ids: Sequence[int]) -> dict[int, list[Message]]:
    """Return the citizen's messages that no complaint has taken yet, oldest first."""
    statement = (
        select(Message)
        .where(
            Message.conversation_id.in_(conversation_ids),
            Message.direction == Direction.IN,
            or_(Message.in_draft, Message.processed_at.is_(None)),
        )
        .order_by(Message.ordered_at, Message.id)
    )
    return _group(session.scalars(statement))


def set_aside(session: Session, conversation_id: int, at: datetime) -> None:
    """Count all that waits in a conversation as seen, without reading any of it."""
    for table in (Message, ControlRecord):
        session.execute(
            update(table)
            .where(table.conversation_id == conversation_id, table.processed_at.is_(None))
            .values(processed_at=at)
        )


def _group(messages: Iterable[Message]) -> dict[int, list[Message]]:
    grouped: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        grouped[message.conversation_id].append(message)
    return grouped


def open_controls(
    session: Session, conversation_ids: Sequence[int]
) -> dict[int, list[ControlRecord]]:
    """Return the buttons and starts that the dialogue has not seen yet, oldest first."""
    statement = (
        select(ControlRecord)
        .where(
            ControlRecord.conversation_id.in_(conversation_ids),
            ControlRecord.processed_at.is_(None),
        )
        .order_by(ControlRecord.occurred_at, ControlRecord.id)
    )
    grouped: dict[int, list[ControlRecord]] = defaultdict(list)
    for control in session.scalars(statement):
        if control.conversation_id is not None:
            grouped[control.conversation_id].append(control)
    return grouped


def attachments_of(session: Session, message_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """Return the attachments of each message, in their order."""
    statement = (
        select(Attachment)
        .where(Attachment.message_id.in_(message_ids))
        .order_by(Attachment.message_id, Attachment.ordinal)
    )
    grouped: dict[int, list[Attachment]] = defaultdict(list)
    for attachment in session.scalars(statement):
        grouped[attachment.message_id].append(attachment)
    return grouped


def recent_complaints(
    session: Session, conversation_ids: Sequence[int], each: int
) -> dict[int, list[Complaint]]:
    """Return the newest complaints of each conversation, newest first.

    Those filed from it, and those of which the citizen agreed to hear there.
    """
    theirs = select(Complaint.id, Complaint.conversation_id.label("heard_in")).where(
        Complaint.conversation_id.in_(conversation_ids)
    )
    agreed = (
        select(Complaint.id, SecondChannel.target_id)
        .join(SecondChannel, SecondChannel.conversation_id == Complaint.conversation_id)
        .where(
            SecondChannel.target_id.in_(conversation_ids),
            SecondChannel.agreed_at.is_not(None),
            SecondChannel.withdrawn_at.is_(None),
        )
    )
    known = theirs.union_all(agreed).subquery()
    place = func.row_number().over(partition_by=known.c.heard_in, order_by=known.c.id.desc())
    ranked = select(known.c.id, known.c.heard_in, place.label("place")).subquery()
    statement = (
        select(Complaint, ranked.c.heard_in)
        .join(ranked, and_(ranked.c.id == Complaint.id, ranked.c.place <= each))
        .order_by(Complaint.id.desc())
    )
    grouped: dict[int, list[Complaint]] = defaultdict(list)
    for complaint, conversation_id in session.execute(statement):
        grouped[conversation_id].append(complaint)
    return grouped


def quoted_complaints(
    session: Session, conversation_ids: Sequence[int], quoted: Sequence[str]
) -> dict[tuple[int, str], int]:
    """Tell which complaint a quoted message is about.

    Returns:
        Complaint id by (conversation id, quoted external id), for our own messages and for
        earlier ones of the citizen.
    """
    if not quoted:
        return {}
    ours = (
        select(OutboxPart.conversation_id, OutboxPart.external_id, Message.complaint_id)
        .join(Message, Message.id == OutboxPart.message_id)
        .where(
            OutboxPart.conversation_id.in_(conversation_ids),
            OutboxPart.external_id.in_(quoted),
            Message.complaint_id.is_not(None),
        )
    )
    theirs = select(Message.conversation_id, Message.external_id, Message.complaint_id).where(
        Message.conversation_id.in_(conversation_ids),
        Message.external_id.in_(quoted),
        Message.complaint_id.is_not(None),
    )
    return {
        (conversation_id, external_id): complaint_id
        for conversation_id, external_id, complaint_id in session.execute(ours.union_all(theirs))
        if external_id is not None and complaint_id is not None
    }


def is_under_way(session: Session, complaint_id: int, since: datetime) -> bool:
    """Whether a part about this complaint waits, is being sent, or was sent after `since`."""
    waiting = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
    statement = (
        select(OutboxPart.id)
        .join(Message, Message.id == OutboxPart.message_id)
        .where(
            Message.complaint_id == complaint_id,
            or_(OutboxPart.status.in_(waiting), OutboxPart.sent_at >= since),
        )
        .limit(1)
    )
    return session.scalar(statement) is not None


def was_said(session: Session, conversation_id: int, keys: Sequence[str]) -> bool:
    """Whether one of these catalogue texts was ever sent in a conversation."""
    said = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.text_key.in_(keys)
    )
    return session.scalar(said.limit(1)) is not None


def give_questions(
    session: Session, conversation_id: int, complaint_id: int, since: datetime
) -> None:
    """Give what we asked while the draft was open to its complaint: the answers stand beside it."""
    session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == Direction.OUT,
            Message.complaint_id.is_(None),
            Message.received_at >= since,
        )
        .values(complaint_id=complaint_id)
    )
