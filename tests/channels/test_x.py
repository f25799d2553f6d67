"""X: direct messages, mentions, what was read, and the challenge."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.errors import PayloadError, SignatureError
from channels.message import (
    ChannelEvent,
    ControlEvent,
    ControlKind,
    DeliveryStatus,
    InboundMessage,
    MediaKind,
    RottenEvent,
)
from channels.webhook import WebhookRequest
from tests.channels.own_expectations import described, expected, messages, receipts
from tests.channels.own_payloads import (
    BASE_URL,
    PAYLOADS,
    own_request,
)
from tests.channels.x_parts import CITIZEN, X, make

OURS = [
    row["id"] for row in PAYLOADS.values() if row["provider"] == "x" and row["method"] == "POST"
]


def read(payload_id: str) -> list[ChannelEvent]:
    adapter, request = make(), own_request(payload_id)
    adapter.verify(request)
    return adapter.parse(request)


@pytest.mark.parametrize("payload_id", OURS)
def test_a_payload_is_refused_or_read_as_its_row_says(payload_id):
    row = PAYLOADS[payload_id]
    try:
        events = read(payload_id)
    except SignatureError:
        assert row["expect"]["http"] == ["403"]
        return
    except PayloadError:
        assert row["expect"]["http"] == ["400"]
        return

    assert row["expect"]["http"] == ["2xx"]
    if not row.get("post_first"):
        want = [expected(one) for one in row["expect"]["messages"]]
        assert [described(message) for message in messages(events)] == want


def test_what_was_read_is_known_up_to_a_moment():
    (receipt,) = receipts(read("x_read"))

    assert receipt.status is DeliveryStatus.READ
    assert (receipt.recipient, receipt.external_id) == (CITIZEN, None)
    assert receipt.watermark is not None


def test_a_message_from_our_own_account_is_an_echo_of_the_citizens_conversation():
    (event,) = read("x_dm_from_own_account")

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.sender, event.value) == (ControlKind.ECHO, CITIZEN, None)
    assert event.external_id == "1990000000000000008"
    assert event.message is not None
    assert event.message.text == "Halo dari petugas"


def test_a_rotten_event_is_named_without_its_content():
    rotten = [event for event in read("x_good_and_bad") if isinstance(event, RottenEvent)]

    assert [event.path for event in rotten] == ["direct_message_events[0]"]
    assert "x" not in rotten[0].reason.split()


def test_a_mention_is_marked_as_public_and_belongs_to_its_author():
    (message,) = read("x_mention")

    assert isinstance(message, InboundMessage)
    assert message.public
    assert message.sender == CITIZEN


def test_a_post_and_a_direct_message_of_one_number_are_two():
    (private,) = messages(read("x_dm_text"))
    (public,) = messages(read("x_mention"))

    assert private.dedup_scope != public.dedup_scope


def test_the_challenge_is_answered_with_its_signature():
    reply = make().handshake(own_request("x_crc"))

    want = PAYLOADS["x_crc"]["expect"]["response_body_exact"]
    assert (reply.status, reply.body, reply.content_type) == (200, want, "application/json")


@pytest.mark.parametrize(
    "query",
    ["", "crc_token=", "crc_token=%7B%22for_user_id%22%3A1%7D", "crc_token=a%20b", "x=1"],
)
def test_a_challenge_that_could_be_a_forgery_is_not_signed(query):
    with pytest.raises(SignatureError):
        make().handshake(WebhookRequest("GET", f"{BASE_URL}/webhooks/x?{query}", {}, b""))


@pytest.mark.parametrize("value", ["", "sha256=", "sha1=abc", "sha256=é", "\udcff"])
def test_a_request_without_a_good_signature_is_forged(value):
    request = own_request("x_dm_text")
    headers = {**request.headers, "x-twitter-webhooks-signature": value}

    with pytest.raises(SignatureError):
        make().verify(dataclasses.replace(request, headers=headers))


def test_a_changed_body_is_forged():
    request = own_request("x_dm_text")

    with pytest.raises(SignatureError):
        make().verify(dataclasses.replace(request, body=request.body + b" "))


def test_all_secrets_of_a_rotation_are_good():
    make(secrets=("rahasia-yang-akan-datang",)).verify(own_request("x_dm_text"))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = [
    json.loads(own_request(name).body) for name in OURS if own_request(name).body.startswith(b"{")
]


@settings(max_examples=400, deadline=None)
@given(document=st.sampled_from(DOCUMENTS), junk=ANY_JSON, choice=st.randoms(use_true_random=False))
def test_a_field_of_any_other_type_never_raises_anything_but_payload_error(document, junk, choice):
    damaged = json.loads(json.dumps(document))
    places = list(positions(damaged))
    holder, key = places[choice.randrange(len(places))]
    holder[key] = junk

    assert_survives(json.dumps(damaged).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"NaN", b"\xff", b"[" * 100_000, b'{"a":' * 50_000], ids=range(7)
)
def test_junk_is_refused_or_ignored(body):
    assert_survives(body)


ONCE = make()


def assert_survives(body: bytes) -> None:
    try:
        events = ONCE.parse(WebhookRequest("POST", f"{BASE_URL}/webhooks/x", {}, body))
    except PayloadError:
        return
    for message in messages(events):
        (message.text or "").encode("utf-8")
        assert "\x00" not in (message.text or "")


def positions(value):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from positions(inner)


def activity(**events) -> WebhookRequest:
    body = json.dumps({"for_user_id": X["user_id"], **events}).encode()
    return WebhookRequest("POST", f"{BASE_URL}/webhooks/x", {}, body)


def post(**changes):
    mention = {"user_mentions": [{"id_str": X["user_id"]}]}
    made = {"id_str": "7", "text": "@kita halo", "user": {"id_str": CITIZEN}, "entities": mention}
    return {**made, **changes}


@pytest.mark.parametrize(
    ("created_at", "sent_at"),
    [
        ("Fri Nov 20 01:15:00 +0000 2026", datetime(2026, 11, 20, 1, 15, tzinfo=UTC)),
        ("kemarin", None),
        (None, None),
    ],
)
def test_a_post_without_milliseconds_is_dated_by_its_date(created_at, sent_at):
    (message,) = messages(make().parse(activity(tweet_create_events=[post(created_at=created_at)])))

    assert message.sent_at == sent_at


def test_a_film_without_a_file_is_shown_by_its_picture():
    held = {"type": "video", "media_url_https": "https://pbs.twimg.com/1.jpg", "video_info": {}}
    event = post(extended_entities={"media": [held, held]})

    (message,) = messages(make().parse(activity(tweet_create_events=[event])))

    assert [(ref.kind, ref.source) for ref in message.media] == [
        (MediaKind.IMAGE, "https://pbs.twimg.com/1.jpg")
    ]


@pytest.mark.parametrize("media", [[{"type": "photo"}], ["x"]])
def test_a_medium_without_an_address_is_quarantined(media):
    event = post(extended_entities={"media": media})

    (rotten,) = make().parse(activity(tweet_create_events=[event]))

    assert isinstance(rotten, RottenEvent)


def test_events_of_other_kinds_are_nothing():
    welcome = {"type": "welcome_message", "id": "1"}

    assert make().parse(activity(direct_message_events=[welcome])) == []


def test_a_list_that_is_none_is_quarantined_whole():
    (rotten,) = make().parse(activity(direct_message_events={"id": 1}))

    assert isinstance(rotten, RottenEvent)
    assert rotten.path == "direct_message_events"


def test_x_wants_nothing_but_200():
    reply = make().acknowledge([])

    assert (reply.status, reply.body) == (200, "")


def test_a_challenge_at_an_unreadable_address_is_refused():
    with pytest.raises(SignatureError):
        make().handshake(WebhookRequest("GET", "http://[::1/webhooks/x?crc_token=a", {}, b""))


def test_an_answer_on_x_may_be_long_and_carries_no_file():
    limits = make().limits

    assert (limits.text_units, limits.media_bytes, limits.window) == (10_000, (), None)
