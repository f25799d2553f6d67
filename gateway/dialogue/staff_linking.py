"""A code that comes from a chat links it to the account whose page showed it.

Works inside the dialogue's transaction. Whatever is wrong with a code, the words are the same.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.cases.notices import Saying, say
from gateway.dialogue.turns import Turn
from gateway.runtime import Runtime
from store import staff as attempts
from store import staff_contacts
from store.models.messaging import ControlRecord, Message
from store.models.staff import AuditEntry
from store.models.staff_contact import StaffContact

LINKABLE: Final = (ChannelName.TELEGRAM, ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD)
CODE_SPACE: Final = "sambung"
HOUR: Final = timedelta(hours=1)
START: Final = "petugas-"  # before the token in a Telegram link
_TRIES: Final = 5  # of one sender
_TRIES_OF_ALL: Final = 100  # six figures are guessed by many senders together, too
_ORDER: Final = re.compile(r"\s*/?SAMBUNG[\s:]+(\d{3})[\s.-]?(\d{3})\s*[.!]?\s*", re.IGNORECASE)


def end_link(session: Session, user_id: int, channel: ChannelName, now: datetime) -> None:
    """End a link inside the caller's transaction and note who ended it."""
    if staff_contacts.unlink(session, user_id, channel):
        session.add(AuditEntry(at=now, actor_id=user_id, action="chat_unlinked"))
        if not staff_contacts.of_user(session, user_id):
            staff_contacts.drop_waiting(session, user_id, now)


def take(
    runtime: Runtime, session: Session, turn: Turn, contacts: Mapping[int, StaffContact]
) -> Turn | None:
    """Keep what is staff's own from the dialogue with citizens.

    Returns:
        The turn without codes, or None where the conversation is an officer's: what came is left
        to `gateway.officers.staff_dialogue`.
    """
    conversation, now = turn.conversation, runtime.now()
    linked, codes = conversation.id in contacts, _codes(turn)
    for item, code in codes:
        item.processed_at = now
        linked = _try_code(runtime, session, turn, code) or linked
    if linked:
        staff_contacts.call(session, conversation.id, now)
        return None
    if not codes:
        return turn
    return replace(
        turn,
        messages=tuple(
            item for item in turn.messages if item.in_draft or item.processed_at is None
        ),
        controls=tuple(item for item in turn.controls if item.processed_at is None),
    )


def _codes(turn: Turn) -> list[tuple[Message | ControlRecord, str]]:
    """Return what came with a code in it, and the code."""
    found: list[tuple[Message | ControlRecord, str]] = []
    found += [(message, _figures(message.text or "")) for message in turn.fresh]
    found += [(control, _carried(control.value or "")) for control in turn.controls]
    return [(item, code) for item, code in found if code]


def _figures(text: str) -> str:
    order = _ORDER.fullmatch(text)
    return f"{order[1]}{order[2]}" if order else ""


def _carried(value: str) -> str:
    """Return the code in what a start link or a command carries."""
    return value.removeprefix(START) if value.startswith(START) else _figures(value)


def _try_code(runtime: Runtime, session: Session, turn: Turn, code: str) -> bool:
    """Link the conversation if the code is good; the answer says nothing else but that."""
    conversation, now = turn.conversation, runtime.now()
    user_id = None
    if conversation.channel in LINKABLE and _may_try(session, conversation.sender_key, now):
        user_id = staff_contacts.take_code(session, code_hash(runtime, code), now)
    if user_id is None:
        say(runtime, session, conversation, Saying("sambung_gagal"))
        return False
    staff_contacts.link(session, user_id, conversation, now)
    session.add(AuditEntry(at=now, actor_id=user_id, action="chat_linked"))
    for message in turn.messages:
        message.in_draft = False
    conversation.draft_opened_at = conversation.draft_summary = None
    conversation.dialogue_state = conversation.needs_person_at = None
    say(runtime, session, conversation, Saying("sambung_berhasil"))
    return True


def _may_try(session: Session, sender_key: str, now: datetime) -> bool:
    """Count a try of this sender and of all, and say whether both are within their limits."""
    limits = ((sender_key, _TRIES), ("all", _TRIES_OF_ALL))
    for key, _ in limits:
        attempts.lock_attempts(session, f"{CODE_SPACE}:{key}")
    allowed = all(
        attempts.count_attempts(session, CODE_SPACE, [key], now - HOUR) < most
        for key, most in limits
    )
    if allowed:
        attempts.add_attempts(session, CODE_SPACE, [key for key, _ in limits], now)
    return allowed


def code_hash(runtime: Runtime, code: str) -> str:
    """Return under which keyed hash a code is kept."""
    return runtime.keys.lookup("staff-link", code)
