"""Calls against the sandbox: the adapter's own TwiML is played, its records and sounds are read."""

from collections.abc import Callable, Iterator

import pytest
import requests

from channels.adapter import PhoneCalls
from channels.errors import MediaError
from channels.message import ChannelName, InboundMessage
from channels.registry import ChannelSettings, TwilioSettings, build_channels, close_channels
from channels.webhook import WebhookRequest
from sandbox import defaults
from tests.channels.call_prompts import PROMPTS
from tests.sandbox.conftest import gateway, open_stage
from tests.sandbox.stage import Stage, eventually

__all__ = ["gateway", "open_stage"]

VOICE = "/webhooks/twilio/voice"


@pytest.fixture
def stage(open_stage: Callable[..., Stage]) -> Stage:
    return open_stage(pause_scale=0.0)


@pytest.fixture
def voice(stage: Stage) -> Iterator[PhoneCalls]:
    """The adapter, connected to the sandbox."""
    twilio = TwilioSettings(
        defaults.TWILIO_ACCOUNT_SID,
        (defaults.TWILIO_AUTH_TOKEN,),
        voice=PROMPTS,
        api_base=stage.url,
    )
    settings = ChannelSettings(stage.gateway.url, twilio, sandbox_origin=stage.url)
    built = build_channels(settings)
    adapter = built[ChannelName.VOICE]
    assert isinstance(adapter, PhoneCalls)
    yield adapter
    close_channels(built)


def answers(stage, path, reply):
    headers = {"Content-Type": reply.content_type}
    stage.gateway.bodies[VOICE + path].append((reply.status, headers, reply.body))


def heard(stage, state):
    """What the caller heard, once the call has come to this state."""
    call = eventually(
        lambda: stage.get("/api/citizens/salmah/calls")["calls"][-1],
        lambda one: one["state"] == state or one["error"],
        state,
    )
    assert call["error"] is None
    return [line["text"] for line in call["heard"]]


def events(stage, voice, path):
    """What the adapter reads in the first request on a path; its signature holds."""
    (one,) = stage.webhooks(VOICE + path, 1)[:1]
    request = WebhookRequest("POST", stage.gateway.url + one.path, one.headers, one.body)
    voice.verify(request)
    return voice.parse(request)


def test_our_own_answers_are_played_and_the_recording_is_fetched(stage, voice):
    ring = WebhookRequest("POST", stage.gateway.url + VOICE, {}, b"CallSid=CA1&CallStatus=ringing")
    answers(stage, "", voice.acknowledge(voice.parse(ring)))
    answers(stage, "/again", voice.ask_again())

    call = stage.post("/api/citizens/salmah/calls")["id"]
    assert heard(stage, "recording") == ["[greeting]", ""]
    act = f"/api/citizens/salmah/calls/{call}"
    stage.post(act, {"do": "be_silent"})
    eventually(
        lambda: heard(stage, "recording"), lambda said: "[unheard]" in said, "one more chance"
    )
    stage.post(act, {"do": "speak"})

    known, recording = events(stage, voice, "/action")
    assert isinstance(recording, InboundMessage)
    assert (known.sender, recording.call_id) == ("+6281255501001", call)
    sound = voice.fetch_media(recording.media[0])
    assert sound.content.startswith(b"RIFF")
    assert sound.mime == "audio/x-wav"


def test_the_caller_of_a_call_is_told_by_its_record(stage, voice):
    shown = stage.post("/api/citizens/salmah/calls")["id"]
    heard_nothing = eventually(
        lambda: stage.get("/api/citizens/salmah/calls")["calls"][-1],
        lambda one: one["state"] == "ended",
        "the end",
    )
    withheld = stage.post("/api/citizens/salmah/calls", {"withheld": True})["id"]

    assert heard_nothing["id"] == shown
    assert voice.ask_caller(shown) == "+6281255501001"
    assert voice.ask_caller(withheld) is None


def test_a_call_that_nobody_knows_may_be_known_later(voice):
    with pytest.raises(MediaError) as raised:
        voice.ask_caller("CA0")

    assert raised.value.retryable


def test_what_is_no_name_of_a_call_is_never_asked_for(stage, voice):
    with pytest.raises(MediaError) as raised:
        voice.ask_caller("../Messages")

    assert not raised.value.retryable
    assert requests.get(f"{stage.url}/healthz", timeout=5).ok
