"""What officers are writing and have not sent or saved: records for somebody, words at a case."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store import answer_photos
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Message
from store.models.recording import LeftFile, RecordingDraft

WORDS = "words"  # the form of text in work at a case; the others are records
_SHOWN = 10
_KEYS = ("original_key", "shared_key", "thumbnail_key")
_MOST_OPENINGS = 5


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
    for _ in range(_MOST_OPENINGS):
        session.execute(made.on_conflict_do_nothing())
        draft = draft_of(session, staff_id, key, lock=True)
        if draft is not None:
            return draft  # else it was saved or dropped while we waited for its row
    raise LookupError("the draft went whenever it was opened")


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
    """Return the records that an officer began and did not finish, newest first."""
    statement = (
        select(RecordingDraft)
        .where(RecordingDraft.staff_id == staff_id, RecordingDraft.form != WORDS)
        .order_by(RecordingDraft.saved_at.desc())
        .limit(_SHOWN)
    )
    return session.scalars(statement).all()


def drop(session: Session, staff_id: int, key: str) -> None:
    """Forget a draft."""
    session.execute(
        delete(RecordingDraft).where(RecordingDraft.staff_id == staff_id, RecordingDraft.key == key)
    )


def leave(session: Session, files: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Note that a form has given these files up, so that `unused` finds them."""
    keys = {str(file[name]) for file in files for name in _KEYS if file.get(name)}
    leave_keys(session, keys, now)


def leave_keys(session: Session, keys: Collection[str], now: datetime) -> None:
    """Note that files of the media folder were given up, so that `unused` finds them."""
    if keys:
        rows = [{"key": key, "left_at": now} for key in sorted(keys)]
        session.execute(insert(LeftFile), rows)


def drop_older(
    session: Session, before: datetime, now: datetime, limit: int, *, words: bool = False
) -> None:
    """Forget records, or `words`, that nobody has touched since `before`, and leave their files."""
    kind = RecordingDraft.form == WORDS if words else RecordingDraft.form != WORDS
    old = session.scalars(
        select(RecordingDraft)
        .where(RecordingDraft.saved_at < before, kind)
        .order_by(RecordingDraft.saved_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    leave(session, [file for draft in old for file in draft.files], now)
    for draft in old:
        session.delete(draft)


def unused(session: Session, before: datetime, limit: int) -> tuple[list[int], set[str]]:
    """Return the ids of files left before `before`, and the keys of them that nothing needs."""
    rows = session.execute(
        select(LeftFile.id, LeftFile.key)
        .where(LeftFile.left_at < before)
        .order_by(LeftFile.left_at)
        .limit(limit)
    ).all()
    keys = {row.key for row in rows}
    if not keys:
        return [], set()
    for name in _KEYS:
        column = getattr(Attachment, name)
        keys -= set(session.scalars(select(column).where(column.in_(keys))))
    keys -= answer_photos.needed(session, keys)
    records = select(RecordingDraft.files).where(RecordingDraft.form != WORDS)
    for files in session.scalars(records):  # of one day
        keys -= {file[name] for file in files for name in _KEYS}
    return [row.id for row in rows], keys


def forget_left(session: Session, ids: Sequence[int]) -> None:
    """Forget files that were looked at."""
    session.execute(delete(LeftFile).where(LeftFile.id.in_(ids)))


def filed_from(session: Session, staff_id: int, key: str) -> Complaint | None:
    """Return the complaint that came of a form, None if it was not saved yet."""
    statement = (
        select(Complaint)
        .join(Message, Message.complaint_id == Complaint.id)
        .where(Message.dedup_scope == scope_of(staff_id), Message.external_id == key)
    )
    return session.scalar(statement)
