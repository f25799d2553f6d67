"""Meta's Conversations API, read as the webhooks that should have told us of its messages.

Meta repeats a webhook for 36 hours; after a longer outage, or once it has switched the subscription
off, what was written stands only here. A record lacks what a webhook has besides: buttons, pins,
quotes. Calls are limited to two a second (channels.md section 5); a throttled run is resumed.

To be checked on a real account: that a record's id is the webhook's `mid` (the documentation's
examples look alike; a difference is caught where records are kept), that conversations come newest
first, and that only the latest twenty messages of each can be read.

Source: developers.facebook.com, Conversations API for Messenger and Instagram (read November 2026).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from channels.admin import PastMessage, PastPage
from channels.emphasis import without_emphasis
from channels.errors import SendError
from channels.message import DeliveryReceipt, DeliveryStatus, ErrorClass
from channels.meta_events import MetaAccount
from channels.meta_graph import MetaGraph
from channels.outbound import OutboundPart
from channels.payload import get_id, get_text, spared
from channels.webhook import WebhookRequest

WEBHOOK_PATH = "/webhooks/meta"
_MESSAGE = (
    "id,created_time,from,to,message,sticker,shares{link},"
    "attachments{mime_type,image_data,video_data,file_url}"
)
_CONVERSATION = f"updated_time,messages.limit(20){{{_MESSAGE}}}"
_PER_PAGE = "20"
# Of one conversation in one call: a hundred messages since the last look.
_MOST_STEPS = 5
_SECOND_S = 1000


def past_page(
    graph: MetaGraph, ours: MetaAccount, since: datetime, until: datetime, page: str | None
) -> PastPage:
    """Return what citizens wrote to our account, one page of conversations at a time.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    answer = _conversations(graph, ours, {} if page is None else {"after": page})
    conversations = _rows(answer)
    found = [
        past
        for conversation in conversations
        for record in _records(graph, conversation, since)
        if (past := _past(record, ours)) and since <= past.sent_at <= until
    ]
    found.sort(key=lambda past: past.sent_at, reverse=True)
    oldest = _instant(conversations[-1], "updated_time") if conversations else None
    finished = not conversations or (oldest is not None and oldest < since)
    return PastPage(found, None if finished else _next(answer))


def as_webhook(message: PastMessage, ours: MetaAccount) -> WebhookRequest:
    """Return the request that would have told us of a message."""
    event = json.loads(dict(message.fields)["event"])
    body = {"object": ours.kind, "entry": [{"id": ours.id, "messaging": [event]}]}
    headers = {"content-type": "application/json"}
    return WebhookRequest("POST", WEBHOOK_PATH, headers, json.dumps(body).encode())


def sent_like(
    graph: MetaGraph, ours: MetaAccount, part: OutboundPart, since: datetime, until: datetime
) -> tuple[DeliveryReceipt, ...]:
    """Return what our account wrote to the recipient of a part that says the same; oldest first.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    words = without_emphasis(part.text or "").strip()
    attachments = 0 if part.medium is None else 1
    fitting: list[tuple[datetime, str]] = []
    for conversation in _rows(_conversations(graph, ours, {"user_id": part.recipient})):
        for record in _records(graph, conversation, since):
            at, mid = _instant(record, "created_time"), _id(record)
            said = (_text(record, "message") or "").strip(), len(_attached(record))
            ours_then = at is not None and since <= at <= until and _author(record) == ours.id
            if at and mid and ours_then and said == (words, attachments):
                fitting.append((at, mid))
    return tuple(
        DeliveryReceipt(part.channel, part.account, DeliveryStatus.SENT, external_id=mid)
        for _, mid in sorted(fitting)
    )


def _conversations(graph: MetaGraph, ours: MetaAccount, which: Mapping[str, str]) -> dict[str, Any]:
    wanted = {"platform": ours.channel.value, "fields": _CONVERSATION, "limit": _PER_PAGE}
    return graph.get("me/conversations", {**wanted, **which})


def _records(
    graph: MetaGraph, conversation: Mapping[str, Any], since: datetime
) -> Iterator[Mapping[str, Any]]:
    """Yield the messages of a conversation, newest first, until they are older than `since`."""
    listing = conversation.get("messages")
    for _ in range(_MOST_STEPS):
        records, following = _rows(listing), _next(listing)
        yield from records
        oldest = _instant(records[-1], "created_time") if records else None
        if following is None or oldest is None or oldest < since:
            return
        listing = _older(graph, _id(conversation) or "", following)


def _older(graph: MetaGraph, conversation_id: str, after: str) -> dict[str, Any]:
    fields = {"fields": _MESSAGE, "limit": _PER_PAGE, "after": after}
    try:
        return graph.get(f"{quote(conversation_id, safe='')}/messages", fields)
    except SendError as error:
        if error.error_class is not ErrorClass.PERMANENT:
            raise
        return {}  # beyond the latest twenty, which is all that Meta tells of


def _past(record: Mapping[str, Any], ours: MetaAccount) -> PastMessage | None:
    """Return a record that a citizen wrote to us; None for our own and unreadable ones.

    Its recipient is asked too: were our account called otherwise here, our own words would pass
    for a citizen's.
    """
    mid, at, citizen = _id(record), _instant(record, "created_time"), _author(record)
    to = [_id(one) for one in _rows(record.get("to"))]
    if mid is None or at is None or citizen is None or citizen == ours.id or ours.id not in to:
        return None
    message: dict[str, Any] = {"mid": mid}
    if text := _text(record, "message"):
        message["text"] = text
    if attached := _attached(record):
        message["attachments"] = attached
    event = {
        "sender": {"id": citizen},
        "recipient": {"id": ours.id},
        "timestamp": int(at.timestamp()) * _SECOND_S,
        "message": message,
    }
    scope = f"{ours.channel}:{ours.id}"
    return PastMessage(mid, at, scope, (("event", json.dumps(event)),))


def _attached(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attachments as a webhook would name them."""
    found = [_file(one) for one in _rows(record.get("attachments"))]
    if sticker := _text(record, "sticker"):
        found.append(_attachment("sticker", sticker))
    links = [_text(one, "link") for one in _rows(record.get("shares"))]
    return found + [_attachment("fallback", link) for link in links if link]


def _file(attachment: Mapping[str, Any]) -> dict[str, Any]:
    for key, kind in (("image_data", "image"), ("video_data", "video")):
        if held := _object(attachment, key):
            return _attachment(kind, _text(held, "url"))
    mime = _text(attachment, "mime_type") or ""
    kind = next((kind for kind in ("audio", "video", "image") if mime.startswith(kind)), "file")
    return _attachment(kind, _text(attachment, "file_url"))


def _attachment(kind: str, url: str | None) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": url} if url else {}}


def _author(record: Mapping[str, Any]) -> str | None:
    return _id(_object(record, "from"))


def _object(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _id(record: Mapping[str, Any]) -> str | None:
    return spared(lambda: get_id(record, "id"), None)


def _text(record: Mapping[str, Any], key: str) -> str | None:
    return spared(lambda: get_text(record, key), None)


def _instant(record: Mapping[str, Any], key: str) -> datetime | None:
    """Return a time as Graph writes it, ``2026-11-20T01:15:00+0000``."""
    try:
        at = datetime.fromisoformat(_text(record, key) or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def _rows(listing: object) -> list[Mapping[str, Any]]:
    rows = listing.get("data") if isinstance(listing, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _next(listing: object) -> str | None:
    """Return where the next page begins; None on the last one."""
    paging = _object(listing, "paging") if isinstance(listing, dict) else {}
    return _text(_object(paging, "cursors"), "after") if paging.get("next") else None
