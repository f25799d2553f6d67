"""What happens to a message after it was written: edits, withdrawals, reactions, echoes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, insert, or_, select, text, update
from sqlalchemy.orm import Session

from channels.message import Holder
from store import live_track
from store.messages import Incoming, extras_of, order_of, sealed
from store.models.messaging import Author, Conversation, Direction, Message, MessageVersion
from store.models.outbox import OutboxPart

_LONGEST_EMOJI: Final = 16


def apply_edit(session: Session, incoming: Incoming, now: datetime) -> bool:
    """Give a known message the text of an edit; say whether anything changed.

    The newest edit wins, every other text is kept as a version. Media and pins stay those of the
    first delivery: files that an edit exchanged are added by `media.add_exchanged`, and a location
    that is shared live has `follow_live`.
    """
    known = _locked(session, incoming)
    if known is None or incoming.edited_at is None:
        return False
    if known.edited_at is not None and incoming.edited_at <= known.edited_at:
        if (incoming.message.text, incoming.edited_at) == (known.text, known.edited_at):
            return False  # a redelivery of what stands there
        return _keep_version(session, known, incoming.message.text, incoming.edited_at)
    if known.text == incoming.message.text:
        return False
    _keep_version(session, known, known.text, known.edited_at or known.ordered_at)
    session.execute(
        update(Message)
        .where(Message.id == known.id)
        .values(text=incoming.message.text, edited_at=incoming.edited_at)
    )
    session.execute(
        update(Conversation)
        .where(Conversation.id == known.conversation_id)
        .values(dialogue_due_at=now, last_activity_at=now)
    )
    return True


def follow_live(session: Session, incoming: Incoming) -> bool:
    """Add a report of a live location to the track of its message; say whether it was new.

    It is neither an edit nor news for the dialogue: nobody wrote anything.
    """
    known = _locked(session, incoming)
    extras = live_track.follow(known.extras, incoming.message) if known else None
    if known is None or extras is None:
        return False
    session.execute(update(Message).where(Message.id == known.id).values(extras=extras))
    return True


def keep_late_original(session: Session, incoming: Incoming, received_at: datetime) -> bool:
    """Keep the first text of a message whose edit overtook it; say whether it was new."""
    known = _locked(session, incoming)
    if known is None or known.edited_at is None:
        return False  # an ordinary redelivery
    written_at = incoming.message.sent_at or received_at
    if not _keep_version(session, known, incoming.message.text, written_at):
        return False
    extras = extras_of(incoming.message)
    if known.extras is None and extras is not None:
        session.execute(update(Message).where(Message.id == known.id).values(extras=extras))
    return True


def withdraw(session: Session, conversation_id: int, external_id: str, at: datetime) -> bool:
    """Mark a message that the citizen took back; False if it is unknown or marked already."""
    marked = session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.external_id == external_id,
            Message.direction == Direction.IN,
            Message.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .returning(Message.in_draft)
    ).all()
    if any(row.in_draft for row in marked):
        # The summary of the draft quotes it; the next message makes a new one.
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(draft_summary=None)
        )
    return bool(marked)


@dataclass(frozen=True, slots=True)
class Echo:
    """A message that a person wrote in the platform's own inbox."""

    conversation_id: int
    scope: str
    external_id: str
    text: str | None
    sent_at: datetime | None
    by: Holder | None = None


def record_echo(session: Session, echo: Echo, now: datetime) -> int | None:
    """Show an answer from the platform's own inbox in the thread.

    Returns:
        The id of its message, None if it is known.
    """
    inserted = session.execute(
        text(
            "INSERT INTO message (conversation_id, direction, dedup_scope, external_id, text,"
            " sent_at, received_at, ordered_at, processed_at, author, forwarded, unsupported,"
            " blank, in_draft, extras) VALUES (:conversation_id, 'out', :scope, :external_id,"
            " :text, :sent_at, :now, :ordered_at, :now, :author, false, false, false, false,"
            " :extras)"
            " ON CONFLICT (dedup_scope, external_id) DO NOTHING RETURNING id"
        ),
        {
            "conversation_id": echo.conversation_id,
            "scope": echo.scope,
            "external_id": echo.external_id,
            "text": sealed(echo.text),
            "sent_at": echo.sent_at,
            "now": now,
            "ordered_at": order_of(echo.sent_at, now),
            "author": Author.PAGE_INBOX.value,
            "extras": sealed(json.dumps({"by": echo.by.value})) if echo.by else None,
        },
    )
    return inserted.scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody put below the message with this platform id; no emoji: it was taken away."""

    external_id: str
    emoji: str | None
    at: datetime


def react(session: Session, conversation_id: int, reaction: Reaction) -> bool:
    """Show the newest reaction with its message; False if nothing changed."""
    row = session.execute(
        select(Message.id, Message.extras)
        .where(
            Message.conversation_id == conversation_id,
            or_(
                Message.external_id == reaction.external_id,
                Message.id.in_(_of_part(conversation_id, reaction.external_id)),
            ),
        )
        .limit(1)
        .with_for_update()
    ).first()
    if row is None:
        return False
    extras, at = dict(row.extras or {}), reaction.at.isoformat()
    if (extras.get("reaction") or {}).get("at", "") >= at:
        return False
    emoji = reaction.emoji[:_LONGEST_EMOJI] if reaction.emoji else None
    extras["reaction"] = {"emoji": emoji, "at": at}
    session.execute(update(Message).where(Message.id == row.id).values(extras=extras))
    return True


def _of_part(conversation_id: int, external_id: str) -> Select[int]:
    return select(OutboxPart.message_id).where(
        OutboxPart.conversation_id == conversation_id, OutboxPart.external_id == external_id
    )


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    conversation_id: int
    text: str | None
    extras: Any
    edited_at: datetime | None
    ordered_at: datetime


def _locked(session: Session, incoming: Incoming) -> _Known | None:
    scope, external_id = incoming.key
    row = session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.text,
            Message.extras,
            Message.edited_at,
            Message.ordered_at,
        )
        .where(Message.dedup_scope == scope, Message.external_id == external_id)
        .with_for_update()
    ).first()
    return None if row is None else _Known(*row)


def _keep_version(session: Session, known: _Known, words: str | None, written_at: datetime) -> bool:
    """Keep a text, once."""
    kept = session.execute(
        select(MessageVersion.text, MessageVersion.written_at).where(
            MessageVersion.message_id == known.id
        )
    ).all()
    if (words, written_at) in map(tuple, kept):
        return False
    session.execute(
        insert(MessageVersion).values(message_id=known.id, text=words, written_at=written_at)
    )
    return True
