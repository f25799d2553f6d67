"""Who has a conversation on Messenger and Instagram, whose echo it is, what people are called."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from channels.errors import SendError
from channels.explanations import explain
from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    ErrorClass,
    Holder,
    InboundMessage,
)
from channels.meta_errors import refusal
from channels.meta_events import MetaAccount
from channels.meta_graph import MetaGraph
from channels.meta_inbound import read_body
from channels.meta_profile import profile_name
from channels.whatsapp_cloud_inbound import read_body as read_cloud
from tests.channels.provider import Answer, Provider, running_provider

PERSON = "6120000000000001"
PAGE = MetaAccount(ChannelName.MESSENGER, "page", "104857600123456")
INSTAGRAM = MetaAccount(ChannelName.INSTAGRAM, "instagram", "17841400001234567")
INBOX_APP = "263902037430900"


def read(
    event: dict[str, Any], ours: MetaAccount = PAGE, key: str = "messaging"
) -> list[ChannelEvent]:
    whole = {"sender": {"id": PERSON}, "recipient": {"id": ours.id}, "timestamp": 1795137300321}
    entry = {"id": ours.id, "time": 1, key: [whole | event]}
    return read_body({"object": ours.kind, "entry": [entry]}, ours)


def control(event: dict[str, Any], ours: MetaAccount = PAGE) -> ControlEvent:
    (read_event,) = read(event, ours)
    assert isinstance(read_event, ControlEvent)
    return read_event


def test_words_in_standby_say_that_somebody_else_has_the_conversation():
    words = {"message": {"mid": "m1", "text": "Lampu mati"}}
    (waiting,) = read(words, key="standby")
    (ordinary,) = read(words)

    assert isinstance(waiting, InboundMessage)
    assert isinstance(ordinary, InboundMessage)
    assert (waiting.standby, ordinary.standby) == (True, False)


@pytest.mark.parametrize(
    ("event", "holder"),
    [
        ({"pass_thread_control": {"new_owner_app_id": "900100200300400"}}, None),
        ({"pass_thread_control": {"new_owner_app_id": INBOX_APP}}, Holder.INBOX),
        ({"take_thread_control": {"previous_owner_app_id": "900100200300400"}}, Holder.APP),
        ({"take_thread_control": {"new_owner_app_id": int(INBOX_APP)}}, Holder.INBOX),
        ({"take_thread_control": {"new_owner_app_id": "1217981644879628"}}, Holder.INBOX),
        ({"take_thread_control": {}}, Holder.APP),
    ],
)
def test_a_handover_says_who_has_it_now(event, holder):
    handover = control(event)

    assert (handover.kind, handover.sender, handover.holder) == (
        ControlKind.HANDOVER,
        PERSON,
        holder,
    )


def test_a_handover_is_recognised_when_it_comes_again():
    event = {"take_thread_control": {"new_owner_app_id": INBOX_APP}}

    assert control(event) == control(event)


def test_asking_for_a_conversation_changes_nothing():
    assert read({"request_thread_control": {"requested_owner_app_id": "1"}}) == []


def echo(ours: MetaAccount, **message: object) -> ControlEvent:
    words = {"mid": "m1", "is_echo": True, "text": "Halo", **message}
    ends = {"sender": {"id": ours.id}, "recipient": {"id": PERSON}}
    return control(ends | {"message": words}, ours)


@pytest.mark.parametrize(
    ("ours", "facts", "holder"),
    [
        (PAGE, {"app_id": int(INBOX_APP)}, Holder.INBOX),
        (PAGE, {}, Holder.INBOX),
        (PAGE, {"app_id": 123}, Holder.APP),
        # There is no telling: it may be our own.
        (INSTAGRAM, {}, None),
    ],
)
def test_an_echo_says_who_may_have_written_it(ours, facts, holder):
    assert echo(ours, **facts).holder is holder


@pytest.mark.parametrize(
    ("referral", "origin"),
    [
        ({"ref": "poster-rsud", "source": "SHORTLINK"}, "poster-rsud"),
        ({"source": "ADS", "ad_id": "6045"}, "6045"),
        ({"source": "CUSTOMER_CHAT_PLUGIN"}, "CUSTOMER_CHAT_PLUGIN"),
        ({"ref": 5}, None),
        ("junk", None),
        ({"ref": "a\x00" + "b" * 500}, "a" + "b" * 119),
    ],
)
def test_what_led_somebody_here_is_kept_with_the_message(referral, origin):
    (message,) = read({"message": {"mid": "m1", "text": "Halo", "referral": referral}})

    assert isinstance(message, InboundMessage)
    assert message.origin == origin


def test_a_story_that_names_us_is_said():
    link = {"type": "story_mention", "payload": {"url": "https://lookaside.example.org/1"}}
    (message,) = read({"message": {"mid": "m1", "attachments": [link]}}, INSTAGRAM)

    assert isinstance(message, InboundMessage)
    assert message.story_mention
    assert [ref.fetchable for ref in message.media] == [False]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


def asked(
    provider: Provider, answer: Answer, person: str = PERSON, name: ChannelName = PAGE.channel
) -> str | None:
    provider.will_answer(answer)
    graph = MetaGraph("token", "v25.0", provider.origin)
    try:
        return profile_name(graph, name, person)
    finally:
        graph.close()


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"name": "Siti Aminah", "username": "siti_a"}, "Siti Aminah"),
        ({"name": None, "username": "siti_a"}, "siti_a"),
        ({"first_name": "Siti", "last_name": "Aminah"}, "Siti Aminah"),
        ({"first_name": "Siti"}, "Siti"),
        ({"name": "\x00 "}, None),
        ({"name": 5, "first_name": ["x"]}, None),
        ({"id": PERSON}, None),
        ({"name": "S" * 500}, "S" * 120),
    ],
)
def test_a_name_is_read_from_what_the_platform_tells(provider, answer, name):
    assert asked(provider, Answer(body=json.dumps(answer).encode())) == name
    assert provider.calls[0].path.startswith(f"/v25.0/{PERSON}?")


def test_an_id_that_is_none_is_never_asked_for(provider):
    assert asked(provider, Answer(), "me/messages", ChannelName.INSTAGRAM) is None
    assert provider.calls == []


def test_a_refusal_is_judged(provider):
    error = {"error": {"message": "no", "code": 100, "error_subcode": 2018218}}

    with pytest.raises(SendError) as refused:
        asked(provider, Answer(400, json.dumps(error).encode()))

    assert refused.value.error_class is ErrorClass.PERMANENT


def test_a_conversation_in_other_hands_pauses_no_account():
    error = {"error": {"message": "no", "code": 10, "error_subcode": 2018300}}

    refused = refusal(400, {}, json.dumps(error))

    assert refused.error_class is ErrorClass.PERMANENT
    assert "kotak masuk Halaman" in explain(
        ChannelName.MESSENGER, refused.code, refused.error_class
    )


def test_the_telephone_that_shares_our_number_is_a_person():
    words = {"id": "wamid.1", "to": "6281255503001", "type": "text", "text": {"body": "Siap"}}
    value = {"metadata": {"phone_number_id": "1065"}, "message_echoes": [words]}
    change = {"field": "smb_message_echoes", "value": value}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}

    (event,) = read_cloud(body, "1065")

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.holder) == (ControlKind.ECHO, Holder.PHONE)
