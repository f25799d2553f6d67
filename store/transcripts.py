"""Transcripts of recordings: asked for after the recording came, kept with its attachment.

`pending` attachments are the queue. A claim moves their time into the future, so that what a worker
took and did not finish is taken again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from store.models.complaint import ComplaintEvent
from store.models.messaging import Attachment, Conversation, Message, TranscriptState


@dataclass(frozen=True, slots=True)
class ClaimedRecording:
    """One recording to transcribe now. `tries` counts this one; `key` names its file."""

    attachment_id: int
    tries: int
    key: str


def want(session: Session, attachment_id: int, now: datetime) -> None:
    """Ask for the transcript of a recording, once."""
    session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.transcript_state.is_(None))
        .values(transcript_state=TranscriptState.PENDING, transcript_due_at=now)
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether a recording waits to be transcribed."""
    due = select(Attachment.id).join(Message).where(_is_due(now)).limit(1)
    return session.scalar(due) is not None


def claim(session: Session, now: datetime, until: datetime) -> ClaimedRecording | None:
    """Take the recording that has waited longest; nobody else gets it before `until`."""
    due = (
        select(Attachment)
        .join(Message)
        .where(_is_due(now))
        .order_by(Attachment.transcript_due_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=Attachment)
    )
    row = session.scalars(due).first()
    if row is None:
        return None
    row.transcript_due_at = until
    row.transcript_tries += 1
    return ClaimedRecording(row.id, row.transcript_tries, row.original_key or "")


def put_off(session: Session, attachment_id: int, until: datetime) -> None:
    """Try again at `until`."""
    session.execute(
        update(Attachment).where(Attachment.id == attachment_id).values(transcript_due_at=until)
    )


def lock_message(session: Session, attachment_id: int) -> tuple[Conversation, Message]:
    """Lock the conversation of a recording, as the dialogue does, then read its message."""
    conversation = session.scalars(
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .join(Attachment, Attachment.message_id == Message.id)
        .where(Attachment.id == attachment_id)
        .with_for_update(of=Conversation)
    ).one()
    message = session.scalars(
        select(Message).join(Attachment).where(Attachment.id == attachment_id)
    ).one()
    return conversation, message


def settle(session: Session, attachment_id: int, transcript: str | None) -> bool:
    """Keep a transcript, None where there will be none; False if another worker was first."""
    settled = session.execute(
        update(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.transcript_state == TranscriptState.PENDING,
        )
        .values(
            transcript=transcript,
            transcript_state=TranscriptState.FAILED if transcript is None else TranscriptState.DONE,
            transcript_due_at=None,
        )
        .returning(Attachment.id)
    )
    return settled.first() is not None


def touched_by_staff(session: Session, complaint_id: int) -> bool:
    """Whether a person has done anything with this complaint."""
    done = exists().where(
        ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.actor_id.is_not(None)
    )
    return bool(session.scalar(select(done)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What the citizen took back is not listened to any more."""
    return and_(
        Attachment.transcript_state == TranscriptState.PENDING,
        Attachment.transcript_due_at <= now,
        Message.withdrawn_at.is_(None),
    )
