"""Photos of identity cards instead of typed figures: read, offered to the citizen, then erased.

Reading takes seconds, so it happens in a thread beside the worker's jobs, and the recogniser in a
process of its own (`gateway.media.ktp_reader`). The dialogue waits a short while and then asks
for the figures as it does where no reader is installed. Nothing that was read is ever logged.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.message import MediaKind
from gateway.dialogue.turns import Turn
from gateway.errors import CardReaderError
from gateway.runtime import CardReader, Runtime
from normalizer.dialogue import field_of
from normalizer.draft import Act, Assembly, DialogueState, Field, Kind
from normalizer.ktp import read_card, shows_no_card
from store import cards
from store.cards import ClaimedCard
from store.conversations import attachments_of
from store.models.complaint import Complaint
from store.models.messaging import MediaState, Message

logger = logging.getLogger(__name__)

HOLD: Final = timedelta(seconds=120)
# Of photos of which nobody said that they show a card.
_MOST_LOOKED_AT: Final = 3
_CLAIM: Final = timedelta(minutes=5)
_TRIES: Final = 2
_BATCH: Final = 100
_CORRECTING = frozenset({"konfirmasi", "ubah_apa"})
_MAY_COME = frozenset({MediaState.PENDING, MediaState.STORED})


def held_until(
    runtime: Runtime, session: Session, turn: Turn, assembly: Assembly
) -> datetime | None:
    """Ask for the cards of a turn to be read; return until when its answer waits for them.

    None: nothing is being read that the answer needs. An emergency never waits.
    """
    if runtime.card_reader is None or not _is_needed(turn, assembly):
        return None
    now = runtime.now()
    told = [int(message_id) for message_id in assembly.draft.identity_photos]
    photos = _photos(turn, told)
    if assembly.act is Act.ASK and field_of(assembly.say[-1]) is Field.NIK:
        others = [message.id for message in turn.messages if message.id not in told]
        photos += _photos(turn, others)[:_MOST_LOOKED_AT]
    asked = {row.attachment_id: row for rows in turn.readings.values() for row in rows}
    new = [photo for photo in photos if photo not in asked]
    if new:
        cards.want(session, new, now)
    waiting = [asked[photo].asked_at for photo in photos if photo in asked and asked[photo].due_at]
    until = min([*waiting, *([now] if new else [])], default=now - HOLD) + HOLD
    return until if until > now and assembly.act in (Act.ASK, Act.FILE) else None


def _photos(turn: Turn, message_ids: Sequence[int]) -> list[int]:
    return [
        item.id
        for message_id in message_ids
        for item in turn.attachments[message_id]
        if item.kind is MediaKind.IMAGE and item.state in _MAY_COME
    ]


def look_at_added(
    runtime: Runtime, session: Session, complaint: Complaint, messages: Sequence[Message]
) -> None:
    """Have photos that were added to a complaint without a NIK looked at, each once.

    A card among them is kept from everybody but Diskominfo and ends after its short time.
    """
    if runtime.card_reader is None or complaint.nik is not None:
        return
    files = attachments_of(session, [message.id for message in messages])
    photos = [
        item.id
        for message in messages
        for item in files[message.id]
        if item.kind is MediaKind.IMAGE and item.state in _MAY_COME
    ]
    if photos:
        cards.want(session, photos[:_MOST_LOOKED_AT], runtime.now())


def _is_needed(turn: Turn, assembly: Assembly) -> bool:
    """Whether a NIK is wanted: none is read that nobody asked for."""
    if assembly.draft.kind.value is Kind.EMERGENCY:
        return False
    return Field.NIK in assembly.missing or turn.state.awaiting in _CORRECTING


def note_answer(
    runtime: Runtime, session: Session, before: DialogueState, after: DialogueState
) -> None:
    """Let the photos that the citizen has just said yes or no to end after their short time."""
    settled = {after.cards.confirmed} | after.cards.refused
    new = settled - {before.cards.confirmed} - before.cards.refused
    message_ids = [int(message_id) for message_id in new if message_id is not None]
    if message_ids:
        cards.keep_until(session, message_ids, runtime.now() + kept(runtime))


def kept(runtime: Runtime) -> timedelta:
    """Return for how long the photo of a card is kept after somebody has answered about it."""
    return timedelta(days=runtime.timers.card_photo_days)


@cache
def _thread() -> ThreadPoolExecutor:
    """Return the one thread that reads cards, kept for the life of the worker."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="cards")


def drain(runtime: Runtime) -> None:
    """Have every card that is due read, without waiting for it."""
    if runtime.card_reader is not None:
        _thread().submit(_read_guarded, runtime, runtime.card_reader)


def _read_guarded(runtime: Runtime, reader: CardReader) -> None:
    try:
        read_due(runtime, reader)
    except SQLAlchemyError as error:
        # The claim grows stale and the photo is taken again.
        logger.error("cards_not_read", extra={"error": type(error).__name__})


def read_due(runtime: Runtime, reader: CardReader) -> int:
    """Read every card that is due, one after the other; return how many were tried."""
    tried = 0
    while True:
        with runtime.transaction() as session:
            now = runtime.now()
            claimed = cards.claim(session, now, now + _CLAIM)
        if claimed is None:
            return tried
        _read(runtime, reader, claimed)
        runtime.wake("dialogue")
        tried += 1


def _read(runtime: Runtime, reader: CardReader, claimed: ClaimedCard) -> None:
    failed = False
    try:
        lines = reader.read(runtime.media.read(claimed.key))
    except (CardReaderError, OSError) as error:
        logger.warning(
            "card_not_read",
            extra={"attachment_id": claimed.attachment_id, "error": type(error).__name__},
        )
        if claimed.tries < _TRIES:
            with runtime.transaction() as session:
                cards.put_off(session, claimed.attachment_id, runtime.now())
            return
        lines, failed = [], True
    now = runtime.now()
    card = read_card(lines, now.astimezone(ZoneInfo(runtime.profile.timezone)).date())
    found = asdict(card) if card else None
    with runtime.transaction() as session:
        cards.settle(session, claimed.attachment_id, found, now, held=HOLD, kept=kept(runtime))
        if found is None and not failed and shows_no_card(lines):
            cards.note_no_card(session, claimed.attachment_id)


def erase_due(runtime: Runtime) -> int:
    """Delete the photos of cards whose time is over; return how many."""
    with runtime.transaction() as session:
        ending = cards.end_due(session, runtime.now(), _BATCH)
    for photo in ending:
        for key in photo.keys:
            runtime.media.drop(key)
    if ending:
        with runtime.transaction() as session:
            cards.forget(session, [photo.attachment_id for photo in ending])
        logger.info("card_photos_erased", extra={"count": len(ending)})
    return len(ending)
