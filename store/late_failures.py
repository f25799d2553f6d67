"""Parts that the platform took and did not deliver: parked, or tried once more after a while.

A new attempt has a new reference and no external id: late reports of the old one move nothing.
Until it begins, the part keeps its names, so that a late "delivered" still disproves the failure.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from channels.message import DeliveryStatus, ErrorClass
from store.models.complaint import Complaint, ComplaintEvent
from store.models.messaging import Message
from store.models.outbox import OneTimeSecret, OutboxPart, PartKind
from store.outgoing import keep_secret, queue_again

_PLACEHOLDER = "{PIN}"


def refused_late(session: Session, limit: int) -> list[tuple[int, int, int]]:
    """Return parts that the platform took and then refused because the window was closed.

    Returns:
        Part id, conversation id and message id, oldest first.
    """
    refused = (
        select(OutboxPart.id, OutboxPart.conversation_id, OutboxPart.message_id)
        .where(_refused_late())
        .order_by(OutboxPart.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(refused)]


def park_again(session: Session, part_id: int, now: datetime) -> bool:
    """Park a part that was refused late; False if another worker did."""
    parked = session.execute(
        update(OutboxPart)
        .where(OutboxPart.id == part_id, _refused_late())
        .values(
            status=DeliveryStatus.PARKED,
            status_at=now,
            external_id=None,
            sent_at=None,
            reference=uuid.uuid4(),
        )
        .returning(OutboxPart.id)
    ).all()
    return bool(parked)


def retry_due(
    session: Session, now: datetime, limit: int, renew: Callable[[int], str | None]
) -> int:
    """Queue the failed parts whose pause is over; return how many.

    Args:
        session: the caller's transaction.
        now: aware UTC.
        limit: how many at most.
        renew: makes another one-time value for a message whose own has gone with the first
            attempt; None: it cannot be written again and stays failed, for a person.
    """
    due = list(
        session.scalars(
            select(OutboxPart)
            .where(OutboxPart.status == DeliveryStatus.FAILED, OutboxPart.retry_at <= now)
            .order_by(OutboxPart.retry_at, OutboxPart.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not due:
        return 0
    with_value = _with_secret(session, [part.message_id for part in due])
    for part in due:
        if part.message_id in with_value or not _needs_secret(part.payload):
            continue
        value = renew(part.message_id)
        if value is not None:
            keep_secret(session, part.message_id, "PIN", value, now)
            with_value.add(part.message_id)
    again = [
        part.id for part in due if part.message_id in with_value or not _needs_secret(part.payload)
    ]
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id.in_([part.id for part in due]))
        .values(retry_at=None)
        .execution_options(synchronize_session=False)
    )
    queue_again(session, again, now)
    return len(again)


def complaint_of_pin(session: Session, message_id: int) -> Complaint | None:
    """Return the complaint whose PIN a message tells, locked.

    None where it has got another PIN since, or somebody is at work on it.
    """
    message = session.get_one(Message, message_id)
    renewed = exists().where(
        ComplaintEvent.complaint_id == message.complaint_id,
        ComplaintEvent.kind == "pin_renewed",
        ComplaintEvent.at > message.received_at,
    )
    return session.scalar(
        select(Complaint)
        .where(Complaint.id == message.complaint_id, ~renewed)
        .with_for_update(skip_locked=True)
    )


def _refused_late() -> ColumnElement[bool]:
    return and_(
        OutboxPart.status == DeliveryStatus.FAILED,
        OutboxPart.error_class == ErrorClass.WINDOW_CLOSED,
        OutboxPart.kind != PartKind.TEMPLATE,
        OutboxPart.dismissed_at.is_(None),
    )


def _with_secret(session: Session, message_ids: list[int]) -> set[int]:
    query = select(OneTimeSecret.message_id).where(OneTimeSecret.message_id.in_(message_ids))
    return set(session.scalars(query))


def _needs_secret(payload: dict[str, Any]) -> bool:
    return _PLACEHOLDER in str(payload.get("text", ""))
