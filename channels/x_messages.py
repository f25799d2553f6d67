"""Direct messages and mentions on X (Twitter). Off unless its settings are given: access is paid.

Everything that leaves goes by direct message. There is no way to answer in public here, and that
is meant: a question for a NIK or a place below a post would show the world who complained.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from channels.adapter import ChannelLimits
from channels.admin import Finding, Health, PastMessage, PastPage, asked
from channels.choices import with_choices
from channels.errors import SendError
from channels.http import MediaFetcher
from channels.message import (
    ChannelEvent,
    ChannelName,
    DeliveryReceipt,
    ErrorClass,
    MediaContent,
    MediaRef,
)
from channels.outbound import OutboundPart, SendResult
from channels.payload import parse_object
from channels.webhook import WebhookReply, WebhookRequest
from channels.x_api import XApi
from channels.x_errors import media_refused
from channels.x_inbound import read_body
from channels.x_media import PRIVATE_HOSTS, PUBLIC_HOSTS
from channels.x_records import as_webhook, past_page, sent_like
from channels.x_signature import answer_challenge, check_signature

WEBHOOK_PATH = "/webhooks/x"
_TEXT_LIMIT = 10_000
# No kind of attachment: an upload would need one more paid call, so files are linked instead.
_LIMITS = ChannelLimits(text_units=_TEXT_LIMIT, text_in_utf16=True)


class XAdapter:
    """One account.

    Args:
        user_id: our account's number; activity of other accounts is left out.
        consumer_secrets: all that may sign webhooks now; the first answers X's challenge.
        api: sends with the account's keys.
        media: fetches attachments.
    """

    provider = "x"

    def __init__(
        self, user_id: str, consumer_secrets: Sequence[str], api: XApi, media: MediaFetcher
    ) -> None:
        self._user_id = user_id
        self._secrets = tuple(consumer_secrets)
        self._api = api
        self._media = media

    @property
    def name(self) -> ChannelName:
        return ChannelName.X

    @property
    def account(self) -> str:
        return self._user_id

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        check_signature(request, self._secrets)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        return answer_challenge(request, self._secrets[0])

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        return read_body(parse_object(request.body), self._user_id)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply()

    def send(self, part: OutboundPart) -> SendResult:
        if part.medium is not None or part.template is not None:
            raise SendError(ErrorClass.PERMANENT, "text-only", "X gets text only")
        if not (part.recipient.isascii() and part.recipient.isdecimal()):
            raise SendError(ErrorClass.PERMANENT, "recipient", "not a user id")
        text = _text(part)
        if not text.strip():
            raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
        return SendResult(external_id=self._api.send_direct_message(part.recipient, text))

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        try:
            parts = urlsplit(ref.source)
            host = parts.hostname or ""
        except ValueError:
            raise media_refused() from None
        # Our signature goes to X only, whatever the webhook says.
        if host in PRIVATE_HOSTS or f"{parts.scheme}://{parts.netloc}" == self._api.origin:
            return self._media.fetch(ref.source, headers=self._api.signed_headers(ref.source))
        if host in PUBLIC_HOSTS:
            return self._media.fetch(ref.source)
        raise media_refused()

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        number, refusals = asked(self.name, "credentials", self._api.whoami)
        if number is None:
            return refusals
        if number != self._user_id:
            return (Finding("credentials", Health.BAD, "Kunci X ini milik akun lain."),)
        return (Finding("credentials", Health.GOOD, "Kunci akun X berlaku."),)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        url = public_base_url.rstrip("/") + WEBHOOK_PATH
        return (
            f"Daftarkan webhook di portal pengembang X (Account Activity): {url}",
            "Lalu langgankan akun ini ke webhook tersebut; aksesnya berbayar.",
        )

    def past_messages(self, since: datetime, until: datetime, page: str | None) -> PastPage:
        return past_page(self._api.direct_messages(page), self._user_id, since, until)

    def recover(self, message: PastMessage) -> WebhookRequest:
        return as_webhook(message, self._user_id)

    def find_sent(
        self, part: OutboundPart, since: datetime, until: datetime
    ) -> tuple[DeliveryReceipt, ...]:
        exchanged = self._api.direct_messages(participant=part.recipient)
        return sent_like(exchanged, self._user_id, _text(part), since, until)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._api.close()


def _text(part: OutboundPart) -> str:
    return with_choices(part.text or "", part.buttons, limit=_TEXT_LIMIT)
