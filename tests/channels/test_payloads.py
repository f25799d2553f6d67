"""Every payload of the set for these channels: what the adapters read against its row."""

from datetime import datetime
from typing import Any

import pytest

from channels.errors import PayloadError, SignatureError
from channels.message import (
    ChannelEvent,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    InboundMessage,
)
from channels.registry import adapters_for
from tests.channels.support import INDEX, OUR_CHANNELS, PAYLOADS, channels, payload_request

CHANNELS = channels()
OURS = [
    row["id"]
    for row in INDEX["payloads"]
    if row["channel"] in OUR_CHANNELS and row["tier"] != "later" and row["method"] == "POST"
]


def events_of(payload_id: str) -> list[ChannelEvent]:
    """Do what the gateway does: verify once, let every adapter of the provider read."""
    request = payload_request(payload_id)
    adapters = adapters_for(CHANNELS, PAYLOADS[payload_id]["provider"])
    adapters[0].verify(request)
    return [event for adapter in adapters for event in adapter.parse(request)]


def allowed(payload_id: str, status: str) -> bool:
    codes = PAYLOADS[payload_id]["expect"]["http"]
    return status in codes or (status.startswith("2") and "2xx" in codes)


def described(message: InboundMessage) -> dict[str, Any]:
    return {
        "channel": message.channel.value,
        "sender_id": message.sender,
        "external_id": message.external_id,
        "dedup_key": {"scope": message.dedup_scope, "id": message.external_id},
        "text": message.text,
        "sent_at": message.sent_at.replace(microsecond=0) if message.sent_at else None,
        "location": message.location,
        "group_key": message.group_key,
        "reply_to": message.reply_to,
        "reply_to_story": message.reply_to_story,
        "unsupported": message.unsupported,
        "repliable": message.repliable,
        "blank": message.blank,
    }


def expected(row: dict[str, Any], channel: str) -> dict[str, Any]:
    sent_at = row.get("sent_at")
    return {
        "channel": channel,
        "sender_id": row["sender_id"],
        "external_id": row["external_id"],
        "dedup_key": row["dedup_key"],
        "text": row["text"],
        "sent_at": datetime.fromisoformat(sent_at) if sent_at else None,
        "group_key": row.get("group_key"),
        "reply_to": row.get("reply_to"),
        "reply_to_story": row.get("reply_to_story"),
        "unsupported": row.get("unsupported", False),
        "repliable": row.get("repliable", True),
        "blank": row.get("blank", False),
    }


@pytest.mark.parametrize("payload_id", OURS)
def test_a_payload_is_refused_or_read_as_its_row_says(payload_id):
    row = PAYLOADS[payload_id]
    try:
        events = events_of(payload_id)
    except SignatureError:
        assert allowed(payload_id, "403")
        return
    except PayloadError:
        assert allowed(payload_id, "400")
        return

    assert allowed(payload_id, "200")
    found = {e.external_id: e for e in events if isinstance(e, InboundMessage)}
    for want in row["expect"]["messages"]:
        if row["expect"].get("edits") or payload_id == "tg_edited_unknown_original":
            continue
        message = found[want["external_id"]]
        has = described(message)
        pin, wanted_pin = has.pop("location"), want.get("location")
        assert has == expected(want, row["channel"])
        assert (pin is None) == (wanted_pin is None)
        if pin is not None:
            assert pin.latitude_deg == pytest.approx(wanted_pin["lat"], abs=1e-6)
            assert pin.longitude_deg == pytest.approx(wanted_pin["lon"], abs=1e-6)
            assert (pin.name, pin.address) == (wanted_pin.get("name"), wanted_pin.get("address"))
        assert_attachments(message, want["attachments"])


def assert_attachments(message: InboundMessage, rows: list[dict[str, Any]]) -> None:
    assert [ref.source for ref in message.media] == [row["source_ref"] for row in rows]
    for ref, row in zip(message.media, rows, strict=True):
        assert ref.kind in row.get("kind_any_of", [row["kind"]])
        assert ref.fetchable == row.get("fetchable", True)
        if "mime" in row:
            assert ref.mime == row["mime"]


@pytest.mark.parametrize("payload_id", OURS)
def test_the_number_of_new_messages_is_exact(payload_id):
    want = PAYLOADS[payload_id]["expect"]
    try:
        events = events_of(payload_id)
    except (SignatureError, PayloadError):
        events = []
    count = sum(isinstance(event, InboundMessage) for event in events)
    # An edit of an unknown original becomes a message in the store, a redelivery none.
    count += sum(
        isinstance(event, ControlEvent)
        and event.kind is ControlKind.EDITED
        and not PAYLOADS[payload_id].get("post_first")
        for event in events
    )
    again = {
        message["external_id"]
        for earlier in PAYLOADS[payload_id].get("post_first", [])
        for message in PAYLOADS[earlier]["expect"]["messages"]
    }
    count -= sum(isinstance(e, InboundMessage) and e.external_id in again for e in events)

    assert count in (want.get("new_messages_any_of") or [want["new_messages"]])


@pytest.mark.parametrize("payload_id", [i for i in OURS if PAYLOADS[i]["expect"]["status_updates"]])
def test_a_receipt_names_its_part_and_says_what_happened(payload_id):
    rows = PAYLOADS[payload_id]["expect"]["status_updates"]

    receipts = [event for event in events_of(payload_id) if isinstance(event, DeliveryReceipt)]

    if payload_id == "wa_status_unknown_value":
        assert receipts == []
        return
    for receipt in receipts:
        by_id = [row for row in rows if row["external_id"] == receipt.external_id]
        assert by_id or (receipt.watermark is not None and receipt.recipient is not None)
        for row in by_id or rows:
            if payload_id != "wa_status_delivered_after_read":
                assert receipt.status == row["status_after"]
            assert receipt.error_code == row.get("error_code")
            assert receipt.error_class == row.get("error_class")
    assert receipts


def control(payload_id: str) -> ControlEvent:
    (event,) = events_of(payload_id)
    assert isinstance(event, ControlEvent)
    return event


def test_start_is_a_control_event_and_keeps_its_deep_link():
    assert control("tg_start").kind is ControlKind.START
    assert control("tg_start").value is None
    assert control("tg_start_deep_link").value == "lapor_jalan-kec12"


def test_stop_is_an_opt_out_of_that_sender():
    event = control("sms_stop")

    assert (event.kind, event.sender) == (ControlKind.OPT_OUT, "+6281255502001")


def test_a_citizen_who_blocks_the_bot_is_reported():
    event = control("tg_blocked_by_user")

    assert (event.kind, event.sender) == (ControlKind.BLOCKED, "5550100001")


def test_an_edit_carries_the_new_text_under_the_old_id():
    event = control("tg_edited_message")

    assert (event.kind, event.external_id) == (ControlKind.EDITED, "101")
    assert event.message is not None
    assert event.message.text is not None
    assert "RT 07" in event.message.text


def test_an_unsent_message_is_named():
    event = control("ig_unsend")

    assert event.kind is ControlKind.WITHDRAWN
    assert event.sender == "1203000000000001"


def test_an_echo_of_ours_names_the_part_and_the_citizen():
    event = control("fb_echo_own")

    assert (event.kind, event.value, event.sender) == (
        ControlKind.ECHO,
        "out-fb-1",
        "6120000000000001",
    )


def test_aliases_choice_and_contact_are_read():
    (aliased,) = events_of("wa_bsuid_and_phone")
    (pressed,) = events_of("wa_button_reply")
    (shared,) = events_of("tg_contact_other")

    assert isinstance(aliased, InboundMessage)
    assert aliased.aliases == ("ID.45665461302408231",)
    assert isinstance(pressed, InboundMessage)
    assert pressed.choice is not None
    assert pressed.choice.payload == "konfirmasi:ADU-2026-000123:belum"
    assert isinstance(shared, InboundMessage)
    assert shared.contact is not None
    assert (shared.contact.phone, shared.contact.is_sender) == ("+6281299990000", False)


def test_the_webhook_of_meta_is_confirmed_with_the_challenge():
    reply = adapters_for(CHANNELS, "meta")[0].handshake(payload_request("meta_verify_ok"))

    assert (reply.status, reply.body) == (200, "1158201444")
