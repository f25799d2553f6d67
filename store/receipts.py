"""What platforms say of the parts we sent. A report moves a part only upwards."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from channels.message import DELIVERY_RANK, DeliveryReceipt, DeliveryStatus, ErrorClass
from store.messages import identity_key
from store.models.messaging import Conversation
from store.models.outbox import EarlyReceipt, OutboxPart

# Pauses before further attempts where the platform names none: a phone that is out of reach or a
# fault on the way (minutes to hours), a rate that was exceeded (sooner).
_RETRY_WAITS_S: Final = {
    ErrorClass.RETRY: (900.0, 3600.0, 14400.0),
    ErrorClass.RETRY_AFTER: (300.0, 1800.0, 7200.0),
}
# Only what the platform took can have arrived: a watermark never revives a failed part.
_TAKEN = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


@dataclass(frozen=True, slots=True)
class Moved:
    """One part that a receipt moved."""

    part_id: int
    conversation_id: int
    message_id: int


def advance(session: Session, receipt: DeliveryReceipt, now: datetime) -> list[Moved]:
    """Move the parts that a receipt speaks of, if it says more than is known.

    A receipt of a part whose external id is not known yet is kept until the part is marked.
    """
    if receipt.watermark is not None:
        return _move(session, receipt, _before_watermark(receipt), now)
    moved = _move(session, receipt, _named(receipt), now)
    if not moved and receipt.external_id is not None and not is_ours(session, receipt):
        _keep_early(session, receipt, now)
    return moved


def advance_known(session: Session, receipt: DeliveryReceipt, now: datetime) -> list[Moved]:
    """Move the part that a receipt names, if there is one; nothing is kept for later."""
    return _move(session, receipt, _named(receipt), now)


def is_ours(session: Session, receipt: DeliveryReceipt) -> bool:
    """Whether a receipt speaks of a part that we know, whatever its state."""
    known = select(OutboxPart.id).where(
        OutboxPart.channel == receipt.channel,
        OutboxPart.account == receipt.account,
        _named(receipt),
    )
    return session.scalar(known.limit(1)) is not None


def apply_early(session: Session, part: OutboxPart, now: datetime) -> list[Moved]:
    """Apply the receipts that came before the part's external id was known."""
    kept = session.execute(
        delete(EarlyReceipt)
        .where(EarlyReceipt.channel == part.channel, EarlyReceipt.external_id == part.external_id)
        .returning(
            EarlyReceipt.status,
            EarlyReceipt.error_code,
            EarlyReceipt.error_class,
            EarlyReceipt.retry_waits_s,
        )
    ).all()
    moved: list[Moved] = []
    for row in kept:
        receipt = DeliveryReceipt(
            channel=part.channel,
            account=part.account,
            status=row.status,
            external_id=part.external_id,
            error_code=row.error_code,
            error_class=row.error_class,
            retry_waits_s=tuple(row.retry_waits_s or ()),
        )
        moved += _move(session, receipt, _named(receipt), now)
    return moved


def rank() -> ColumnElement[int]:
    """Return the rank of a part's status, as the database sees it."""
    return case(dict(DELIVERY_RANK), value=OutboxPart.status)


def _move(
    session: Session, receipt: DeliveryReceipt, which: ColumnElement[bool], now: datetime
) -> list[Moved]:
    failed = receipt.status is DeliveryStatus.FAILED
    values = {
        "status": receipt.status,
        "status_at": receipt.occurred_at or now,
        "error_code": (receipt.error_code or "")[:64] or None if failed else None,
        "error_class": (receipt.error_class or ErrorClass.PERMANENT) if failed else None,
        "retry_at": _retry_at(receipt, now) if failed else None,
        "sent_at": func.coalesce(OutboxPart.sent_at, OutboxPart.claimed_at, now),
    }
    if receipt.external_id is not None:
        values["external_id"] = func.coalesce(OutboxPart.external_id, receipt.external_id)
    moved = session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.channel == receipt.channel,
            OutboxPart.account == receipt.account,
            which,
            rank() < literal(DELIVERY_RANK[receipt.status]),
        )
        .values(values)
        .returning(OutboxPart.id, OutboxPart.conversation_id, OutboxPart.message_id)
    )
    return [Moved(*row) for row in moved]


def _retry_at(receipt: DeliveryReceipt, now: datetime) -> ColumnElement[datetime | None] | None:
    """Return when the attempt after a late failure begins; NULL where none is left."""
    if receipt.error_class not in _RETRY_WAITS_S:
        return None
    waits = receipt.retry_waits_s or _RETRY_WAITS_S[receipt.error_class]
    instants = {
        attempt: now + timedelta(seconds=wait_s) for attempt, wait_s in enumerate(waits, start=1)
    }
    return case(instants, value=OutboxPart.attempts, else_=null())


def _named(receipt: DeliveryReceipt) -> ColumnElement[bool]:
    """Return the condition for the one part of a receipt: the platform's id, else our own."""
    by_id = OutboxPart.external_id == receipt.external_id
    reference = _reference(receipt)
    if reference is None:
        return by_id
    unnamed = and_(OutboxPart.reference == reference, OutboxPart.external_id.is_(None))
    return unnamed if receipt.external_id is None else or_(by_id, unnamed)


def _reference(receipt: DeliveryReceipt) -> uuid.UUID | None:
    try:
        return uuid.UUID(receipt.reference) if receipt.reference else None
    except ValueError:
        return None  # not one of ours


def _before_watermark(receipt: DeliveryReceipt) -> ColumnElement[bool]:
    # Compared with the start of our call: the platform's clock stamps the message before the
    # answer is back here.
    started = func.coalesce(OutboxPart.claimed_at, OutboxPart.sent_at)
    return and_(
        OutboxPart.conversation_id == _conversation_of(receipt).scalar_subquery(),
        OutboxPart.status.in_(_TAKEN),
        started <= receipt.watermark,
    )


def _conversation_of(receipt: DeliveryReceipt) -> Select[int]:
    key = identity_key(receipt.channel, receipt.account, receipt.recipient or "")
    return select(Conversation.id).where(
        Conversation.channel == receipt.channel,
        Conversation.account == receipt.account,
        Conversation.sender_key == key,
    )


def _keep_early(session: Session, receipt: DeliveryReceipt, now: datetime) -> None:
    session.execute(
        insert(EarlyReceipt).values(
            channel=receipt.channel,
            external_id=receipt.external_id,
            status=receipt.status,
            error_code=(receipt.error_code or "")[:64] or None,
            error_class=receipt.error_class,
            retry_waits_s=list(receipt.retry_waits_s) or None,
            received_at=now,
        )
    )
