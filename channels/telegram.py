"""Telegram by the Bot API. The only file that imports python-telegram-bot.

The SDK is asynchronous: one event loop on a thread of its own lives as long as the adapter, with
one Bot and one connection pool, and every call is handed over to it. Facts: channels.md
sections 4 and 7.
"""

import hmac
import json
import logging
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData

from channels.adapter import ChannelLimits, SendRate
from channels.admin import Finding
from channels.background_loop import BackgroundLoop
from channels.emphasis import bold_spans
from channels.errors import MediaError, SendError, SignatureError
from channels.http import MediaFetcher
from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    ErrorClass,
    MediaContent,
    MediaKind,
    MediaRef,
)
from channels.outbound import OutboundMedium, OutboundPart, SendResult
from channels.payload import parse_object
from channels.telegram_admin import ALLOWED_UPDATES, WebhookState, check_bot, webhook_address
from channels.telegram_errors import accepted, broken_line, media_error, refusal, unknown_outcome
from channels.telegram_inbound import read_update
from channels.webhook import WebhookReply, WebhookRequest

API_BASE = "https://api.telegram.org"
_SECRET_HEADER = "x-telegram-bot-api-secret-token"
_CONNECT_TIMEOUT_S = 5.0
_TIMEOUT_S = 10.0
# Longer than all time-outs of one call together: only a stuck loop gets here.
_CALL_TIMEOUT_S = 60.0
_CALLBACK_DATA_BYTES = 64
_MEGABYTE = 1024 * 1024
_LOCATION_BUTTON = "Kirim lokasi"
_LIMITS = ChannelLimits(
    text_units=4096,
    text_in_utf16=True,
    buttons=8,
    button_title=40,
    rate=SendRate(per_s=30, burst=30, recipient_per_s=1, recipient_burst=5),
    media_bytes=(
        (MediaKind.IMAGE, 10 * _MEGABYTE),
        (MediaKind.VIDEO, 50 * _MEGABYTE),
        (MediaKind.AUDIO, 50 * _MEGABYTE),
        (MediaKind.DOCUMENT, 50 * _MEGABYTE),
    ),
)
T = TypeVar("T")

# They print addresses, and the address of every call holds the token.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class TelegramAdapter:
    """One bot.

    Args:
        bot_token: of BotFather; its first half is the bot's id.
        secret_tokens: all that setWebhook may have been given.
        media: fetches attachments.
        api_base: another origin when the sandbox plays Telegram.
    """

    def __init__(
        self,
        *,
        bot_token: str,
        secret_tokens: Sequence[str],
        media: MediaFetcher,
        api_base: str = API_BASE,
    ) -> None:
        self._bot_id = bot_token.partition(":")[0]
        self._secrets = tuple(secret.encode() for secret in secret_tokens)
        self._media = media
        self._loop = BackgroundLoop("telegram", _CALL_TIMEOUT_S)
        api_base = api_base.rstrip("/")
        self._bot = Bot(
            bot_token,
            base_url=f"{api_base}/bot",
            base_file_url=f"{api_base}/file/bot",
            request=_Transport(
                connection_pool_size=8,
                read_timeout=_TIMEOUT_S,
                write_timeout=_TIMEOUT_S,
                connect_timeout=_CONNECT_TIMEOUT_S,
                pool_timeout=_CONNECT_TIMEOUT_S,
            ),
        )

    @property
    def name(self) -> ChannelName:
        return ChannelName.TELEGRAM

    @property
    def account(self) -> str:
        return self._bot_id

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not any(hmac.compare_digest(secret, given) for secret in self._secrets if secret):
            raise SignatureError("not sent by Telegram")

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        raise SignatureError("Telegram knows no handshake")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        return read_update(parse_object(request.body), self._bot_id)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        """Answer 200; for a pressed button with the call that stops the phone's waiting sign.

        Telegram executes a JSON answer with a `method`: the only one we ever give.
        """
        for event in events:
            if isinstance(event, ControlEvent) and event.kind is ControlKind.BUTTON:
                call = {"method": "answerCallbackQuery", "callback_query_id": event.event_id}
                return WebhookReply(body=json.dumps(call), content_type="application/json")
        return WebhookReply()

    def send(self, part: OutboundPart) -> SendResult:
        message = self._run(self._send(part))
        return SendResult(external_id=str(message.message_id))

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        try:
            file = self._ask(self._bot.get_file(ref.source))
        except SendError as error:
            raise media_error(error) from None
        if not file.file_path:
            raise MediaError("unavailable", "Telegram named no path", retryable=True)
        content = self._media.fetch(file.file_path)
        return MediaContent(content.content, ref.mime or content.mime, ref.filename)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        return check_bot(self._username, self._webhook_state, public_base_url, now)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        url, secret = webhook_address(public_base_url), self._secrets[0].decode()
        updates = list(ALLOWED_UPDATES)
        self._ask(self._bot.set_webhook(url, secret_token=secret, allowed_updates=updates))
        return (f"Webhook Telegram dipasang ke {url}.",)

    def close(self) -> None:
        """Close the connection pool and stop the loop."""
        self._loop.stop(self._bot.request.shutdown())

    def _username(self) -> str:
        return self._ask(self._bot.get_me()).username or self._bot_id

    def _webhook_state(self) -> WebhookState:
        hook = self._ask(self._bot.get_webhook_info())
        return WebhookState(
            url=hook.url,
            pending=hook.pending_update_count,
            allowed_updates=hook.allowed_updates,
            failed_at=hook.last_error_date,
            failure=hook.last_error_message or "",
        )

    def _ask(self, call: Coroutine[Any, Any, T]) -> T:
        return self._run(_judged(call))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._loop.run(work)
        except TimeoutError:
            raise SendError(ErrorClass.AMBIGUOUS, "timeout", "Telegram did not answer") from None

    async def _send(self, part: OutboundPart) -> Message:
        common: dict[str, Any] = {
            "chat_id": part.recipient,
            "reply_markup": _keyboard(part),
            "reply_parameters": _reply(part.reply_to),
        }
        if part.medium is not None:
            return await _judged(self._send_medium(part.medium, part.text, common))
        text, bold = bold_spans(part.text or "")
        call = self._bot.send_message(
            text=text,
            entities=[MessageEntity(MessageEntity.BOLD, *span) for span in bold] or None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            **common,
        )
        return await _judged(call)

    async def _send_medium(
        self, medium: OutboundMedium, caption: str | None, common: dict[str, Any]
    ) -> Message:
        source = medium.content if medium.content is not None else medium.url
        if source is None:
            raise SendError(ErrorClass.PERMANENT, "empty", "the attachment has no content")
        common = {**common, "caption": caption, "filename": medium.filename}
        if medium.kind is MediaKind.IMAGE:
            return await self._bot.send_photo(photo=source, **common)
        if medium.kind is MediaKind.VIDEO:
            return await self._bot.send_video(video=source, **common)
        if medium.kind is MediaKind.AUDIO and medium.mime == "audio/ogg":
            return await self._bot.send_voice(voice=source, **common)
        if medium.kind is MediaKind.AUDIO:
            return await self._bot.send_audio(audio=source, **common)
        return await self._bot.send_document(document=source, **common)


class _RefusedError(TelegramError):
    """Carries our judgement of an HTTP answer through the SDK, which would lose its details."""

    def __init__(self, error: SendError) -> None:
        super().__init__("refused")
        self.error = error


class _Transport(HTTPXRequest):
    """The SDK's transport; refusals and broken lines are judged while everything is known."""

    async def do_request(  # noqa: PLR0913 - the SDK calls it like this
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        write_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        connect_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        pool_timeout: Any = HTTPXRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        waits = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        try:
            status, payload = await super().do_request(url, method, request_data, *waits)
        except TelegramError as error:
            # from None: the cause prints the address with the token.
            raise _RefusedError(broken_line(error.__cause__)) from None
        if status >= 300:
            raise _RefusedError(refusal(status, payload))
        if not accepted(payload):
            raise _RefusedError(unknown_outcome())
        return status, payload


async def _judged(call: Coroutine[Any, Any, T]) -> T:
    """Await a call of the SDK; whatever it raises becomes a `SendError`."""
    try:
        return await call
    except _RefusedError as refused:
        raise refused.error from None
    except (TelegramError, LookupError, TypeError, ValueError, AttributeError):
        raise unknown_outcome() from None


def _reply(message_id: str | None) -> ReplyParameters | None:
    if message_id is None or not message_id.isdecimal():
        return None
    return ReplyParameters(int(message_id), allow_sending_without_reply=True)


def _keyboard(part: OutboundPart) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """Return the buttons; with a location request as keys that send their title."""
    if part.location_request:
        rows = [[KeyboardButton(_LOCATION_BUTTON, request_location=True)]]
        rows += [[KeyboardButton(b.title)] for b in part.buttons if b.title != _LOCATION_BUTTON]
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
    # A payload that Telegram would refuse costs its button, not the whole message.
    inline = [
        [InlineKeyboardButton(button.title, callback_data=button.payload)]
        for button in part.buttons
        if 0 < len(button.payload.encode()) <= _CALLBACK_DATA_BYTES
    ]
    return InlineKeyboardMarkup(inline) if inline else None
