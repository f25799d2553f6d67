"""Messages that carry the words of another that could not be delivered where it belongs.

The original's parts become REDIRECTED; the stand-in is a message of the other conversation, with
parts of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from channels.message import ChannelName, DeliveryStatus
from store.models.messaging import Conversation, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from store.outgoing import queue_again
from store.stranded import stuck_part

_HELD_BACK: Final = (
    DeliveryStatus.QUEUED,
    DeliveryStatus.PARKED,
    DeliveryStatus.SUPPRESSED,
    DeliveryStatus.FAILED,
)
_NOT_ARRIVING: Final = (DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED)


def lock_both(session: Session, first_id: int, second_id: int) -> dict[int, Conversation]:
    """Return both conversations, locked, as they are now; less if somebody is at work on one.

    It never waits: the dialogue holds one conversation while it opens another.
    """
    rows = session.scalars(
        select(Conversation)
        .where(Conversation.id.in_([first_id, second_id]))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def redirect(session: Session, message_id: int, now: datetime) -> list[OutboxPart]:
    """Mark the stuck parts of a message as going by another channel; return them in their order.

    Why they were stuck stays with them, for the officer.
    """
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.message_id == message_id, stuck_part())
        .values(status=DeliveryStatus.REDIRECTED, status_at=now)
        .execution_options(synchronize_session=False)
    )
    moved = select(OutboxPart).where(
        OutboxPart.message_id == message_id,
        OutboxPart.status == DeliveryStatus.REDIRECTED,
        OutboxPart.status_at == now,
    )
    return list(
        session.scalars(
            moved.order_by(OutboxPart.ordinal).execution_options(populate_existing=True)
        )
    )


def take_secrets(session: Session, message_id: int) -> dict[str, str]:
    """Take the one-time values away from a message and return them."""
    secrets = list(
        session.scalars(select(OneTimeSecret).where(OneTimeSecret.message_id == message_id))
    )
    values = {secret.name: secret.value for secret in secrets}
    for secret in secrets:
        session.delete(secret)
    return values


def said(session: Session, message_id: int) -> dict[str, Any] | None:
    """Return what a catalogue text was made of (`Outgoing.said`); None for a person's own words."""
    first = session.scalar(
        select(OutboxPart).where(OutboxPart.message_id == message_id, OutboxPart.ordinal == 0)
    )
    return None if first is None else first.payload.get("said")


def come_back(session: Session, now: datetime, limit: int) -> int:
    """Queue the originals whose stand-in did not arrive either; return how many parts.

    They are judged anew: sent where the citizen has written meanwhile, else parked or passed on to
    the next address.
    """
    later = aliased(Message)
    failed = (
        select(Message.instead_of_id)
        .join(OutboxPart, OutboxPart.message_id == Message.id)
        .where(
            Message.instead_of_id.is_not(None),
            OutboxPart.status.in_(_NOT_ARRIVING),
            OutboxPart.retry_at.is_(None),
            ~exists().where(
                later.instead_of_id == Message.instead_of_id,
                later.id > Message.id,
            ),
        )
    )
    due = list(
        session.scalars(
            select(OutboxPart.id)
            .where(
                OutboxPart.status == DeliveryStatus.REDIRECTED,
                OutboxPart.message_id.in_(failed),
            )
            .order_by(OutboxPart.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not due:
        return 0
    queue_again(session, due, now)
    return len(due)


def hold_original(session: Session, message_id: int, now: datetime) -> None:
    """Hold the original back once more, because a person sends its stand-in again."""
    original = select(Message.instead_of_id).where(Message.id == message_id).scalar_subquery()
    session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.message_id == original,
            OutboxPart.status.in_(_HELD_BACK),
        )
        .values(status=DeliveryStatus.REDIRECTED, status_at=now)
        .execution_options(synchronize_session=False)
    )


def call_off(session: Session, source_id: int, target_id: int, code: str, now: datetime) -> None:
    """Hold back what has not left for an address instead; the originals come back.

    Args:
        session: the caller's transaction.
        source_id: the conversation whose words were to go there.
        target_id: the conversation of the address.
        code: what the officer reads as the reason.
        now: aware UTC.
    """
    original = aliased(Message)
    stand_ins = (
        select(Message.id)
        .join(original, original.id == Message.instead_of_id)
        .where(Message.conversation_id == target_id, original.conversation_id == source_id)
    )
    session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.conversation_id == target_id,
            OutboxPart.status == DeliveryStatus.QUEUED,
            OutboxPart.message_id.in_(stand_ins),
        )
        .values(status=DeliveryStatus.SUPPRESSED, status_at=now, error_code=code, dismissed_at=now)
        .execution_options(synchronize_session=False)
    )


def channels_instead(session: Session, message_ids: Sequence[int]) -> dict[int, ChannelName]:
    """Return for each message that was passed on the channel that carries its words now."""
    found = (
        select(Message.instead_of_id, Conversation.channel)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.instead_of_id.in_(message_ids))
        .order_by(Message.id)
    )
    return {original: channel for original, channel in session.execute(found) if original}
