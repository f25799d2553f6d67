"""Calls: the prompt, the recording, and callers who withhold their number."""

import xml.etree.ElementTree as ET

import pytest

from channels.errors import PayloadError, SendError, SignatureError
from channels.message import (
    ChannelName,
    ControlEvent,
    ControlKind,
    InboundMessage,
    MediaKind,
    OutboundPart,
    WebhookRequest,
)
from channels.registry import ChannelSettings, TwilioSettings, adapters_for, build_channels
from tests.channels.support import BASE_URL, DATA, INDEX, PAYLOADS, signed

KEYS = INDEX["harness"]["twilio"]
CHANNELS = build_channels(
    ChannelSettings(
        BASE_URL, TwilioSettings(KEYS["account_sid"], (KEYS["auth_token"],), voice=True)
    )
)
VOICE = CHANNELS[ChannelName.VOICE]
CALLS = [row["id"] for row in INDEX["payloads"] if row["channel"] == "voice"]


def request(payload_id: str) -> WebhookRequest:
    row = PAYLOADS[payload_id]
    body = (DATA / "payloads" / row["file"]).read_bytes()
    return signed("twilio", body, url=f"{BASE_URL}/webhooks/twilio/voice")


@pytest.mark.parametrize("payload_id", CALLS)
def test_a_call_gives_the_messages_and_the_answer_of_its_row(payload_id):
    want = PAYLOADS[payload_id]["expect"]
    VOICE.verify(request(payload_id))

    events = VOICE.parse(request(payload_id))
    reply = VOICE.acknowledge(events)

    messages = [event for event in events if isinstance(event, InboundMessage)]
    assert len(messages) in (want.get("new_messages_any_of") or [want["new_messages"]])
    for message, row in zip(messages, want["messages"], strict=True):
        assert message.external_id == row["external_id"]
        assert message.dedup_scope == row["dedup_key"]["scope"]
        assert message.call_id == row["call_sid"]
        assert [ref.source for ref in message.media] == [
            a["source_ref"] for a in row["attachments"]
        ]
    tree = ET.fromstring(reply.body)  # noqa: S314 - our own answer
    children = [child.tag for child in tree]
    assert tree.tag == "Response"
    assert (
        children.count("Record") == want.get("twiml", {"count": {"Record": 0}})["count"]["Record"]
    )
    for record in tree.iter("Record"):
        assert {"action", "recordingStatusCallback"} <= set(record.attrib)
        assert children.index("Record") < len(children) - 1


def test_a_new_call_tells_who_calls_and_a_withheld_number_is_nobody():
    (known,) = VOICE.parse(request("voice_incoming"))
    (withheld,) = VOICE.parse(request("voice_incoming_withheld"))

    assert isinstance(known, ControlEvent)
    assert isinstance(withheld, ControlEvent)
    assert (known.kind, known.sender) == (ControlKind.CALL_STARTED, "+6281255502501")
    assert withheld.sender is None


def test_a_recording_is_a_message_that_cannot_be_answered_here():
    (message,) = VOICE.parse(request("voice_recording_completed"))

    assert isinstance(message, InboundMessage)
    assert (message.sender, message.repliable) == (None, False)
    assert message.media[0].kind is MediaKind.AUDIO


def test_a_call_cannot_be_answered_in_writing():
    with pytest.raises(SendError):
        VOICE.send(OutboundPart(ChannelName.VOICE, "a", "+6281255502501", "b", text="x"))


@pytest.mark.parametrize(
    "body", [b"", b"CallSid=%00", b"CallSid=CA1&RecordingStatus=completed&RecordingSid=R"]
)
def test_a_call_without_its_names_is_refused(body):
    with pytest.raises(PayloadError):
        VOICE.parse(signed("twilio", body))


def test_forged_calls_are_refused():
    with pytest.raises(SignatureError):
        VOICE.verify(signed("twilio", b"CallSid=CA1", genuine=False))
    with pytest.raises(SignatureError):
        VOICE.handshake(WebhookRequest("GET", BASE_URL, {}, b""))


def test_calls_of_other_accounts_are_left_out():
    assert VOICE.parse(signed("twilio", b"CallSid=CA1&AccountSid=ACx")) == []


def test_calls_have_an_address_of_their_own():
    assert adapters_for(CHANNELS, "voice") == (VOICE,)
    assert adapters_for(CHANNELS, "twilio") == ()
