"""Twilio's request signature, checked over the raw form bytes.

Our own few lines, because the SDK's validator wants a parsed form and costs a third of the
webhook throughput (architecture.md section 10); a property test holds the two equal.

Source: twilio.com/docs/usage/webhooks/webhooks-security.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from urllib.parse import unquote_to_bytes, urlsplit

from channels.errors import SignatureError

_HEADER = "x-twilio-signature"
_SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"
_USUAL_BYTES = 64 * 1024


def check_signature(
    url: str, headers: Mapping[str, str], body: bytes, tokens: Sequence[str]
) -> None:
    """Check that Twilio made this request.

    Args:
        url: the public address as Twilio called it, with its query.
        headers: names in lower case.
        body: the form as it arrived.
        tokens: auth tokens (or shared-key secrets) that are valid now; several while they rotate.

    Raises:
        SignatureError: no token explains the signature.
    """
    given = headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
    algorithm = "sha256" if "HMAC_SHA256" in headers.get(_SETTINGS_HEADER, "").upper() else "sha1"
    readings = _readings(body)
    for spelling in _spellings(url):
        for token, form in product(tokens, readings):
            if hmac.compare_digest(_signature(token, spelling + form, algorithm), given):
                return
    raise SignatureError("not signed by Twilio")


def form_fields(body: bytes) -> dict[str, str]:
    """Return the form as text, the first value of each name; bytes that are not UTF-8 become �."""
    fields: dict[str, str] = {}
    for name, value in _pairs(body):
        fields.setdefault(name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
    return fields


def sign(url: str, body: bytes, token: str) -> str:
    """Return the signature that Twilio would send for a form (SHA-1)."""
    return _signature(token, url.encode() + _readings(body)[0], "sha1").decode("ascii")


def _signature(token: str, signed: bytes, algorithm: str) -> bytes:
    return base64.b64encode(hmac.new(token.encode(), signed, getattr(hashlib, algorithm)).digest())


def _readings(body: bytes) -> list[bytes]:
    """Return the sorted form as signed: as sent, and repaired if that is not UTF-8."""
    # UTF-8 sorts like code points, and a repeated pair counts once, as in the SDK.
    pairs = sorted(set(_pairs(body)))
    sent = b"".join(name + value for name, value in pairs)
    repaired = sent.decode("utf-8", "replace").encode()
    return [sent] if repaired == sent else [sent, repaired]


def _pairs(body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the form taken apart, once for the signature and each channel that reads it."""
    # Twilio's forms are small; what is not, a stranger may send to fill our memory.
    return _known_pairs(body) if len(body) <= _USUAL_BYTES else _take_apart(body)


def _take_apart(body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    pairs = (pair.partition(b"=") for pair in body.replace(b"+", b" ").split(b"&") if pair)
    return tuple((_plain(name), _plain(value)) for name, _, value in pairs)


_known_pairs = lru_cache(maxsize=8)(_take_apart)  # as many as one process serves at once


def _plain(encoded: bytes) -> bytes:
    return unquote_to_bytes(encoded) if b"%" in encoded else encoded


def _spellings(url: str) -> Iterator[bytes]:
    """Yield the address as it is, then without and with its port: Twilio signs either."""
    yield url.encode()
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    host, _, port = parts.netloc.partition(":")
    port = port or {"https": "443"}.get(parts.scheme, "80")
    for end in (host, f"{host}:{port}"):
        yield parts._replace(netloc=end).geturl().encode()
