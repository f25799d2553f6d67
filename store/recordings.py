"""Records that officers write down for somebody: drafts, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.messaging import Message
from store.models.recording import RecordingDraft

_SHOWN = 10


def scope_of(staff_id: int) -> str:
    """Return the space in which the keys of an officer's forms are unique, as messages have it."""
    return f"recording:{staff_id}"


def open_draft(
    session: Session, staff_id: int, key: str, form: str, now: datetime
) -> RecordingDraft:
    """Return an officer's draft of this form, new if there is none; its row is locked."""
    made = upsert(RecordingDraft).values(
        staff_id=staff_id, key=key, form=form, fields={}, files=[], saved_at=now
    )
    session.execute(made.on_conflict_do_nothing())
    draft = draft_of(session, staff_id, key, lock=True)
    if draft is None:
        raise LookupError("the draft went while it was opened")
    return draft


def draft_of(
    session: Session, staff_id: int, key: str, *, lock: bool = False
) -> RecordingDraft | None:
    """Return an officer's draft, None if there is none (any more)."""
    statement = select(RecordingDraft).where(
        RecordingDraft.staff_id == staff_id, RecordingDraft.key == key
    )
    return session.scalar(statement.with_for_update() if lock else statement)


def fill(draft: RecordingDraft, fields: Mapping[str, str], now: datetime) -> None:
    """Take over what the form holds now."""
    draft.fields, draft.saved_at = dict(fields), now


def drafts_of(session: Session, staff_id: int) -> Sequence[RecordingDraft]:
    """Return what an officer began and did not finish, newest first."""
    statement = (
        select(RecordingDraft)
        .where(RecordingDraft.staff_id == staff_id)
        .order_by(RecordingDraft.saved_at.desc())
        .limit(_SHOWN)
    )
    return session.scalars(statement).all()


def drop(session: Session, staff_id: int, key: str) -> None:
    """Forget a draft."""
    session.execute(
        delete(RecordingDraft).where(RecordingDraft.staff_id == staff_id, RecordingDraft.key == key)
    )


def filed_from(session: Session, staff_id: int, key: str) -> Complaint | None:
    """Return the complaint that came of a form, None if it was not saved yet."""
    statement = (
        select(Complaint)
        .join(Message, Message.complaint_id == Complaint.id)
        .where(Message.dedup_scope == scope_of(staff_id), Message.external_id == key)
    )
    return session.scalar(statement)


def recent_open(session: Session, since: datetime, limit: int) -> list[dict[str, Any]]:
    """Return open complaints since then as far as they can be compared, newest first."""
    columns = (
        Complaint.ticket,
        Complaint.title,
        Complaint.public_text,
        Complaint.category_code,
        Complaint.desa,
        Complaint.place,
        Complaint.received_at,
    )
    statement = (
        select(*columns)
        .where(
            Complaint.last_activity_at >= since,
            Complaint.archived_at.is_(None),
            Complaint.withdrawn_at.is_(None),
            Complaint.resolved_at.is_(None),
        )
        .order_by(Complaint.last_activity_at.desc(), Complaint.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in session.execute(statement).mappings()]
