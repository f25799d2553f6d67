"""A telephone: the requests that Twilio makes during a call, through the real adapter."""

import json
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from channels.message import ChannelName, MediaContent
from channels.twilio_media import TwilioMedia
from channels.twilio_voice import TwilioVoice
from gateway.dialogue import calls, dialogue
from gateway.intake import intake
from gateway.runtime import Runtime
from tests.channels.call_prompts import PROMPTS
from tests.channels.support import BASE_URL, INDEX, signed

ACCOUNT_SID = "ACc0ffee00c0ffee00c0ffee00c0ffee00"
CALLER = "+6281255501001"
WITHHELD = "+266696687"


@dataclass
class Records:
    """Twilio's records of calls: what it says of a call when it is asked, and how often it was."""

    callers: dict[str, str] = field(default_factory=dict)
    fault: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, auth: tuple[str, str] | None = None) -> MediaContent:
        call_id = url.rpartition("/")[2].removesuffix(".json")
        self.asked.append(call_id)
        if self.fault is not None:
            raise self.fault
        return MediaContent(json.dumps({"sid": call_id, "from": self.callers[call_id]}).encode())


def with_telephone(runtime: Runtime, records: Records) -> Runtime:
    """Connect calls to a runtime."""
    voice = TwilioVoice(
        auth_tokens=(INDEX["harness"]["twilio"]["auth_token"],),
        public_base_url=BASE_URL,
        media=TwilioMedia(records, ACCOUNT_SID, "kunci"),  # type: ignore[arg-type] (fetches too)
        prompts=PROMPTS,
    )
    return replace(runtime, channels={**runtime.channels, ChannelName.VOICE: voice})


@dataclass
class Call:
    """One call, step by step; each step returns the TwiML that it was answered with."""

    runtime: Runtime
    call_id: str
    number: str = CALLER

    @property
    def recording_id(self) -> str:
        return f"RE{self.call_id}"

    def rings(self) -> str:
        return self._keeps("", CallStatus="ringing", From=self.number)

    def is_recorded(self) -> str:
        """The action of ``<Record>``."""
        return self._keeps(
            "/action", CallStatus="in-progress", From=self.number, Digits="#", **self._recording()
        )

    def is_announced(self) -> str:
        """The status callback of the recording, which knows no number."""
        return self._keeps("/recording", RecordingStatus="completed", **self._recording())

    def presses(self, key: str) -> str:
        return self._keeps("/keys", CallStatus="in-progress", From=self.number, Digits=key)

    def waits(self, path: str = "/ticket") -> str:
        return calls.speak(self.runtime, self.request(path, From=self.number)).body

    def request(self, path: str, **fields: str):
        body = urlencode({"CallSid": self.call_id, "AccountSid": ACCOUNT_SID, **fields}).encode()
        return signed("twilio", body, url=f"{BASE_URL}/webhooks/twilio/voice{path}")

    def _keeps(self, path: str, **fields: str) -> str:
        reply = intake.receive(self.runtime, "voice", self.request(path, **fields))
        assert reply.status == 200
        return reply.body

    def _recording(self) -> dict[str, str]:
        base = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings"
        return {"RecordingSid": self.recording_id, "RecordingUrl": f"{base}/{self.recording_id}"}


def worker(runtime: Runtime) -> None:
    """What the worker does of calls when it is woken."""
    dialogue.drain(runtime)
    calls.drain(runtime)
