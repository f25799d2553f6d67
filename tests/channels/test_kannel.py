"""Local SMS by Kannel without the daemon; with it: tests/kannel."""

import dataclasses
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.adapter import ChannelAdapter
from channels.errors import MediaError, PayloadError, SendError, SignatureError
from channels.explanations import explain
from channels.gsm7 import segments
from channels.kannel import KannelAdapter
from channels.message import (
    ChannelName,
    DeliveryStatus,
    ErrorClass,
    InboundMessage,
    MediaKind,
    MediaRef,
    OutboundMedium,
    OutboundPart,
    WebhookRequest,
)
from channels.registry import (
    ChannelSettings,
    KannelSettings,
    TwilioSettings,
    adapters_for,
    build_channels,
    close_channels,
    is_handshake,
)
from channels.text_split import split_text
from tests.channels.own_expectations import described, expected, messages, receipts
from tests.channels.own_payloads import BASE_URL, ERRORS, KEYS, PAYLOADS, own_request
from tests.channels.provider import Answer, Provider, running_provider

KEY = KEYS["kannel"]["webhook_key"]
OURS = [row["id"] for row in PAYLOADS.values() if row["provider"] == "kannel"]
SYNC = [row for row in ERRORS if row["provider"] == "kannel" and row["when"] == "sync"]
ASYNC = [row for row in ERRORS if row["provider"] == "kannel" and row["when"] == "async"]
ACCEPTED = Answer(202, b"0: Accepted for delivery", {"Content-Type": "text/html"})
NUMBER, TEXT = "+6281255501001", "Laporan rahasia"


@pytest.fixture(scope="module")
def daemon() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def adapter(daemon: Provider) -> Iterator[KannelAdapter]:
    built = make(sendsms_url=f"{daemon.origin}/cgi-bin/sendsms")
    yield built
    built.close()


def make(**changes) -> KannelAdapter:
    given_settings = {
        "number": "1708",
        "webhook_keys": (KEY,),
        "sendsms_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
        "username": "sahut",
        "password": "sandi-uji-kannel",
        "callback_base_url": "http://127.0.0.1:8080",
    }
    return KannelAdapter(**{**given_settings, **changes})


def part(text: str | None = TEXT, **changes) -> OutboundPart:
    reference = "7d9c1a52-1111-4222-8333-000000000001"
    made = OutboundPart(ChannelName.SMS, "1708", NUMBER, reference, text=text)
    return dataclasses.replace(made, **changes)


def posted(
    body: bytes, query: str = f"key={KEY}&id=1&time=1795137300", **headers
) -> WebhookRequest:
    given_headers = {"x-kannel-from": NUMBER, "content-type": "text/plain; charset=UTF-8"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest(
        "POST", f"{BASE_URL}/webhooks/kannel/mo?{query}", {**given_headers, **named}, body
    )


def read(payload_id: str):
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


@pytest.mark.parametrize("payload_id", [i for i in OURS if PAYLOADS[i]["expect"]["status_updates"]])
def test_a_report_names_its_part_and_says_what_happened(payload_id):
    (want,) = PAYLOADS[payload_id]["expect"]["status_updates"]

    (receipt,) = receipts(read(payload_id))

    assert receipt.external_id == receipt.reference == want["external_id"]
    if payload_id != "kannel_dlr_late_failure":
        assert receipt.status == want["status_after"]
        assert (receipt.error_code, receipt.error_class) == (
            want.get("error_code"),
            want.get("error_class"),
        )


def test_a_status_without_a_known_bit_moves_nothing():
    assert read("kannel_dlr_unknown_bits") == []


@pytest.mark.parametrize("row", ASYNC, ids=lambda row: f"{row['body']['status']}-{row['code']}")
def test_a_reported_failure_has_the_class_and_the_name_of_its_row(row):
    body = row["body"]
    query = f"key={KEY}&ref=r-1&status={body['status']}&answer={body['answer'].replace(' ', '+')}"
    request = WebhookRequest("GET", f"{BASE_URL}/webhooks/kannel/dlr?{query}", {}, b"")

    (receipt,) = receipts(make().parse(request))

    assert receipt.status is DeliveryStatus.FAILED
    assert (receipt.error_code, receipt.error_class) == (row["code"], row["class"])
    assert "Aduan" not in repr(receipt)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("+6281255501001", "+6281255501001"),
        ("6281255501001", "+6281255501001"),
        ("081255501001", "+6281255501001"),
        ("81255501001", "+6281255501001"),
        ("006281255501001", "+6281255501001"),
        ("+62 812-5550-1001", "+6281255501001"),
        ("60123456789", "+60123456789"),
        ("819012345678", "+819012345678"),
        ("02177012345", "+622177012345"),
        ("3636", "3636"),
        ("TELKOMSEL", "TELKOMSEL"),
        ("Info 112", "Info 112"),
    ],
)
def test_a_sender_is_the_same_person_however_the_operator_writes_the_number(written, read_as):
    (message,) = make().parse(posted(b"Halo", x_kannel_from=written))

    assert isinstance(message, InboundMessage)
    assert message.sender == read_as
    assert message.repliable == read_as.startswith("+")


def test_all_keys_of_a_rotation_are_good():
    adapter = make(webhook_keys=("kunci-yang-akan-datang", KEY))

    adapter.verify(own_request("kannel_text"))

    assert adapter.parse(own_request("kannel_text"))


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE_URL}/webhooks/kannel/mo",
        f"{BASE_URL}/webhooks/kannel/mo?key=",
        f"{BASE_URL}/webhooks/kannel/mo?key={KEY}x",
        f"{BASE_URL}/webhooks/kannel/mo?key=%ff%00",
        f"{BASE_URL}/webhooks/kannel/mo?key=x&key={KEY}",
        f"{BASE_URL}/webhooks/kannel/mo?KEY={KEY}",
        f"{BASE_URL}/webhooks/kannel/mo#?key={KEY}",
        "http://[::1/webhooks/kannel/mo",
    ],
)
def test_a_request_without_our_key_is_forged(url):
    with pytest.raises(SignatureError) as caught:
        make().verify(WebhookRequest("POST", url, {"x-kannel-key": KEY}, b""))

    assert KEY not in str(caught.value)


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.20.0.7", "::ffff:10.20.0.7"])
def test_kannels_own_machine_may_call(peer):
    adapter = make(sources=("127.0.0.1", "10.20.0.0/24"))

    adapter.verify(dataclasses.replace(own_request("kannel_text"), peer=peer))


@pytest.mark.parametrize("peer", ["10.21.0.7", "::1", None, "", "unix"])
def test_another_machine_may_not_call_even_with_the_key(peer):
    adapter = make(sources=("127.0.0.1", "10.20.0.0/24"))

    with pytest.raises(SignatureError):
        adapter.verify(dataclasses.replace(own_request("kannel_text"), peer=peer))


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_keys": ()},
        {"webhook_keys": ("pendek",)},
        {"webhook_keys": (KEY, "ada spasi di dalamnya")},
        {"number": "TERLALUPANJANG"},
        {"number": "1708\r\nX-Kannel-To: 1"},
        {"sendsms_url": "ftp://127.0.0.1/"},
        {"username": "ada spasi"},
        {"password": "sandi\nrahasia"},
        {"smsc_id": "modem\r\n"},
        {"sources": ("kannel.kabcontoh.go.id",)},
    ],
)
def test_settings_that_cannot_work_are_named_and_not_repeated(changes):
    with pytest.raises(ValueError, match=r"Kannel|does not appear") as caught:
        make(**changes)

    assert "rahasia" not in str(caught.value)


def test_kannel_sets_nothing_up_by_request():
    with pytest.raises(SignatureError):
        make().handshake(own_request("kannel_get_text"))


def test_a_get_of_kannel_is_a_message_and_no_handshake():
    request = own_request("kannel_get_text")

    assert not is_handshake("kannel", request)
    assert is_handshake("meta", request)


def test_the_answer_to_the_webhook_is_empty_and_200():
    reply = make().acknowledge([])

    assert (reply.status, reply.body) == (200, "")
    assert reply.content_type.startswith("text/plain")


def test_the_stand_in_for_a_missing_id_holds_no_number():
    (first,) = make().parse(posted(b"Halo", query=f"key={KEY}&time=1795137300"))
    (second,) = make().parse(posted(b"Halo", query=f"key={KEY}&time=1795137301"))

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert first.external_id != second.external_id
    assert first.external_id.startswith("content-")
    assert "81255501001" not in first.external_id


@pytest.mark.parametrize(
    ("udh", "group"),
    [
        ("%05%00%03%07%02%01", "sms-7-2"),
        ("%06%08%04%01%00%03%02", "sms-256-3"),
        ("%05%00%03%07%01%01", None),
        ("%05%00%03", None),
        ("%00", None),
        ("%FF%00%FF", None),
        ("+", None),
    ],
)
def test_a_piece_of_a_long_message_says_so_however_the_header_looks(udh, group):
    (message,) = make().parse(posted(b"bagian", x_kannel_udh=udh))

    assert isinstance(message, InboundMessage)
    assert message.group_key == group


@pytest.mark.parametrize(
    ("content", "charset", "coding", "text"),
    [
        ("Café".encode("latin-1"), "ISO-8859-1", "0", "Café"),
        ("€5".encode("cp1252"), "WINDOWS-1252", "0", "€5"),
        ("ꦗ".encode("utf-16-be"), "UTF-16BE", "2", "ꦗ"),
        ("ꦗ".encode("utf-16-be"), "", "2", "ꦗ"),
        ("ꦗ".encode(), "klingon", "0", "ꦗ"),
        (b"616263", "hex", "0", "616263"),
        (b"\xd8", "UTF-16BE", "2", "\ufffd"),
    ],
)
def test_the_character_set_is_believed_as_far_as_it_is_known(content, charset, coding, text):
    kind = f'text/plain; charset="{charset}"' if charset else "text/plain"

    (message,) = make().parse(posted(content, content_type=kind, x_kannel_coding=coding))

    assert isinstance(message, InboundMessage)
    assert message.text == text


@settings(max_examples=300, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST"]),
    path=st.sampled_from(["mo", "dlr", "mo/", "dlr/", ""]),
    query=st.text(max_size=200) | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")),
    headers=st.dictionaries(
        st.sampled_from(["x-kannel-from", "x-kannel-udh", "x-kannel-coding", "content-type"]),
        st.text(max_size=40),
    ),
    body=st.binary(max_size=300),
)
def test_junk_is_refused_or_read_but_never_breaks(method, path, query, headers, body):
    url = f"{BASE_URL}/webhooks/kannel/{path}?from=1&{query}"

    try:
        events = make_once().parse(WebhookRequest(method, url, headers, body))
    except PayloadError:
        return

    printed = repr(events)
    assert "\\ud8" not in printed
    assert all("\x00" not in (message.text or "") for message in messages(events))


ONCE: list[KannelAdapter] = []


def make_once() -> ChannelAdapter:
    if not ONCE:
        ONCE.append(make())
    return ONCE[0]


def test_an_answer_travels_in_headers_and_body_and_not_in_the_address(adapter, daemon):
    daemon.will_answer(ACCEPTED)

    result = adapter.send(part())

    (call,) = daemon.calls
    assert (call.method, call.path, call.body) == ("POST", "/cgi-bin/sendsms", b"Laporan rahasia")
    assert call.headers["x-kannel-to"] == NUMBER
    assert call.headers["x-kannel-from"] == "1708"
    assert call.headers["x-kannel-username"] == "sahut"
    assert call.headers["x-kannel-coding"] == "0"
    assert call.headers["x-kannel-dlr-mask"] == "31"
    assert "x-kannel-smsc" not in call.headers
    assert result.external_id == part().reference


def test_a_report_is_asked_for_at_our_address_with_our_key(adapter, daemon):
    daemon.will_answer(ACCEPTED)

    adapter.send(part(reference="bagian/1 %d"))

    address = daemon.calls[0].headers["x-kannel-dlr-url"]
    assert address.startswith("http://127.0.0.1:8080/webhooks/kannel/dlr?")
    filled = address.replace("%d", "1", 1).replace("%A", "ok").replace("%T", "1").replace("%%", "%")
    query = parse_qs(urlsplit(filled).query)
    assert query["key"] == [KEY]
    assert query["ref"] == ["bagian/1 %d"]


def test_a_connection_that_is_named_is_used(daemon):
    daemon.will_answer(ACCEPTED)
    adapter = make(sendsms_url=f"{daemon.origin}/", smsc_id="modem")

    adapter.send(part())
    adapter.close()

    assert daemon.calls[0].headers["x-kannel-smsc"] == "modem"


@pytest.mark.parametrize(
    ("text", "sent", "coding"),
    [
        ("\u201cTerima kasih\u201d \u2013 salam 🙏", '"Terima kasih" - salam', "0"),
        ("Matur nuwun ꦩ", "Matur nuwun ꦩ", "2"),
        ("[ADU-26] €", "[ADU-26] €", "0"),
    ],
)
def test_what_gsm_can_say_leaves_in_gsm(adapter, daemon, text, sent, coding):
    daemon.will_answer(ACCEPTED)

    adapter.send(part(text))

    (call,) = daemon.calls
    assert (call.body.decode(), call.headers["x-kannel-coding"]) == (sent, coding)


@pytest.mark.parametrize(
    "body", [b"0: Accepted for delivery", b"3: Queued for later delivery", b"Sent."]
)
def test_every_way_of_taking_a_part_counts(adapter, daemon, body):
    daemon.will_answer(Answer(202, body, {"Content-Type": "text/html"}))

    assert adapter.send(part()).external_id == part().reference


@pytest.mark.parametrize("row", SYNC, ids=lambda row: f"{row['http']}-{row['code']}-{row['class']}")
def test_a_refused_call_has_the_class_and_the_name_of_its_row(row, adapter, daemon):
    silent = row["http"] is None
    daemon.will_answer(
        Answer(silent=True) if silent else Answer(row["http"], row["body"].encode(), {})
    )

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert (caught.value.error_class, caught.value.code) == (row["class"], row["code"])
    assert len(daemon.calls) == 1
    printed = f"{caught.value!r} {caught.value.__cause__!r}"
    assert not any(secret in printed for secret in (TEXT, "81255501001", "sandi-uji", KEY))


@pytest.mark.parametrize("row", [*SYNC, *ASYNC], ids=lambda row: f"{row['when']}-{row['code']}")
def test_the_officer_reads_a_sentence_for_every_row(row):
    sentence = explain(ChannelName.SMS, row["code"], ErrorClass(row["class"]))

    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "http" not in sentence


def test_a_throttled_kannel_is_given_the_time_it_asks_for(adapter, daemon):
    daemon.will_answer(Answer(429, b"slow down", {"Retry-After": "7"}))

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert (caught.value.error_class, caught.value.retry_after_s) == (ErrorClass.RETRY_AFTER, 7.0)


def test_a_kannel_that_is_not_there_is_tried_again():
    with running_provider() as gone:
        origin = gone.origin
    adapter = make(sendsms_url=f"{origin}/cgi-bin/sendsms")

    with pytest.raises(SendError) as caught:
        adapter.send(part())
    adapter.close()

    assert caught.value.error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "empty"),
        ({"text": " 🙏 "}, "empty"),
        ({"recipient": "TELKOMSEL"}, "recipient"),
        ({"recipient": "+628\r\nX-Kannel-To: 1"}, "recipient"),
        (
            {"medium": OutboundMedium(MediaKind.IMAGE, "image/jpeg", "foto.jpg", b"x")},
            "text-only",
        ),
    ],
)
def test_what_an_sms_cannot_be_never_leaves(adapter, daemon, changes, code):
    daemon.will_answer(ACCEPTED)

    with pytest.raises(SendError) as caught:
        adapter.send(part(**changes))

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.PERMANENT, code)
    assert daemon.calls == []


def test_a_long_answer_is_cut_into_parts_of_four_segments():
    pieces = split_text("Jawaban panjang dari dinas. " * 60, make().limits)

    assert [segments(piece) <= 4 for piece in pieces] == [True] * len(pieces)


def test_sms_has_no_attachments():
    with pytest.raises(MediaError) as caught:
        make().fetch_media(MediaRef(MediaKind.IMAGE, "http://127.0.0.1/a"))

    assert not caught.value.retryable


def kannel_settings() -> KannelSettings:
    return KannelSettings(
        number="1708",
        webhook_keys=(KEY,),
        sendsms_url="http://127.0.0.1:13013/cgi-bin/sendsms",
        username="sahut",
        password="sandi-uji-kannel",
    )


def test_kannel_is_the_sms_of_a_deployment_and_only_its_own_webhook_reaches_it():
    built = build_channels(ChannelSettings(public_base_url=BASE_URL, kannel=kannel_settings()))

    assert [one.account for one in adapters_for(built, "kannel")] == ["1708"]
    assert adapters_for(built, "twilio") == ()
    close_channels(built)


def test_twilios_whatsapp_and_kannels_sms_go_together():
    twilio = TwilioSettings("AC1", ("token",), whatsapp_number="whatsapp:+6281100000900")
    built = build_channels(
        ChannelSettings(public_base_url=BASE_URL, twilio=twilio, kannel=kannel_settings())
    )

    assert set(built) == {ChannelName.WHATSAPP, ChannelName.SMS}
    assert [one.name for one in adapters_for(built, "twilio")] == [ChannelName.WHATSAPP]
    close_channels(built)


def test_two_providers_of_sms_are_refused():
    twilio = TwilioSettings("AC1", ("token",), sms_number="+12025550143")

    with pytest.raises(ValueError, match="SMS has two providers"):
        build_channels(
            ChannelSettings(public_base_url=BASE_URL, twilio=twilio, kannel=kannel_settings())
        )


def test_settings_do_not_print_their_secrets():
    printed = repr(kannel_settings())

    assert KEY not in printed
    assert "sandi-uji" not in printed
