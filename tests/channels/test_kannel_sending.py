"""Answers by Kannel, without the daemon: what leaves, and what each refusal means."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.errors import MediaError, SendError
from channels.explanations import explain
from channels.gsm7 import segments
from channels.kannel import KannelAdapter
from channels.message import ChannelName, ErrorClass, MediaKind, MediaRef
from channels.outbound import OutboundMedium
from channels.text_split import split_text
from tests.channels.kannel_parts import KEY, NUMBER, TEXT, make, part
from tests.channels.own_payloads import ERRORS
from tests.channels.provider import Answer, Provider, running_provider

SYNC = [row for row in ERRORS if row["provider"] == "kannel" and row["when"] == "sync"]
ASYNC = [row for row in ERRORS if row["provider"] == "kannel" and row["when"] == "async"]
ACCEPTED = Answer(202, b"0: Accepted for delivery", {"Content-Type": "text/html"})


@pytest.fixture(scope="module")
def daemon() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def adapter(daemon: Provider) -> Iterator[KannelAdapter]:
    built = make(sendsms_url=f"{daemon.origin}/cgi-bin/sendsms")
    yield built
    built.close()


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


def test_no_text_leaves_on_a_connection_that_kannel_may_just_be_closing(adapter, daemon):
    daemon.will_answer(ACCEPTED)

    adapter.send(part())
    adapter.send(part())

    first, second = daemon.calls
    assert first.caller_port != second.caller_port
    assert first.headers["connection"] == second.headers["connection"] == "close"


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
