"""Reading Kannel's messages and delivery reports.

Facts: Kannel 1.4.5 User's Guide (sms-service parameters, delivery reports), 3GPP TS 23.040 9.2.3.24
(user data header); what the daemon does was measured with Debian's 1.4.5-12, see docs/kannel.md.
"""

import hashlib
import hmac
import re
from datetime import datetime

from channels.errors import PayloadError
from channels.kannel_errors import class_of_report, failure_code
from channels.kannel_request import KannelFields
from channels.message import (
    ChannelEvent,
    ChannelName,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
)
from channels.payload import MAX_ID_LENGTH, clean, instant, is_blank

# Bits of a delivery report. 34 (expired) and 66 (unknown) of newer versions contain FAILED.
_DELIVERED, _FAILED, _BUFFERED, _ACCEPTED, _REJECTED = 1, 2, 4, 8, 16
_EIGHT_BIT, _UCS2 = 1, 2
_CONCATENATED, _PORTS = {0x00: 1, 0x08: 2}, frozenset({0x04, 0x05})
# What Kannel names (%C, Content-Type); any other name would be a guess, so UTF-8 is tried.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf-16be": "utf-16-be",
    "ucs-2": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "windows-1252",
}
_DIGITS = re.compile(r"\+?[0-9]+")
# In this order: international with sign, with zeros, national with zero and without, the rest.
_SPELLINGS = tuple(
    (re.compile(pattern), prefix)
    for pattern, prefix in (
        (r"\+([0-9]+)", "+"),
        (r"00([0-9]+)", "+"),
        (r"0([0-9]{8,13})", "+62"),
        (r"(8[0-9]{8,10})", "+62"),
        (r"([0-9]{10,15})", "+"),
    )
)
_SEPARATORS = re.compile(r"[\s().-]")


def read_message(fields: KannelFields, account: str, secret: bytes) -> InboundMessage:
    """Return the message that smsbox hands over.

    Args:
        fields: of the request.
        account: our number or short code.
        secret: keys the stand-in for a missing message id, so that it cannot be turned back into
            a phone number.

    Raises:
        PayloadError: no sender, or nothing by which a repetition could be recognised.
    """
    sender = phone_number(fields.sender)
    if sender is None:
        raise PayloadError("no sender")
    binary = fields.coding == _EIGHT_BIT or _has_ports(fields.udh)
    text = None if binary else clean(_decoded(fields)) or None
    return InboundMessage(
        channel=ChannelName.SMS,
        account=account,
        external_id=_external_id(fields, secret),
        sender=sender,
        text=text,
        dedup_scope=f"kannel:{account}",
        repliable=sender.startswith("+"),
        sent_at=sent_at(fields),
        group_key=_group_key(fields.udh),
        unsupported=binary,
        blank=not binary and is_blank(text),
    )


def read_report(fields: KannelFields, account: str) -> list[ChannelEvent]:
    """Return the receipt of one delivery report; empty for a status that moves nothing.

    A part that Kannel or the operator's centre has only queued counts as sent: it is out of our
    hands, and a send whose answer was lost is proved by it.

    Raises:
        PayloadError: no reference of ours or no status.
    """
    reference = fields.query.get("ref", b"").decode("utf-8", "replace").strip()
    word = fields.query.get("status", b"").decode("utf-8", "replace").strip()
    if not reference or len(reference) > MAX_ID_LENGTH:
        raise PayloadError("no reference")
    if not (word.isascii() and word.isdecimal() and len(word) <= 4):
        raise PayloadError("no status")
    status = _status(int(word))
    if status is None:
        return []
    failed = status is DeliveryStatus.FAILED
    answer = clean(fields.query.get("answer", b"").decode("utf-8", "replace"))
    code = failure_code(int(word), answer) if failed else None
    return [
        DeliveryReceipt(
            channel=ChannelName.SMS,
            account=account,
            status=status,
            # sendsms names no id of its own, so a part is known by our reference alone.
            external_id=clean(reference),
            reference=clean(reference),
            occurred_at=sent_at(fields),
            error_code=code,
            error_class=class_of_report(code) if code is not None else None,
        )
    ]


def phone_number(sender: str) -> str | None:
    """Return a sender as E.164 where it is a phone number, else as it came; None if blank.

    Modems give ``+62812...``, operators ``62812...``, ``0812...`` or ``812...``. Short codes and
    alphanumeric senders stay as they are; nobody can answer them.
    """
    bare = clean(sender).strip()[:MAX_ID_LENGTH]
    digits = _SEPARATORS.sub("", bare)
    if not _DIGITS.fullmatch(digits):
        return bare or None
    for pattern, prefix in _SPELLINGS:
        if match := pattern.fullmatch(digits):
            return f"{prefix}{match[1]}"
    return digits


def sent_at(fields: KannelFields) -> datetime | None:
    """Return the time of the operator's centre, or of Kannel where that gave none."""
    return instant(fields.time)


def _external_id(fields: KannelFields, secret: bytes) -> str:
    if fields.message_id:
        return clean(fields.message_id)[:MAX_ID_LENGTH]
    if not fields.time:
        raise PayloadError("neither message id nor time")
    parts = (fields.sender.encode(), fields.time.encode(), fields.udh, fields.text)
    content = b"\0".join(str(len(part)).encode() + b":" + part for part in parts)
    return f"content-{hmac.new(secret, content, hashlib.sha256).hexdigest()[:40]}"


def _decoded(fields: KannelFields) -> str:
    """Return the text; bytes that do not fit their character set become U+FFFD, never an error."""
    named = _CHARSETS.get(fields.charset.strip().lower())
    return fields.text.decode(
        named or ("utf-16-be" if fields.coding == _UCS2 else "utf-8"), "replace"
    )


def _elements(udh: bytes) -> list[tuple[int, bytes]]:
    """Return the elements of a user data header; as many as are whole."""
    found: list[tuple[int, bytes]] = []
    rest = udh[1 : 1 + udh[0]] if udh else b""
    while len(rest) >= 2 and len(rest) >= 2 + rest[1]:
        found.append((rest[0], rest[2 : 2 + rest[1]]))
        rest = rest[2 + rest[1] :]
    return found


def _group_key(udh: bytes) -> str | None:
    """Return what joins the pieces of one long SMS that Kannel did not put together itself."""
    for kind, value in _elements(udh):
        width = _CONCATENATED.get(kind)
        if width is not None and len(value) == width + 2:
            reference, total = int.from_bytes(value[:width]), value[width]
            return f"sms-{reference}-{total}" if total > 1 else None
    return None


def _has_ports(udh: bytes) -> bool:
    """Say whether the SMS is for a program on the phone (WAP push, business card, settings)."""
    return any(kind in _PORTS for kind, _ in _elements(udh))


def _status(value: int) -> DeliveryStatus | None:
    if value & _DELIVERED:
        return DeliveryStatus.DELIVERED
    if value & (_FAILED | _REJECTED):
        return DeliveryStatus.FAILED
    if value & (_ACCEPTED | _BUFFERED):
        return DeliveryStatus.SENT
    return None
