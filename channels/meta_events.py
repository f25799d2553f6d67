"""The events of Messenger and Instagram that are not messages, and what all events share.

Facts: channels.md sections 5 and 6; ``messaging_handovers`` from Meta's webhook reference.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    Holder,
    InboundMessage,
)
from channels.payload import (
    MalformedError,
    get_id,
    get_list,
    get_object,
    get_text,
    instant,
    need_id,
    origin,
)

# The payload of the Get Started button, which we set in the page's profile ourselves.
GET_STARTED = "GET_STARTED"
# The applications behind which a person answers in Meta's own inboxes: the page's, Instagram's.
INBOXES = frozenset({"263902037430900", "1217981644879628"})


@dataclass(frozen=True, slots=True)
class MetaAccount:
    """Which part of a shared webhook is ours: `kind` is the body's ``object``, `id` the entry's."""

    channel: ChannelName
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with what all kinds of event have in common."""

    ours: MetaAccount
    event: Mapping[str, Any]
    sender: str
    recipient: str | None
    standby: bool = False


def postback(envelope: Envelope) -> list[ChannelEvent]:
    """Return the button that was pressed, or the start that it stands for."""
    content = get_object(envelope.event, "postback") or {}
    payload = get_text(content, "payload") or get_text(content, "title")
    source = get_object(content, "referral") or {}
    if payload == GET_STARTED or (payload is None and source):
        return [_start(envelope, get_text(source, "ref"), get_id(content, "mid"))]
    if payload is None:
        raise MalformedError("postback without payload")
    event_id = get_id(content, "mid") or _fingerprint(envelope, "postback", payload)
    return [control(envelope, ControlKind.BUTTON, event_id=event_id, value=payload)]


def referral(envelope: Envelope) -> list[ChannelEvent]:
    """Return the start of a conversation by a link, an advertisement or an opt-in."""
    content = get_object(envelope.event, "referral") or get_object(envelope.event, "optin") or {}
    return [_start(envelope, get_text(content, "ref") or came_by(envelope.event), None)]


def _start(envelope: Envelope, reference: str | None, mid: str | None) -> ControlEvent:
    event_id = mid or _fingerprint(envelope, "start", reference or "")
    return control(envelope, ControlKind.START, event_id=event_id, value=reference)


def reaction(envelope: Envelope) -> list[ChannelEvent]:
    """Return what somebody put below a message, or took away."""
    content = get_object(envelope.event, "reaction") or {}
    mid = need_id(content, "mid")
    taken_back = content.get("action") == "unreact"
    emoji = None if taken_back else get_text(content, "emoji") or get_text(content, "reaction")
    event_id = _fingerprint(envelope, "reaction", f"{mid}:{emoji}")
    return [
        control(envelope, ControlKind.REACTION, external_id=mid, event_id=event_id, value=emoji)
    ]


def handover(envelope: Envelope) -> list[ChannelEvent]:
    """Return who has the conversation now.

    Meta tells us that it was passed to our application, or taken away from it.
    """
    passed = get_object(envelope.event, "pass_thread_control")
    taken = get_object(envelope.event, "take_thread_control") or {}
    owner = str((taken if passed is None else passed).get("new_owner_app_id"))
    holder = Holder.INBOX if owner in INBOXES else None
    if passed is None:
        holder = holder or Holder.APP
    event_id = _fingerprint(envelope, "handover", f"{passed is None}:{owner}")
    event = control(envelope, ControlKind.HANDOVER, event_id=event_id)
    return [replace(event, holder=holder)]


def delivery(envelope: Envelope) -> list[ChannelEvent]:
    """Return the receipts of parts that reached the phone."""
    content = get_object(envelope.event, "delivery") or {}
    mids = [mid for mid in get_list(content, "mids") if isinstance(mid, str) and mid]
    return _receipts(envelope, DeliveryStatus.DELIVERED, mids, content.get("watermark"))


def read_receipt(envelope: Envelope) -> list[ChannelEvent]:
    """Return the receipts of parts that were read."""
    content = get_object(envelope.event, "read") or {}
    mid = get_id(content, "mid")
    return _receipts(envelope, DeliveryStatus.READ, [mid] if mid else [], content.get("watermark"))


def _receipts(
    envelope: Envelope, status: DeliveryStatus, mids: list[str], watermark: object
) -> list[ChannelEvent]:
    """Return a receipt for each id, or one for all up to the watermark where there are no ids."""
    at, until = instant(envelope.event.get("timestamp")), instant(watermark)
    about = partial(
        DeliveryReceipt,
        envelope.ours.channel,
        envelope.ours.id,
        status,
        recipient=envelope.sender,
        occurred_at=at or until,
    )
    if mids:
        return [about(external_id=mid) for mid in mids]
    return [about(watermark=until)] if until else []


def control(
    envelope: Envelope,
    kind: ControlKind,
    *,
    event_id: str,
    external_id: str | None = None,
    value: str | None = None,
    message: InboundMessage | None = None,
) -> ControlEvent:
    """Return a control event of the envelope's sender."""
    return ControlEvent(
        kind=kind,
        channel=envelope.ours.channel,
        account=envelope.ours.id,
        sender=envelope.sender,
        event_id=event_id,
        external_id=external_id,
        occurred_at=instant(envelope.event.get("timestamp")),
        value=value,
        message=message,
    )


def _fingerprint(envelope: Envelope, kind: str, value: str) -> str:
    """Return a name for an event to which Meta gives none, the same at every redelivery."""
    timestamp = envelope.event.get("timestamp")
    text = f"{envelope.sender}|{timestamp}|{kind}|{value}"
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"


def came_by(content: Mapping[str, Any]) -> str | None:
    """Return what led a citizen here: the word in our link, else the advertisement, the place."""
    return origin(content.get("referral"), "ref", "ad_id", "source")
