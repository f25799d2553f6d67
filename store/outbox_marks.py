"""What became of parts that were tried: marks, pauses, second tries.

Whoever locks a conversation and its parts locks the conversation first.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from channels.message import DELIVERY_RANK, ChannelName, DeliveryStatus, ErrorClass
from store.models.messaging import Author, ChannelAccount, Conversation, Direction, Message
from store.models.outbox import OneTimeSecret, OutboxPart, PartKind
from store.outbox import ClaimedPart
from store.receipts import apply_early, rank
from store.stand_ins import hold_original

_ARRIVING = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)
_NOT_ARRIVING = (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN, DeliveryStatus.SUPPRESSED)
# What the platform or our own program said of a failed try.
Fault = tuple[ErrorClass | None, str | None]
_NO_FAULT: Fault = (None, None)


def mark_sent(session: Session, claimed: ClaimedPart, external_id: str, now: datetime) -> None:
    """Note that the platform took a part, and apply what it said of it meanwhile."""
    taken = case(
        (rank() < DELIVERY_RANK[DeliveryStatus.SENT], DeliveryStatus.SENT.value),
        else_=OutboxPart.status,
    )
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id == claimed.part_id)
        .values(
            status=taken,
            status_at=now,
            sent_at=func.coalesce(OutboxPart.sent_at, now),
            external_id=external_id,
            error_class=None,
            error_code=None,
        )
    )
    part = session.get_one(OutboxPart, claimed.part_id, populate_existing=True)
    apply_early(session, part, now)
    _forget_own_echo(session, claimed, external_id)
    _forget_secrets(session, claimed.message_id)


def _forget_own_echo(session: Session, claimed: ClaimedPart, external_id: str) -> None:
    """Remove our own words that came back as an echo before the platform had answered us."""
    session.execute(
        delete(Message).where(
            Message.conversation_id == claimed.conversation_id,
            Message.external_id == external_id,
            Message.direction == Direction.OUT,
            Message.author == Author.PAGE_INBOX,
        )
    )


def _forget_secrets(session: Session, message_id: int) -> None:
    """Remove the one-time values of a message of which no part is waiting any more."""
    waiting = exists().where(
        OutboxPart.message_id == message_id, OutboxPart.status.not_in(_ARRIVING)
    )
    session.execute(delete(OneTimeSecret).where(OneTimeSecret.message_id == message_id, ~waiting))


def mark_unsent(
    session: Session,
    part_id: int,
    status: DeliveryStatus,
    now: datetime,
    *,
    fault: Fault = _NO_FAULT,
) -> None:
    """Note that a part was tried in vain, unless a receipt has proved the contrary meanwhile."""
    error_class, code = fault
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id == part_id, OutboxPart.status == DeliveryStatus.SENDING)
        .values(
            status=status,
            status_at=now,
            error_class=error_class,
            error_code=(code or "")[:64] or None,
        )
    )


def put_back(
    session: Session,
    part_id: int,
    retry_at: datetime,
    *,
    fault: Fault = _NO_FAULT,
    free: bool = False,
) -> None:
    """Queue a claimed part again for `retry_at`; `free` gives the attempt back."""
    error_class, code = fault
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id == part_id, OutboxPart.status == DeliveryStatus.SENDING)
        .values(
            status=DeliveryStatus.QUEUED,
            status_at=retry_at,
            next_attempt_at=retry_at,
            attempts=OutboxPart.attempts - (1 if free else 0),
            error_class=error_class,
            error_code=(code or "")[:64] or None,
        )
    )


def pause(
    session: Session,
    channel: ChannelName,
    account: str,
    until: datetime,
    fault: Fault,
) -> None:
    """Let nothing leave by an account until `until`; a longer pause is kept."""
    error_class, code = fault
    statement = upsert(ChannelAccount).values(
        channel=channel,
        account=account,
        paused_until=until,
        paused_class=error_class,
        paused_code=(code or "")[:64] or None,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ChannelAccount.channel, ChannelAccount.account],
            set_={
                "paused_until": until,
                "paused_class": error_class,
                "paused_code": (code or "")[:64] or None,
            },
            where=func.coalesce(ChannelAccount.paused_until, until) <= until,
        )
    )


def unpause(session: Session, channel: ChannelName, account: str) -> None:
    """Let parts leave by an account again."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.channel == channel, ChannelAccount.account == account)
        .values(paused_until=None, paused_class=None, paused_code=None)
    )


def note_outbound(
    session: Session, accounts: Sequence[tuple[ChannelName, str]], now: datetime
) -> None:
    """Note when an account last took a part."""
    for channel, account in accounts:
        session.execute(
            upsert(ChannelAccount)
            .values(channel=channel, account=account, last_outbound_at=now)
            .on_conflict_do_update(
                index_elements=[ChannelAccount.channel, ChannelAccount.account],
                set_={"last_outbound_at": now},
            )
        )


def locked_conversation(session: Session, conversation_id: int) -> Conversation:
    """Return the conversation, locked, as it is now."""
    return session.get_one(
        Conversation, conversation_id, with_for_update=True, populate_existing=True
    )


def told_since(
    session: Session, conversation_id: int, text_key: str, since: datetime | None
) -> bool:
    """Whether a template with this key has gone out, or waits to, after the citizen last wrote."""
    told = select(OutboxPart.id).join(Message, Message.id == OutboxPart.message_id)
    told = told.where(
        OutboxPart.conversation_id == conversation_id,
        OutboxPart.kind == PartKind.TEMPLATE,
        Message.text_key == text_key,
        OutboxPart.status.not_in([DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED]),
    )
    if since is not None:
        told = told.where(OutboxPart.status_at > since)
    return session.scalar(told.limit(1)) is not None


def lose_track(session: Session, now: datetime, after: timedelta) -> int:
    """Mark sends that never came back as UNCERTAIN; return how many. A person decides on them."""
    lost = session.execute(
        update(OutboxPart)
        .where(OutboxPart.status == DeliveryStatus.SENDING, OutboxPart.claimed_at < now - after)
        .values(
            status=DeliveryStatus.UNCERTAIN,
            status_at=now,
            error_class=ErrorClass.AMBIGUOUS,
            error_code="no-answer",
        )
        .returning(OutboxPart.id)
    ).all()
    return len(lost)


def try_again(session: Session, part_id: int, now: datetime) -> OutboxPart | None:
    """Queue a part that a person wants sent again; None if its state does not allow that."""
    part = session.scalar(
        update(OutboxPart)
        .where(
            OutboxPart.id == part_id,
            OutboxPart.status.in_(_NOT_ARRIVING),
        )
        .values(
            status=DeliveryStatus.QUEUED,
            status_at=now,
            next_attempt_at=now,
            attempts=0,
            external_id=None,
            sent_at=None,
            error_class=None,
            error_code=None,
            dismissed_at=None,
            retry_at=None,
            reference=uuid.uuid4(),
        )
        .returning(OutboxPart)
    )
    if part is not None:
        hold_original(session, part.message_id, now)
    return part


def dismiss(session: Session, part_id: int, now: datetime) -> OutboxPart | None:
    """Note that a person has dealt with a failure; None if there is none to deal with."""
    return session.scalar(
        update(OutboxPart)
        .where(
            OutboxPart.id == part_id,
            OutboxPart.status.in_(_NOT_ARRIVING),
            OutboxPart.dismissed_at.is_(None),
        )
        .values(dismissed_at=now, retry_at=None)
        .returning(OutboxPart)
    )


def complaint_of(session: Session, message_id: int) -> int | None:
    """Return the complaint that an outgoing message is about, if any."""
    return session.get_one(Message, message_id).complaint_id
