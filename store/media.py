"""Attachments: written down with their message, fetched later, kept content-addressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from channels.message import ChannelName, MediaKind, MediaRef
from store.models.messaging import Attachment, Conversation, MediaState, Message

OFFICER = "officer"  # who looked at a photo and said whether it shows an identity card
READER = "reader"
_MIME_LENGTH = 127
_STALE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ClaimedMedium:
    """One attachment to fetch now. `attempt` counts from 1; `noted_at` is when it was announced."""

    attachment_id: int
    channel: ChannelName
    attempt: int
    noted_at: datetime
    ref: MediaRef


@dataclass(frozen=True, slots=True)
class StoredMedium:
    """What was kept of a fetched attachment; the keys name files of the media folder."""

    sha256: str
    mime: str
    size_bytes: int
    original_key: str
    shared_key: str | None = None
    thumbnail_key: str | None = None


def add(
    session: Session,
    media: Sequence[tuple[int, Sequence[MediaRef]]],
    now: datetime,
    first_ordinal: int = 0,
) -> bool:
    """Write down the attachments of messages; say whether one of them can be fetched.

    Args:
        session: the caller's transaction.
        media: message id and its attachments, in order.
        now: from when on they may be fetched.
        first_ordinal: the place of the first of each message.
    """
    rows = [
        {
            "message_id": message_id,
            "ordinal": ordinal,
            "kind": ref.kind,
            "source": ref.source,
            "declared_mime": mime_of(ref),
            "filename": ref.filename,
            "size_bytes": ref.size_bytes,
            "is_identity": False,
            "attempts": 0,
            "next_attempt_at": now,
            **first_state(ref),
        }
        for message_id, refs in media
        for ordinal, ref in enumerate(refs, first_ordinal)
    ]
    if not rows:
        return False
    session.execute(upsert(Attachment).on_conflict_do_nothing(), rows)
    return any(row["state"] is MediaState.PENDING for row in rows)


def add_exchanged(
    session: Session, message_id: int, media: Sequence[MediaRef], now: datetime
) -> bool:
    """Write down what an edit attached anew, behind what was there; say whether it can be fetched.

    A platform may name the same file otherwise the next time, so one of the same kind and size is
    the same.
    """
    known = session.execute(
        select(Attachment.source, Attachment.kind, Attachment.size_bytes).where(
            Attachment.message_id == message_id
        )
    ).all()
    sources = {row.source for row in known}
    sizes = {(row.kind, row.size_bytes) for row in known if row.size_bytes}
    new = [one for one in media if one.source not in sources and _size_of(one) not in sizes]
    return bool(new) and add(session, [(message_id, new)], now, first_ordinal=len(known))


def _size_of(ref: MediaRef) -> tuple[MediaKind, int | None]:
    return ref.kind, ref.size_bytes


def mime_of(ref: MediaRef) -> str | None:
    """Return the declared type, as long as its column is."""
    return (ref.mime or "")[:_MIME_LENGTH] or None


def first_state(ref: MediaRef) -> dict[str, MediaState | str | None]:
    """Return `state` and `failure` of an attachment that was just announced."""
    if ref.kind is MediaKind.LINK:
        return {"state": MediaState.REFUSED, "failure": "link"}
    if ref.fetchable:
        return {"state": MediaState.PENDING, "failure": None}
    if ref.size_bytes:
        return {"state": MediaState.TOO_LARGE, "failure": "too_large"}
    return {"state": MediaState.EXPIRED, "failure": "not_handed_over"}


def has_any(session: Session, message_id: int) -> bool:
    """Whether the message already has attachments."""
    known = select(Attachment.id).where(Attachment.message_id == message_id).limit(1)
    return session.scalar(known) is not None


def claim(session: Session, now: datetime, limit: int) -> list[ClaimedMedium]:
    """Take attachments that are due, skipping those another worker is taking.

    A claim of more than ten minutes belongs to a worker that died and is taken over.
    """
    due = (
        select(Attachment.id, Conversation.channel, Message.received_at)
        .join(Message, Message.id == Attachment.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(_is_due(now))
        .order_by(Attachment.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Attachment)
    )
    taken = {row.id: row for row in session.execute(due)}
    if not taken:
        return []
    claimed = session.execute(
        update(Attachment)
        .where(Attachment.id.in_(taken))
        .values(claimed_at=now, attempts=Attachment.attempts + 1)
        .returning(
            Attachment.id,
            Attachment.kind,
            Attachment.source,
            Attachment.declared_mime,
            Attachment.filename,
            Attachment.size_bytes,
            Attachment.attempts,
        )
    )
    return [
        ClaimedMedium(
            attachment_id=row.id,
            channel=taken[row.id].channel,
            attempt=row.attempts,
            noted_at=taken[row.id].received_at,
            ref=MediaRef(
                row.kind, row.source or "", row.declared_mime, row.filename, row.size_bytes
            ),
        )
        for row in claimed
    ]


def mark_stored(session: Session, attachment_id: int, stored: StoredMedium) -> None:
    """Note that an attachment is here."""
    session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id)
        .values(
            state=MediaState.STORED,
            failure=None,
            claimed_at=None,
            sha256=stored.sha256,
            mime=stored.mime,
            size_bytes=stored.size_bytes,
            original_key=stored.original_key,
            shared_key=stored.shared_key,
            thumbnail_key=stored.thumbnail_key,
        )
    )


def mark_waiting(session: Session, attachment_id: int, retry_at: datetime, failure: str) -> None:
    """Note that an attachment did not come yet and when to try again."""
    session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id)
        .values(next_attempt_at=retry_at, claimed_at=None, failure=failure[:32])
    )


def mark_missing(session: Session, attachment_id: int, state: MediaState, failure: str) -> None:
    """Note that an attachment will never come, and why."""
    session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id)
        .values(state=state, claimed_at=None, failure=failure[:32])
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether an attachment waits to be fetched."""
    return session.scalar(select(Attachment.id).where(_is_due(now)).limit(1)) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Attachment.state == MediaState.PENDING,
        Attachment.next_attempt_at <= now,
        or_(Attachment.claimed_at.is_(None), Attachment.claimed_at < now - _STALE_AFTER),
    )


def hide_pictures_of(session: Session, message_ids: Sequence[int]) -> None:
    """Mark the pictures of these messages as identity cards: nobody but Diskominfo sees them.

    Those at which an officer has looked stay as they are.
    """
    if not message_ids:
        return
    session.execute(
        update(Attachment)
        .where(
            Attachment.message_id.in_(message_ids),
            Attachment.kind == MediaKind.IMAGE,
            Attachment.identity_said_by.is_distinct_from(OFFICER),
        )
        .values(is_identity=True)
    )
