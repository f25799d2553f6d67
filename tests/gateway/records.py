"""A platform in memory that keeps records, and the sandbox's Twilio that does."""

from collections.abc import Sequence
from datetime import datetime

from channels.admin import PastMessage, PastPage
from channels.errors import SendError
from channels.message import ChannelEvent, ChannelName, DeliveryReceipt, InboundMessage
from channels.outbound import OutboundPart
from channels.webhook import WebhookRequest
from tests.gateway.fakes import FakeAdapter


class RecordingAdapter(FakeAdapter):
    """Keeps what was written to it, two messages a page; `asked` are the pages it was asked for.

    `refuse_page` and `refuse_recovery` fail with an error, once; `knows_sent` is what `find_sent`
    returns.
    """

    provider = "twilio"

    def __init__(self, name: ChannelName = ChannelName.SMS) -> None:
        super().__init__(name)
        self.past: list[tuple[InboundMessage, datetime]] = []
        self.asked: list[tuple[datetime, datetime, str | None]] = []
        self.refuse_page: SendError | None = None
        self.refuse_recovery: SendError | None = None
        self.knows_sent: Sequence[DeliveryReceipt] = ()
        self.sought: list[OutboundPart] = []

    def past_messages(self, since: datetime, until: datetime, page: str | None) -> PastPage:
        self.asked.append((since, until, page))
        if self.refuse_page is not None:
            refusal, self.refuse_page = self.refuse_page, None
            raise refusal
        fitting = [one for one in self.past if since <= one[1] <= until]
        fitting.sort(key=lambda one: one[1], reverse=True)
        start = int(page or "0")
        shown = fitting[start : start + 2]
        following = str(start + 2) if len(fitting) > start + 2 else None
        scope = f"{self.name.value}:{self.account}"
        return PastPage(
            [
                PastMessage(message.external_id, at, scope, (), len(message.media))
                for message, at in shown
            ],
            following,
        )

    def recover(self, message: PastMessage) -> WebhookRequest:
        if self.refuse_recovery is not None and message.media:
            raise self.refuse_recovery
        body = f"{message.external_id} {message.media}".encode()
        return WebhookRequest("POST", "https://x.go.id/webhooks/twilio/messaging", {}, body)

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        name = request.body.decode().split(" ")[0]
        found = [message for message, _ in self.past if message.external_id == name]
        return list(found) if found else super().parse(request)

    def find_sent(
        self, part: OutboundPart, since: datetime, until: datetime
    ) -> tuple[DeliveryReceipt, ...]:
        self.sought.append(part)
        return tuple(self.knows_sent)
