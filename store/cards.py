"""Photos of identity cards: waiting to be read, read, and erased when they have served."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store import answer_photos
from store.media import OFFICER, READER
from store.models.card import CardReading
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Conversation, MediaState, Message


@dataclass(frozen=True, slots=True)
class ClaimedCard:
    """One photo to read now. `tries` counts this one; `key` names its copy in the media folder."""

    attachment_id: int
    key: str
    tries: int


@dataclass(frozen=True, slots=True)
class LateCard:
    """A card that came after the ticket: what was read, and the message of its photo."""

    reading: CardReading
    message: Message


@dataclass(frozen=True, slots=True)
class EndingPhoto:
    """A photo whose time is over; `keys` are the files that nothing else needs."""

    attachment_id: int
    keys: tuple[str, ...]


def want(session: Session, attachment_ids: Sequence[int], now: datetime) -> None:
    """Ask for these photos to be read, each once."""
    rows = [
        {"attachment_id": item, "asked_at": now, "due_at": now, "tries": 0}
        for item in attachment_ids
    ]
    session.execute(upsert(CardReading).on_conflict_do_nothing(), rows)


def of_messages(session: Session, message_ids: Sequence[int]) -> dict[int, list[CardReading]]:
    """Return the readings of each message's photos, in the order of the photos."""
    grouped: dict[int, list[CardReading]] = defaultdict(list)
    if not message_ids:
        return grouped
    statement = (
        select(Attachment.message_id, CardReading)
        .join(CardReading, CardReading.attachment_id == Attachment.id)
        .where(Attachment.message_id.in_(message_ids))
        .order_by(Attachment.message_id, Attachment.ordinal)
    )
    for message_id, reading in session.execute(statement):
        grouped[message_id].append(reading)
    return grouped


def any_due(session: Session, now: datetime) -> bool:
    """Whether a photo that has been fetched waits to be read."""
    due = select(CardReading.attachment_id).join(Attachment).join(Message).where(_is_due(now))
    return session.scalar(due.limit(1)) is not None


def claim(session: Session, now: datetime, until: datetime) -> ClaimedCard | None:
    """Take the photo that has waited longest; nobody else gets it before `until`."""
    due = (
        select(CardReading, Attachment.shared_key)
        .join(Attachment, Attachment.id == CardReading.attachment_id)
        .join(Message, Message.id == Attachment.message_id)
        .where(_is_due(now))
        .order_by(CardReading.due_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=CardReading)
    )
    row = session.execute(due).first()
    if row is None:
        return None
    reading, key = row
    reading.due_at = until
    reading.tries += 1
    return ClaimedCard(reading.attachment_id, key or "", reading.tries)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What the citizen took back is not read any more."""
    return and_(
        CardReading.due_at <= now,
        Attachment.state == MediaState.STORED,
        Attachment.shared_key.is_not(None),
        Message.withdrawn_at.is_(None),
    )


def put_off(session: Session, attachment_id: int, until: datetime) -> None:
    """Try again at `until`."""
    session.execute(
        update(CardReading)
        .where(CardReading.attachment_id == attachment_id, CardReading.due_at.is_not(None))
        .values(due_at=until)
    )


def settle(
    session: Session,
    attachment_id: int,
    found: Mapping[str, Any] | None,
    now: datetime,
    *,
    held: timedelta,
    kept: timedelta,
) -> None:
    """Keep what a photo said, and let the dialogue that waits for it go on.

    A card that came after its ticket wakes the dialogue of a conversation without an open draft.

    Args:
        session: the caller's transaction.
        attachment_id: the photo.
        found: what it said; None: no identity card could be read.
        now: the dialogue's timer is set to it.
        held: how long at most a dialogue waits for a photo; one with a later timer does not.
        kept: after this time a card's photo is erased, unless the citizen's answer renews it.
    """
    # The conversation first, as the dialogue locks it, then the rows below it.
    conversation, case_id = session.execute(
        select(Conversation, Message.complaint_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .join(Attachment, Attachment.message_id == Message.id)
        .where(Attachment.id == attachment_id)
        .with_for_update(of=Conversation)
    ).one()
    reading = session.get_one(CardReading, attachment_id, with_for_update=True)
    if reading.due_at is None:
        return
    reading.due_at = None
    if found is not None:
        reading.found = dict(found)
        reading.erase_at = now + kept
        _mark_identity(session, attachment_id)
    timer = conversation.dialogue_due_at
    if timer is not None and timer <= reading.asked_at + held:
        conversation.dialogue_due_at = min(timer, now)
    elif timer is None and found is not None and case_id and not conversation.draft_opened_at:
        conversation.dialogue_due_at = now


def _mark_identity(session: Session, attachment_id: int) -> None:
    session.execute(
        update(Attachment)
        .where(
            Attachment.id == attachment_id, Attachment.identity_said_by.is_distinct_from(OFFICER)
        )
        .values(is_identity=True, identity_said_by=READER)
    )


def note_no_card(session: Session, attachment_id: int) -> None:
    """Note that a picture was read well and that no card is on it."""
    session.execute(
        update(CardReading).where(CardReading.attachment_id == attachment_id).values(no_card=True)
    )


def late(session: Session, complaint_ids: Sequence[int]) -> list[LateCard]:
    """Return the cards that came after the tickets of these cases and were not asked about yet.

    Their rows are locked, the newest first.
    """
    statement = (
        select(CardReading, Message)
        .join(Attachment, Attachment.id == CardReading.attachment_id)
        .join(Message, Message.id == Attachment.message_id)
        .join(Complaint, Complaint.id == Message.complaint_id)
        .where(
            Complaint.id.in_(complaint_ids),
            CardReading.asked_at > Complaint.received_at,
            CardReading.found.is_not(None),
            CardReading.offered_at.is_(None),
            Attachment.is_identity,
            Attachment.state == MediaState.STORED,
            Message.withdrawn_at.is_(None),
        )
        .order_by(Message.id.desc(), Attachment.ordinal)
        .with_for_update(of=CardReading)
    )
    return [LateCard(*row) for row in session.execute(statement)]


def set_end(session: Session, attachment_id: int, now: datetime, until: datetime | None) -> None:
    """Set when a photo goes because an officer has looked at it; None: it is no card and stays."""
    end = {"due_at": None, "erase_at": until} | ({} if until else {"found": None})
    statement = upsert(CardReading).values(
        attachment_id=attachment_id, asked_at=now, tries=0, **end
    )
    session.execute(
        statement.on_conflict_do_update(index_elements=[CardReading.attachment_id], set_=end)
    )


def keep_until(session: Session, message_ids: Collection[int], until: datetime) -> None:
    """Set the end of the cards of these messages: the citizen has said yes or no to them."""
    photos = select(Attachment.id).where(Attachment.message_id.in_(message_ids))
    session.execute(
        update(CardReading)
        .where(CardReading.attachment_id.in_(photos), CardReading.found.is_not(None))
        .values(erase_at=until)
    )


def end_due(session: Session, now: datetime, limit: int) -> list[EndingPhoto]:
    """Mark photos whose time is over as erased and return what is to be deleted of them.

    Until `forget` they come again, so that nothing stays when the deleting is cut off.
    """
    due = session.scalars(
        select(Attachment)
        .join(CardReading, CardReading.attachment_id == Attachment.id)
        .where(CardReading.erase_at <= now)
        .order_by(CardReading.erase_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for photo in due:
        photo.state = MediaState.ERASED
    session.flush()
    keys = {key for photo in due for key in _keys(photo)}
    # A copy drawn anew can belong to two photos whose originals differ.
    for column in (Attachment.original_key, Attachment.shared_key, Attachment.thumbnail_key):
        kept = select(column).where(column.in_(keys), Attachment.state == MediaState.STORED)
        keys.difference_update(session.scalars(kept))
    keys -= answer_photos.needed(session, keys)
    return [
        EndingPhoto(photo.id, tuple(key for key in _keys(photo) if key in keys)) for photo in due
    ]


def _keys(photo: Attachment) -> tuple[str, ...]:
    keys = (photo.original_key, photo.shared_key, photo.thumbnail_key)
    return tuple(key for key in keys if key is not None)


def forget(session: Session, attachment_ids: Sequence[int]) -> None:
    """Note that the files of these photos are gone, and forget what was read off them."""
    session.execute(
        update(Attachment)
        .where(Attachment.id.in_(attachment_ids))
        .values(original_key=None, shared_key=None, thumbnail_key=None, sha256=None)
    )
    session.execute(delete(CardReading).where(CardReading.attachment_id.in_(attachment_ids)))
