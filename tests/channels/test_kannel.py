"""Local SMS by Kannel without the daemon: who may call, and what is read. With it: tests/kannel."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.adapter import ChannelAdapter
from channels.errors import PayloadError, SignatureError
from channels.kannel import KannelAdapter
from channels.message import DeliveryStatus, InboundMessage
from channels.registry import (
    is_handshake,
)
from channels.webhook import WebhookRequest
from tests.channels.kannel_parts import KEY, make, posted
from tests.channels.own_expectations import described, expected, messages, receipts
from tests.channels.own_payloads import BASE_URL, ERRORS, PAYLOADS, own_request

OURS = [row["id"] for row in PAYLOADS.values() if row["provider"] == "kannel"]
ASYNC = [row for row in ERRORS if row["provider"] == "kannel" and row["when"] == "async"]


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
