"""The outbox: which parts leave now, and what became of those that were tried.

A row is claimed in one transaction, sent outside of any, and marked in another. Whoever locks a
conversation and its parts locks the conversation first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from channels.message import ChannelName, DeliveryStatus, MediaKind
from store.models.messaging import Attachment, ChannelAccount, Conversation
from store.models.outbox import OneTimeSecret, OutboxPart, PartKind


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """One part to send now, with all that the call needs; `secrets` never leave memory."""

    part_id: int
    message_id: int
    conversation_id: int
    channel: ChannelName
    account: str
    reference: str
    kind: PartKind
    payload: Any
    human: bool
    attempt: int
    recipient: str | None
    repliable: bool
    last_inbound_at: datetime | None
    suppressed_reason: str | None
    secrets: tuple[tuple[str, str], ...] = ()
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A stored attachment that a part carries."""

    kind: MediaKind
    mime: str
    filename: str
    key: str
    size_bytes: int


def any_due(session: Session, now: datetime) -> bool:
    """Whether a part could leave now."""
    return session.scalar(select(OutboxPart.id).where(_is_due(now)).limit(1)) is not None


def count_open(session: Session) -> dict[str, int]:
    """Count the parts that wait for something, by state."""
    waiting = (
        DeliveryStatus.QUEUED,
        DeliveryStatus.SENDING,
        DeliveryStatus.PARKED,
        DeliveryStatus.UNCERTAIN,
    )
    statement = (
        select(OutboxPart.status, func.count())
        .where(OutboxPart.status.in_(waiting))
        .group_by(OutboxPart.status)
    )
    found = {status.value: count for status, count in session.execute(statement)}
    return {status.value: found.get(status.value, 0) for status in waiting}


def claim(
    session: Session,
    now: datetime,
    limit: int,
    left_out: Sequence[tuple[ChannelName, str]] = (),
) -> list[ClaimedPart]:
    """Take the parts that leave now: at most one of each conversation, answers before news.

    Args:
        session: the caller's transaction.
        now: aware UTC.
        limit: how many at most.
        left_out: accounts (channel, account) that must wait.
    """
    account = tuple_(OutboxPart.channel, OutboxPart.account)
    due = (
        select(OutboxPart.id)
        .where(_is_due(now), account.not_in(left_out))
        .order_by(OutboxPart.priority, OutboxPart.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if not ids:
        return []
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id.in_(ids))
        .values(
            status=DeliveryStatus.SENDING,
            claimed_at=now,
            status_at=now,
            attempts=OutboxPart.attempts + 1,
        )
    )
    return claimed_parts(session, ids)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition for parts that may leave.

    An earlier part of the same conversation that is under way or being retried goes first; one
    that is planned for later, parked, uncertain or failed holds nothing up.
    """
    earlier = aliased(OutboxPart)
    under_way = and_(
        earlier.status == DeliveryStatus.QUEUED,
        or_(earlier.attempts > 0, earlier.next_attempt_at <= now),
    )
    waits_for_earlier = exists().where(
        earlier.conversation_id == OutboxPart.conversation_id,
        earlier.id < OutboxPart.id,
        or_(earlier.status == DeliveryStatus.SENDING, under_way),
    )
    paused = exists().where(
        ChannelAccount.channel == OutboxPart.channel,
        ChannelAccount.account == OutboxPart.account,
        ChannelAccount.paused_until > now,
    )
    return and_(
        OutboxPart.status == DeliveryStatus.QUEUED,
        OutboxPart.next_attempt_at <= now,
        ~waits_for_earlier,
        ~paused,
    )


def claimed_parts(session: Session, ids: Sequence[int]) -> list[ClaimedPart]:
    """Return parts with all that their calls need, in the order in which they leave."""
    rows = session.execute(
        select(OutboxPart, Conversation)
        .join(Conversation, Conversation.id == OutboxPart.conversation_id)
        .where(OutboxPart.id.in_(ids))
        .order_by(OutboxPart.priority, OutboxPart.id)
        .execution_options(populate_existing=True)
    ).all()
    secrets = _secrets(session, [part.message_id for part, _ in rows])
    return [
        ClaimedPart(
            part_id=part.id,
            message_id=part.message_id,
            conversation_id=part.conversation_id,
            channel=part.channel,
            account=part.account,
            reference=str(part.reference),
            kind=part.kind,
            payload=part.payload,
            human=part.human,
            attempt=part.attempts,
            recipient=conversation.sender,
            repliable=conversation.repliable,
            last_inbound_at=conversation.last_inbound_at,
            suppressed_reason=conversation.suppressed_reason,
            secrets=tuple(secrets.get(part.message_id, ())),
            claimed_at=part.claimed_at,
        )
        for part, conversation in rows
    ]


def _secrets(session: Session, message_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    query = select(OneTimeSecret).where(OneTimeSecret.message_id.in_(message_ids))
    for secret in session.scalars(query):
        found.setdefault(secret.message_id, []).append((secret.name, secret.value))
    return found


def file_of(session: Session, attachment_id: int) -> OutgoingFile | None:
    """Return the stored file of an attachment; None if there is none that others may see."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.shared_key is None:
        return None
    return OutgoingFile(
        kind=attachment.kind,
        mime=attachment.mime or attachment.declared_mime or "application/octet-stream",
        filename=attachment.filename or f"lampiran-{attachment.id}",
        key=attachment.shared_key,
        size_bytes=attachment.size_bytes or 0,
    )
