"""Reading X's account activity: direct messages, mentions, what was read.

A mention is public, and nothing of a complaint may be asked or answered there: it becomes a
message marked `public` whose conversation is the sender's direct messages.

Source: developer.x.com, Account Activity API, data objects (read November 2026).
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
    Location,
)
from channels.payload import (
    MalformedError,
    get_id,
    get_list,
    get_object,
    get_text,
    guarded,
    instant,
    is_blank,
    location,
    need_id,
)
from channels.x_media import media_of, without_media_links

_CREATED_AT = "%a %b %d %H:%M:%S %z %Y"


@dataclass(frozen=True, slots=True)
class _Activity:
    """What one request holds beside its events: whose account it is and who the users are."""

    account: str
    users: Mapping[str, Any]

    def name_of(self, user_id: str) -> str | None:
        user = self.users.get(user_id)
        return get_text(user, "name") if isinstance(user, dict) else None


def read_body(body: Mapping[str, Any], account: str) -> list[ChannelEvent]:
    """Return every event of a request that concerns our account.

    Likes, follows, typing and our own posts give nothing.

    Args:
        body: the JSON object.
        account: our user id; activity of another account gives nothing.
    """
    if body.get("for_user_id") != account:
        return []
    users = body.get("users")
    activity = _Activity(account, users if isinstance(users, dict) else {})
    readers: tuple[tuple[str, Callable[[_Activity, dict[str, Any]], list[ChannelEvent]]], ...] = (
        ("direct_message_events", _direct_message),
        ("tweet_create_events", _mention),
        ("direct_message_mark_read_events", _read),
    )
    return [event for key, reader in readers for event in _each(body, key, activity, reader)]


def _each(
    body: Mapping[str, Any],
    key: str,
    activity: _Activity,
    reader: Callable[[_Activity, dict[str, Any]], list[ChannelEvent]],
) -> list[ChannelEvent]:
    rows = body.get(key)
    if rows is None:
        return []

    def read_row(row: object) -> list[ChannelEvent]:
        if not isinstance(row, dict):
            raise MalformedError("the event is not an object")
        return reader(activity, row)

    if not isinstance(rows, list):
        return guarded(key, lambda: read_row(None))
    found: list[ChannelEvent] = []
    for number, row in enumerate(rows):
        found += guarded(f"{key}[{number}]", lambda row=row: read_row(row))  # type: ignore[misc] # a bound default
    return found


def _direct_message(activity: _Activity, event: dict[str, Any]) -> list[ChannelEvent]:
    if event.get("type") != "message_create":
        return []
    content = get_object(event, "message_create") or {}
    sender = need_id(content, "sender_id")
    recipient = need_id(get_object(content, "target") or {}, "recipient_id")
    if activity.account not in (sender, recipient):
        return []
    if sender != activity.account:
        return [_private(activity, event, content, sender)]
    message = _private(activity, event, content, recipient)
    # X has no room for our reference: our own words are known by the id that the send returned.
    return [
        ControlEvent(
            kind=ControlKind.ECHO,
            channel=ChannelName.X,
            account=activity.account,
            sender=recipient,
            event_id=f"echo:{message.external_id}",
            external_id=message.external_id,
            occurred_at=message.sent_at,
            message=message,
        )
    ]


def _private(
    activity: _Activity, event: dict[str, Any], content: dict[str, Any], citizen: str
) -> InboundMessage:
    data = get_object(content, "message_data") or {}
    attachment = get_object(data, "attachment") or {}
    held = get_object(attachment, "media") if attachment.get("type") == "media" else None
    media = media_of([held] if held else [])
    pin = _shared_place(attachment)
    text = _written(data, get_text(data, "text"))
    unsupported = bool(attachment) and not (media or pin)
    return InboundMessage(
        channel=ChannelName.X,
        account=activity.account,
        external_id=need_id(event, "id"),
        sender=citizen,
        text=text,
        sender_name=activity.name_of(citizen),
        sent_at=instant(event.get("created_timestamp")),
        media=media,
        location=pin,
        choice=_choice(data, text),
        unsupported=unsupported,
        blank=is_blank(text) and not (media or pin or unsupported),
    )


def _mention(activity: _Activity, post: dict[str, Any]) -> list[ChannelEvent]:
    author = get_object(post, "user") or {}
    sender = get_id(author, "id_str") or need_id(author, "id")
    if sender == activity.account or isinstance(post.get("retweeted_status"), dict):
        return []
    longer = get_object(post, "extended_tweet") or {}
    if not _names_us(activity.account, post, longer):
        return []
    files = get_object(longer, "extended_entities") or get_object(post, "extended_entities") or {}
    text = get_text(longer, "full_text") or get_text(post, "text")
    pin = _point(get_object(post, "coordinates"))
    media = media_of(get_list(files, "media"))
    return [
        InboundMessage(
            channel=ChannelName.X,
            account=activity.account,
            external_id=get_id(post, "id_str") or need_id(post, "id"),
            sender=sender,
            text=_written(longer or post, text),
            dedup_scope=f"x:{activity.account}:posts",
            sender_name=get_text(author, "name"),
            sent_at=instant(post.get("timestamp_ms")) or _created_at(post),
            media=media,
            location=pin,
            reply_to=get_id(post, "in_reply_to_status_id_str"),
            blank=is_blank(text) and not (media or pin),
            public=True,
        )
    ]


def _read(activity: _Activity, event: dict[str, Any]) -> list[ChannelEvent]:
    reader = need_id(event, "sender_id")
    read_at = instant(event.get("created_timestamp"))
    if reader == activity.account or read_at is None:
        return []
    return [
        DeliveryReceipt(
            channel=ChannelName.X,
            account=activity.account,
            status=DeliveryStatus.READ,
            recipient=reader,
            watermark=read_at,
            occurred_at=read_at,
        )
    ]


def _written(source: Mapping[str, Any], text: str | None) -> str | None:
    """Return what the person wrote: X adds a link for each attachment and escapes <, > and &."""
    if text is None:
        return None
    return html.unescape(without_media_links(source, text)) or None


def _names_us(account: str, post: Mapping[str, Any], longer: Mapping[str, Any]) -> bool:
    if post.get("in_reply_to_user_id_str") == account:
        return True
    entities = get_object(longer, "entities") or get_object(post, "entities") or {}
    named = [one for one in get_list(entities, "user_mentions") if isinstance(one, dict)]
    return any(get_id(one, "id_str") == account for one in named)


def _choice(data: Mapping[str, Any], title: str | None) -> Choice | None:
    pressed = get_object(data, "quick_reply_response")
    payload = get_text(pressed, "metadata") if pressed else None
    return Choice(title, payload) if payload else None


def _shared_place(attachment: Mapping[str, Any]) -> Location | None:
    place = get_object(attachment, "location") or {}
    shared = get_object(place, "shared_coordinate") or {}
    return _point(get_object(shared, "coordinates"))


def _point(geometry: Mapping[str, Any] | None) -> Location | None:
    """Return a GeoJSON point; its order is longitude, latitude."""
    pair = get_list(geometry, "coordinates") if geometry else []
    return location(pair[1], pair[0]) if len(pair) == 2 else None


def _created_at(post: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.strptime(str(post.get("created_at")), _CREATED_AT).astimezone(UTC)
    except ValueError:
        return None
