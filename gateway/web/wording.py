"""Template filters: times on the government's clock, addresses of channels, query strings."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from markupsafe import Markup, escape

from channels.call_prompts import spoken_digits
from gateway.answering.marks import marked
from gateway.rules import clocks
from gateway.rules.dates import local
from gateway.runtime import Runtime
from gateway.web import access

_STARS = re.compile(r"\*([^*\n]+)\*")
_LINKS = {
    "whatsapp": "https://wa.me/{digits}",
    "sms": "sms:{address}",
    "telegram": "https://t.me/{name}",
    "messenger": "https://m.me/{name}",
    "instagram": "https://ig.me/m/{name}",
    "voice": "tel:{address}",
}


def register(app: Flask) -> None:
    """Give the templates their filters."""
    app.add_template_filter(time_of_day, "jam")
    app.add_template_filter(query, "tanya")
    app.add_template_filter(bold, "tebal")
    app.add_template_filter(channel_link, "alamat_kanal")
    app.add_template_filter(spoken, "eja")
    app.add_template_filter(marked, "tandai")


def time_of_day(instant: datetime) -> str:
    """Return the hour and minute of an instant on the government's clock."""
    return f"{local(instant, access.runtime().profile.timezone):%H.%M}"


def query(fields: Mapping[str, Any]) -> str:
    """Return a query string without the empty fields."""
    return urlencode({name: value for name, value in fields.items() if value})


def bold(text: str) -> Markup:
    """Return a text with its ``*stars*`` as the citizen's channel shows them: bold."""
    return Markup(_STARS.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 (escaped just now)


def channel_link(address: str, channel: str) -> str:
    """Return the link that opens the channel's own application."""
    digits = "".join(character for character in address if character.isdigit())
    return _LINKS[channel].format(digits=digits, address=address, name=address.lstrip("@"))


def spoken(number: str) -> str:
    """Return a number as one reads it aloud, digit by digit: ``dua enam, strip, nol nol …``."""
    return ", strip, ".join(spoken_digits(part) for part in number.split("-"))


def how_it_works(runtime: Runtime) -> list[tuple[str, str]]:
    """Return the five steps with this government's own deadlines."""
    rules = clocks.rules(runtime)
    return [
        ("Kirim", "lewat kanal mana pun"),
        ("Diverifikasi", f"paling lama {rules['K1'].words}"),
        ("Ditanggapi PD", f"{rules['K2'].words}"),
        ("Dijawab", f"{rules['K3'].words}, lalu diperiksa Diskominfo"),
        ("Anda menilai", "belum beres? dibuka kembali"),
    ]
