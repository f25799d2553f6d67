"""What X's list of direct messages knows, read as its webhooks."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.admin import PastMessage
from channels.message import DeliveryStatus, InboundMessage, MediaKind
from channels.payload import parse_object
from channels.x_inbound import read_body
from channels.x_records import as_webhook, past_page, sent_like

OURS, CITIZEN = "4401000000000000001", "5501000000000000001"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = (NOON - timedelta(hours=1), NOON)


def event(event_id: str = "1990000000000000601", **more: Any) -> dict[str, Any]:
    return {
        "id": event_id,
        "event_type": "MessageCreate",
        "text": "Lampu &amp; jalan",
        "sender_id": CITIZEN,
        "dm_conversation_id": f"{OURS}-{CITIZEN}",
        "created_at": "2026-11-20T11:30:00.123Z",
    } | more


def answer(*events: Any, **more: Any) -> dict[str, Any]:
    return {"data": list(events), "meta": {"result_count": len(events)}} | more


def read(past: PastMessage) -> InboundMessage:
    (message,) = read_body(parse_object(as_webhook(past, OURS).body), OURS)
    assert isinstance(message, InboundMessage)
    return message


def test_a_record_reads_like_the_webhook_that_was_lost():
    (past,) = past_page(answer(event()), OURS, *HOUR).messages

    message = read(past)

    assert (message.external_id, message.sender) == ("1990000000000000601", CITIZEN)
    assert message.text == "Lampu & jalan"
    assert message.sent_at == datetime(2026, 11, 20, 11, 30, 0, 123000, tzinfo=UTC)
    assert past.dedup_scope == f"x:{OURS}"
    assert "Lampu" not in repr(past)


@pytest.mark.parametrize(
    "change",
    [
        {"sender_id": OURS},
        {"dm_conversation_id": "1583800000000000000"},
        {"dm_conversation_id": f"{CITIZEN}-5501000000000000002"},
        {"event_type": "ParticipantsJoin"},
        {"created_at": "kemarin"},
        {"created_at": "2026-11-20T11:30:00"},
        {"created_at": "2026-11-20T12:30:00Z"},
        {"id": None},
        {"sender_id": {}},
    ],
)
def test_only_private_messages_to_us_in_their_time_count(change):
    damaged = answer(None, 3, event(**change), event("1990000000000000602"))

    page = past_page(damaged, OURS, *HOUR)

    assert [past.external_id for past in page.messages] == ["1990000000000000602"]


def photo(**more: Any) -> Mapping[str, Any]:
    return {"media": [{"media_key": "3_1", "type": "photo", **more}]}


SHORT = {"url": "https://t.co/x", "expanded_url": "https://twitter.com/messages/media/1990"}


def test_a_photo_comes_with_its_address_and_without_its_short_link():
    carried = event(
        text="Ini fotonya https://t.co/x",
        attachments={"media_keys": ["3_1"]},
        entities={"urls": [SHORT]},
    )
    listed = answer(carried, includes=photo(url="https://ton.twitter.com/1.1/ton/data/dm/1.jpg"))

    message = read(past_page(listed, OURS, *HOUR).messages[0])

    assert message.text == "Ini fotonya"
    assert [(ref.kind, ref.source) for ref in message.media] == [
        (MediaKind.IMAGE, "https://ton.twitter.com/1.1/ton/data/dm/1.jpg")
    ]


def test_a_link_that_is_no_address_stays_in_the_words():
    broken = {"url": "https://t.co/x", "expanded_url": "http://["}
    carried = event(text="Lihat https://t.co/x", entities={"urls": [broken]})

    message = read(past_page(answer(carried), OURS, *HOUR).messages[0])

    assert message.text == "Lihat https://t.co/x"


@pytest.mark.parametrize("includes", [{}, photo(), {"media": "x"}])
def test_a_photo_without_address_leaves_its_words_and_a_mark(includes):
    carried = event(text="Ini fotonya", attachments={"media_keys": ["3_1"]})

    message = read(past_page(answer(carried, includes=includes), OURS, *HOUR).messages[0])

    assert (message.text, message.unsupported, message.media) == ("Ini fotonya", True, ())


@pytest.mark.parametrize(
    ("oldest", "following"),
    [("2026-11-20T11:30:00Z", "lanjut"), ("2026-11-20T10:30:00Z", None), ("rusak", "lanjut")],
)
def test_pages_are_asked_for_until_they_are_older(oldest, following):
    listed = answer(event(created_at=oldest), meta={"next_token": "lanjut"})

    assert past_page(listed, OURS, *HOUR).next_page == following


def test_an_empty_page_is_the_last():
    assert past_page({"meta": {"next_token": "lanjut"}}, OURS, *HOUR).next_page is None


def test_a_send_is_found_again_by_its_words():
    ours = {"sender_id": OURS}
    listed = answer(
        event("3", **ours),
        event("2", created_at="2026-11-20T11:20:00Z", **ours),
        event("1", created_at="2026-11-20T10:20:00Z", **ours),
        event("9"),
        event("8", text="Lain", **ours),
    )

    found = sent_like(listed, OURS, "Lampu & jalan\n", *HOUR)

    assert [(one.external_id, one.status) for one in found] == [
        ("2", DeliveryStatus.SENT),
        ("3", DeliveryStatus.SENT),
    ]
