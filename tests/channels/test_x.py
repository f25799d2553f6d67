"""X: direct messages and mentions in, direct messages out; alone and through the sandbox."""

import dataclasses
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.errors import MediaError, PayloadError, SendError, SignatureError
from channels.explanations import explain
from channels.http import MediaFetcher
from channels.message import (
    Button,
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryStatus,
    ErrorClass,
    InboundMessage,
    MediaKind,
    MediaRef,
    OutboundMedium,
    OutboundPart,
    RottenEvent,
    WebhookRequest,
)
from channels.registry import (
    ChannelSettings,
    XSettings,
    adapters_for,
    build_channels,
    close_channels,
)
from channels.x_api import XApi
from channels.x_errors import refusal
from channels.x_messages import XAdapter
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels.own_expectations import described, expected, messages, receipts
from tests.channels.own_payloads import (
    BASE_URL,
    ERRORS,
    KEYS,
    PAYLOADS,
    own_request,
    x_signature,
)
from tests.channels.provider import Answer, Call, Provider, running_provider
from tests.sandbox.conftest import QUICK, free_port

T = TypeVar("T")
OURS = [
    row["id"] for row in PAYLOADS.values() if row["provider"] == "x" and row["method"] == "POST"
]
ROWS = [row for row in ERRORS if row["provider"] == "x"]
X = KEYS["x"]
CITIZEN, TEXT = "5501000000000000001", "Laporan rahasia"
TAKEN = Answer(201, b'{"data": {"dm_conversation_id": "1-2", "dm_event_id": "199000"}}')


@pytest.fixture(scope="module")
def platform() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def adapter(platform: Provider) -> Iterator[XAdapter]:
    built = make(platform.origin)
    yield built
    built.close()


def make(origin: str = "http://127.0.0.1:9", secrets: tuple[str, ...] = ()) -> XAdapter:
    api = XApi(
        consumer_key=X["consumer_key"],
        consumer_secret=X["consumer_secret"],
        access_token=X["access_token"],
        access_token_secret=X["access_token_secret"],
        api_base=origin,
    )
    return XAdapter(X["user_id"], (*secrets, X["consumer_secret"]), api, MediaFetcher(origin))


def part(text: str | None = TEXT, **changes) -> OutboundPart:
    made = OutboundPart(ChannelName.X, X["user_id"], CITIZEN, "bagian-1", text=text)
    return dataclasses.replace(made, **changes)


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


def test_an_answer_is_a_direct_message(adapter, platform):
    platform.will_answer(TAKEN)

    result = adapter.send(part())

    (call,) = platform.calls
    assert call.path == f"/2/dm_conversations/with/{CITIZEN}/messages"
    assert json.loads(call.body) == {"text": TEXT}
    assert call.headers["authorization"].startswith("OAuth ")
    assert result.external_id == "199000"


def test_choices_are_named_in_words(adapter, platform):
    platform.will_answer(TAKEN)

    adapter.send(part("Sudah benar?", buttons=(Button("Ya", "ya"), Button("Ubah", "ubah"))))

    assert json.loads(platform.calls[0].body)["text"] == "Sudah benar?\n\nBalas: YA atau UBAH"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['http']}-{row['code']}-{row['class']}")
def test_a_refused_call_has_the_class_and_the_name_of_its_row(row, adapter, platform):
    body = row["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    platform.will_answer(Answer(silent=True) if row["http"] is None else Answer(row["http"], raw))

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert (caught.value.error_class, caught.value.code) == (row["class"], row["code"])
    assert len(platform.calls) == 1
    printed = f"{caught.value!r} {caught.value.__cause__!r}"
    assert not any(secret in printed for secret in (TEXT, CITIZEN, X["access_token"]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['http']}-{row['code']}")
def test_the_officer_reads_a_sentence_for_every_row(row):
    sentence = explain(ChannelName.X, row["code"], ErrorClass(row["class"]))

    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "http" not in sentence


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"ok", b'{"data": {"dm_event_id": 7}}'])
def test_a_success_without_an_id_is_never_sent_again_by_machine(body, adapter, platform):
    platform.will_answer(Answer(201, body))

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert caught.value.error_class is ErrorClass.AMBIGUOUS


def test_a_throttled_account_waits_until_the_limit_is_lifted():
    error = refusal(429, {"X-Rate-Limit-Reset": "1795137390"}, "{}", now_s=lambda: 1795137300.0)

    assert (error.error_class, error.retry_after_s) == (ErrorClass.RETRY_AFTER, 90.0)


def test_a_platform_that_cannot_be_reached_is_tried_again():
    with running_provider() as gone:
        origin = gone.origin
    adapter = make(origin)

    with pytest.raises(SendError) as caught:
        adapter.send(part())
    adapter.close()

    assert caught.value.error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "empty"),
        ({"recipient": "@warga"}, "recipient"),
        ({"recipient": "1/../2"}, "recipient"),
        ({"medium": OutboundMedium(MediaKind.IMAGE, "image/jpeg", "a.jpg", b"x")}, "text-only"),
    ],
)
def test_what_x_cannot_take_never_leaves(adapter, platform, changes, code):
    platform.will_answer(TAKEN)

    with pytest.raises(SendError) as caught:
        adapter.send(part(**changes))

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.PERMANENT, code)
    assert platform.calls == []


def test_an_attachment_of_a_direct_message_is_fetched_with_our_signature(adapter, platform):
    platform.will_answer(Answer(200, b"JPEG", {"Content-Type": "image/jpeg"}))

    found = adapter.fetch_media(MediaRef(MediaKind.IMAGE, f"{platform.origin}/1.1/ton/dm/1.jpg"))

    assert (found.content, found.mime) == (b"JPEG", "image/jpeg")
    assert platform.calls[0].headers["authorization"].startswith("OAuth ")


@pytest.mark.parametrize(
    "source",
    [
        "https://ton.twitter.com.evil.example/1.jpg",
        "https://evil.example/ton.twitter.com/1.jpg",
        "https://[::1/1.jpg",
        "file:///etc/passwd",
    ],
)
def test_our_signature_goes_to_nobody_else(adapter, source):
    with pytest.raises(MediaError) as caught:
        adapter.fetch_media(MediaRef(MediaKind.IMAGE, source))

    assert caught.value.reason == "refused"


def test_the_libraries_below_do_not_log_texts_and_signatures():
    for name in ("tweepy", "tweepy.client", "oauthlib", "requests_oauthlib"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def x_settings(origin: str) -> XSettings:
    return XSettings(
        user_id=defaults.X_USER_ID,
        consumer_key=defaults.X_CONSUMER_KEY,
        consumer_secrets=(defaults.X_CONSUMER_SECRET,),
        access_token=defaults.X_ACCESS_TOKEN,
        access_token_secret=defaults.X_ACCESS_TOKEN_SECRET,
        api_base=origin,
    )


def test_x_is_off_unless_its_settings_are_given():
    built = build_channels(ChannelSettings(public_base_url=BASE_URL))

    assert adapters_for(built, "x") == ()


def test_settings_do_not_print_their_secrets():
    printed = repr(x_settings("https://api.x.com"))

    assert defaults.X_CONSUMER_SECRET not in printed
    assert defaults.X_ACCESS_TOKEN not in printed


# --- through the sandbox -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def gateway() -> Iterator[Provider]:
    with running_provider() as listening:
        listening.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))
        yield listening


@pytest.fixture(scope="module")
def origin(gateway: Provider) -> Iterator[str]:
    port = free_port()
    server = SandboxServer(
        SandboxSettings(target=gateway.origin, port=port, **{**QUICK, "silence_s": 0.2})
    )
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture
def connected(origin: str, gateway: Provider) -> Iterator[XAdapter]:
    gateway.calls.clear()
    built = build_channels(
        ChannelSettings(public_base_url=gateway.origin, x=x_settings(origin), sandbox_origin=origin)
    )
    (adapter,) = adapters_for(built, "x")
    assert isinstance(adapter, XAdapter)
    yield adapter
    close_channels(built)
    requests.delete(f"{origin}/api/faults", timeout=5)


def heard(adapter: XAdapter, gateway: Provider) -> list[ChannelEvent]:
    found: list[ChannelEvent] = []
    for call in list(gateway.calls):
        request = as_request(call, gateway)
        adapter.verify(request)
        found += adapter.parse(request)
    return found


def echoes(adapter: XAdapter, gateway: Provider, external_id: str) -> list[ControlEvent]:
    controls = [event for event in heard(adapter, gateway) if isinstance(event, ControlEvent)]
    return [event for event in controls if event.external_id == external_id]


def as_request(call: Call, gateway: Provider) -> WebhookRequest:
    return WebhookRequest(call.method, gateway.origin + call.path, call.headers, call.body)


def wait_for(look: Callable[[], list[T]]) -> list[T]:
    give_up_at = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < give_up_at, "never came"
        time.sleep(0.02)
    return found


def test_what_a_citizen_writes_in_the_sandbox_is_read(connected, gateway, origin):
    wish = {"citizen": "salmah", "text": "Jalan A & B rusak"}
    requests.post(f"{origin}/api/x/messages", json=wish, timeout=5)

    (message,) = wait_for(lambda: messages(heard(connected, gateway)))

    assert (message.text, message.sender_name) == ("Jalan A & B rusak", "Salmah Idris")
    assert (message.sender, message.public) == (CITIZEN, False)


def test_a_mention_in_the_sandbox_is_answered_in_private(connected, gateway, origin):
    wish = {"citizen": "salmah", "text": "@kabcontoh banjir", "public": True}
    requests.post(f"{origin}/api/x/messages", json=wish, timeout=5)
    (mention,) = wait_for(lambda: messages(heard(connected, gateway)))
    assert mention.public

    connected.send(part("Terima kasih, kami balas di sini.", recipient=mention.sender))

    sent = requests.get(f"{origin}/api/x/sent", timeout=5).json()["sent"]
    assert (sent[-1]["citizen"], sent[-1]["text"]) == (
        "salmah",
        "Terima kasih, kami balas di sini.",
    )


def test_our_own_answer_comes_back_under_the_id_that_sending_returned(connected, gateway):
    result = connected.send(part("Sudah kami terima."))

    (echo,) = wait_for(lambda: echoes(connected, gateway, result.external_id))
    assert echo.kind is ControlKind.ECHO


def test_the_sandbox_finds_our_challenge_answered_rightly(connected, gateway, origin):
    secret = defaults.X_CONSUMER_SECRET
    token_answers = Answer(200, b"{}", {"Content-Type": "application/json"})
    gateway.will_answer(token_answers)
    requests.post(f"{origin}/api/x/challenge", json={}, timeout=5)
    asked = as_request(gateway.calls[0], gateway)
    gateway.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))

    reply = connected.handshake(asked)

    token = asked.url.partition("crc_token=")[2].partition("&")[0]
    assert json.loads(reply.body) == {"response_token": x_signature(token.encode(), secret)}


@pytest.mark.parametrize(
    ("fault", "error_class"),
    [
        ("token_expired", ErrorClass.REAUTH),
        ("throttled", ErrorClass.RETRY_AFTER),
        ("server_error", ErrorClass.RETRY),
        ("blocked", ErrorClass.RECIPIENT_GONE),
        ("not_registered", ErrorClass.RECIPIENT_GONE),
    ],
)
def test_the_sandbox_refuses_as_x_does(connected, origin, fault, error_class):
    requests.post(f"{origin}/api/faults", json={"name": fault, "times": 1}, timeout=5)

    with pytest.raises(SendError) as caught:
        connected.send(part())

    assert caught.value.error_class is error_class


def test_the_sandbox_knows_a_foreign_signature(origin, gateway):
    foreign = dataclasses.replace(x_settings(origin), access_token_secret="milik-orang-lain")
    built = build_channels(ChannelSettings(public_base_url=gateway.origin, x=foreign))

    with pytest.raises(SendError) as caught:
        built[ChannelName.X].send(part())
    close_channels(built)

    assert caught.value.error_class is ErrorClass.REAUTH
