"""Damage to a webhook: its bytes, its structure, its fields, its encoding, its headers.

Everything is drawn from the generator that is handed in, so that a number names a case for ever.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

_TOKENS = (
    b"null", b"true", b"[]", b"{}", b'""', b"1e999", b"-0", b"NaN", b"9" * 400, b"\x00",
    b"\xff\xfe", b"\xed\xa0\x80", b"\\u0000", b"\\ud800", b"%00", b"%", b"%FF", b"&&", b"=",
    b"+", b"\r\n", b'"', b"{" * 40, b"[" * 2000,
    "\u202e".encode(), "\U0001f600".encode(), b"\x1b[2J", b"' OR 1=1--",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**70), 10**400, 0.5, 1e308, "", " ",
    "\x00", "\ud800", "a\x00b", "x" * 300, "y" * 70_000, "\u200b\u2060", "1e999", "0x1", "-1",
    "2026-02-30T99:99:99Z", "https://[", "javascript:1", "http://127.0.0.1:9/x", [], {}, [[]],
    [None], {"": None}, {"type": []}, [{}], "image", "text", "+6281255501001", "whatsapp:",
    "\uffff",
)  # fmt: skip
_NAMES = ("", "\x00", "id", "type", "From", "Body", "__proto__", "text", "message", "\ud83d")
_TYPES = (
    "", "text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/json;charset=\xff", "a/b; c=\"", "x" * 3000,
)  # fmt: skip
_HEADERS = (
    "Content-Encoding", "X-Forwarded-For", "X-Forwarded-Proto", "Cookie",
    "Accept-Language", "X-Kannel-From", "X-Kannel-UDH", "X-Kannel-Coding", "Range", "Host-Extra",
)  # fmt: skip
_HEADER_VALUES = ("", "gzip", "chunked", "\xff\xe9", "a" * 5000, "%00", "2", "1,2,3", "bytes=0-")
_MOST_DEPTH = 400


@dataclass(frozen=True)
class Shape:
    """A request before it is signed."""

    body: bytes
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""


def damage(rng: Random, shape: Shape, other: bytes) -> Shape:
    """Return a request with one to four kinds of damage.

    Args:
        rng: decides everything.
        shape: a genuine request.
        other: the body of another one, to be mixed in.
    """
    body, query, headers = shape.body, shape.query, dict(shape.headers)
    content_type = shape.content_type
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        where = rng.random()
        if where < 0.08:
            headers[rng.choice((*_HEADERS, *headers))] = rng.choice(_HEADER_VALUES)
        elif where < 0.12:
            content_type = rng.choice(_TYPES)
        elif where < 0.2 and query:
            query = _printable(_damaged_form(rng, query.encode("latin-1"), b""))
        else:
            body = _damaged_body(rng, body, other)
    return Shape(body, query, headers, content_type)


def _damaged_body(rng: Random, body: bytes, other: bytes) -> bytes:
    kinds: list[Callable[[Random, bytes, bytes], bytes]] = [_damaged_bytes, _recoded]
    if body[:1] in (b"{", b"["):
        kinds += [_damaged_json] * 6
    elif b"=" in body:
        kinds += [_damaged_form] * 6
    else:
        kinds += [_damaged_bytes] * 2
    return rng.choice(kinds)(rng, body, other)


def _damaged_bytes(rng: Random, body: bytes, other: bytes) -> bytes:
    start = rng.randrange(len(body) + 1)
    end = min(len(body), start + rng.choice((0, 1, 1, 2, 8, 64)))
    middle = rng.choice(
        (
            b"",
            rng.choice(_TOKENS),
            body[start:end] * rng.choice((2, 3, 50)),
            rng.randbytes(rng.randrange(1, 9)),
        )
    )
    rest = rng.choice(
        (body[end:], body[end:], body[end:], b"", other[rng.randrange(len(other) + 1) :])
    )
    return body[:start] + middle + rest


def _recoded(rng: Random, body: bytes, _other: bytes) -> bytes:
    text = body.decode("utf-8", "replace")
    return rng.choice(
        (
            text.encode("utf-16"),
            text.encode("latin-1", "replace"),
            text.encode("utf-7", "replace"),
            b"\xef\xbb\xbf" + body,
            body.swapcase(),
        )
    )


def _damaged_form(rng: Random, body: bytes, other: bytes) -> bytes:
    pairs = body.split(b"&")
    at = rng.randrange(len(pairs))
    name, _, value = pairs[at].partition(b"=")
    match rng.randrange(7):
        case 0:
            del pairs[at]
        case 1:
            pairs.insert(at, pairs[at])
        case 2:
            pairs[at] = name + b"=" + rng.choice(_TOKENS) + value
        case 3:
            pairs[at] = name + b"=" + _form_value(rng)
        case 4:
            pairs[at] = _damaged_bytes(rng, name, b"") + b"=" + value
        case 5:
            pairs.append(rng.choice(other.split(b"&")))
        case _:
            rng.shuffle(pairs)
    return b"&".join(pairs)


def _form_value(rng: Random) -> bytes:
    value = rng.choice([one for one in _VALUES if isinstance(one, str)])
    raw = value.encode("utf-8", "surrogatepass")
    return b"".join(b"%%%02X" % byte for byte in raw) if rng.random() < 0.7 else raw


def _damaged_json(rng: Random, body: bytes, other: bytes) -> bytes:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _damaged_bytes(rng, body, other)
    places = list(_places(document))
    if not places:
        return _damaged_bytes(rng, body, other)
    holder, key = rng.choice(places)
    match rng.randrange(8):
        case 0:
            del holder[key]
        case 1 | 2 | 3:
            holder[key] = rng.choice(_VALUES)
        case 4:
            holder[key] = [holder[key]] * rng.choice((1, 2, 40))
        case 5:
            holder[key] = _deep(rng, holder[key])
        case 6:
            second, other_key = rng.choice(places)
            holder[key] = second[other_key]
        case _:
            _rename(rng, holder, key)
    return _dumped(rng, document)


def _rename(rng: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(_NAMES)] = holder.pop(key)
    else:
        holder.append(holder[key])


def _deep(rng: Random, value: Any) -> Any:
    for _ in range(rng.choice((1, 3, 30, _MOST_DEPTH))):
        value = {"a": value} if rng.random() < 0.5 else [value]
    return value


def _dumped(rng: Random, document: Any) -> bytes:
    try:
        text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    except (ValueError, RecursionError):  # a node was put into itself
        return b"{}"
    return text.encode("utf-8", "surrogatepass")


def _places(value: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    found: list[tuple[Any, Any]] = []
    for key, inner in items:
        found.append((value, key))
        if isinstance(inner, dict | list) and depth < _MOST_DEPTH:
            found += _places(inner, depth + 1)
    return found


def _printable(query: bytes) -> str:
    """A query that a client can send at all; everything else is percent-encoded."""
    kept = b"!$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in query)
