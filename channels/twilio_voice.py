"""Calls by Twilio: a caller speaks a complaint after the tone, and the recording is a message.

The call itself comes first, with the caller's number; the recording is announced later without
one and is joined to its call by `InboundMessage.call_id`. Facts: channels.md section 3.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import quoteattr

from channels.adapter import ChannelLimits
from channels.admin import Finding
from channels.errors import PayloadError, SendError, SignatureError
from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    ErrorClass,
    InboundMessage,
    MediaContent,
    MediaKind,
    MediaRef,
    OutboundPart,
    SendResult,
    WebhookReply,
    WebhookRequest,
)
from channels.payload import MAX_ID_LENGTH, address, clean
from channels.twilio_admin import check_voice, instructions
from channels.twilio_media import TwilioMedia
from channels.twilio_signature import check_signature, form_fields

ACTION_PATH = "/webhooks/twilio/voice/action"
RECORDING_PATH = "/webhooks/twilio/voice/recording"
# The letters of ANONYMOUS, RESTRICTED, UNAVAILABLE, BLOCKED, UNKNOWN on a keypad, and the words.
_WITHHELD = frozenset(
    {"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"}
    | {"ANONYMOUS", "RESTRICTED", "UNAVAILABLE", "BLOCKED", "UNKNOWN"}
)
_MAX_RECORDING_S = 300
_SILENCE_S = 5
_CONSENT = (
    "Selamat datang di layanan aduan pemerintah daerah. Percakapan ini direkam untuk mencatat "
    "aduan Anda. Setelah nada, sebutkan apa yang terjadi, di mana, dan kapan. "
    "Tekan pagar bila selesai."
)
_THANKS = "Terima kasih. Aduan Anda sudah kami rekam dan akan dibaca petugas."
_NOTHING_HEARD = "Kami tidak mendengar suara Anda. Silakan menelepon lagi. Terima kasih."


class TwilioVoice:
    """Incoming calls of one Twilio account.

    Args:
        auth_tokens: all that sign webhooks now.
        public_base_url: where Twilio reaches us.
        media: fetches recordings with the account's password.
    """

    def __init__(
        self, *, auth_tokens: Sequence[str], public_base_url: str, media: TwilioMedia
    ) -> None:
        self._auth_tokens = tuple(auth_tokens)
        self._base_url = public_base_url.rstrip("/")
        self._media = media

    @property
    def name(self) -> ChannelName:
        return ChannelName.VOICE

    @property
    def account(self) -> str:
        return self._media.account_sid

    @property
    def limits(self) -> ChannelLimits:
        return ChannelLimits(text_units=1)

    def verify(self, request: WebhookRequest) -> None:
        check_signature(request.url, request.headers, request.body, self._auth_tokens)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        raise SignatureError("Twilio knows no handshake")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        fields = form_fields(request.body)
        if fields.get("AccountSid", self.account) != self.account:
            return []
        call_id = clean(fields.get("CallSid", "")).strip()
        if not call_id or len(call_id) > MAX_ID_LENGTH:
            raise PayloadError("no call SID")
        if "RecordingStatus" in fields:
            return self._recording(fields, call_id)
        if "RecordingUrl" in fields or fields.get("CallStatus", "ringing") != "ringing":
            # The action of <Record>, or the end of the call: the recording reports by itself.
            return []
        return [
            ControlEvent(
                kind=ControlKind.CALL_STARTED,
                channel=ChannelName.VOICE,
                account=self.account,
                sender=_caller(fields.get("From")),
                event_id=call_id,
                external_id=call_id,
            )
        ]

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        """Answer a new call with prompt and recording, everything else with thanks."""
        rings = any(
            isinstance(event, ControlEvent) and event.kind is ControlKind.CALL_STARTED
            for event in events
        )
        body = self._ask() if rings else f"{_say(_THANKS)}<Hangup/>"
        return WebhookReply(
            body=f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>',
            content_type="text/xml; charset=utf-8",
        )

    def send(self, part: OutboundPart) -> SendResult:
        raise SendError(ErrorClass.PERMANENT, "no-reply", "a call cannot be answered in writing")

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        return self._media.fetch(ref.source)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        return check_voice(self._media, public_base_url)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        return instructions(self.name, public_base_url, "")

    def _ask(self) -> str:
        # Silence falls through <Record>, so something must stand behind it; an action of its own,
        # because the default is this address, which would ask again for ever.
        return (
            f"{_say(_CONSENT)}"
            f"<Record action={quoteattr(self._base_url + ACTION_PATH)}"
            f" recordingStatusCallback={quoteattr(self._base_url + RECORDING_PATH)}"
            f' recordingStatusCallbackEvent="completed absent" playBeep="true" finishOnKey="#"'
            f' maxLength="{_MAX_RECORDING_S}" timeout="{_SILENCE_S}"/>'
            f"{_say(_NOTHING_HEARD)}<Hangup/>"
        )

    def _recording(self, fields: Mapping[str, str], call_id: str) -> list[ChannelEvent]:
        recording_id = clean(fields.get("RecordingSid", "")).strip()
        url = clean(fields.get("RecordingUrl", "")).strip()
        if fields["RecordingStatus"] != "completed":
            return []
        if not recording_id or len(recording_id) > MAX_ID_LENGTH or not url:
            raise PayloadError("no recording SID or address")
        return [
            InboundMessage(
                channel=ChannelName.VOICE,
                account=self.account,
                external_id=recording_id,
                sender=_caller(fields.get("From")),
                dedup_scope=f"twilio:{self.account}",
                repliable=False,
                media=(MediaRef(MediaKind.AUDIO, url),),
                call_id=call_id,
            )
        ]


def _caller(value: str | None) -> str | None:
    """Return the caller's number; None if it was withheld or is not said."""
    number = address(value)
    return None if number is None or number.upper() in _WITHHELD else number


def _say(text: str) -> str:
    return f'<Say language="id-ID">{text}</Say>'
