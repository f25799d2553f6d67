"""Reading and checking the HTTP requests of Kannel's smsbox.

Kannel signs nothing and can add no header of our choosing, so each address that it calls carries
a shared key in its query, and the machines that may call can be named. The key is compared in
constant time; no exception holds it, the number or the text.

Two shapes of the same message are read: the POST that docs/kannel.md recommends (text in the
body, number in a header, so that no address in a log names a citizen) and the older GET with
everything in the query.

Source: Kannel 1.4.5 User's Guide, chapter "Setting up a SMS Gateway" (sms-service parameters).
"""

import hmac
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote_to_bytes, urlsplit

from channels.errors import SignatureError
from channels.webhook import WebhookRequest

_KEY = re.compile(r"[A-Za-z0-9_-]{16,200}")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class KannelFields:
    """One request, by the names of docs/kannel.md; texts are as Kannel wrote them.

    `text` and `udh` are raw bytes. `coding` is 0 (7 bit), 1 (8 bit), 2 (UCS-2) or None.
    """

    sender: str
    text: bytes
    udh: bytes
    coding: int | None
    charset: str
    message_id: str
    time: str
    query: Mapping[str, bytes]


def usable_key(key: str) -> bool:
    """Say whether a key can stand in an address unescaped and is too long to be guessed."""
    return _KEY.fullmatch(key) is not None


def networks(sources: Sequence[str]) -> tuple[Network, ...]:
    """Return the address ranges from which Kannel may call; empty allows every address.

    Raises:
        ValueError: one of them is neither an address nor a range such as ``10.0.0.0/24``.
    """
    return tuple(ipaddress.ip_network(source, strict=False) for source in sources)


def check_caller(
    request: WebhookRequest, keys: Sequence[str], allowed: Sequence[Network], peer: str | None
) -> None:
    """Check that our Kannel made this request.

    Args:
        request: with the key as `key` in its query.
        keys: all that are valid now; several while they rotate.
        allowed: the ranges from which Kannel may call; empty for any.
        peer: numeric address of the caller, or None if nobody knows it.

    Raises:
        SignatureError: the key is missing or wrong, or the caller stands somewhere else.
    """
    given = query_fields(request.url).get("key", b"")
    matches = [hmac.compare_digest(key.encode(), given) for key in keys]
    if not any(matches):
        raise SignatureError("not called with our key")
    if allowed and not _inside(peer, allowed):
        raise SignatureError("not called from Kannel's machine")


def query_fields(url: str) -> dict[str, bytes]:
    """Return the query as raw bytes, the first value of each name; empty if there is none."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return {}
    fields: dict[str, bytes] = {}
    for pair in query.split("&"):
        name, _, value = pair.replace("+", " ").partition("=")
        fields.setdefault(_plain(unquote_to_bytes(name)), unquote_to_bytes(value))
    return fields


def read_fields(request: WebhookRequest) -> KannelFields:
    """Return what the request says of a message; what it does not say is empty."""
    query = query_fields(request.url)
    posted = request.method == "POST"
    described = Message()
    described["content-type"] = request.headers.get("content-type", "")
    charset = described.get_content_charset("") if posted else ""
    return KannelFields(
        sender=_either(request, "x-kannel-from", query, "from"),
        text=request.body if posted else query.get("text", b""),
        udh=_udh(request, query),
        coding=_number(_either(request, "x-kannel-coding", query, "coding")),
        charset=charset or _plain(query.get("charset", b"")),
        message_id=_plain(query.get("id", b"")).strip(),
        time=_plain(query.get("time", b"")).strip(),
        query=query,
    )


def _either(request: WebhookRequest, header: str, query: Mapping[str, bytes], name: str) -> str:
    return (request.headers.get(header) or _plain(query.get(name, b""))).strip()


def _udh(request: WebhookRequest, query: Mapping[str, bytes]) -> bytes:
    header = request.headers.get("x-kannel-udh")
    if header is None:
        return query.get("udh", b"")
    return unquote_to_bytes(header.replace("+", " "))


def _inside(peer: str | None, allowed: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in allowed)


def _number(text: str) -> int | None:
    return int(text) if text in {"0", "1", "2"} else None


def _plain(value: bytes) -> str:
    return value.decode("utf-8", "replace")
