"""What Twilio sends during a call: signed requests, and the state of recordings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from sandbox.delivery import Webhook, twilio
from sandbox.inbound import Outgoing
from sandbox.people import Citizen
from sandbox.thread import StoredFile
from sandbox.twilio_inbound import reachable, sign
from sandbox.twiml import TwimlError, Verb, read_twiml
from sandbox.world import World

VOICE_PATH = "/webhooks/twilio/voice"
# What Twilio shows instead of a withheld number: ANONYMOUS on a keypad.
WITHHELD = "+266696687"

_STEPS = {
    "": "telepon berdering",
    "/again": "belum terdengar",
    "/action": "rekaman selesai",
    "/ticket": "menunggu nomor",
    "/keys": "tombol ditekan",
}

Form = dict[str, str]


@dataclass(slots=True)
class Call:
    """One call.

    `state`: ``talking`` (something is said, or asked of the gateway), ``recording`` (after the
    tone), ``keys`` (a key is waited for), ``ended``. `heard` is what the caller heard, as (verb,
    text). `waiting` is the verb that waits for the caller, `left` are those behind it.
    """

    sid: str
    citizen: Citizen
    number: str
    at: datetime
    state: str = "talking"
    heard: list[tuple[str, str]] = field(default_factory=list)
    error: str | None = None
    recordings: dict[str, StoredFile] = field(default_factory=dict)
    waiting: Verb | None = None
    left: tuple[Verb, ...] = ()
    steps: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values for the page and the control API."""
        return {
            "id": self.sid,
            "citizen": self.citizen.id,
            "withheld": self.number == WITHHELD,
            "at": self.at.isoformat(),
            "state": self.state,
            "heard": [{"verb": verb, "text": text} for verb, text in self.heard],
            "error": self.error,
            "recordings": [one.as_json() for one in self.recordings.values()],
        }


class CallWire:
    """The way from a call to the gateway."""

    def __init__(self, world: World, outgoing: Outgoing) -> None:
        self._world = world
        self._outgoing = outgoing

    @property
    def first_url(self) -> str:
        """The address that a new call is answered by."""
        return self._world.settings.signed_base + VOICE_PATH

    def resource(self, call: Call) -> dict[str, Any]:
        """The Call resource."""
        return {
            "sid": call.sid,
            "account_sid": self._world.settings.account_sid,
            "from": call.number,
            "to": self._world.settings.sms_number,
            "direction": "inbound",
            "status": "completed" if call.state == "ended" else "in-progress",
        }

    def ask(self, call: Call, url: str, more: Form) -> tuple[Verb, ...]:
        """Ask an address of the gateway what to do.

        Raises:
            TwimlError: it did not answer, or with something that cannot be played.
        """
        settings = self._world.settings
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in (settings.signed_base, settings.target.rstrip("/")):
            raise TwimlError(11100, "an address outside of the gateway")
        form = self._form(call) | more
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    reachable(self._world, url),
                    data=urlencode(form).encode(),
                    headers=self._headers(url, form),
                    timeout=settings.webhook_timeout_s,
                )
        except requests.RequestException:
            raise TwimlError(11200, "HTTP retrieval failure") from None
        if answer.status_code != requests.codes.ok:
            raise TwimlError(11200, f"HTTP retrieval failure: {answer.status_code}")
        step = _STEPS.get(urlsplit(url).path.removeprefix(VOICE_PATH), "panggilan berlanjut")
        self.log(call, step, f"dijawab ({answer.status_code})")
        return read_twiml(answer.content, answer.headers.get("Content-Type", ""))

    def report(self, call: Call, verb: Verb, recording_id: str, sound: StoredFile | None) -> None:
        """Post the state of a recording to its status callback, which knows no number."""
        url = verb.attributes.get("recordingStatusCallback")
        state = "absent" if sound is None else "completed"
        events = verb.attributes.get("recordingStatusCallbackEvent", "completed").split()
        if url is None or state not in events:
            return
        form = self.recorded(recording_id, sound) | {
            "CallSid": call.sid,
            "AccountSid": self._world.settings.account_sid,
            "RecordingStatus": state,
            "RecordingSource": "RecordVerb",
            "RecordingChannels": "1",
            "RecordingStartTime": call.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        }
        webhook = Webhook(
            channel="voice",
            citizen=call.citizen.id,
            url=reachable(self._world, url),
            body=urlencode(form).encode(),
            headers=self._headers(url, form),
            label="kabar rekaman",
            retrying=twilio(self._world.settings.twilio_retries),
        )
        self._outgoing.send(webhook)

    def recorded(self, recording_id: str, sound: StoredFile | None) -> Form:
        """The fields that name a recording."""
        settings = self._world.settings
        # Real Twilio names its own host here; whoever fetches knows where that is.
        base = f"https://api.twilio.com/2010-04-01/Accounts/{settings.account_sid}/Recordings"
        return {
            "RecordingSid": recording_id,
            "RecordingUrl": f"{base}/{recording_id}",
            "RecordingDuration": str(sound.duration_s if sound else 0),
        }

    def _form(self, call: Call) -> Form:
        settings = self._world.settings
        return {
            "CallSid": call.sid,
            "AccountSid": settings.account_sid,
            "ApiVersion": "2010-04-01",
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "From": call.number,
            "Caller": call.number,
            "To": settings.sms_number,
            "Called": settings.sms_number,
        }

    def _headers(self, url: str, form: Form) -> dict[str, str]:
        token = self._world.settings.auth_token
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(token, url, form),
        }

    def log(self, call: Call, what: str, outcome: str, *, good: bool = True) -> None:
        """Write one line of "Kejadian"."""
        self._world.log("voice", call.citizen.id, what, outcome, good=good)
