"""What every adapter promises, whatever the platform. An adapter without a case fails the suite."""

import json
import logging
import threading
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.errors import MediaError, PayloadError, SendError, SignatureError
from channels.explanations import explain
from channels.message import (
    ChannelName,
    ControlEvent,
    DeliveryReceipt,
    ErrorClass,
    InboundMessage,
    MediaKind,
    MediaRef,
    RottenEvent,
)
from channels.registry import adapters_for, build_channels, close_channels
from channels.webhook import WebhookRequest
from tests.channels import support
from tests.channels.contract_cases import (
    NOBODY,
    SHARED_SECRET,
    SILENT,
    Case,
    at,
    find_cases,
    rotated,
    wanted_cases,
)
from tests.channels.own_payloads import ERRORS
from tests.channels.provider import Answer, Provider, running_provider
from tests.channels.support import payload_request, signed


def named(case: Case) -> str:
    return f"{case.provider}-{case.name}"


CASES = find_cases()
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
SENDING = [one for one in CASES.values() if one.name not in SILENT]
EVERY_SENDER = pytest.mark.parametrize(
    "case", SENDING, ids=lambda one: f"{one.provider}-{one.name}"
)
ADAPTERS = {name: one.adapter() for name, one in CASES.items()}
EVENTS = (InboundMessage, ControlEvent, DeliveryReceipt, RottenEvent)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
# Each of them runs for every adapter; `make fuzz` asks for a hundred times as many.
EXAMPLES = settings().max_examples * 2 // 5
TAKEN = {"kannel": b"0: Accepted for delivery"}


def adapter(case: Case):
    return ADAPTERS[named(case)]


def refused(case: Case, request: WebhookRequest) -> bool:
    try:
        adapter(case).verify(request)
    except SignatureError:
        return True
    return False


def assert_survives(case: Case, body: bytes) -> None:
    try:
        events = adapter(case).parse(case.signed(body))
    except PayloadError:
        return
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


@pytest.fixture(scope="module")
def platform() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def senders(platform: Provider):
    """Every adapter that takes our stand-in for its platform."""
    built = [build_channels(at(case.settings(), platform.origin)) for case in SENDING]
    yield {named(case): one[case.name] for case, one in zip(SENDING, built, strict=True)}
    for one in built:
        close_channels(one)


@pytest.fixture
def sender(case: Case, senders):
    return senders[named(case)]


def test_every_adapter_of_the_registry_is_in_this_suite():
    assert wanted_cases() - set(CASES) == set()


def test_there_are_as_many_adapters_as_the_registry_names():
    assert len(CASES) >= 9
    assert all(ADAPTERS[name].name is one.name for name, one in CASES.items())


# Who wrote it


@EVERY
def test_genuine_requests_are_accepted_and_read(case):
    for row in case.rows:
        request = case.request(row)
        adapter(case).verify(request)
        assert adapter(case).parse(request), row


@EVERY
def test_a_request_without_any_sign_is_forged(case):
    genuine = case.request()
    address = genuine.url.partition("?")[0]

    assert refused(case, WebhookRequest(genuine.method, address, {}, genuine.body))


@EVERY
@pytest.mark.parametrize("junk", ["", "é", "\udcff", "sha256=", "sha1=abc", "0" * 10_000])
def test_a_request_with_junk_for_a_signature_is_forged(case, junk):
    genuine = case.request()
    headers = {name: junk for name in genuine.headers if name.startswith("x-")}
    address = genuine.url.partition("?")[0] + "?key=" + quote(junk, errors="surrogateescape")

    assert refused(case, WebhookRequest(genuine.method, address, headers, genuine.body))


@EVERY
def test_a_request_signed_with_another_key_is_forged(case):
    assert refused(case, case.request(signature="other_secret"))


@pytest.mark.parametrize(
    "case", [one for one in CASES.values() if one.provider not in SHARED_SECRET], ids=named
)
def test_a_changed_body_is_forged(case):
    genuine = case.request()
    body = genuine.body + b"&a=b "

    assert refused(case, WebhookRequest("POST", genuine.url, genuine.headers, body))


@EVERY
def test_keys_rotate_without_losing_a_request(case):
    built = build_channels(rotated(case.settings()))
    (changed,) = [one for one in adapters_for(built, case.provider) if one.name is case.name]

    changed.verify(case.request())

    assert changed.parse(case.request()) == adapter(case).parse(case.request())
    close_channels(built)


@EVERY
def test_a_setup_request_with_a_wrong_word_is_refused(case):
    query = "hub.mode=subscribe&hub.verify_token=salah&hub.challenge=1&crc_token=%7B%7D"
    url = f"{case.request().url.partition('?')[0]}?{query}"

    with pytest.raises(SignatureError):
        adapter(case).handshake(WebhookRequest("GET", url, {}, b""))


# What it says


@EVERY
def test_an_adapter_reads_only_its_own_channel(case):
    for other in CASES.values():
        if other.provider != case.provider or other.name is case.name:
            continue
        events = adapter(case).parse(other.request())
        assert [event for event in events if not isinstance(event, RottenEvent)] == []


@EVERY
def test_every_event_names_our_account_and_channel(case):
    events = [event for row in case.rows for event in adapter(case).parse(case.request(row))]

    ours = {(case.name, adapter(case).account)}
    assert {(e.channel, e.account) for e in events if not isinstance(e, RottenEvent)} == ours


@EVERY
def test_reading_twice_gives_the_same_events(case):
    for row in case.rows:
        assert adapter(case).parse(case.request(row)) == adapter(case).parse(case.request(row))


@EVERY
def test_the_acknowledgement_is_what_the_platform_takes(case):
    for row in case.rows:
        reply = adapter(case).acknowledge(adapter(case).parse(case.request(row)))
        assert reply.status == 200
        assert '"method"' not in reply.body
        assert "<Message>" not in reply.body


@EVERY
def test_limits_and_account_can_be_used(case):
    limits = adapter(case).limits

    assert 0 < len(adapter(case).account) <= 64
    assert limits.text_units > 0
    assert limits.buttons == 0 or limits.button_title > 0


@EVERY
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
def test_junk_is_refused_or_ignored(case, body):
    assert_survives(case, body)


@EVERY
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_raise_anything_but_payload_error(case, data):
    body = case.request(data.draw(st.sampled_from(case.rows))).body
    at_byte = data.draw(st.integers(0, max(len(body) - 1, 0)))
    length = data.draw(st.integers(0, 12))
    damage = data.draw(st.binary(max_size=12) | st.sampled_from([b"null", b"[]", b"{}", b"1e999"]))

    assert_survives(case, body[:at_byte] + damage + body[at_byte + length :])


@pytest.mark.parametrize(
    "case", [one for one in CASES.values() if one.request().body.startswith(b"{")], ids=named
)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), junk=ANY_JSON, choice=st.randoms(use_true_random=False))
def test_a_field_of_any_other_type_never_raises_anything_but_payload_error(
    case, data, junk, choice
):
    document = json.loads(case.request(data.draw(st.sampled_from(case.rows))).body)
    places = list(positions(document))
    holder, key = places[choice.randrange(len(places))]
    holder[key] = junk

    assert_survives(case, json.dumps(document).encode("utf-8", "surrogatepass"))


def positions(value):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from positions(inner)


# What we answer


@EVERY_SENDER
def test_a_platform_that_cannot_be_reached_is_tried_again(case):
    built = build_channels(at(case.settings(), NOBODY))

    with pytest.raises(SendError) as caught:
        built[case.name].send(case.part())
    close_channels(built)

    assert caught.value.error_class is ErrorClass.RETRY


@EVERY_SENDER
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"ok", b'{"ok": true}', b'{"sid": null}'])
def test_a_success_that_names_nothing_is_never_sent_again_by_machine(case, body, sender, platform):
    platform.will_answer(Answer(200, body))

    with pytest.raises(SendError) as caught:
        sender.send(case.part())

    assert caught.value.error_class is ErrorClass.AMBIGUOUS
    assert len(platform.calls) == 1


@EVERY_SENDER
@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"error": 7}', b"\xff", b"[" * 5000])
def test_whatever_a_refusal_looks_like_it_is_named_and_tells_nothing(case, body, sender, platform):
    for status in (300, 302, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503):
        platform.will_answer(Answer(status, body))

        with pytest.raises(SendError) as caught:
            sender.send(case.part())

        error = caught.value
        assert len(platform.calls) == 1
        assert 0 < len(error.code) <= 40
        printed = f"{error!r} {error.__cause__!r} {error.code}"
        assert not any(secret in printed for secret in ("Laporan", case.part().recipient, "token"))
        assert explain(case.name, error.code, error.error_class).endswith(".")


@EVERY_SENDER
def test_nothing_is_sent_for_an_empty_part(case, sender, platform):
    platform.will_answer(Answer(200, TAKEN.get(case.provider, b"{}")))

    with pytest.raises(SendError) as caught:
        sender.send(case.part(text=None))

    assert caught.value.error_class is not ErrorClass.RETRY
    assert caught.value.error_class is not ErrorClass.REAUTH


@EVERY
@pytest.mark.parametrize(
    "source",
    ["", "x", "http://127.0.0.1:9/x", "file:///etc/passwd", "https://[", "\x00", "a" * 9000],
)
def test_an_attachment_that_does_not_come_is_a_media_error(case, source):
    one = case.adapter(at(case.settings(), NOBODY))

    with pytest.raises(MediaError):
        one.fetch_media(MediaRef(MediaKind.IMAGE, source))


@pytest.mark.parametrize("case", [one for one in CASES.values() if one.name in SILENT], ids=named)
def test_a_channel_that_only_listens_says_so(case):
    with pytest.raises(SendError):
        adapter(case).send(case.part())


ROWS = [
    pytest.param(case, row, id=f"{case.name}-{row['http']}-{row['code']}")
    for case in SENDING
    for row in (*case.payloads.index.get("errors", ()), *ERRORS)
    if row.get("provider", case.provider) == case.provider and row.get("when", "sync") == "sync"
]


@pytest.mark.parametrize(("case", "row"), ROWS)
def test_every_error_row_of_a_set_has_its_class_and_its_sentence(case, row, sender, platform):
    body = row["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    platform.will_answer(Answer(silent=True) if row["http"] is None else Answer(row["http"], raw))

    with pytest.raises(SendError) as caught:
        sender.send(case.part())

    assert (caught.value.error_class, caught.value.code) == (row["class"], row["code"])
    assert explain(case.name, caught.value.code, caught.value.error_class).endswith(".")


# What holds for them together


@EVERY
def test_settings_do_not_print_their_secrets(case):
    keys = case.payloads.harness.values()
    named = [one.get("settings", one) for one in keys if isinstance(one, dict)]
    secrets = {
        str(value)
        for one in named
        for key, value in one.items()
        if key.endswith(("token", "secret", "secret_token", "password")) and value
    }

    printed = repr(case.settings())

    assert secrets
    assert not [secret for secret in secrets if secret in printed]


def test_one_rotten_event_is_named_and_costs_no_neighbour():
    events = ADAPTERS["meta-messenger"].parse(payload_request("fb_good_and_bad"))

    rotten = [event for event in events if isinstance(event, RottenEvent)]
    assert [event.path for event in rotten] == ["entry[0].messaging[0]"]
    assert sum(isinstance(event, InboundMessage) for event in events) == 1


def test_a_reason_never_repeats_what_the_citizen_wrote():
    body = (
        payload_request("tg_text")
        .body.replace(b'"text":"', b'"text":["')
        .replace(b'sekolah"', b'sekolah"]')
    )

    (event,) = ADAPTERS["telegram-telegram"].parse(signed("telegram", body))

    assert isinstance(event, RottenEvent)
    assert "jembatan" not in event.reason


def test_the_http_libraries_below_telegram_do_not_log_addresses():
    assert logging.getLogger("httpx").getEffectiveLevel() >= logging.WARNING
    assert logging.getLogger("httpcore").getEffectiveLevel() >= logging.WARNING


def test_channels_without_credentials_are_off():
    bare = support.settings()
    built = build_channels(type(bare)(public_base_url=bare.public_base_url, twilio=bare.twilio))

    assert set(built) == {ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.VOICE}
    assert adapters_for(built, "meta") == ()


@EVERY
def test_building_and_closing_leaves_no_thread_behind(case):
    before = threading.active_count()

    close_channels(build_channels(case.settings()))

    assert threading.active_count() == before
