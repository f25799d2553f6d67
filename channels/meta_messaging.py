"""Direct messages of one Facebook page (Messenger) or one Instagram professional account.

One class, two instances: the platforms differ in limits, in the name of the webhook's object and in
what an echo repeats. Facts: channels.md sections 5 and 6.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding, FreshToken, PastMessage, PastPage
from channels.http import MediaFetcher
from channels.message import (
    ChannelEvent,
    ChannelName,
    DeliveryReceipt,
    MediaContent,
    MediaKind,
    MediaRef,
)
from channels.meta_admin import check_account, connect_account, instagram, page, renewed
from channels.meta_events import MetaAccount
from channels.meta_graph import MetaGraph, MetaWebhook
from channels.meta_inbound import read_body
from channels.meta_profile import profile_name
from channels.meta_records import as_webhook, past_page, sent_like
from channels.meta_send import fetch, send_part
from channels.outbound import OutboundPart, SendResult
from channels.payload import parse_object
from channels.webhook import WebhookReply, WebhookRequest

_MEGABYTE = 1024 * 1024


def _limits(text_units: int, image_mb: int, *, in_bytes: bool) -> ChannelLimits:
    return ChannelLimits(
        text_units=text_units,
        text_in_bytes=in_bytes,
        text_in_utf16=not in_bytes,
        window=timedelta(hours=24),
        human_window=timedelta(days=7),
        buttons=13,
        button_title=20,
        rate=SendRate(per_s=300, burst=300, media_per_s=10),
        media_bytes=(
            (MediaKind.IMAGE, image_mb * _MEGABYTE),
            (MediaKind.VIDEO, 25 * _MEGABYTE),
            (MediaKind.AUDIO, 25 * _MEGABYTE),
            (MediaKind.DOCUMENT, 25 * _MEGABYTE),
        ),
    )


_LIMITS: Mapping[ChannelName, ChannelLimits] = {
    ChannelName.MESSENGER: _limits(2000, 25, in_bytes=False),
    ChannelName.INSTAGRAM: _limits(1000, 8, in_bytes=True),
}
# The `object` of their webhooks, and how their set-up is asked for.
_OBJECTS = {ChannelName.MESSENGER: "page", ChannelName.INSTAGRAM: "instagram"}
_SETUP = {ChannelName.MESSENGER: page, ChannelName.INSTAGRAM: instagram}


class MetaMessaging:
    """Messenger or Instagram.

    Args:
        name: MESSENGER or INSTAGRAM.
        account: our page or Instagram account; entries of others are left out.
        webhook: signature and handshake of the app.
        graph: sends with our token.
        media: fetches attachments.
    """

    provider = "meta"

    def __init__(
        self,
        name: ChannelName,
        account: str,
        webhook: MetaWebhook,
        graph: MetaGraph,
        media: MediaFetcher,
    ) -> None:
        self._ours = MetaAccount(name, _OBJECTS[name], account)
        self._webhook = webhook
        self._graph = graph
        self._media = media

    @property
    def name(self) -> ChannelName:
        return self._ours.channel

    @property
    def account(self) -> str:
        return self._ours.id

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS[self.name]

    def verify(self, request: WebhookRequest) -> None:
        self._webhook.verify(request)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        return self._webhook.handshake(request)

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        return read_body(parse_object(request.body), self._ours)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply(body="EVENT_RECEIVED")

    def send(self, part: OutboundPart) -> SendResult:
        # Instagram's echo repeats only the message id, no metadata.
        metadata = self.name is ChannelName.MESSENGER
        return send_part(self._graph, part, self.limits, metadata=metadata)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        return fetch(self._media, ref)

    def profile_name(self, sender: str) -> str | None:
        return profile_name(self._graph, self.name, sender)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        ours = _SETUP[self.name](self.account)
        return check_account(self._graph, self._webhook, ours, public_base_url, now)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        ours = _SETUP[self.name](self.account)
        return connect_account(self._graph, self._webhook, ours, public_base_url)

    def past_messages(self, since: datetime, until: datetime, page: str | None) -> PastPage:
        return past_page(self._graph, self._ours, since, until, page)

    def recover(self, message: PastMessage) -> WebhookRequest:
        return as_webhook(message, self._ours)

    def find_sent(
        self, part: OutboundPart, since: datetime, until: datetime
    ) -> tuple[DeliveryReceipt, ...]:
        return sent_like(self._graph, self._ours, part, since, until)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._graph.close()


class InstagramMessaging(MetaMessaging):
    """Instagram, whose tokens expire and can be renewed with themselves; a page's cannot."""

    @property
    def token(self) -> str:
        return self._graph.token

    def refresh_token(self, now: datetime) -> FreshToken:
        return renewed(self._graph, now)

    def use_token(self, value: str) -> None:
        self._graph.use_token(value)
