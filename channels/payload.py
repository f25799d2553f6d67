"""Reading what platforms send without trusting any of it.

A field that is absent or null is None; a field of the wrong type is a `MalformedError`, which
`guarded` turns into a `RottenEvent`, so that one bad event never costs its neighbours.
"""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from channels.errors import PayloadError
from channels.message import ChannelEvent, Location, RottenEvent

T = TypeVar("T")

_LONGEST_ORIGIN = 120
MAX_ID_LENGTH = 500
SCHEME = re.compile(r"([a-z][a-z0-9]*):", re.IGNORECASE)  # ``whatsapp:`` before an address
_PHONE = re.compile(r"\+?([0-9]{7,15})")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters by category, empty to the eye
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138
# What damaged content can raise while it is read; anything else is a fault of ours.
_DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class MalformedError(ValueError):
    """A field has a type or value that the platform never sends. Names the field, not its value."""


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a request body.

    Raises:
        PayloadError: not UTF-8, not JSON, nested too deeply, or not an object.
    """
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # from None: a JSON error carries the whole document.
        raise PayloadError("the body is not JSON") from None
    if not isinstance(document, dict):
        raise PayloadError("the body is not a JSON object")
    return document


def guarded(path: str, read: Callable[[], list[ChannelEvent]]) -> list[ChannelEvent]:
    """Return what `read` finds, or one `RottenEvent` for `path` if the content is damaged."""
    try:
        return read()
    except MalformedError as error:
        return [RottenEvent(path=path, reason=str(error))]
    except _DAMAGE as error:
        return [RottenEvent(path=path, reason=f"unreadable: {type(error).__name__}")]


def spared(read: Callable[[], T], otherwise: T) -> T:
    """Return what `read` finds, or `otherwise` if it is damaged: it never costs the message."""
    try:
        return read()
    except _DAMAGE:
        return otherwise


def clean(text: str) -> str:
    """Return the text without U+0000 and lone surrogates, which PostgreSQL cannot store."""
    return _UNSTORABLE.sub("", text)


def is_blank(text: str | None) -> bool:
    """Say whether nothing of the text can be seen: white space, zero-width and control characters.

    Variation selectors and combining marks alone count as nothing as well.
    """
    return all(unicodedata.category(c)[0] in "ZCM" or c in _FILLERS for c in text or "")


def get_object(source: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """Return the object under `key`, or None if absent or null.

    Raises:
        MalformedError: it is something else.
    """
    value = source.get(key)
    if value is None or isinstance(value, dict):
        return value
    raise MalformedError(f"{key} is not an object")


def get_list(source: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under `key`; empty if absent or null.

    Raises:
        MalformedError: it is something else.
    """
    value = source.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise MalformedError(f"{key} is not a list")


def get_text(source: Mapping[str, Any], key: str) -> str | None:
    """Return the storable text under `key`; None if absent, null or empty.

    Raises:
        MalformedError: it is something else.
    """
    value = source.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedError(f"{key} is not a text")
    return clean(value) or None


def get_int(source: Mapping[str, Any], key: str) -> int | None:
    """Return the whole number under `key`, or None if it is absent or anything else."""
    value = source.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_id(source: Mapping[str, Any], key: str) -> str | None:
    """Return an identifier as text, whether it came as text or as a number; None if absent.

    Raises:
        MalformedError: another type, blank, or longer than any platform's.
    """
    value = source.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise MalformedError(f"{key} is not an id")
    text = clean(str(value))
    if not text.strip() or len(text) > MAX_ID_LENGTH:
        raise MalformedError(f"{key} is not an id")
    return text


def need_id(source: Mapping[str, Any], key: str) -> str:
    """Return an identifier that must be there.

    Raises:
        MalformedError: it is absent, or see `get_id`.
    """
    value = get_id(source, key)
    if value is None:
        raise MalformedError(f"{key} is missing")
    return value


def address(value: str | None) -> str | None:
    """Return a sender without the channel prefix, phone numbers as E.164; None if blank.

    A plus sign that was not percent-encoded arrives as a space and is put back. Short codes,
    alphanumeric senders and business-scoped ids stay as they are.
    """
    bare = clean(value or "")
    if match := SCHEME.match(bare):
        bare = bare[match.end() :]
    bare = bare.strip()
    phone = _PHONE.fullmatch(bare)
    return f"+{phone.group(1)}" if phone else bare[:MAX_ID_LENGTH] or None


def origin(referral: object, *names: str) -> str | None:
    """Return what led a citizen to us: the first of the named texts that is there."""
    words = (referral.get(name) for name in names) if isinstance(referral, Mapping) else ()
    found = (clean(word).strip() for word in words if isinstance(word, str))
    return next((word[:_LONGEST_ORIGIN] for word in found if word), None)


def instant(value: object) -> datetime | None:
    """Return a Unix time in seconds or milliseconds as an aware instant, or None if it is none.

    A message is not thrown away because its clock is broken, so this never raises.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    try:
        seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def location(
    latitude: object, longitude: object, name: str | None = None, address: str | None = None
) -> Location | None:
    """Return a pin, or None unless both values are numbers on the globe (degrees, WGS 84)."""
    latitude_deg, longitude_deg = _degrees(latitude, 90), _degrees(longitude, 180)
    if latitude_deg is None or longitude_deg is None:
        return None
    return Location(latitude_deg, longitude_deg, name, address)


def _degrees(value: object, bound: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= bound else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
