"""X's list of direct messages, read as the webhooks that should have told us of them.

X drops a webhook after a few tries; its list goes back thirty days and may be asked fifteen times
in a quarter of an hour. Posts that name us are not in it. To be checked on a real account: that an
event's id is the one in the webhook, and that its text is escaped as there.

Source: docs.x.com, GET /2/dm_events (read November 2026).
"""

import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.admin import PastMessage, PastPage
from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus
from channels.payload import get_id, get_text, spared
from channels.webhook import WebhookRequest

WEBHOOK_PATH = "/webhooks/x"


def past_page(
    answer: Mapping[str, Any], account: str, since: datetime, until: datetime
) -> PastPage:
    """Return what others wrote to our account among the events of one answer, newest first."""
    events = _rows(answer, "data")
    media = {str(one.get("media_key")): one for one in _rows(_object(answer, "includes"), "media")}
    found = [
        past
        for event in events
        if (past := _past(event, account, media)) and since <= past.sent_at <= until
    ]
    oldest = _instant(events[-1]) if events else None
    finished = not events or (oldest is not None and oldest < since)
    return PastPage(found, None if finished else _text(_object(answer, "meta"), "next_token"))


def as_webhook(message: PastMessage, account: str) -> WebhookRequest:
    """Return the request that would have told us of a message."""
    event = json.loads(dict(message.fields)["event"])
    body = {"for_user_id": account, "direct_message_events": [event]}
    headers = {"content-type": "application/json"}
    return WebhookRequest("POST", WEBHOOK_PATH, headers, json.dumps(body).encode())


def sent_like(
    answer: Mapping[str, Any], account: str, text: str, since: datetime, until: datetime
) -> tuple[DeliveryReceipt, ...]:
    """Return what our account wrote that says the same, oldest first."""
    fitting = [
        (at, event_id)
        for event in _rows(answer, "data")
        if _id(event, "sender_id") == account
        and html.unescape(_text(event, "text") or "").strip() == text.strip()
        and (at := _instant(event))
        and since <= at <= until
        and (event_id := _id(event, "id"))
    ]
    return tuple(
        DeliveryReceipt(ChannelName.X, account, DeliveryStatus.SENT, external_id=event_id)
        for _, event_id in sorted(fitting)
    )


def _past(
    event: Mapping[str, Any], account: str, media: Mapping[str, Mapping[str, Any]]
) -> PastMessage | None:
    """Return a private message to us; None for our own, for groups and for who came or left."""
    event_id, sender, at = _id(event, "id"), _id(event, "sender_id"), _instant(event)
    if event_id is None or at is None or sender is None or sender == account:
        return None
    pair = set((_text(event, "dm_conversation_id") or "").split("-"))
    if event.get("event_type") != "MessageCreate" or pair != {sender, account}:
        return None
    data: dict[str, Any] = {
        "text": _text(event, "text") or "",
        "entities": {"urls": _rows(_object(event, "entities"), "urls")},
    }
    keys = _object(event, "attachments").get("media_keys")
    attached = [media.get(str(key), {}) for key in keys] if isinstance(keys, list) else []
    if attached:  # a private message carries at most one
        data["attachment"] = {"type": "media", "media": _medium(attached[0])}
    told = {
        "type": "message_create",
        "id": event_id,
        "created_timestamp": str(int(at.timestamp() * 1000)),
        "message_create": {
            "target": {"recipient_id": account},
            "sender_id": sender,
            "message_data": data,
        },
    }
    scope = f"{ChannelName.X}:{account}"
    return PastMessage(event_id, at, scope, (("event", json.dumps(told)),), len(attached))


def _medium(medium: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a medium as a webhook tells of it; None without an address: it cannot be fetched."""
    variants = [{**one, "bitrate": one.get("bit_rate")} for one in _rows(medium, "variants")]
    address = _text(medium, "url") or _text(medium, "preview_image_url")
    if address is None:
        return None
    return {
        "type": medium.get("type"),
        "media_url_https": address,
        "video_info": {"variants": variants},
    }


def _instant(event: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(_text(event, "created_at") or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def _id(event: Mapping[str, Any], key: str) -> str | None:
    return spared(lambda: get_id(event, key), None)


def _text(event: Mapping[str, Any], key: str) -> str | None:
    return spared(lambda: get_text(event, key), None)


def _object(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def _rows(source: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = source.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
