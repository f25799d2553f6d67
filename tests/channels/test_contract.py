"""What every adapter promises, whatever the platform."""

import json
import logging
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.adapter import ChannelAdapter
from channels.errors import PayloadError, SignatureError
from channels.message import (
    ChannelName,
    ControlEvent,
    DeliveryReceipt,
    InboundMessage,
    RottenEvent,
    WebhookRequest,
)
from channels.registry import adapters_for, build_channels, close_channels
from tests.channels import support
from tests.channels.support import INDEX, OUR_CHANNELS, PAYLOADS, payload_request, signed

CHANNELS = support.channels()
ROTATED = build_channels(support.settings(rotated=True))
PROVIDERS = {
    ChannelName.WHATSAPP: "twilio",
    ChannelName.SMS: "twilio",
    ChannelName.TELEGRAM: "telegram",
    ChannelName.MESSENGER: "meta",
    ChannelName.INSTAGRAM: "meta",
}
GENUINE = {
    ChannelName.WHATSAPP: "wa_text",
    ChannelName.SMS: "sms_text",
    ChannelName.TELEGRAM: "tg_text",
    ChannelName.MESSENGER: "fb_text",
    ChannelName.INSTAGRAM: "ig_text",
}
BODIES = [
    (
        "voice" if row["channel"] == "voice" else row["provider"],
        (support.DATA / "payloads" / row["file"]).read_bytes(),
    )
    for row in INDEX["payloads"]
    if row["method"] == "POST"
]
EVERY_ADAPTER = pytest.mark.parametrize("name", OUR_CHANNELS)
EVENTS = (InboundMessage, ControlEvent, DeliveryReceipt, RottenEvent)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def adapter(name: ChannelName) -> ChannelAdapter:
    return CHANNELS[name]


def assert_survives(provider: str, body: bytes) -> None:
    for one in adapters_for(CHANNELS, provider):
        try:
            events = one.parse(signed(provider, body))
        except PayloadError:
            continue
        assert all(isinstance(event, EVENTS) for event in events)
        storable(events)


def storable(events: list[object]) -> None:
    """Everything must fit into UTF-8 and PostgreSQL: no lone surrogate, no U+0000."""
    printed = "".join(str(value) for event in events for value in leaves(event))
    printed.encode("utf-8")
    assert "\x00" not in printed


def leaves(value: object) -> list[object]:
    if isinstance(value, tuple):
        return [leaf for item in value for leaf in leaves(item)]
    slots = getattr(type(value), "__slots__", ())
    if not slots or isinstance(value, str):
        return [value]
    return [leaf for slot in slots for leaf in leaves(getattr(value, slot))]


@EVERY_ADAPTER
def test_a_genuine_request_is_accepted(name):
    request = payload_request(GENUINE[name])

    adapter(name).verify(request)

    assert len(adapter(name).parse(request)) == 1


@EVERY_ADAPTER
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-twilio-signature": "", "x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256=é", "x-twilio-signature": "é"},
        {"x-hub-signature-256": "sha1=abc", "x-telegram-bot-api-secret-token": "\udcff"},
    ],
)
def test_a_request_without_a_good_signature_is_forged(name, headers):
    genuine = payload_request(GENUINE[name])
    forged = WebhookRequest(genuine.method, genuine.url, headers, genuine.body)

    with pytest.raises(SignatureError):
        adapter(name).verify(forged)


@EVERY_ADAPTER
def test_a_request_signed_with_another_key_is_forged(name):
    body = payload_request(GENUINE[name]).body

    with pytest.raises(SignatureError):
        adapter(name).verify(signed(PROVIDERS[name], body, genuine=False))


@pytest.mark.parametrize("name", [n for n in OUR_CHANNELS if n is not ChannelName.TELEGRAM])
def test_a_changed_body_is_forged(name):
    genuine = payload_request(GENUINE[name])
    changed = WebhookRequest("POST", genuine.url, genuine.headers, genuine.body + b"&a=b ")

    with pytest.raises(SignatureError):
        adapter(name).verify(changed)


@EVERY_ADAPTER
def test_keys_rotate_without_losing_a_request(name):
    request = payload_request(GENUINE[name])

    ROTATED[name].verify(request)

    assert len(ROTATED[name].parse(request)) == 1


@EVERY_ADAPTER
def test_a_setup_request_with_a_wrong_word_is_refused(name):
    url = f"{support.BASE_URL}/webhooks/meta?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1"

    with pytest.raises(SignatureError):
        adapter(name).handshake(WebhookRequest("GET", url, {}, b""))


@pytest.mark.parametrize(
    ("name", "other"),
    [(a, b) for a in OUR_CHANNELS for b in OUR_CHANNELS if PROVIDERS[a] == PROVIDERS[b]],
)
def test_an_adapter_reads_only_its_own_channel(name, other):
    events = adapter(name).parse(payload_request(GENUINE[other]))

    assert len(events) == (1 if name == other else 0)


@EVERY_ADAPTER
def test_reading_twice_gives_the_same_events(name):
    request = payload_request(GENUINE[name])

    assert adapter(name).parse(request) == adapter(name).parse(request)


@EVERY_ADAPTER
def test_the_acknowledgement_is_what_the_platform_takes(name):
    reply = adapter(name).acknowledge(adapter(name).parse(payload_request(GENUINE[name])))

    assert reply.status == 200
    assert '"method"' not in reply.body
    assert "<Message>" not in reply.body


@EVERY_ADAPTER
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"NaN",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b"%00=%00&From=%FF&MessageSid=%00",
        b"&".join(b"a%d=b" % number for number in range(5000)),
    ],
    ids=range(11),
)
def test_junk_is_refused_or_ignored(name, body):
    assert_survives(PROVIDERS[name], body)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(genuine=st.sampled_from(BODIES), data=st.data())
def test_damaged_bytes_never_raise_anything_but_payload_error(genuine, data):
    provider, body = genuine
    at = data.draw(st.integers(0, max(len(body) - 1, 0)))
    length = data.draw(st.integers(0, 12))
    damage = data.draw(st.binary(max_size=12) | st.sampled_from([b"null", b"[]", b"{}", b"1e999"]))

    assert_survives(provider, body[:at] + damage + body[at + length :])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    genuine=st.sampled_from([pair for pair in BODIES if pair[1].startswith(b"{")]),
    junk=ANY_JSON,
    choice=st.randoms(use_true_random=False),
)
def test_a_field_of_any_other_type_never_raises_anything_but_payload_error(genuine, junk, choice):
    provider, body = genuine
    document = json.loads(body)
    places = list(positions(document))
    holder, key = places[choice.randrange(len(places))]
    holder[key] = junk

    assert_survives(provider, json.dumps(document).encode("utf-8", "surrogatepass"))


def positions(value):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from positions(inner)


def test_one_rotten_event_is_named_and_costs_no_neighbour():
    events = adapter(ChannelName.MESSENGER).parse(payload_request("fb_good_and_bad"))

    rotten = [event for event in events if isinstance(event, RottenEvent)]
    assert [event.path for event in rotten] == ["entry[0].messaging[0]"]
    assert sum(isinstance(event, InboundMessage) for event in events) == 1


def test_a_reason_never_repeats_what_the_citizen_wrote():
    body = (
        payload_request("tg_text")
        .body.replace(b'"text":"', b'"text":["')
        .replace(b'sekolah"', b'sekolah"]')
    )

    (event,) = adapter(ChannelName.TELEGRAM).parse(signed("telegram", body))

    assert isinstance(event, RottenEvent)
    assert "jembatan" not in event.reason


def test_settings_do_not_print_their_secrets():
    printed = repr(support.settings())

    for key in ("auth_token", "bot_token", "secret_token", "app_secret", "verify_token"):
        secret = next(keys[key] for keys in INDEX["harness"].values() if key in keys)
        assert secret not in printed


def test_the_http_libraries_below_telegram_do_not_log_addresses():
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
    assert logging.getLogger("httpcore").getEffectiveLevel() >= logging.WARNING


def test_channels_without_credentials_are_off():
    bare = support.settings()
    built = build_channels(type(bare)(public_base_url=bare.public_base_url, twilio=bare.twilio))

    assert set(built) == {ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.VOICE}
    assert adapters_for(built, "meta") == ()


def test_building_and_closing_leaves_no_thread_behind():
    before = threading.active_count()

    close_channels(build_channels(support.settings()))

    assert threading.active_count() == before


def test_every_payload_of_the_set_has_its_provider():
    assert {row["provider"] for row in PAYLOADS.values()} == {"twilio", "telegram", "meta"}
