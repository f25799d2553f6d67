"""Deleting what has served its time, in small batches."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.models.feedback import FIELDS, Feedback
from store.models.messaging import WebhookDelivery
from store.models.outbox import EarlyReceipt, OneTimeSecret
from store.models.staff import Attempt, StaffSession

_BATCH = 1000


def drop_deliveries(session: Session, before: datetime) -> int:
    """Delete raw requests received before `before`; return how many (at most one batch)."""
    old = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.received_at < before)
        .order_by(WebhookDelivery.received_at)
        .limit(_BATCH)
    )
    gone = session.scalars(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(old)).returning(WebhookDelivery.id)
    )
    return len(gone.all())


def drop_feedback(session: Session, before: datetime) -> int:
    """Delete corrections of findings made before `before`; return how many (at most one batch)."""
    old = select(Feedback.id).where(Feedback.field.in_(FIELDS), Feedback.at < before).limit(_BATCH)
    gone = session.scalars(delete(Feedback).where(Feedback.id.in_(old)).returning(Feedback.id))
    return len(gone.all())


def drop_expired(session: Session, now: datetime, before: datetime) -> None:
    """Delete secrets and sessions that are over, and what was left lying since `before`.

    That is receipts and attempts.
    """
    session.execute(delete(OneTimeSecret).where(OneTimeSecret.expires_at < now))
    session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    session.execute(delete(EarlyReceipt).where(EarlyReceipt.received_at < before))
    session.execute(delete(Attempt).where(Attempt.at < before))
