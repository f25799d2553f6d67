"""Reading LINE's events: messages, buttons, who came, left or unsent.

Sources: as in line.py.
"""

from collections.abc import Mapping
from typing import Any

from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    InboundMessage,
    MediaKind,
    MediaRef,
)
from channels.payload import (
    MalformedError,
    get_id,
    get_int,
    get_object,
    get_text,
    instant,
    is_blank,
    location,
    need_id,
)

_FILES = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.DOCUMENT,
}


def read_event(event: object, bot: str) -> list[ChannelEvent]:
    """Return what one event of a webhook says.

    Groups, rooms, standby and what is no matter of ours give nothing.

    Args:
        event: as it stands in `events`.
        bot: our account.

    Raises:
        MalformedError: it is damaged.
    """
    if not isinstance(event, dict):
        raise MalformedError("the event is not an object")
    source = get_object(event, "source") or {}
    if source.get("type") != "user" or event.get("mode") == "standby":
        return []
    sender = need_id(source, "userId")
    if event.get("type") == "message":
        return [_message(event, bot, sender)]
    kind, value, external_id = _control(event)
    if kind is None:
        return []
    return [
        ControlEvent(
            kind=kind,
            channel=ChannelName.LINE,
            account=bot,
            sender=sender,
            event_id=get_id(event, "webhookEventId"),
            external_id=external_id,
            occurred_at=instant(event.get("timestamp")),
            value=value,
        )
    ]


def _control(event: Mapping[str, Any]) -> tuple[ControlKind | None, str | None, str | None]:
    match event.get("type"):
        case "follow":
            back = (get_object(event, "follow") or {}).get("isUnblocked") is True
            return ControlKind.UNBLOCKED if back else ControlKind.START, None, None
        case "unfollow":
            return ControlKind.BLOCKED, None, None
        case "postback":
            return ControlKind.BUTTON, get_text(get_object(event, "postback") or {}, "data"), None
        case "unsend":
            unsent = get_object(event, "unsend") or {}
            return ControlKind.WITHDRAWN, None, need_id(unsent, "messageId")
    return None, None, None


def _message(event: Mapping[str, Any], bot: str, sender: str) -> InboundMessage:
    message = get_object(event, "message") or {}
    kind, external_id = message.get("type"), need_id(message, "id")
    text = get_text(message, "text") if kind == "text" else None
    media = _media(message, external_id)
    pin = None
    if kind == "location":
        words = get_text(message, "title"), get_text(message, "address")
        pin = location(message.get("latitude"), message.get("longitude"), *words)
    album = get_object(message, "imageSet")
    return InboundMessage(
        channel=ChannelName.LINE,
        account=bot,
        external_id=external_id,
        dedup_scope=f"{ChannelName.LINE}:{bot}",
        sender=sender,
        text=text,
        sent_at=instant(event.get("timestamp")),
        media=media,
        location=pin,
        group_key=get_id(album, "id") if album else None,
        reply_to=get_id(message, "quotedMessageId"),
        unsupported=not (text or media or pin) and kind != "text",
        blank=kind == "text" and is_blank(text),
    )


def _media(message: Mapping[str, Any], message_id: str) -> tuple[MediaRef, ...]:
    if message.get("type") == "sticker":
        sticker = get_id(message, "stickerId") or message_id
        return (MediaRef(MediaKind.STICKER, sticker, fetchable=False),)
    kind = _FILES.get(str(message.get("type")))
    if kind is None:
        return ()
    # Content of another provider lies behind an address that a stranger's app chose.
    here = (get_object(message, "contentProvider") or {}).get("type") != "external"
    name, size = get_text(message, "fileName"), get_int(message, "fileSize")
    return (MediaRef(kind, message_id, filename=name, size_bytes=size, fetchable=here),)
