"""Facebook Messenger of one page.

Facts: channels.md section 5.
"""

from datetime import datetime, timedelta

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding
from channels.http import MediaFetcher
from channels.message import (
    ChannelEvent,
    ChannelName,
    MediaContent,
    MediaKind,
    MediaRef,
    OutboundPart,
    SendResult,
    WebhookReply,
    WebhookRequest,
)
from channels.meta_admin import check_account, connect_account, page
from channels.meta_events import MetaAccount
from channels.meta_graph import MetaGraph, MetaWebhook
from channels.meta_inbound import read_body
from channels.meta_send import fetch, send_part
from channels.payload import parse_object

_MEGABYTE = 1024 * 1024
_LIMITS = ChannelLimits(
    text_units=2000,
    text_in_utf16=True,
    window=timedelta(hours=24),
    human_window=timedelta(days=7),
    buttons=13,
    button_title=20,
    rate=SendRate(per_s=300, burst=300, media_per_s=10),
    media_bytes=(
        (MediaKind.IMAGE, 25 * _MEGABYTE),
        (MediaKind.VIDEO, 25 * _MEGABYTE),
        (MediaKind.AUDIO, 25 * _MEGABYTE),
        (MediaKind.DOCUMENT, 25 * _MEGABYTE),
    ),
)


class MessengerAdapter:
    """One Facebook page.

    Args:
        page_id: our address; entries of other pages are left out.
        webhook: signature and handshake of the app.
        graph: sends with our token.
        media: fetches attachments.
    """

    def __init__(
        self, page_id: str, webhook: MetaWebhook, graph: MetaGraph, media: MediaFetcher
    ) -> None:
        self._ours = MetaAccount(ChannelName.MESSENGER, "page", page_id)
        self._webhook = webhook
        self._graph = graph
        self._media = media

    @property
    def name(self) -> ChannelName:
        return ChannelName.MESSENGER

    @property
    def account(self) -> str:
        return self._ours.id

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        self._webhook.verify(request)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        return self._webhook.handshake(request)

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        return read_body(parse_object(request.body), self._ours)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply(body="EVENT_RECEIVED")

    def send(self, part: OutboundPart) -> SendResult:
        return send_part(self._graph, part, _LIMITS, metadata=True)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        return fetch(self._media, ref)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        ours = page(self.account)
        return check_account(self._graph, self._webhook, ours, public_base_url, now)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        return connect_account(self._graph, self._webhook, page(self.account), public_base_url)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._graph.close()
