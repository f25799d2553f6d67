"""Calls by Twilio: a caller speaks a complaint after the tone, and the recording is a message.

The action of ``<Record>`` and a status callback announce the same recording, in either order;
only the first knows the caller. A recording is joined to its call by `InboundMessage.call_id`.
Then the caller waits for the number, hears it twice, and may have it sent by SMS. Facts:
channels.md section 3.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from channels import twiml
from channels.adapter import CallRequest, CallStep, CallTicket, ChannelLimits
from channels.admin import Finding
from channels.call_prompts import CallPrompt, CallPrompts, spoken_digits, spoken_ticket
from channels.errors import MediaError, PayloadError, SendError, SignatureError
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
)
from channels.outbound import OutboundPart, SendResult
from channels.payload import MAX_ID_LENGTH, address, clean
from channels.twilio_admin import check_voice, instructions
from channels.twilio_media import API_BASE, TwilioMedia
from channels.twilio_signature import check_signature, form_fields
from channels.webhook import WebhookReply, WebhookRequest

_PATH = "/webhooks/twilio/voice"
ACTION_PATH = f"{_PATH}/action"
RECORDING_PATH = f"{_PATH}/recording"
KEYS_PATH = f"{_PATH}/keys"
# The letters of ANONYMOUS, RESTRICTED, UNAVAILABLE, BLOCKED, UNKNOWN on a keypad, and the words.
_WITHHELD = frozenset(
    {"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"}
    | {"ANONYMOUS", "RESTRICTED", "UNAVAILABLE", "BLOCKED", "UNKNOWN"}
)
_MAX_RECORDING_S = 300
_SILENCE_S = 5
_KEY_S = 8
# The worker files a recording within a second or two; after sixteen the caller is let go.
_POLL_S = 2
_POLLS = 8
_WORDS_EVERY = 4


class TwilioVoice:
    """Incoming calls of one Twilio account.

    Args:
        auth_tokens: all that sign webhooks now.
        public_base_url: where Twilio reaches us.
        media: fetches recordings with the account's password.
        prompts: what callers hear, every occasion.
    """

    def __init__(
        self,
        *,
        auth_tokens: Sequence[str],
        public_base_url: str,
        media: TwilioMedia,
        prompts: CallPrompts,
    ) -> None:
        self._auth_tokens = tuple(auth_tokens)
        self._base_url = public_base_url.rstrip("/")
        self._media = media
        self._prompts = prompts

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
        call_id = _call_id(fields)
        if "RecordingStatus" in fields or "RecordingUrl" in fields:
            return self._announced(fields, call_id)
        if urlsplit(request.url).path.endswith(KEYS_PATH):
            return [self._control(ControlKind.CALL_KEY, fields, call_id)]
        if fields.get("CallStatus", "ringing") != "ringing":
            return []  # the end of the call
        return [self._control(ControlKind.CALL_STARTED, fields, call_id)]

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        """Greet a new call, ask the caller to wait for the number, or say goodbye."""
        for event in events:
            if not isinstance(event, ControlEvent):
                continue
            if event.kind is ControlKind.CALL_STARTED:
                return self._ask(CallPrompt.GREETING, twiml.redirect(self._step(CallStep.AGAIN)))
            if event.kind is ControlKind.CALL_CONTINUED:
                ticket = twiml.redirect(self._step(CallStep.TICKET))
                return twiml.response(self._say(CallPrompt.RECORDED), ticket)
            wanted = event.value == "1"
            farewell = CallPrompt.SMS_FOLLOWS if wanted else CallPrompt.GOODBYE
            return twiml.response(self._say(farewell), twiml.HANGUP)
        return twiml.response(self._say(CallPrompt.GOODBYE), twiml.HANGUP)

    def read_step(self, request: WebhookRequest) -> CallRequest:
        fields = form_fields(request.body)
        url = urlsplit(request.url)
        try:
            step = CallStep(url.path.rpartition("/")[2])
        except ValueError:
            raise PayloadError("no step of a call") from None
        if fields.get("AccountSid", self.account) != self.account:
            raise PayloadError("a call of another account")
        asked = parse_qs(url.query).get("asked", ["0"])[0]
        return CallRequest(
            step=step,
            account=self.account,
            call_id=_call_id(fields),
            caller=_caller(fields.get("From")),
            asked=int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 1 else 0,
        )

    def ask_again(self) -> WebhookReply:
        still_unheard = self._say(CallPrompt.STILL_UNHEARD) + twiml.HANGUP
        return self._ask(CallPrompt.UNHEARD, still_unheard)

    def tell(self, request: CallRequest, ticket: CallTicket) -> WebhookReply:
        if ticket.ticket is None and request.asked < _POLLS:
            later = f"{self._step(CallStep.TICKET)}?asked={request.asked + 1}"
            words = self._say(CallPrompt.WAITING) if request.asked % _WORDS_EVERY == 1 else ""
            return twiml.response(words, twiml.pause(_POLL_S), twiml.redirect(later))
        offer = self._offer() if ticket.offers_sms else ""
        farewell = self._say(CallPrompt.GOODBYE)
        return twiml.response(*self._number(ticket), offer, farewell, twiml.HANGUP)

    def ask_caller(self, call_id: str) -> str | None:
        url = f"{API_BASE}/2010-04-01/Accounts/{self.account}/Calls/{call_id}.json"
        if not call_id.isalnum():
            raise MediaError("refused", "not the name of a call", retryable=False)
        content = self._media.fetch(url).content
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, Mapping) or not isinstance(answer.get("from"), str):
            raise MediaError("unavailable", "Twilio does not name the caller", retryable=True)
        return _caller(answer["from"])

    def send(self, part: OutboundPart) -> SendResult:
        raise SendError(ErrorClass.PERMANENT, "no-reply", "a call cannot be answered in writing")

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        return self._media.fetch(ref.source)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        return check_voice(self._media, public_base_url)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        return instructions(self.name, public_base_url, "")

    def _say(self, occasion: CallPrompt) -> str:
        return twiml.prompt(self._prompts[occasion])

    def _step(self, step: CallStep) -> str:
        return f"{self._base_url}{_PATH}/{step.value}"

    def _ask(self, words: CallPrompt, after_silence: str) -> WebhookReply:
        # An action of its own: the default is this address, which would ask again for ever.
        record = twiml.record(
            self._base_url + ACTION_PATH,
            self._base_url + RECORDING_PATH,
            _MAX_RECORDING_S,
            _SILENCE_S,
        )
        return twiml.response(self._say(words), record, after_silence)

    def _number(self, ticket: CallTicket) -> list[str]:
        if ticket.ticket is None:
            return [self._say(CallPrompt.NOT_READY)]
        verbs: list[str] = []
        for words in (CallPrompt.NUMBER, CallPrompt.NUMBER_AGAIN):
            verbs.append(self._say(words))
            verbs += [twiml.say(breath) + twiml.pause(1) for breath in spoken_ticket(ticket.ticket)]
        if ticket.pin is not None:
            halves = (ticket.pin[:3], ticket.pin[3:])
            verbs.append(self._say(CallPrompt.PIN))
            verbs += [twiml.say(spoken_digits(half)) + twiml.pause(1) for half in halves]
        return verbs

    def _offer(self) -> str:
        return twiml.gather_key(self._base_url + KEYS_PATH, _KEY_S, self._say(CallPrompt.SMS_OFFER))

    def _control(self, kind: ControlKind, fields: Mapping[str, str], call_id: str) -> ControlEvent:
        return ControlEvent(
            kind=kind,
            channel=ChannelName.VOICE,
            account=self.account,
            sender=_caller(fields.get("From")),
            event_id=call_id,
            external_id=call_id,
            value=clean(fields.get("Digits", ""))[:1] or None,
        )

    def _announced(self, fields: Mapping[str, str], call_id: str) -> list[ChannelEvent]:
        if fields.get("RecordingStatus", "completed") != "completed":
            return []
        recording = self._recording(fields, call_id)
        if "From" not in fields:
            return [recording]
        return [self._control(ControlKind.CALL_CONTINUED, fields, call_id), recording]

    def _recording(self, fields: Mapping[str, str], call_id: str) -> InboundMessage:
        recording_id = clean(fields.get("RecordingSid", "")).strip()
        url = clean(fields.get("RecordingUrl", "")).strip()
        # The action may leave the name out; it is the end of the address.
        recording_id = recording_id or _last_of_path(url).partition(".")[0]
        if not recording_id or len(recording_id) > MAX_ID_LENGTH or not url:
            raise PayloadError("no recording SID or address")
        return InboundMessage(
            channel=ChannelName.VOICE,
            account=self.account,
            external_id=recording_id,
            sender=_caller(fields.get("From")),
            dedup_scope=f"twilio:{self.account}",
            repliable=False,
            media=(MediaRef(MediaKind.AUDIO, url),),
            call_id=call_id,
        )


def _last_of_path(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError:  # no address at all, such as "c://]"
        return ""


def _call_id(fields: Mapping[str, str]) -> str:
    call_id = clean(fields.get("CallSid", "")).strip()
    if not call_id or len(call_id) > MAX_ID_LENGTH:
        raise PayloadError("no call SID")
    return call_id


def _caller(value: str | None) -> str | None:
    """Return the caller's number; None if it was withheld or is not said."""
    number = address(value)
    return None if number is None or number.upper() in _WITHHELD else number
