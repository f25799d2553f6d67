"""Messages that cannot be delivered where they belong, and those that carry their words instead.

The original's parts become REDIRECTED; the stand-in is a message of the other conversation, with
parts of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from channels.message import ChannelName, DeliveryStatus, ErrorClass
from store.models.complaint import Complaint
from store.models.messaging import (
    Author,
    ChannelAccount,
    Conversation,
    Message,
    OneTimeSecret,
    OutboxPart,
    PartKind,
)
from store.models.second_channel import SecondChannel
from store.reach import RECIPIENT_GONE

# Opting out is a wish, not an obstacle: whoever said "stop" is not written to another way.
_OBSTACLES: Final = ("blocked", RECIPIENT_GONE, "not_repliable")
_GIVEN_UP: Final = (ErrorClass.RECIPIENT_GONE, ErrorClass.RETRY)
_STUCK: Final = (DeliveryStatus.PARKED, DeliveryStatus.SUPPRESSED, DeliveryStatus.FAILED)
_NOT_ARRIVING: Final = (DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED)
_OLDEST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """One of our accounts by which free text may leave now.

    `written_after` is when a citizen must have written for that, aware UTC; None: always.
    """

    channel: ChannelName
    account: str
    written_after: datetime | None


@dataclass(frozen=True, slots=True)
class Stranded:
    """A message that is stuck, and the conversation that may have its words instead."""

    message_id: int
    conversation_id: int
    target_id: int


def stranded(
    session: Session,
    accounts: Sequence[OpenAccount],
    now: datetime,
    patience: timedelta,
    limit: int,
    message_id: int | None = None,
) -> list[Stranded]:
    """Return messages that are stuck and whose citizen agreed to another address, oldest first.

    Only news of a complaint and officers' own words: a question of the dialogue belongs where it
    was begun. A stand-in is never passed on, and no address gets the same message twice.

    Args:
        session: the caller's transaction.
        accounts: by which an address can be written to now.
        now: aware UTC.
        patience: how long a template that announces the words has time to be answered.
        limit: how many at most.
        message_id: look at this one only.
    """
    own, target = aliased(Conversation), aliased(Conversation)
    found = (
        select(Message.id, OutboxPart.conversation_id, SecondChannel.target_id)
        .ext(distinct_on(Message.id))
        .join(OutboxPart, OutboxPart.message_id == Message.id)
        .join(own, own.id == OutboxPart.conversation_id)
        .join(SecondChannel, SecondChannel.conversation_id == OutboxPart.conversation_id)
        .join(target, target.id == SecondChannel.target_id)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(
            SecondChannel.agreed_at.is_not(None),
            SecondChannel.withdrawn_at.is_(None),
            _is_stuck(own, now, patience),
            _may_go_elsewhere(),
            _can_be_written_to(target, accounts, now),
            ~_was_tried(target),
            ~_is_under_way(),
        )
        .order_by(Message.id, SecondChannel.agreed_at, SecondChannel.id)
        .limit(limit)
    )
    if message_id is not None:
        found = found.where(Message.id == message_id)
    return [Stranded(*row) for row in session.execute(found)]


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
        .where(OutboxPart.message_id == message_id, _stuck_part())
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
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id.in_(due))
        .values(
            status=DeliveryStatus.QUEUED,
            status_at=now,
            next_attempt_at=now,
            external_id=None,
            sent_at=None,
            reference=func.gen_random_uuid(),
        )
        .execution_options(synchronize_session=False)
    )
    return len(due)


def hold_original(session: Session, message_id: int, now: datetime) -> None:
    """Hold the original back once more, because a person sends its stand-in again."""
    original = select(Message.instead_of_id).where(Message.id == message_id).scalar_subquery()
    session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.message_id == original,
            OutboxPart.status.in_((DeliveryStatus.QUEUED, *_STUCK)),
        )
        .values(status=DeliveryStatus.REDIRECTED, status_at=now)
        .execution_options(synchronize_session=False)
    )


def call_off(session: Session, target_id: int, code: str, now: datetime) -> None:
    """Hold back the stand-ins that have not left for an address; their originals come back."""
    stand_ins = select(Message.id).where(
        Message.conversation_id == target_id, Message.instead_of_id.is_not(None)
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


def _is_stuck(own: type[Conversation], now: datetime, patience: timedelta) -> ColumnElement[bool]:
    """Return the condition for parts that will not leave by themselves, and are still news."""
    template = aliased(OutboxPart)
    announced = exists().where(
        template.conversation_id == OutboxPart.conversation_id,
        template.kind == PartKind.TEMPLATE,
        template.status.not_in(_NOT_ARRIVING),
        or_(own.last_inbound_at.is_(None), template.status_at > own.last_inbound_at),
    )
    waited = or_(OutboxPart.status_at <= now - patience, ~announced)
    return and_(
        _stuck_part(),
        OutboxPart.status_at > now - _OLDEST,
        or_(OutboxPart.status != DeliveryStatus.PARKED, waited),
    )


def _stuck_part() -> ColumnElement[bool]:
    return and_(
        OutboxPart.status.in_(_STUCK),
        OutboxPart.kind != PartKind.TEMPLATE,
        OutboxPart.dismissed_at.is_(None),
        OutboxPart.retry_at.is_(None),
        or_(
            OutboxPart.status == DeliveryStatus.PARKED,
            and_(
                OutboxPart.status == DeliveryStatus.SUPPRESSED,
                OutboxPart.error_code.in_(_OBSTACLES),
            ),
            and_(
                OutboxPart.status == DeliveryStatus.FAILED,
                OutboxPart.error_class.in_(_GIVEN_UP),
            ),
        ),
    )


def _may_go_elsewhere() -> ColumnElement[bool]:
    return and_(
        Message.instead_of_id.is_(None),
        or_(Message.complaint_id.is_not(None), Message.author == Author.STAFF),
        Complaint.news_stopped_at.is_(None),
    )


def _can_be_written_to(
    target: type[Conversation], accounts: Sequence[OpenAccount], now: datetime
) -> ColumnElement[bool]:
    paused = exists().where(
        ChannelAccount.channel == target.channel,
        ChannelAccount.account == target.account,
        ChannelAccount.paused_until > now,
    )
    ways = [
        and_(
            target.channel == one.channel,
            target.account == one.account,
            *([] if one.written_after is None else [target.last_inbound_at > one.written_after]),
        )
        for one in accounts
    ]
    return and_(target.suppressed_reason.is_(None), target.repliable, ~paused, or_(false(), *ways))


def _was_tried(target: type[Conversation]) -> ColumnElement[bool]:
    earlier = aliased(Message)
    return exists().where(earlier.instead_of_id == Message.id, earlier.conversation_id == target.id)


def _is_under_way() -> ColumnElement[bool]:
    other = aliased(OutboxPart)
    return exists().where(
        other.message_id == Message.id,
        or_(
            other.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.SENDING)),
            other.retry_at.is_not(None),
        ),
    )
