"""Queries of casework, and the only way to write into a complaint's history."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.complaint import (
    Clock,
    Complaint,
    ComplaintEvent,
    ComplaintStatus,
    CorrectedAnswer,
    Disposisi,
    DraftAnswer,
)
from store.models.messaging import Conversation
from store.models.second_channel import SecondChannel
from store.models.staff import Holiday, PerangkatDaerah

_FIRST_DIGEST = "0" * 64


def append_event(  # noqa: PLR0913 (an entry has these parts; all but three are named)
    session: Session,
    complaint: Complaint,
    kind: str,
    *,
    at: datetime,
    actor_id: int | None = None,
    public: bool = False,
    data: Mapping[str, Any] | None = None,
) -> ComplaintEvent:
    """Add one entry to the history; nothing ever changes or removes one.

    Args:
        session: the caller's transaction. The complaint's row is locked until it ends.
        complaint: a flushed complaint.
        kind: what happened, English lower case.
        at: aware UTC.
        actor_id: the member of staff, or None for the citizen and the service itself.
        public: whether the citizen's timeline shows it.
        data: codes and ids only, never a personal value: those must stay erasable (decision 4).
    """
    session.flush()
    session.execute(select(Complaint.id).where(Complaint.id == complaint.id).with_for_update())
    last = _last_event(session, complaint.id)
    event = ComplaintEvent(
        complaint_id=complaint.id,
        seq=last.seq + 1 if last else 1,
        kind=kind,
        actor_id=actor_id,
        at=at,
        public=public,
        data=dict(data or {}),
        salt=secrets.token_hex(16),
    )
    event.digest = _digest(last.digest if last else _FIRST_DIGEST, event)
    session.add(event)
    session.flush()
    return event


def history_is_whole(session: Session, complaint_id: int) -> bool:
    """Whether every digest follows from its entry and the digest before it."""
    previous, expected_seq = _FIRST_DIGEST, 1
    statement = (
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id)
        .order_by(ComplaintEvent.seq)
    )
    for event in session.scalars(statement):
        if event.seq != expected_seq or event.digest != _digest(previous, event):
            return False
        previous, expected_seq = event.digest, expected_seq + 1
    return True


def _last_event(session: Session, complaint_id: int) -> ComplaintEvent | None:
    statement = (
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id)
        .order_by(ComplaintEvent.seq.desc())
        .limit(1)
    )
    return session.scalar(statement)


def _digest(previous: str, event: ComplaintEvent) -> str:
    entry = [
        event.complaint_id,
        event.seq,
        event.kind,
        event.actor_id,
        event.at.astimezone(UTC).isoformat(),
        event.public,
        event.data,
    ]
    words = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    salted = hashlib.sha256(f"{event.salt}{words}".encode()).hexdigest()
    return hashlib.sha256(f"{previous}{salted}".encode()).hexdigest()


def by_ticket(session: Session, ticket: str, *, lock: bool = False) -> Complaint | None:
    """Return the complaint with this number, locked until the transaction ends if asked.

    Its conversations are locked first, as the dialogue and the outbox do: two orders would be a
    deadlock when a citizen writes while an officer answers.
    """
    statement = select(Complaint).where(Complaint.ticket == ticket)
    if lock:
        own = select(Complaint.conversation_id).where(Complaint.ticket == ticket)
        others = select(SecondChannel.target_id).where(SecondChannel.conversation_id.in_(own))
        session.execute(
            select(Conversation.id)
            .where(Conversation.id.in_(own.union(others)))
            .order_by(Conversation.id)
            .with_for_update()
        )
        statement = statement.with_for_update()
    return session.scalar(statement)


def latest_disposisi(session: Session, complaint_id: int) -> Disposisi | None:
    """Return the newest instruction, also one that was returned."""
    statement = (
        select(Disposisi)
        .where(Disposisi.complaint_id == complaint_id)
        .order_by(Disposisi.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def latest_draft(session: Session, complaint_id: int) -> DraftAnswer | None:
    """Return the newest draft of the responsible PD, whatever became of it."""
    statement = (
        select(DraftAnswer)
        .where(DraftAnswer.complaint_id == complaint_id)
        .order_by(DraftAnswer.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def correction_of(session: Session, draft_id: int) -> CorrectedAnswer | None:
    """Return Diskominfo's text for one draft, if it was begun."""
    return session.scalar(select(CorrectedAnswer).where(CorrectedAnswer.draft_id == draft_id))


def sent_answers(session: Session, complaint_id: int) -> list[CorrectedAnswer]:
    """Return the answers that went to the citizen, oldest first."""
    statement = (
        select(CorrectedAnswer)
        .where(CorrectedAnswer.complaint_id == complaint_id, CorrectedAnswer.sent_at.is_not(None))
        .order_by(CorrectedAnswer.id)
    )
    return list(session.scalars(statement))


def pd_name(session: Session, code: str | None) -> str | None:
    """Return the name of a perangkat daerah, or None without one."""
    pd = session.get(PerangkatDaerah, code) if code else None
    return pd.name if pd else None


def running_clock(session: Session, complaint_id: int, kind: str) -> Clock | None:
    """Return the clock of this kind that still runs."""
    statement = (
        select(Clock)
        .where(Clock.complaint_id == complaint_id, Clock.kind == kind, Clock.stopped_at.is_(None))
        .order_by(Clock.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def last_clock(session: Session, complaint_id: int, kind: str) -> Clock | None:
    """Return the newest clock of this kind, running or stopped."""
    statement = (
        select(Clock)
        .where(Clock.complaint_id == complaint_id, Clock.kind == kind)
        .order_by(Clock.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def running_clocks(session: Session, complaint_id: int) -> list[Clock]:
    """Return the clocks that still run, the most pressing first."""
    statement = (
        select(Clock)
        .where(Clock.complaint_id == complaint_id, Clock.stopped_at.is_(None))
        .order_by(Clock.due_at, Clock.id)
    )
    return list(session.scalars(statement))


def holidays_from(session: Session, first: date, days: int) -> dict[date, str]:
    """Return the names of the holidays in the `days` days after `first`."""
    statement = select(Holiday).where(
        Holiday.day >= first, Holiday.day <= first + timedelta(days=days)
    )
    return {row.day: row.name for row in session.scalars(statement)}


def next_due(session: Session, complaint_id: int) -> datetime | None:
    """Return the nearest deadline that still runs."""
    statement = (
        select(Clock.due_at)
        .where(Clock.complaint_id == complaint_id, Clock.stopped_at.is_(None))
        .order_by(Clock.due_at)
        .limit(1)
    )
    return session.scalar(statement)


def lock_resumable(session: Session, today: date) -> list[Complaint]:
    """Lock the pending cases whose day has come; others' locks are skipped."""
    pending = (ComplaintStatus.PENDING_SCHEDULED, ComplaintStatus.PENDING_NOTED)
    statement = (
        select(Complaint)
        .where(
            Complaint.status.in_(pending),
            Complaint.resume_on <= today,
            Complaint.withdrawn_at.is_(None),
        )
        .order_by(Complaint.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))
