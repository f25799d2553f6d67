"""Reading Messenger and Instagram webhooks: every entry, every event, each in its own guard.

The two speak almost the same language; what differs is said where it matters. Facts: channels.md
sections 5 and 6.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from channels.message import (
    ChannelEvent,
    ChannelName,
    Choice,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    RottenEvent,
)
from channels.meta_attachments import Attachments, read_attachments
from channels.payload import (
    MalformedError,
    get_id,
    get_list,
    get_object,
    get_text,
    guarded,
    instant,
    is_blank,
    need_id,
)

# The payload of the Get Started button, which we set in the page's profile ourselves.
GET_STARTED = "GET_STARTED"


@dataclass(frozen=True, slots=True)
class MetaAccount:
    """Which part of a shared webhook is ours: `kind` is the body's ``object``, `id` the entry's."""

    channel: ChannelName
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class _Envelope:
    """One event with what all kinds of event have in common."""

    ours: MetaAccount
    event: Mapping[str, Any]
    sender: str
    recipient: str | None


def read_body(document: Mapping[str, Any], ours: MetaAccount) -> list[ChannelEvent]:
    """Return the events of one webhook body that belong to the account.

    Page comments (`changes`) are no conversation. Events of the standby channel are read like
    others: the citizen wrote to us, even while another application holds the thread.
    """
    if document.get("object") != ours.kind:
        return []
    entries = document.get("entry")
    if not isinstance(entries, list):
        return [RottenEvent(path="entry", reason="entry is not a list")]
    events: list[ChannelEvent] = []
    for number, entry in enumerate(entries):
        path = f"entry[{number}]"
        if not isinstance(entry, dict):
            events.append(RottenEvent(path=path, reason="not an object"))
        elif str(entry.get("id")) == ours.id:
            events += _entry(entry, path, ours)
    return events


def _entry(entry: Mapping[str, Any], path: str, ours: MetaAccount) -> list[ChannelEvent]:
    events: list[ChannelEvent] = []
    for key in ("messaging", "standby"):
        happenings = entry.get(key)
        if happenings is None:
            continue
        if not isinstance(happenings, list):
            events.append(RottenEvent(path=f"{path}.{key}", reason="not a list"))
            continue
        for number, event in enumerate(happenings):
            events += guarded(f"{path}.{key}[{number}]", partial(_event, event, ours))
    return events


def _event(event: object, ours: MetaAccount) -> list[ChannelEvent]:
    if not isinstance(event, dict):
        raise MalformedError("not an object")
    read = next((_READERS[key] for key in _READERS if key in event), None)
    if read is None:
        return []
    sender, recipient = get_object(event, "sender"), get_object(event, "recipient")
    if sender is None:
        raise MalformedError("sender is missing")
    envelope = _Envelope(
        ours, event, need_id(sender, "id"), get_id(recipient, "id") if recipient else None
    )
    return read(envelope)


def _message(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "message")
    if content is None:
        raise MalformedError("message is missing")
    mid = need_id(content, "mid")
    # Events of our own account are echoes even where the flag is missing: never a citizen.
    if content.get("is_echo") is True or envelope.sender == envelope.ours.id:
        return [_echo(envelope, content, mid)]
    if content.get("is_deleted") is True:
        return [_control(envelope, ControlKind.WITHDRAWN, external_id=mid, event_id=f"del:{mid}")]
    return [_inbound(envelope, content, mid, envelope.sender)]


def _inbound(
    envelope: _Envelope, content: Mapping[str, Any], mid: str, citizen: str | None
) -> InboundMessage:
    ours = envelope.ours
    withheld = content.get("is_unsupported") is True
    found = Attachments() if withheld else read_attachments(content)
    text = None if withheld else get_text(content, "text")
    reply = get_object(content, "reply_to") or {}
    story = get_object(reply, "story")
    unsupported = withheld or (not text and found.unreadable)
    return InboundMessage(
        channel=ours.channel,
        account=ours.id,
        external_id=mid,
        sender=citizen,
        text=text,
        dedup_scope=f"{ours.channel}:{ours.id}",
        sent_at=instant(envelope.event.get("timestamp")),
        media=found.media,
        location=found.location,
        reply_to=get_id(reply, "mid"),
        reply_to_story=get_id(story, "id") if story else None,
        choice=_choice(content, text),
        unsupported=unsupported,
        blank=is_blank(text) and not (found.media or found.location or unsupported),
    )


def _choice(content: Mapping[str, Any], title: str | None) -> Choice | None:
    pressed = get_object(content, "quick_reply")
    payload = get_text(pressed, "payload") if pressed else None
    return Choice(title, payload) if payload else None


def _echo(envelope: _Envelope, content: Mapping[str, Any], mid: str) -> ControlEvent:
    """Return what our side wrote. Messenger repeats our reference, Instagram only the id."""
    citizen = envelope.recipient if envelope.sender == envelope.ours.id else envelope.sender
    return ControlEvent(
        kind=ControlKind.ECHO,
        channel=envelope.ours.channel,
        account=envelope.ours.id,
        sender=citizen,
        event_id=f"echo:{mid}",
        external_id=mid,
        occurred_at=instant(envelope.event.get("timestamp")),
        value=get_text(content, "metadata"),
        message=_inbound(envelope, content, mid, citizen),
    )


def _edit(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "message_edit") or {}
    mid = need_id(content, "mid")
    return [
        _control(
            envelope,
            ControlKind.EDITED,
            external_id=mid,
            event_id=f"edit:{mid}:{content.get('num_edit')}"[:500],
            message=_inbound(envelope, content, mid, envelope.sender),
        )
    ]


def _postback(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "postback") or {}
    payload = get_text(content, "payload") or get_text(content, "title")
    referral = get_object(content, "referral") or {}
    if payload == GET_STARTED or (payload is None and referral):
        return [_start(envelope, get_text(referral, "ref"), get_id(content, "mid"))]
    if payload is None:
        raise MalformedError("postback without payload")
    event_id = get_id(content, "mid") or _fingerprint(envelope, "postback", payload)
    return [_control(envelope, ControlKind.BUTTON, event_id=event_id, value=payload)]


def _referral(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "referral") or get_object(envelope.event, "optin") or {}
    return [_start(envelope, get_text(content, "ref"), None)]


def _start(envelope: _Envelope, reference: str | None, mid: str | None) -> ControlEvent:
    event_id = mid or _fingerprint(envelope, "start", reference or "")
    return _control(envelope, ControlKind.START, event_id=event_id, value=reference)


def _reaction(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "reaction") or {}
    mid = need_id(content, "mid")
    taken_back = content.get("action") == "unreact"
    emoji = None if taken_back else get_text(content, "emoji") or get_text(content, "reaction")
    event_id = _fingerprint(envelope, "reaction", f"{mid}:{emoji}")
    return [
        _control(envelope, ControlKind.REACTION, external_id=mid, event_id=event_id, value=emoji)
    ]


def _delivery(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "delivery") or {}
    mids = [mid for mid in get_list(content, "mids") if isinstance(mid, str) and mid]
    return _receipts(envelope, DeliveryStatus.DELIVERED, mids, content.get("watermark"))


def _read(envelope: _Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "read") or {}
    mid = get_id(content, "mid")
    return _receipts(envelope, DeliveryStatus.READ, [mid] if mid else [], content.get("watermark"))


def _receipts(
    envelope: _Envelope, status: DeliveryStatus, mids: list[str], watermark: object
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


def _control(
    envelope: _Envelope,
    kind: ControlKind,
    *,
    event_id: str,
    external_id: str | None = None,
    value: str | None = None,
    message: InboundMessage | None = None,
) -> ControlEvent:
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


def _fingerprint(envelope: _Envelope, kind: str, value: str) -> str:
    """Return a name for an event to which Meta gives none, the same at every redelivery."""
    timestamp = envelope.event.get("timestamp")
    text = f"{envelope.sender}|{timestamp}|{kind}|{value}"
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"


# The order matters where an event has two of them: a postback may carry a referral.
_READERS = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _read,
    "referral": _referral,
    "optin": _referral,
}
