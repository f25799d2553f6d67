"""Reading what a browser sent; judging it is the use case's work."""

import secrets
from datetime import date
from urllib.parse import urlsplit

from flask import request

from gateway.media.media_files import MAX_BYTES, Upload


def text(name: str) -> str:
    """Return a field of the form without NUL characters; empty when it is not there."""
    return request.form.get(name, "").replace("\0", "")


def flag(name: str) -> bool:
    """Whether a box was ticked."""
    return name in request.form


def day(name: str) -> date | None:
    """Return a date field (ISO, as ``type=date`` sends it), or None when empty or no date."""
    try:
        return date.fromisoformat(text(name).strip())
    except ValueError:
        return None


def number(name: str) -> int | None:
    """Return a whole number that a hidden field carries, or None."""
    return _whole(text(name))


def asked(name: str) -> int | None:
    """Return a whole number of the address, or None."""
    return _whole(request.args.get(name, ""))


def _whole(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def numbers(name: str) -> frozenset[int]:
    """Return the whole numbers of the boxes of this name that were ticked."""
    values = [one for one in request.form.getlist(name) if one.isascii() and one.isdigit()]
    return frozenset(int(one) for one in values if len(one) < 19)


def uploads(name: str) -> list[Upload]:
    """Read the files of a field; one byte more than we take is enough to refuse one."""
    return [
        Upload(file.filename, file.stream.read(MAX_BYTES + 1))
        for file in request.files.getlist(name)
        if file.filename
    ]


def new_key() -> str:
    """Return a key for a form, so that sending it twice acts once."""
    return secrets.token_urlsafe(12)


def safe_next(address: str | None) -> str | None:
    """Return `address` if it leads to a page of this service, else None."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or any(ord(character) < 32 for character in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address
