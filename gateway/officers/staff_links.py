"""How a member of staff links a chat to the account once, by a code from the own page.

The page shows figures (``SAMBUNG 123456``) and a Telegram link that carries a longer token. Both
are good for ten minutes and once; `gateway.dialogue.staff_linking` takes them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from channels.message import ChannelName
from gateway.cases.identity import mask_address
from gateway.dialogue.staff_linking import CODE_SPACE, HOUR, LINKABLE, START, code_hash, end_link
from gateway.errors import InvalidInputError
from gateway.rules.people import Permission, Staff
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from store import staff as attempts
from store import staff_contacts
from store.models.staff_contact import StaffLinkCode
from store.staff_alerts import WEEKLY_SEATS
from store.staff_contacts import CODE_LIFE

_CODES: Final = 10  # that one person may ask for within an hour


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
        staff.may(Permission.HEAR_DAILY_LIST) and staff.position not in WEEKLY_SEATS,
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
        if attempts.count_attempts(session, CODE_SPACE, [key], now - HOUR) >= _CODES:
            raise InvalidInputError({"": "Terlalu banyak kode diminta. Coba lagi satu jam lagi."})
        attempts.add_attempts(session, CODE_SPACE, [key], now)
        code = StaffLinkCode(
            user_id=staff.id,
            figures_hash=code_hash(runtime, figures),
            token_hash=code_hash(runtime, token),
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


def want_daily(runtime: Runtime, staff: Staff, *, daily: bool) -> None:
    """Keep whether a leader wants the morning summary."""
    staff.require(Permission.HEAR_DAILY_LIST)
    with runtime.transaction() as session:
        staff_contacts.set_daily(session, staff.id, daily=daily)


def _shown(runtime: Runtime, figures: str, token: str, expires_at: datetime) -> OpenCode:
    addresses = runtime.profile.channel_addresses
    bot, number = addresses.get("telegram"), addresses.get("whatsapp")
    words = quote(f"SAMBUNG {figures}")
    whatsapp = "".join(figure for figure in number or "" if figure.isdigit())
    return OpenCode(
        f"{figures[:3]} {figures[3:]}",
        expires_at,
        f"https://t.me/{bot.removeprefix('@')}?start={START}{token}" if bot else None,
        f"https://wa.me/{whatsapp}?text={words}" if whatsapp else None,
        number,
    )
