"""The message of Meta's Send API, alike for Messenger and Instagram."""

from collections.abc import Mapping
from typing import Any

from channels.adapter import ChannelLimits
from channels.emphasis import without_emphasis
from channels.errors import MediaError, SendError
from channels.http import MediaFetcher
from channels.message import ErrorClass, MediaContent, MediaKind, MediaRef
from channels.meta_graph import MetaGraph, unknown_outcome
from channels.outbound import OutboundMedium, OutboundPart, SendResult

_TYPES: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
}


def send_part(
    graph: MetaGraph, part: OutboundPart, limits: ChannelLimits, *, metadata: bool
) -> SendResult:
    """Send a text or an attachment.

    Args:
        graph: with the token of our account.
        part: text or medium; Meta has no captions, so not both.
        limits: how many quick replies fit, and how long they are.
        metadata: whether the platform repeats our reference in its echo.

    Raises:
        SendError: it was not taken, or nobody knows.
    """
    upload = part.medium if part.medium is not None and part.medium.content is not None else None
    message = _message(part, limits)
    if metadata:
        message["metadata"] = part.reference
    fields: dict[str, Any] = {"recipient": {"id": part.recipient}, "message": message}
    if part.human_agent:
        fields |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    else:
        fields["messaging_type"] = "RESPONSE"
    message_id = graph.post("me/messages", fields, upload).get("message_id")
    if not isinstance(message_id, str) or not message_id:
        raise unknown_outcome()
    return SendResult(external_id=message_id)


def fetch(media: MediaFetcher, ref: MediaRef) -> MediaContent:
    """Download an attachment; its address is signed, so no token travels with the call.

    Raises:
        MediaError: it did not come, or it is a link to somebody's page.
    """
    if ref.kind is MediaKind.LINK or not ref.fetchable:
        raise MediaError("refused", "a link, not a file", retryable=False)
    return media.fetch(ref.source)


def _message(part: OutboundPart, limits: ChannelLimits) -> dict[str, Any]:
    if part.medium is not None and part.text:
        raise SendError(ErrorClass.PERMANENT, "caption", "Meta knows no captions")
    if part.medium is not None:
        return {"attachment": _attachment(part.medium)}
    if not part.text:
        raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
    message: dict[str, Any] = {"text": without_emphasis(part.text)}
    replies = [
        {"content_type": "text", "title": b.title[: limits.button_title], "payload": b.payload}
        for b in part.buttons[: limits.buttons]
    ]
    if replies:
        message["quick_replies"] = replies
    return message


def _attachment(medium: OutboundMedium) -> dict[str, Any]:
    payload = {} if medium.content is not None else {"url": medium.url}
    if medium.content is None and not medium.url:
        raise SendError(ErrorClass.PERMANENT, "empty", "the attachment has no content")
    return {"type": _TYPES.get(medium.kind, "file"), "payload": payload}
