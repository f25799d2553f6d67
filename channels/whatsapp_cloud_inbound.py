"""Reading WhatsApp Cloud API webhooks. Facts: channels.md section 6b."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from channels.message import (
    ChannelEvent,
    ChannelName,
    Choice,
    ContactCard,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    Holder,
    InboundMessage,
    Location,
    MediaKind,
    MediaRef,
    RottenEvent,
)
from channels.meta_errors import class_of_report
from channels.payload import (
    MalformedError,
    address,
    get_id,
    get_list,
    get_object,
    get_text,
    guarded,
    instant,
    is_blank,
    location,
    need_id,
    origin,
)

_FILES = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "voice": MediaKind.AUDIO,
    "document": MediaKind.DOCUMENT,
    "sticker": MediaKind.STICKER,
}
_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}


def read_body(document: Mapping[str, Any], phone_number_id: str) -> list[ChannelEvent]:
    """Return the events of one webhook body that belong to our number."""
    if document.get("object") != "whatsapp_business_account":
        return []
    entries = document.get("entry")
    if not isinstance(entries, list):
        return [RottenEvent(path="entry", reason="entry is not a list")]
    events: list[ChannelEvent] = []
    for number, entry in enumerate(entries):
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            events.append(RottenEvent(path=f"entry[{number}]", reason="changes is not a list"))
            continue
        for place, change in enumerate(changes):
            path = f"entry[{number}].changes[{place}]"
            events += guarded(path, partial(_change, change, path, phone_number_id))
    return events


def _change(change: object, path: str, ours: str) -> list[ChannelEvent]:
    if not isinstance(change, dict):
        raise MalformedError("not an object")
    value = get_object(change, "value") or {}
    metadata = get_object(value, "metadata") or {}
    if get_id(metadata, "phone_number_id") != ours:
        return []
    events: list[ChannelEvent] = []
    for key, read in _READERS.get(str(change.get("field")), {}).items():
        for place, row in enumerate(get_list(value, key)):
            events += guarded(f"{path}.value.{key}[{place}]", partial(read, row, value, ours))
    return events


def _message(message: object, value: Mapping[str, Any], ours: str) -> list[ChannelEvent]:
    if not isinstance(message, dict):
        raise MalformedError("not an object")
    phone, user_id = address(get_id(message, "from")), get_id(message, "from_user_id")
    sender = phone or user_id
    if sender is None:
        raise MalformedError("from is missing")
    kind = get_text(message, "type") or ""
    if kind == "system" or message.get("group_id") or phone == _our_phone(value):
        return []  # news about an account, a group's talk, our own words: no citizen's message
    if kind == "reaction":
        return [_reaction(message, sender, ours)]
    if kind == "request_welcome":
        return [_control(ControlKind.START, message, sender, ours)]
    aliases = (user_id,) if phone and user_id else ()
    return [
        replace(
            _written(message, kind, ours),
            sender=sender,
            aliases=aliases,
            sender_name=_name(value, message),
        )
    ]


def _written(message: Mapping[str, Any], kind: str, ours: str) -> InboundMessage:
    """Return what was written, without who wrote it."""
    content = {} if kind == "contacts" else get_object(message, kind) or {}
    media, pin, contact = _media(kind, content), _location(kind, content), _contact(message, kind)
    choice = _choice(kind, content)
    text = get_text(content, "body") or get_text(content, "caption")
    text = text or (choice.title if choice else None)
    readable = bool(text or media or pin or contact or choice)
    context = get_object(message, "context") or {}
    return InboundMessage(
        channel=ChannelName.WHATSAPP_CLOUD,
        account=ours,
        external_id=need_id(message, "id"),
        sender=None,
        text=text,
        dedup_scope=f"whatsapp_cloud:{ours}",
        sent_at=instant(message.get("timestamp")),
        media=media,
        location=pin,
        contact=contact,
        reply_to=get_id(context, "id"),
        choice=choice,
        forwarded=True in (context.get("forwarded"), context.get("frequently_forwarded")),
        unsupported=not readable and kind != "text",
        blank=kind == "text" and is_blank(text),
        origin=origin(message.get("referral"), "headline", "source_id"),
    )


def _echo(message: object, _value: Mapping[str, Any], ours: str) -> list[ChannelEvent]:
    """Return what a person of the office wrote on the phone that shares our number."""
    if not isinstance(message, dict):
        raise MalformedError("not an object")
    citizen = address(get_id(message, "to"))
    written = _written(message, get_text(message, "type") or "", ours)
    event = _control(ControlKind.ECHO, message, citizen, ours)
    return [replace(event, message=written, holder=Holder.PHONE)]


def _our_phone(value: Mapping[str, Any]) -> str | None:
    """Return our number, which Meta writes with or without separators."""
    shown = get_text(get_object(value, "metadata") or {}, "display_phone_number") or ""
    return address("".join(c for c in shown if c in "0123456789"))


def _media(kind: str, content: Mapping[str, Any]) -> tuple[MediaRef, ...]:
    if kind not in _FILES:
        return ()
    mime = get_text(content, "mime_type")
    return (
        MediaRef(
            kind=_FILES[kind],
            source=need_id(content, "id"),
            mime=mime.partition(";")[0].strip() if mime else None,
            filename=get_text(content, "filename"),
        ),
    )


def _location(kind: str, content: Mapping[str, Any]) -> Location | None:
    if kind != "location":
        return None
    return location(
        content.get("latitude"),
        content.get("longitude"),
        get_text(content, "name"),
        get_text(content, "address"),
    )


def _contact(message: Mapping[str, Any], kind: str) -> ContactCard | None:
    cards = get_list(message, "contacts") if kind == "contacts" else []
    if not cards or not isinstance(cards[0], dict):
        return None
    name = get_object(cards[0], "name") or {}
    phones = [phone for phone in get_list(cards[0], "phones") if isinstance(phone, dict)]
    digits = "".join(
        c for c in (get_text(phones[0], "phone") if phones else "") or "" if c in "0123456789"
    )
    return ContactCard(get_text(name, "formatted_name"), f"+{digits}" if digits else None)


def _choice(kind: str, content: Mapping[str, Any]) -> Choice | None:
    if kind == "button":
        payload = get_text(content, "payload") or get_text(content, "text")
        return Choice(get_text(content, "text"), payload) if payload else None
    if kind != "interactive":
        return None
    pressed = get_object(content, "button_reply") or get_object(content, "list_reply") or {}
    payload = get_id(pressed, "id")
    return Choice(get_text(pressed, "title"), payload) if payload else None


def _name(value: Mapping[str, Any], message: Mapping[str, Any]) -> str | None:
    """Return the profile name of the writer; a batch may hold several writers."""
    writer = {message.get("from"), message.get("from_user_id")} - {None}
    for contact in get_list(value, "contacts"):
        if isinstance(contact, dict) and {contact.get("wa_id"), contact.get("user_id")} & writer:
            return get_text(get_object(contact, "profile") or {}, "name")
    return None


def _reaction(message: Mapping[str, Any], sender: str, ours: str) -> ControlEvent:
    content = get_object(message, "reaction") or {}
    return replace(
        _control(ControlKind.REACTION, message, sender, ours),
        external_id=get_id(content, "message_id"),
        value=get_text(content, "emoji"),
    )


def _control(
    kind: ControlKind, message: Mapping[str, Any], citizen: str | None, ours: str
) -> ControlEvent:
    return ControlEvent(
        kind=kind,
        channel=ChannelName.WHATSAPP_CLOUD,
        account=ours,
        sender=citizen,
        event_id=need_id(message, "id"),
        external_id=need_id(message, "id"),
        occurred_at=instant(message.get("timestamp")),
    )


def _receipt(status: object, _value: Mapping[str, Any], ours: str) -> list[ChannelEvent]:
    if not isinstance(status, dict):
        raise MalformedError("not an object")
    said = _STATUSES.get(get_text(status, "status") or "")
    if said is None:
        return []
    failed = said is DeliveryStatus.FAILED
    errors = [error for error in get_list(status, "errors") if isinstance(error, dict)]
    code = get_id(errors[0], "code") if failed and errors else None
    return [
        DeliveryReceipt(
            channel=ChannelName.WHATSAPP_CLOUD,
            account=ours,
            status=said,
            external_id=need_id(status, "id"),
            reference=get_text(status, "biz_opaque_callback_data"),
            recipient=address(get_id(status, "recipient_id")),
            occurred_at=instant(status.get("timestamp")),
            error_code=code,
            error_class=class_of_report(code or "") if failed else None,
        )
    ]


# What the fields that we subscribe to hold. `smb_message_echoes` comes where the number is also
# used in the WhatsApp Business app (coexistence).
_READERS: Mapping[str, Mapping[str, Callable[..., list[ChannelEvent]]]] = {
    "messages": {"messages": _message, "statuses": _receipt},
    "smb_message_echoes": {"message_echoes": _echo},
}
