"""How our accounts do: what came last, what waits, what failed and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from channels.message import ChannelName, DeliveryStatus, ErrorClass
from store.models.messaging import ChannelAccount, Conversation, Direction, Message
from store.models.outbox import OutboxPart

Account = tuple[ChannelName, str]
_OPEN = (
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENDING,
    DeliveryStatus.PARKED,
    DeliveryStatus.UNCERTAIN,
)
_TROUBLE = (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Parts of one account in one state; `since` is when the oldest fell due (aware UTC)."""

    account: Account
    status: DeliveryStatus
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """Parts of one account that failed for one reason."""

    account: Account
    error_class: ErrorClass | None
    code: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Inflow:
    """Messages that came to one account in one hour (`hour` begins it, aware UTC)."""

    account: Account
    hour: datetime
    count: int
    last_at: datetime


def accounts(session: Session) -> dict[Account, ChannelAccount]:
    """Return what is known of each account that ever sent or received."""
    return {(row.channel, row.account): row for row in session.scalars(select(ChannelAccount))}


def waiting(session: Session) -> list[Waiting]:
    """Return the parts that wait for something, counted by account and state."""
    statement = (
        select(
            OutboxPart.channel,
            OutboxPart.account,
            OutboxPart.status,
            func.count(),
            func.min(OutboxPart.next_attempt_at),
        )
        .where(OutboxPart.status.in_(_OPEN))
        .group_by(OutboxPart.channel, OutboxPart.account, OutboxPart.status)
    )
    return [
        Waiting((channel, account), status, count, since)
        for channel, account, status, count, since in session.execute(statement)
    ]


def failures(session: Session, since: datetime) -> list[Failures]:
    """Return what did not arrive since then, counted by account and reason, most first."""
    count = func.count()
    reason = (OutboxPart.error_class, OutboxPart.error_code)
    statement = (
        select(OutboxPart.channel, OutboxPart.account, *reason, count)
        .where(OutboxPart.status.in_(_TROUBLE), OutboxPart.status_at >= since)
        .group_by(OutboxPart.channel, OutboxPart.account, *reason)
        .order_by(count.desc(), OutboxPart.error_code)
    )
    return [
        Failures((channel, account), error_class, code, number)
        for channel, account, error_class, code, number in session.execute(statement)
    ]


def newest_message_id(session: Session) -> int:
    """Return the highest id of a message, 0 if there is none."""
    return session.scalar(select(func.max(Message.id))) or 0


def inflow(session: Session, after_id: int, up_to_id: int) -> list[Inflow]:
    """Return what came in with ids in (`after_id`, `up_to_id`], by account and hour."""
    hour = func.date_trunc("hour", Message.received_at, "UTC").label("hour")
    statement = (
        select(
            Conversation.channel,
            Conversation.account,
            hour,
            func.count(),
            func.max(Message.received_at),
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.direction == Direction.IN, Message.id > after_id, Message.id <= up_to_id)
        .group_by(Conversation.channel, Conversation.account, hour)
    )
    return [
        Inflow((channel, account), begins, count, last_at)
        for channel, account, begins, count, last_at in session.execute(statement)
    ]


def note_inbound(session: Session, arrivals: Sequence[Inflow]) -> None:
    """Note for each account when a message last came; an earlier time changes nothing."""
    for arrival in sorted(arrivals, key=lambda one: (one.account, one.last_at)):
        channel, account = arrival.account
        statement = upsert(ChannelAccount).values(
            channel=channel, account=account, last_inbound_at=arrival.last_at
        )
        newest = func.greatest(ChannelAccount.last_inbound_at, arrival.last_at)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[ChannelAccount.channel, ChannelAccount.account],
                set_={"last_inbound_at": newest},
            )
        )
