"""Comparing a provider's records with what we have: which messages are new, which sends unclear."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from channels.message import ChannelName, ControlKind, DeliveryStatus, InboundMessage
from store.messages import account_scope, identity_key
from store.models.messaging import ControlRecord, Conversation, Direction, Message, WebhookDelivery
from store.models.outbox import OutboxPart
from store.outbox import ClaimedPart, claimed_parts

_A_SECOND: Final = timedelta(seconds=1)


def fed_as(external_id: str) -> str:
    """Return the key under which a recovered request is kept, so that it is kept once."""
    return f"record-{external_id}"[:64]


def known_inbound(
    session: Session, channel: ChannelName, account: str, scope: str, ids: Sequence[str]
) -> set[str]:
    """Return which of these messages we have, as messages, as control events or unreadable.

    Args:
        session: the caller's transaction.
        channel: by which they came.
        account: our account there.
        scope: the space in which their ids are unique.
        ids: as the provider names them.
    """
    controls = account_scope(channel, account)
    fed = {fed_as(external_id): external_id for external_id in ids}
    as_message = select(Message.external_id).where(
        Message.dedup_scope == scope, Message.external_id.in_(ids)
    )
    as_control = select(ControlRecord.event_id).where(
        ControlRecord.dedup_scope == controls, ControlRecord.event_id.in_(ids)
    )
    as_request = select(WebhookDelivery.spool_key).where(WebhookDelivery.spool_key.in_(fed))
    known = {*session.scalars(as_message), *session.scalars(as_control)}
    known |= {fed[key] for key in session.scalars(as_request) if key}
    return {external_id for external_id in known if external_id}


def looks_known(session: Session, message: InboundMessage) -> bool:
    """Whether we have a message under another id: the same words of this sender in this second.

    Records should name a message as its webhook did. Were one not to, all would come twice; and a
    pressed button, whose webhook may have no id at all, stands in the records as its title.
    """
    if message.sent_at is None or message.sender is None or not message.text:
        return False
    # Records give whole seconds, webhooks milliseconds.
    about = message.sent_at - _A_SECOND, message.sent_at + _A_SECOND
    ours = Conversation.sender_key == identity_key(message.channel, message.account, message.sender)
    written = (
        select(Message.text)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(ours, Message.direction == Direction.IN, Message.sent_at.between(*about))
    )
    pressed = (
        select(ControlRecord.id)
        .join(Conversation, Conversation.id == ControlRecord.conversation_id)
        .where(
            ours,
            ControlRecord.kind.in_([ControlKind.BUTTON, ControlKind.START]),
            ControlRecord.occurred_at.between(*about),
        )
    )
    return message.text in session.scalars(written).all() or bool(session.scalar(pressed.limit(1)))


def any_uncertain(
    session: Session, channels: Sequence[ChannelName], since: datetime, until: datetime
) -> bool:
    """Whether a send of these channels in this time is unclear and nobody has dealt with it."""
    where = and_(OutboxPart.channel.in_(channels), _uncertain(since, until))
    return session.scalar(select(OutboxPart.id).where(where).limit(1)) is not None


def uncertain(
    session: Session,
    account: tuple[ChannelName, str],
    since: datetime,
    until: datetime,
    limit: int,
) -> list[ClaimedPart]:
    """Return the unclear sends of an account, newest first."""
    where = and_(OutboxPart.channel == account[0], OutboxPart.account == account[1])
    ids = session.scalars(
        select(OutboxPart.id)
        .where(where, _uncertain(since, until))
        .order_by(OutboxPart.id.desc())
        .limit(limit)
    )
    return claimed_parts(session, list(ids))


def still_uncertain(session: Session, part: ClaimedPart) -> bool:
    """Whether nobody has dealt with this send meanwhile; its row is locked."""
    found = session.scalar(
        select(OutboxPart.id)
        .where(
            OutboxPart.id == part.part_id,
            OutboxPart.reference == part.reference,
            OutboxPart.status == DeliveryStatus.UNCERTAIN,
        )
        .with_for_update()
    )
    return found is not None


def known_sent(session: Session, channel: ChannelName, ids: Sequence[str]) -> set[str]:
    """Return which of these sent messages belong to a part already."""
    known = select(OutboxPart.external_id).where(
        OutboxPart.channel == channel, OutboxPart.external_id.in_(ids)
    )
    return {external_id for external_id in session.scalars(known) if external_id}


def _uncertain(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxPart.status == DeliveryStatus.UNCERTAIN,
        OutboxPart.dismissed_at.is_(None),
        OutboxPart.claimed_at.between(since, until),
    )
