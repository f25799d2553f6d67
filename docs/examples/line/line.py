"""LINE: the official account of a government, by the Messaging API.

Sources: developers.line.biz, Messaging API reference, "Receive messages (webhook)", "Retry failed
API requests", and the type definitions in github.com/line/line-openapi (read November 2026).
Nothing here has been tried against LINE itself.
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import requests

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding, Health, asked
from channels.emphasis import without_emphasis
from channels.errors import MediaError, PayloadError, SendError, SignatureError
from channels.http import retry_after_s, send_failure
from channels.message import ChannelEvent, ChannelName, ErrorClass, MediaContent, MediaRef
from channels.outbound import OutboundPart, SendResult
from channels.payload import guarded, parse_object
from channels.platform import Given, Platform
from channels.platforms.line_inbound import read_event
from channels.webhook import WebhookReply, WebhookRequest

_API_BASE, _DATA_BASE = "https://api.line.me", "https://api-data.line.me"
_TIMEOUT_S = (5.0, 10.0)
_BUTTONS, _BUTTON_TITLE, _BUTTON_DATA = 13, 20, 300
_TAKEN_BEFORE = 409
# Pictures would need a public address and a preview of their own: files are linked instead.
_LIMITS = ChannelLimits(
    text_units=5000,
    text_in_utf16=True,
    buttons=_BUTTONS,
    button_title=_BUTTON_TITLE,
    rate=SendRate(per_s=2000, burst=2000),
)
_USER = re.compile(r"U[0-9a-f]{32}")
# Beginning of `message` in the answer, lower case; LINE has no codes beside the HTTP status.
_ANSWERS: tuple[tuple[int, str, str, ErrorClass], ...] = (
    (400, "the property, 'to'", "recipient", ErrorClass.PERMANENT),
    (400, "failed to send messages", "400-failed", ErrorClass.RECIPIENT_GONE),
    (429, "you have reached your monthly limit", "quota", ErrorClass.CONFIG),
)
_STATUSES: Mapping[int, ErrorClass] = {
    401: ErrorClass.REAUTH,
    403: ErrorClass.CONFIG,
    404: ErrorClass.CONFIG,
    408: ErrorClass.RETRY,
    429: ErrorClass.RETRY_AFTER,
}


class LineAdapter:
    """One official account.

    Args:
        given: `bot_user_id` (U and 32 hexadecimal digits, the `destination` of its webhooks),
            `channel_secrets`, `access_token` and, for a stand-in, `api_base`.
    """

    def __init__(self, given: Given) -> None:
        keys = given.settings
        self._bot = str(keys["bot_user_id"])
        self._secrets = tuple(secret.encode() for secret in keys["channel_secrets"])
        self._api = keys.get("api_base") or _API_BASE
        self._data = keys.get("api_base") or _DATA_BASE
        self._authorization = {"Authorization": f"Bearer {keys['access_token']}"}
        self._media = given.media
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def name(self) -> ChannelName:
        return ChannelName.LINE

    @property
    def account(self) -> str:
        return self._bot

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get("x-line-signature", "").encode("utf-8", "surrogateescape")
        digests = [hmac.new(key, request.body, hashlib.sha256).digest() for key in self._secrets]
        if not any(hmac.compare_digest(base64.b64encode(digest), given) for digest in digests):
            raise SignatureError("not signed by LINE")

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        raise SignatureError("LINE knows no handshake")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        body = parse_object(request.body)
        if body.get("destination") != self._bot:
            return []
        events = body.get("events")
        if not isinstance(events, list):
            raise PayloadError("events is not a list")
        return [
            found
            for number, event in enumerate(events)
            for found in guarded(f"events[{number}]", partial(read_event, event, self._bot))
        ]

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply()

    def send(self, part: OutboundPart) -> SendResult:
        if part.medium is not None or part.template is not None:
            raise SendError(ErrorClass.PERMANENT, "text-only", "LINE gets text only")
        if not _USER.fullmatch(part.recipient):
            raise SendError(ErrorClass.PERMANENT, "recipient", "not a user id of LINE")
        if not (part.text or "").strip():
            raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
        key = _retry_key(part.reference)
        headers = {"X-Line-Retry-Key": key} if key else {}
        answer = self._call("POST", "message/push", headers, _push(part), once=key is not None)
        sent = answer.get("sentMessages")
        first = sent[0] if isinstance(sent, list) and sent else None
        external_id = first.get("id") if isinstance(first, dict) else None
        if not isinstance(external_id, str) or not external_id:
            raise SendError(ErrorClass.AMBIGUOUS, "no-id", "LINE named no message")
        return SendResult(external_id=external_id)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        if not ref.fetchable or not ref.source.isalnum():
            raise MediaError("refused", "not a file of LINE", retryable=False)
        url = f"{self._data}/v2/bot/message/{ref.source}/content"
        content = self._media.fetch(url, headers=self._authorization)
        return MediaContent(content.content, content.mime, ref.filename)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        bot, refusals = asked(self.name, "credentials", lambda: self._call("GET", "info"))
        if bot is None:
            return refusals
        if bot.get("userId") != self._bot:
            return (Finding("credentials", Health.BAD, "Token LINE ini milik akun lain."),)
        return (Finding("credentials", Health.GOOD, "Token LINE berlaku."),)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        url = f"{public_base_url.rstrip('/')}/webhooks/line"
        self._call("PUT", "channel/webhook/endpoint", body={"endpoint": url})
        return (
            f"Webhook LINE dipasang ke {url}.",
            "Di konsol LINE: nyalakan Use webhook dan Webhook redelivery.",
        )

    def close(self) -> None:
        """Give the pooled connections back."""
        self._session.close()

    def _call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        *,
        once: bool = False,
    ) -> dict[str, Any]:
        """Make one call; `once`: LINE does it a single time, however often it is sent."""
        try:
            response = self._session.request(
                method,
                f"{self._api}/v2/bot/{path}",
                headers={**self._authorization, **(headers or {})},
                json=body,
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # from None: the cause prints the address. Sent again under its key, it leaves once.
            error_class = ErrorClass.RETRY if once else send_failure(error)
            raise SendError(error_class, "transport", "LINE did not answer") from None
        answer = _object(response.content)
        # 409: it was taken the first time, and the answer is that of the first time.
        if response.status_code >= 300 and not (once and response.status_code == _TAKEN_BEFORE):
            raise _refusal(response.status_code, response.headers, str(answer.get("message", "")))
        return answer


def _push(part: OutboundPart) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "text", "text": without_emphasis(part.text or "")}
    # A payload that LINE would refuse costs its button, not the whole message.
    actions = [
        {"type": "postback", "label": title, "data": button.payload, "displayText": title}
        for button in part.buttons
        if 0 < len(button.payload) <= _BUTTON_DATA and (title := button.title[:_BUTTON_TITLE])
    ]
    if part.location_request:
        actions.insert(0, {"type": "location", "label": "Kirim lokasi"})
    if actions:
        items = [{"type": "action", "action": action} for action in actions[:_BUTTONS]]
        text["quickReply"] = {"items": items}
    return {"to": part.recipient, "messages": [text]}


def _retry_key(reference: str) -> str | None:
    """Return our reference as LINE writes a UUID, or None if it is none."""
    try:
        return str(uuid.UUID(reference))
    except ValueError:
        return None


def _refusal(status: int, headers: Mapping[str, str], words: str) -> SendError:
    for known, beginning, code, error_class in _ANSWERS:
        if status == known and words.lower().startswith(beginning):
            return SendError(error_class, code, "LINE refused the message")
    default = ErrorClass.RETRY if status >= 500 else ErrorClass.PERMANENT
    error_class = _STATUSES.get(status, default)
    wait_s = retry_after_s(headers) if error_class is ErrorClass.RETRY_AFTER else None
    return SendError(error_class, f"http-{status}", "LINE refused the message", wait_s)


def _object(content: bytes) -> dict[str, Any]:
    try:
        return parse_object(content)
    except PayloadError:
        return {}


PLATFORM = Platform(ChannelName.LINE, LineAdapter)
