"""WhatsApp and SMS by Twilio: one class, one instance for each. The only file with the SDK.

Facts: channels.md sections 1, 2 and 7.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import requests
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding, PastMessage, PastPage
from channels.choices import with_choices
from channels.errors import SendError, SignatureError
from channels.gsm7 import to_gsm7
from channels.http import send_failure
from channels.message import (
    ChannelEvent,
    ChannelName,
    DeliveryReceipt,
    ErrorClass,
    MediaContent,
    MediaKind,
    MediaRef,
)
from channels.outbound import OutboundPart, SendResult
from channels.templates import ListedTemplate, read_rows
from channels.twilio_admin import MESSAGING_PATH, check_messaging, connect_messaging
from channels.twilio_errors import refusal
from channels.twilio_inbound import read_form
from channels.twilio_media import API_BASE, TwilioMedia, at_origin
from channels.twilio_records import PAGE_SIZE, as_webhook, matching, past_messages
from channels.twilio_signature import check_signature, form_fields
from channels.twilio_templates import arguments as template_arguments
from channels.twilio_templates import read_template
from channels.twilio_webhook import Door, find_door
from channels.webhook import WebhookReply, WebhookRequest

STATUS_PATH = "/webhooks/twilio/status"
_TIMEOUT_S = 10.0
_BODY_LIMIT = 1600
_MOST_TEMPLATES = 1000
_MEGABYTE = 1024 * 1024
_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_LIMITS: Mapping[ChannelName, ChannelLimits] = {
    ChannelName.WHATSAPP: ChannelLimits(
        text_units=_BODY_LIMIT,
        text_in_utf16=True,
        window=timedelta(hours=24),
        rate=SendRate(per_s=80, burst=80),
        media_bytes=(
            (MediaKind.IMAGE, 5 * _MEGABYTE),
            (MediaKind.VIDEO, 16 * _MEGABYTE),
            (MediaKind.AUDIO, 16 * _MEGABYTE),
            (MediaKind.DOCUMENT, 16 * _MEGABYTE),
        ),
    ),
    # Four joined segments: carriers begin to lose longer ones, Twilio itself stops at 1600.
    ChannelName.SMS: ChannelLimits(
        text_units=4 * 153,
        gsm7=True,
        # One segment a second; Twilio itself queues a short excess.
        rate=SendRate(per_s=1, burst=10, by_segment=True),
    ),
}


class TwilioMessaging:
    """WhatsApp or SMS of one Twilio account.

    Args:
        name: WHATSAPP or SMS.
        auth_tokens: all that sign webhooks now; the first is used for calls.
        number: our sender, ``whatsapp:+62...`` or ``+...``.
        public_base_url: where Twilio reaches us, for status callbacks.
        media: of the account; calls go where media are.
        messaging_service_sid: sends through this service, which chooses among its senders.
    """

    provider = "twilio"

    def __init__(
        self,
        name: ChannelName,
        *,
        auth_tokens: Sequence[str],
        number: str,
        public_base_url: str,
        media: TwilioMedia,
        messaging_service_sid: str | None = None,
    ) -> None:
        self._name = name
        self._auth_tokens = tuple(auth_tokens)
        self._number = number
        self._webhook_url = public_base_url.rstrip("/") + MESSAGING_PATH
        self._status_url = public_base_url.rstrip("/") + STATUS_PATH
        self._media = media
        self._messaging_service_sid = messaging_service_sid
        self._http = _PooledHttpClient(media.api_base)
        self._client = Client(media.account_sid, self._auth_tokens[0], http_client=self._http)

    @property
    def name(self) -> ChannelName:
        return self._name

    @property
    def account(self) -> str:
        return self._media.account_sid

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS[self._name]

    def verify(self, request: WebhookRequest) -> None:
        check_signature(request.url, request.headers, request.body, self._auth_tokens)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        raise SignatureError("Twilio knows no handshake")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        fields = form_fields(request.body)
        return read_form(fields, request.url, self._name, self.account, self._number)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        # An answer in here would be a message that no outbox row knows of.
        return WebhookReply(body=_EMPTY_TWIML, content_type="text/xml; charset=utf-8")

    def send(self, part: OutboundPart) -> SendResult:
        arguments = self._arguments(part)
        message = self._ask(lambda: self._client.messages.create(**arguments))
        if not isinstance(message.sid, str) or not message.sid:
            raise _unknown_outcome()
        return SendResult(external_id=message.sid)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        return self._media.fetch(ref.source)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        account = self._client.api.accounts(self.account)
        return check_messaging(
            self._name, lambda: self._ask(account.fetch), self._door, public_base_url
        )

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        return connect_messaging(self._name, self._door, public_base_url, self._status_url)

    def past_messages(self, since: datetime, until: datetime, page: str | None) -> PastPage:
        messages = self._client.messages
        if page is None:
            found = self._ask(
                lambda: messages.page(
                    to=self._number,
                    date_sent_after=since,
                    date_sent_before=until,
                    page_size=PAGE_SIZE,
                )
            )
        else:
            found = self._ask(lambda: messages.get_page(page))
        records = self._ask(lambda: list(found))
        return PastPage(past_messages(records, self._name), found.next_page_url)

    def recover(self, message: PastMessage) -> WebhookRequest:
        attachments = []
        if message.media:
            kept = self._client.messages(message.external_id).media
            attachments = [
                (API_BASE + one.uri.removesuffix(".json"), one.content_type)
                for one in self._ask(lambda: kept.list(limit=20))
            ]
        return as_webhook(message, attachments, self._webhook_url)

    def find_sent(
        self, part: OutboundPart, since: datetime, until: datetime
    ) -> tuple[DeliveryReceipt, ...]:
        if part.template is not None:
            return ()
        sender = {} if self._messaging_service_sid else {"from_": self._number}
        records = self._ask(
            lambda: self._client.messages.list(
                to=self._recipient(part.recipient),
                date_sent_after=since,
                date_sent_before=until,
                limit=PAGE_SIZE,
                **sender,
            )
        )
        return matching(records, part, self._text(part), self._status_url)

    def templates(self) -> tuple[ListedTemplate, ...]:
        listing = self._client.content.v1.content_and_approvals
        rows = self._ask(lambda: listing.list(limit=_MOST_TEMPLATES))
        return read_rows([vars(row) for row in rows], read_template)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._http.close()

    def _ask(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except requests.RequestException as error:
            # from None: the cause prints the recipient's number and the text.
            raise SendError(send_failure(error), "transport", "Twilio did not answer") from None
        except (TwilioException, ValueError, TypeError, LookupError, AttributeError):
            raise _unknown_outcome() from None

    def _door(self) -> Door | None:
        sender = (self._name, self._number, self._messaging_service_sid)
        door: Door | None = self._ask(partial(find_door, self._client, *sender))
        return door and Door(door.url, lambda url: self._ask(lambda: door.lead(url)))

    def _arguments(self, part: OutboundPart) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "to": self._recipient(part.recipient),
            "from_": self._number,
            "status_callback": f"{self._status_url}?ref={quote(part.reference, safe='')}",
        }
        if self._messaging_service_sid:
            arguments["messaging_service_sid"] = self._messaging_service_sid
        if part.template is not None:
            return arguments | template_arguments(part.template)
        if part.medium is not None:
            if not part.medium.url:
                raise SendError(ErrorClass.PERMANENT, "no-url", "Twilio fetches media by address")
            arguments["media_url"] = [part.medium.url]
        if text := self._text(part):
            arguments["body"] = text
        elif part.medium is None:
            raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
        return arguments

    def _recipient(self, recipient: str) -> str:
        return f"whatsapp:{recipient}" if self._name is ChannelName.WHATSAPP else recipient

    def _text(self, part: OutboundPart) -> str:
        if self._name is ChannelName.SMS:
            # The texts for SMS name their answers themselves; there is no room to repeat them.
            return to_gsm7(part.text or "")
        return with_choices(
            part.text or "",
            part.buttons,
            location_request=part.location_request,
            limit=_BODY_LIMIT,
        )


class _PooledHttpClient(HttpClient):  # type: ignore[misc] # the SDK is not typed
    """The SDK's transport: one pool, a time-out, another origin, and refusals as `SendError`."""

    def __init__(self, api_base: str) -> None:
        # No call of super(): it only sets a logger, which prints parameters.
        self._api_base = api_base
        self._session = requests.Session()

    def request(  # noqa: PLR0913 - the SDK calls it like this
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        response = self._session.request(
            method,
            at_origin(uri, self._api_base),
            params=params,
            headers=headers,
            **_body(data, headers or {}),
            auth=auth,
            timeout=timeout or _TIMEOUT_S,
            allow_redirects=allow_redirects,
        )
        if response.status_code >= 400:
            raise refusal(response.status_code, response.headers, response.text)
        return Response(response.status_code, response.text, response.headers)

    def close(self) -> None:
        self._session.close()


def _body(data: dict[str, Any] | None, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the body as its type says: newer parts of the API take JSON."""
    return {"json" if headers.get("Content-Type") == "application/json" else "data": data}


def _unknown_outcome() -> SendError:
    return SendError(ErrorClass.AMBIGUOUS, "bad-answer", "Twilio's answer could not be read")
