"""Calls: the prompt, the recording, the number, and callers who withhold theirs."""

import xml.etree.ElementTree as ET
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.adapter import CallStep, CallTicket, PhoneCalls
from channels.call_prompts import CallPrompt, Prompt
from channels.errors import PayloadError, SendError, SignatureError
from channels.message import ChannelName, ControlEvent, ControlKind, InboundMessage, MediaKind
from channels.outbound import OutboundPart
from channels.registry import ChannelSettings, TwilioSettings, adapters_for, build_channels
from channels.webhook import WebhookRequest
from tests.channels.call_prompts import PROMPTS
from tests.channels.support import BASE_URL, DATA, INDEX, PAYLOADS, signed

KEYS = INDEX["harness"]["twilio"]
CHANNELS = build_channels(
    ChannelSettings(
        BASE_URL, TwilioSettings(KEYS["account_sid"], (KEYS["auth_token"],), voice=PROMPTS)
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
    # Who makes the message is free: the action or the callback, whichever comes first.
    for message, row in zip(messages, want["messages"] or [], strict=bool(want["messages"])):
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


def step(path, **fields):
    values = {"CallSid": "CA1", "AccountSid": KEYS["account_sid"], "CallStatus": "in-progress"}
    body = urlencode(values | {"From": "+6281255501001"} | fields).encode()
    return signed("twilio", body, url=f"{BASE_URL}/webhooks/twilio/voice/{path}")


def heard(reply):
    """The verbs of an answer in their order, with what they say, play or lead to."""
    tree = ET.fromstring(reply.body)  # noqa: S314 - our own answer
    return [
        (verb.tag, verb.text or verb.get("action", verb.get("length"))) for verb in tree.iter()
    ][1:]


def test_the_recording_names_its_caller_and_the_caller_waits_for_the_number():
    events = VOICE.parse(request("voice_record_action"))

    known, recording = events
    assert isinstance(known, ControlEvent)
    assert isinstance(recording, InboundMessage)
    assert (known.kind, known.sender) == (ControlKind.CALL_CONTINUED, "+6281255502501")
    assert recording.sender == "+6281255502501"
    assert heard(VOICE.acknowledge(events)) == [
        ("Say", "[recorded]"),
        ("Redirect", f"{BASE_URL}/webhooks/twilio/voice/ticket"),
    ]


def test_a_recording_without_its_name_is_called_by_its_address():
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE7.mp3?x=1"

    _, recording = VOICE.parse(step("action", RecordingUrl=url))

    assert isinstance(recording, InboundMessage)
    assert recording.external_id == "RE7"


def test_a_recording_with_no_address_at_all_is_refused_with_a_clear_error():
    with pytest.raises(PayloadError, match="no recording"):
        VOICE.parse(step("action", RecordingUrl="c://]"))


def test_silence_gets_one_more_chance_and_then_a_farewell():
    first = heard(VOICE.acknowledge(VOICE.parse(request("voice_incoming"))))
    second = heard(VOICE.ask_again())

    action = f"{BASE_URL}/webhooks/twilio/voice/action"
    assert first == [
        ("Say", "[greeting]"),
        ("Record", action),
        ("Redirect", f"{BASE_URL}/webhooks/twilio/voice/again"),
    ]
    assert second == [
        ("Say", "[unheard]"),
        ("Record", action),
        ("Say", "[still_unheard]"),
        ("Hangup", None),
    ]


def test_the_number_is_said_digit_by_digit_and_twice():
    asked = VOICE.read_step(step("ticket"))

    told = heard(VOICE.tell(asked, CallTicket("26-00421-3")))

    said = [text for verb, text in told if verb == "Say"]
    number = ["dua enam", "strip, nol nol empat dua satu", "strip tiga"]
    assert said == ["[number]", *number, "[number_again]", *number, "[goodbye]"]
    assert told[-1] == ("Hangup", None)
    assert told.count(("Pause", "1")) == 6


def test_a_pin_is_said_once_and_a_key_is_asked_for_only_where_an_sms_can_be_sent():
    asked = VOICE.read_step(step("ticket"))

    withheld = [text for _, text in heard(VOICE.tell(asked, CallTicket("26-00421-3", "480213")))]
    known = heard(VOICE.tell(asked, CallTicket("26-00421-3", offers_sms=True)))

    assert withheld.count("empat delapan nol") == withheld.count("dua satu tiga") == 1
    assert "[sms_offer]" not in withheld
    keys = f"{BASE_URL}/webhooks/twilio/voice/keys"
    assert known[-4:] == [
        ("Gather", keys),
        ("Say", "[sms_offer]"),
        ("Say", "[goodbye]"),
        ("Hangup", None),
    ]


def test_who_waits_for_a_number_waits_a_bounded_time():
    answers = []
    path = "ticket"
    for _ in range(20):
        told = heard(VOICE.tell(VOICE.read_step(step(path)), CallTicket(offers_sms=True)))
        answers.append(told)
        if told[-1][0] != "Redirect":
            break
        path = told[-1][1].rpartition("/")[2]

    assert len(answers) == 9
    assert answers[0][0] == ("Pause", "2")
    assert [number for number, told in enumerate(answers) if ("Say", "[waiting]") in told] == [1, 5]
    assert answers[-1][0] == ("Say", "[not_ready]")
    assert ("Say", "[sms_offer]") in answers[-1]


@pytest.mark.parametrize(
    ("digits", "farewell"), [("1", "[sms_follows]"), ("2", "[goodbye]"), ("", "[goodbye]")]
)
def test_the_key_decides_about_the_sms(digits, farewell):
    events = VOICE.parse(step("keys", Digits=digits))

    (event,) = events
    assert isinstance(event, ControlEvent)
    assert (event.kind, event.value or "") == (ControlKind.CALL_KEY, digits)
    assert heard(VOICE.acknowledge(events)) == [("Say", farewell), ("Hangup", None)]


@pytest.mark.parametrize(
    ("path", "asked"), [("ticket", 0), ("ticket?asked=4", 4), ("ticket?asked=-1x", 0)]
)
def test_a_step_tells_how_often_the_number_was_asked_for(path, asked):
    found = VOICE.read_step(step(path))

    assert (found.step, found.call_id, found.caller) == (CallStep.TICKET, "CA1", "+6281255501001")
    assert found.asked == asked


@pytest.mark.parametrize(
    ("path", "fields"), [("pin", {}), ("ticket", {"CallSid": ""}), ("ticket", {"AccountSid": "AC"})]
)
def test_what_is_no_step_of_our_calls_is_refused(path, fields):
    with pytest.raises(PayloadError):
        VOICE.read_step(step(path, **fields))


def test_a_recorded_prompt_is_played_and_odd_addresses_do_no_harm():
    prompts = PROMPTS | {CallPrompt.UNHEARD: Prompt("x", "https://suara.contoh.go.id/a?b=1&c=<2>")}
    settings = TwilioSettings(KEYS["account_sid"], (KEYS["auth_token"],), voice=prompts)
    voice = build_channels(ChannelSettings(BASE_URL, settings))[ChannelName.VOICE]

    assert isinstance(voice, PhoneCalls)
    first = heard(voice.ask_again())[0]
    assert first == ("Play", "https://suara.contoh.go.id/a?b=1&c=<2>")


@given(
    st.dictionaries(
        st.sampled_from(["CallSid", "From", "AccountSid", "Digits", "RecordingUrl"]) | st.text(),
        st.text(),
        max_size=6,
    ),
    st.sampled_from(["ticket", "again", "keys", "action", ""]) | st.text(max_size=20),
)
def test_whatever_comes_is_a_step_a_list_of_events_or_refused(fields, path):
    arrived = signed("twilio", urlencode(fields, errors="replace").encode())
    arrived = replace(arrived, url=f"{BASE_URL}/webhooks/twilio/voice/{path}")
    with suppress(PayloadError):
        found = VOICE.read_step(arrived)
        assert 0 <= found.asked <= 9
        ET.fromstring(VOICE.tell(found, CallTicket()).body)  # noqa: S314 - our own answer
    with suppress(PayloadError):
        answer = VOICE.acknowledge(VOICE.parse(arrived))
        assert ET.fromstring(answer.body).tag == "Response"  # noqa: S314 - our own answer


def test_the_end_of_a_call_is_no_event():
    assert VOICE.parse(step("", CallStatus="completed")) == []


def test_calls_have_an_address_of_their_own():
    assert adapters_for(CHANNELS, "voice") == (VOICE,)
    assert adapters_for(CHANNELS, "twilio") == ()
