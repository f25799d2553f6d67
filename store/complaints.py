"""Queries of casework, and the only way to write into a complaint's history."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from store.digests import FIRST_DIGEST, new_salt
from store.history_changes import chain_digest, keep_texts, take_changes
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
from store.teamwork import FOLLOWED, tell_followers

# Reasons on an instruction that ended, and no PD gave the case back.
UNDONE, CONFLICT = "undone", "conflict"


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

    What changed on the complaint in this transaction since its last entry is kept with it.

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
    changes = take_changes(session, complaint.id)
    event = ComplaintEvent(
        complaint_id=complaint.id,
        seq=last.seq + 1 if last else 1,
        kind=kind,
        actor_id=actor_id,
        at=at,
        public=public,
        data={**(data or {}), **changes.data},
        salt=new_salt(),
    )
    event.digest = chain_digest(last.digest if last else FIRST_DIGEST, event)
    session.add(event)
    session.flush()
    keep_texts(session, event.id, changes)
    if kind in FOLLOWED:
        tell_followers(session, complaint.id, kind, actor_id, at)
    return event


def history_is_whole(session: Session, complaint_id: int) -> bool:
    """Whether every digest follows from its entry and the digest before it."""
    previous, expected_seq = FIRST_DIGEST, 1
    statement = (
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id)
        .order_by(ComplaintEvent.seq)
    )
    for event in session.scalars(statement):
        if event.seq != expected_seq or event.digest != chain_digest(previous, event):
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


def by_ticket(session: Session, ticket: str, *, lock: bool = False) -> Complaint | None:
    """Return the complaint with this number, locked until the transaction ends if asked."""
    if lock:
        return lock_cases(session, [ticket]).get(ticket)
    return session.scalar(select(Complaint).where(Complaint.ticket == ticket))


def lock_cases(session: Session, tickets: Sequence[str]) -> dict[str, Complaint]:
    """Return the complaints with these numbers, locked until the transaction ends.

    With a part of a split case comes the whole: it is what the citizen knows. The conversations to
    which their news go, those of followers included, are locked first, as the dialogue and the
    outbox do: two orders would be a deadlock when a citizen writes while an officer answers.
    """
    named = Complaint.ticket.in_(tickets)
    leading = select(Complaint.id).where(named)
    whole = select(Complaint.part_of_id).where(named)
    # A union, not OR: each of the three finds its few rows by an index.
    own = [
        select(Complaint.conversation_id).where(condition)
        for condition in (named, Complaint.leading_id.in_(leading), Complaint.id.in_(whole))
    ]
    others = select(SecondChannel.target_id).where(SecondChannel.conversation_id.in_(union(*own)))
    session.execute(
        select(Conversation.id)
        .where(Conversation.id.in_(union(*own, others)))
        .order_by(Conversation.id)
        .with_for_update()
    )
    both: CompoundSelect[int | None] = union(leading, whole)
    statement = select(Complaint).where(Complaint.id.in_(both)).order_by(Complaint.id)
    return {row.ticket: row for row in session.scalars(statement.with_for_update())}


def has_happened(session: Session, complaint_id: int, kind: str) -> bool:
    """Whether the history has an entry of this kind."""
    statement = select(ComplaintEvent.id).where(
        ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.kind == kind
    )
    return session.scalar(statement.limit(1)) is not None


def latest_event(
    session: Session, complaint_id: int, kinds: Collection[str]
) -> ComplaintEvent | None:
    """Return the newest entry of one of these kinds, or None."""
    statement = (
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.kind.in_(kinds))
        .order_by(ComplaintEvent.seq.desc())
    )
    return session.scalar(statement.limit(1))


def event_at(session: Session, complaint_id: int, kind: str, at: datetime) -> ComplaintEvent | None:
    """Return the entry of this kind that was written at this instant, or None."""
    statement = select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == complaint_id,
        ComplaintEvent.kind == kind,
        ComplaintEvent.at == at,
    )
    return session.scalar(statement.limit(1))


def latest_disposisi(session: Session, complaint_id: int) -> Disposisi | None:
    """Return the newest instruction, also one that was returned."""
    statement = (
        select(Disposisi)
        .where(Disposisi.complaint_id == complaint_id)
        .order_by(Disposisi.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def times_returned(session: Session, complaint_id: int) -> int:
    """Return how often a PD has given this case back; what was undone or diverted counts not."""
    statement = select(func.count()).where(
        Disposisi.complaint_id == complaint_id,
        Disposisi.returned_at.is_not(None),
        Disposisi.return_reason.not_in((UNDONE, CONFLICT)),
    )
    return session.scalar(statement) or 0


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
