"""How a member of staff links a chat to the account once, by a code from the own page.

The page shows figures (``SAMBUNG 123456``) and a Telegram link that carries a longer token. Both
are good for ten minutes and once. Whatever is wrong with a code, the words are the same.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.errors import InvalidInputError
from gateway.identity import mask_address
from gateway.notices import Saying, say
from gateway.people import Role, Staff
from gateway.runtime import Runtime
from gateway.turns import Turn
from gateway.windows import CHANNEL_WORDS
from store import staff as attempts
from store import staff_contacts
from store.models.messaging import ControlRecord, Message
from store.models.staff import AuditEntry
from store.models.staff_contact import StaffContact, StaffLinkCode
from store.staff_contacts import CODE_LIFE

LINKABLE: Final = (ChannelName.TELEGRAM, ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD)
_SPACE: Final = "sambung"
_HOUR: Final = timedelta(hours=1)
_TRIES: Final = 5  # of one sender
_TRIES_OF_ALL: Final = 100  # six figures are guessed by many senders together, too
_CODES: Final = 10  # that one person may ask for
_START: Final = "petugas-"
_ORDER: Final = re.compile(r"\s*/?SAMBUNG[\s:]+(\d{3})[\s.-]?(\d{3})\s*[.!]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """One linked address as the person reads it."""

    channel: ChannelName
    name: str
    address: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The page's facts: what is linked, where one could link, and the morning summary."""

    chats: Sequence[LinkedChat]
    channels: Sequence[str]
    is_leader: bool
    daily: bool


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A fresh code, shown once: figures to type, and addresses that bring them along."""

    figures: str
    expires_at: datetime
    telegram_url: str | None
    whatsapp_url: str | None
    whatsapp_number: str | None


def links_of(runtime: Runtime, staff: Staff) -> Links:
    """Return what this person has linked."""
    with runtime.transaction() as session:
        rows = staff_contacts.of_user(session, staff.id)
    chats = [
        LinkedChat(
            contact.channel,
            CHANNEL_WORDS[contact.channel],
            mask_address(conversation.sender or ""),
            contact.linked_at,
        )
        for contact, conversation in rows
    ]
    return Links(
        chats,
        [CHANNEL_WORDS[name] for name in LINKABLE if name in runtime.channels],
        staff.role is Role.PIMPINAN,
        all(contact.daily for contact, _ in rows),
    )


def new_code(runtime: Runtime, staff: Staff) -> OpenCode:
    """Make a code for this person; an earlier one is worth nothing from now on.

    Raises:
        InvalidInputError: too many codes within the hour.
    """
    figures, token = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(24)
    now, key = runtime.now(), f"codes:{staff.id}"
    with runtime.transaction() as session:
        attempts.lock_attempts(session, key)
        if attempts.count_attempts(session, _SPACE, [key], now - _HOUR) >= _CODES:
            raise InvalidInputError({"": "Terlalu banyak kode diminta. Coba lagi satu jam lagi."})
        attempts.add_attempts(session, _SPACE, [key], now)
        code = StaffLinkCode(
            user_id=staff.id,
            figures_hash=_hash(runtime, figures),
            token_hash=_hash(runtime, token),
            expires_at=now + CODE_LIFE,
        )
        staff_contacts.keep_code(session, code)
    return _shown(runtime, figures, token, now + CODE_LIFE)


def unlink(runtime: Runtime, staff: Staff, channel: str) -> None:
    """End a link of this person; doing it twice does no harm."""
    if channel not in {name.value for name in LINKABLE}:
        return
    with runtime.transaction() as session:
        end_link(session, staff.id, ChannelName(channel), runtime.now())


def end_link(session: Session, user_id: int, channel: ChannelName, now: datetime) -> None:
    """End a link inside the caller's transaction and note who ended it."""
    if staff_contacts.unlink(session, user_id, channel):
        session.add(AuditEntry(at=now, actor_id=user_id, action="chat_unlinked"))
        if not staff_contacts.of_user(session, user_id):
            staff_contacts.drop_waiting(session, user_id, now)


def want_daily(runtime: Runtime, staff: Staff, *, daily: bool) -> None:
    """Keep whether a leader wants the morning summary."""
    staff.require(Role.PIMPINAN)
    with runtime.transaction() as session:
        staff_contacts.set_daily(session, staff.id, daily=daily)


def take(
    runtime: Runtime, session: Session, turn: Turn, contacts: Mapping[int, StaffContact]
) -> Turn | None:
    """Keep what is staff's own from the dialogue with citizens.

    Returns:
        The turn without codes, or None where the conversation is an officer's: what came is left
        to `gateway.staff_dialogue`.
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
    return value.removeprefix(_START) if value.startswith(_START) else _figures(value)


def _try_code(runtime: Runtime, session: Session, turn: Turn, code: str) -> bool:
    """Link the conversation if the code is good; the answer says nothing else but that."""
    conversation, now = turn.conversation, runtime.now()
    user_id = None
    if conversation.channel in LINKABLE and _may_try(session, conversation.sender_key, now):
        user_id = staff_contacts.take_code(session, _hash(runtime, code), now)
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
        attempts.lock_attempts(session, f"{_SPACE}:{key}")
    allowed = all(
        attempts.count_attempts(session, _SPACE, [key], now - _HOUR) < most for key, most in limits
    )
    if allowed:
        attempts.add_attempts(session, _SPACE, [key for key, _ in limits], now)
    return allowed


def _hash(runtime: Runtime, code: str) -> str:
    return runtime.keys.lookup("staff-link", code)


def _shown(runtime: Runtime, figures: str, token: str, expires_at: datetime) -> OpenCode:
    addresses = runtime.profile.channel_addresses
    bot, number = addresses.get("telegram"), addresses.get("whatsapp")
    words = quote(f"SAMBUNG {figures}")
    whatsapp = "".join(figure for figure in number or "" if figure.isdigit())
    return OpenCode(
        f"{figures[:3]} {figures[3:]}",
        expires_at,
        f"https://t.me/{bot.removeprefix('@')}?start={_START}{token}" if bot else None,
        f"https://wa.me/{whatsapp}?text={words}" if whatsapp else None,
        number,
    )
