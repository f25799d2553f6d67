"""Messages that cannot be delivered where they belong, and the address that may have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CTE, ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from channels.message import ChannelName, DeliveryStatus, ErrorClass
from store.models.complaint import Complaint
from store.models.messaging import Author, ChannelAccount, Conversation, Message
from store.models.outbox import OutboxPart, PartKind
from store.models.second_channel import SecondChannel
from store.reach import RECIPIENT_GONE

# Opting out is a wish, not an obstacle: whoever said "stop" is not written to another way.
_OBSTACLES: Final = ("blocked", RECIPIENT_GONE, "not_repliable")
_OPT_OUT: Final = "opt_out"
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
    was begun. Only what was written after the agreement. A stand-in is never passed on, and no
    address gets the same message twice.

    Args:
        session: the caller's transaction.
        accounts: by which an address can be written to now.
        now: aware UTC.
        patience: how long a template that announces the words has time to be answered.
        limit: how many at most.
        message_id: look at this one only.
    """
    stuck = _stuck(now, message_id)
    own, target = aliased(Conversation), aliased(Conversation)
    found = (
        select(Message.id, stuck.c.conversation_id, stuck.c.target_id)
        .ext(distinct_on(Message.id))
        .join(stuck, stuck.c.message_id == Message.id)
        .join(own, own.id == stuck.c.conversation_id)
        .join(target, target.id == stuck.c.target_id)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(
            Message.received_at >= stuck.c.agreed_at,
            # Whoever says "stop" after something failed is not written to another way either.
            func.coalesce(own.suppressed_reason, "") != _OPT_OUT,
            _has_waited(stuck, own, now, patience),
            _may_go_elsewhere(),
            _can_be_written_to(target, accounts, now),
            ~_was_tried(target),
            ~_is_under_way(),
        )
        .order_by(Message.id, stuck.c.agreed_at, stuck.c.agreement_id)
        .limit(limit)
    )
    return [Stranded(*row) for row in session.execute(found)]


def _stuck(now: datetime, message_id: int | None) -> CTE:
    """Return the stuck parts of citizens with another address, found before anything else is asked.

    Materialized: few of them exist, which the planner does not guess.
    """
    found = (
        select(
            OutboxPart.message_id,
            OutboxPart.conversation_id,
            OutboxPart.status,
            OutboxPart.status_at,
            SecondChannel.id.label("agreement_id"),
            SecondChannel.target_id,
            SecondChannel.agreed_at,
        )
        .join(SecondChannel, SecondChannel.conversation_id == OutboxPart.conversation_id)
        .where(
            stuck_part(),
            OutboxPart.status_at > now - _OLDEST,
            SecondChannel.agreed_at.is_not(None),
            SecondChannel.withdrawn_at.is_(None),
        )
    )
    if message_id is not None:
        found = found.where(OutboxPart.message_id == message_id)
    return found.cte("stuck").prefix_with("MATERIALIZED", dialect="postgresql")


def _has_waited(
    stuck: CTE, own: type[Conversation], now: datetime, patience: timedelta
) -> ColumnElement[bool]:
    """Return the condition for words that no template announces, or that waited long enough."""
    template = aliased(OutboxPart)
    announced = exists().where(
        template.conversation_id == stuck.c.conversation_id,
        template.kind == PartKind.TEMPLATE,
        template.status.not_in(_NOT_ARRIVING),
        or_(own.last_inbound_at.is_(None), template.status_at > own.last_inbound_at),
    )
    return or_(
        stuck.c.status != DeliveryStatus.PARKED,
        stuck.c.status_at <= now - patience,
        ~announced,
    )


def stuck_part() -> ColumnElement[bool]:
    """Return the condition for parts that have no way left but another channel."""
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
