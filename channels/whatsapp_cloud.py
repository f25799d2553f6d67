"""WhatsApp by Meta's Cloud API, without Twilio in between. Facts: channels.md section 6b."""

from datetime import datetime, timedelta
from typing import Any

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding
from channels.errors import MediaError, SendError
from channels.http import MediaFetcher
from channels.message import (
    ChannelEvent,
    ChannelName,
    ErrorClass,
    MediaContent,
    MediaKind,
    MediaRef,
)
from channels.meta_graph import MetaGraph, MetaWebhook, unknown_outcome
from channels.outbound import OutboundMedium, OutboundPart, SendResult
from channels.payload import parse_object
from channels.templates import NO_BUSINESS_ID, ListedTemplate
from channels.webhook import WebhookReply, WebhookRequest
from channels.whatsapp_cloud_admin import CloudNumber, check_number, connect_number
from channels.whatsapp_cloud_inbound import read_body
from channels.whatsapp_cloud_templates import described, list_templates

_MEGABYTE = 1024 * 1024
_BUTTON_BODY = 1024
_LIMITS = ChannelLimits(
    text_units=4096,
    text_in_utf16=True,
    window=timedelta(hours=24),
    buttons=3,
    button_title=20,
    # The limit for one citizen (131056) lets a burst through that is waited for afterwards.
    rate=SendRate(per_s=80, burst=80, recipient_per_s=1 / 6, recipient_burst=10),
    media_bytes=(
        (MediaKind.IMAGE, 5 * _MEGABYTE),
        (MediaKind.VIDEO, 16 * _MEGABYTE),
        (MediaKind.AUDIO, 16 * _MEGABYTE),
        (MediaKind.DOCUMENT, 100 * _MEGABYTE),
    ),
)


class WhatsAppCloudAdapter:
    """One business number.

    Args:
        phone_number_id: Meta's id of our number.
        webhook: signature and handshake of the app.
        graph: sends with the business token.
        media: fetches attachments.
        business_id: of the WhatsApp Business account, which holds the templates; None: unknown.
    """

    def __init__(
        self,
        phone_number_id: str,
        webhook: MetaWebhook,
        graph: MetaGraph,
        media: MediaFetcher,
        business_id: str | None = None,
    ) -> None:
        self._phone_number_id = phone_number_id
        self._webhook = webhook
        self._graph = graph
        self._media = media
        self._business_id = business_id

    @property
    def name(self) -> ChannelName:
        return ChannelName.WHATSAPP_CLOUD

    @property
    def account(self) -> str:
        return self._phone_number_id

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        self._webhook.verify(request)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        return self._webhook.handshake(request)

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        return read_body(parse_object(request.body), self._phone_number_id)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply(body="EVENT_RECEIVED")

    def send(self, part: OutboundPart) -> SendResult:
        # A business-scoped id goes into a field of its own (to be checked on a real account).
        addressed = "to" if part.recipient.startswith("+") else "recipient"
        fields: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "biz_opaque_callback_data": part.reference,
            addressed: part.recipient.lstrip("+"),
            **_content(part),
        }
        if part.reply_to:
            fields["context"] = {"message_id": part.reply_to}
        answer = self._graph.post(f"{self._phone_number_id}/messages", fields)
        try:
            message_id = answer["messages"][0]["id"]
        except (LookupError, TypeError):
            raise unknown_outcome() from None
        if not isinstance(message_id, str) or not message_id:
            raise unknown_outcome()
        return SendResult(external_id=message_id)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        if not (ref.source.isascii() and ref.source.isalnum()):
            raise MediaError("refused", "not a media id", retryable=False)
        try:
            url = self._graph.get(ref.source).get("url")
        except SendError as error:
            gone = error.error_class in (ErrorClass.PERMANENT, ErrorClass.CONFIG)
            reason = "expired" if gone else "unavailable"
            raise MediaError(reason, "Meta did not name the file", retryable=not gone) from None
        if not isinstance(url, str):
            raise MediaError("unavailable", "Meta named no address", retryable=True)
        content = self._media.fetch(url, headers=self._graph.bearer())
        return MediaContent(content.content, ref.mime or content.mime, ref.filename)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        number = CloudNumber(self._phone_number_id, self._business_id)
        return check_number(self._graph, self._webhook, number, public_base_url, now)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        number = CloudNumber(self._phone_number_id, self._business_id)
        return connect_number(self._graph, self._webhook, number, public_base_url)

    def templates(self) -> tuple[ListedTemplate, ...]:
        if self._business_id is None:
            raise SendError(ErrorClass.CONFIG, NO_BUSINESS_ID, "no account to ask")
        return list_templates(self._graph, self._business_id)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._graph.close()


def _content(part: OutboundPart) -> dict[str, Any]:
    if part.template is not None:
        return {"type": "template", "template": described(part.template)}
    if part.medium is not None:
        return _medium(part.medium, part.text)
    if not part.text:
        raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
    if part.location_request:
        action: dict[str, Any] = {"name": "send_location"}
        return _interactive("location_request_message", part.text, action)
    if part.buttons and len(part.text) <= _BUTTON_BODY:
        replies = [
            {"type": "reply", "reply": {"id": b.payload, "title": b.title[: _LIMITS.button_title]}}
            for b in part.buttons[: _LIMITS.buttons]
        ]
        return _interactive("button", part.text, {"buttons": replies})
    return {"type": "text", "text": {"body": part.text, "preview_url": False}}


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "interactive",
        "interactive": {"type": kind, "body": {"text": text}, "action": action},
    }


def _medium(medium: OutboundMedium, caption: str | None) -> dict[str, Any]:
    if not medium.url:
        raise SendError(ErrorClass.PERMANENT, "no-url", "Meta fetches media by address")
    kinds = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio"}
    kind = kinds.get(medium.kind, "document")
    content = {"link": medium.url}
    if caption and kind != "audio":
        content["caption"] = caption
    if kind == "document":
        content["filename"] = medium.filename
    return {"type": kind, kind: content}
