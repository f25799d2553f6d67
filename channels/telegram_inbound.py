"""Reading Telegram updates. Own checks of the few fields we need, no `Update.de_json`.

python-telegram-bot raises on some damage and lets other damage pass (channels.md section 7).
Facts: core.telegram.org/bots/api; channels.md section 4.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.errors import PayloadError
from channels.message import (
    ChannelEvent,
    ChannelName,
    ContactCard,
    ControlEvent,
    ControlKind,
    InboundMessage,
)
from channels.payload import (
    MalformedError,
    get_id,
    get_int,
    get_list,
    get_object,
    get_text,
    guarded,
    instant,
    is_blank,
    need_id,
    spared,
)
from channels.telegram_location import live_point, pin
from channels.telegram_media import attachments

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
_SENTENCE = 3  # words; "/lapor jalan rusak parah" tells something, "/status 26-00421-3" asks
# Notices that Telegram writes into a private chat; no citizen said anything.
_SERVICE_NOTICES = frozenset(
    {"pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"}
    | {"connected_website", "chat_background_set", "boost_added"}
)


def read_update(update: Mapping[str, Any], account: str) -> list[ChannelEvent]:
    """Return the events of one update; empty for kinds of update that are none of ours.

    Args:
        update: the parsed body.
        account: our bot's id.

    Raises:
        PayloadError: no update id, so no update.
    """
    update_id = get_int(update, "update_id")
    if update_id is None:
        raise PayloadError("no update_id")
    kind = next((kind for kind in _READERS if kind in update), "")
    read = _READERS.get(kind)
    if read is None:
        return []
    return guarded(kind, lambda: read(_object(update, kind), account, update_id))


def _message(source: Mapping[str, Any], account: str, _update_id: int) -> list[ChannelEvent]:
    chat_id = _private_chat(source)
    if chat_id is None or not _SERVICE_NOTICES.isdisjoint(source):
        return []
    message = _content(source, account, chat_id)
    command = _order(source)
    return [_command(command, message) if command else message]


def _edit(source: Mapping[str, Any], account: str, _update_id: int) -> list[ChannelEvent]:
    chat_id = _private_chat(source)
    if chat_id is None:
        return []
    message = _content(source, account, chat_id)
    if _order(source):
        return []
    edited_at = instant(source.get("edit_date"))
    return [
        ControlEvent(
            kind=ControlKind.EDITED,
            channel=ChannelName.TELEGRAM,
            account=account,
            sender=chat_id,
            event_id=f"{chat_id}:{message.external_id}:{get_int(source, 'edit_date')}"[:200],
            external_id=message.external_id,
            occurred_at=edited_at,
            sender_name=message.sender_name,
            message=message,
        )
    ]


def _order(source: Mapping[str, Any]) -> re.Match[str] | None:
    """Return the command that a text is; a sentence behind it, or a caption, is a message."""
    command = _COMMAND.fullmatch(get_text(source, "text") or "")
    if command is None or len((command.group(2) or "").split()) >= _SENTENCE:
        return None
    return command


def _command(command: re.Match[str], message: InboundMessage) -> ControlEvent:
    word, argument = command.group(1), (command.group(2) or "").strip()
    start = word.lower() == "start"
    return ControlEvent(
        kind=ControlKind.START if start else ControlKind.COMMAND,
        channel=ChannelName.TELEGRAM,
        account=message.account,
        sender=message.sender,
        event_id=f"{message.sender}:{message.external_id}",
        external_id=message.external_id,
        occurred_at=message.sent_at,
        value=(argument or None) if start else f"{word.lower()} {argument}".strip(),
        sender_name=message.sender_name,
        message=message,
    )


def _content(source: Mapping[str, Any], account: str, chat_id: str) -> InboundMessage:
    text = get_text(source, "text") or get_text(source, "caption")
    media = attachments(source)
    place = pin(source)
    contact = spared(lambda: _contact(source), None)
    shown = bool(media or place or contact)
    # Paid media are announced and never handed over, with or without a caption.
    unsupported = "paid_media" in source or not (text or shown or "text" in source)
    return InboundMessage(
        channel=ChannelName.TELEGRAM,
        account=account,
        external_id=need_id(source, "message_id"),
        sender=chat_id,
        text=text,
        dedup_scope=f"telegram:{account}:{chat_id}",
        sender_name=_name(source.get("from")) or _name(source.get("chat")),
        sent_at=instant(source.get("date")),
        media=media,
        location=place,
        live=live_point(source) if place else None,
        contact=contact,
        group_key=spared(lambda: get_id(source, "media_group_id"), None),
        reply_to=spared(lambda: _answered(source), None),
        forwarded="forward_origin" in source or "forward_date" in source,
        unsupported=unsupported,
        blank=is_blank(text) and not (shown or unsupported),
    )


def _answered(source: Mapping[str, Any]) -> str | None:
    """Return the message of this chat that is answered; one of another chat comes elsewhere."""
    reply = get_object(source, "reply_to_message")
    return get_id(reply, "message_id") if reply else None


def _private_chat(source: Mapping[str, Any]) -> str | None:
    """Return the chat's id, or None for a group or channel, which are not ours to answer."""
    chat = _object(source, "chat")
    if get_text(chat, "type") != "private":
        return None
    return need_id(chat, "id")


def _button(source: Mapping[str, Any], account: str, _update_id: int) -> list[ChannelEvent]:
    below = get_object(source, "message")
    if below is not None and _private_chat(below) is None:
        return []
    presser = _object(source, "from")
    payload = get_text(source, "data")
    if payload is None:
        return []
    return [
        ControlEvent(
            kind=ControlKind.BUTTON,
            channel=ChannelName.TELEGRAM,
            account=account,
            sender=need_id(presser, "id"),
            event_id=need_id(source, "id"),
            external_id=get_id(below, "message_id") if below else None,
            value=payload,
            sender_name=_name(presser),
        )
    ]


def _membership(source: Mapping[str, Any], account: str, update_id: int) -> list[ChannelEvent]:
    chat_id = _private_chat(source)
    status = get_text(_object(source, "new_chat_member"), "status")
    kinds = {"kicked": ControlKind.BLOCKED, "member": ControlKind.UNBLOCKED}
    if chat_id is None or status not in kinds:
        return []
    return [
        ControlEvent(
            kind=kinds[status],
            channel=ChannelName.TELEGRAM,
            account=account,
            sender=chat_id,
            event_id=str(update_id),
            occurred_at=instant(source.get("date")),
        )
    ]


def _reaction(source: Mapping[str, Any], account: str, update_id: int) -> list[ChannelEvent]:
    chat_id = _private_chat(source)
    if chat_id is None:
        return []
    emojis = [
        emoji
        for reaction in get_list(source, "new_reaction")
        if isinstance(reaction, dict) and (emoji := get_text(reaction, "emoji"))
    ]
    return [
        ControlEvent(
            kind=ControlKind.REACTION,
            channel=ChannelName.TELEGRAM,
            account=account,
            sender=chat_id,
            event_id=str(update_id),
            external_id=need_id(source, "message_id"),
            occurred_at=instant(source.get("date")),
            value=emojis[0] if emojis else None,
        )
    ]


def _contact(source: Mapping[str, Any]) -> ContactCard | None:
    card = get_object(source, "contact")
    if card is None:
        return None
    digits = "".join(c for c in get_text(card, "phone_number") or "" if c.isascii() and c.isdigit())
    owner, author = get_id(card, "user_id"), get_object(source, "from") or {}
    return ContactCard(
        name=_name(card),
        phone=f"+{digits}" if digits else None,
        is_sender=owner is not None and owner == get_id(author, "id"),
    )


def _name(person: object) -> str | None:
    """Return first and last name; a damaged name never costs the message."""
    if not isinstance(person, dict):
        return None
    try:
        names = (get_text(person, "first_name"), get_text(person, "last_name"))
    except MalformedError:
        return None
    return " ".join(name.strip() for name in names if name).strip() or None


def _object(source: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = get_object(source, key)
    if value is None:
        raise MalformedError(f"{key} is missing")
    return value


# In the order of how often they come.
_READERS: Mapping[str, Callable[[Mapping[str, Any], str, int], list[ChannelEvent]]] = {
    "message": _message,
    "edited_message": _edit,
    "callback_query": _button,
    "my_chat_member": _membership,
    "message_reaction": _reaction,
}
