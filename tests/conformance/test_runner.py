"""The runner itself: a changed expectation must make it fail, whatever was changed."""

import copy
from typing import Any

import pytest

from tests.conformance.expectations import Outcome, problems_of
from tests.conformance.runs import run_payload, run_sequence
from tests.conformance.service import Answer, Service
from tests.conformance.state import read_state

# Payload, path into its `expect`, the wrong value that must be noticed.
CHANGED = [
    ("wa_text", ("http",), ["404"]),
    ("wa_text", ("outcome",), "ignored"),
    ("wa_text", ("new_messages",), 2),
    ("wa_text", ("messages", 0, "sender_id"), "+6281255501009"),
    ("wa_text", ("messages", 0, "external_id"), "SM-lain"),
    ("wa_text", ("messages", 0, "text"), "Selamat siang"),
    ("wa_text", ("messages", 0, "display_name"), "Siti"),
    ("wa_text", ("messages", 0, "dedup_key"), {"scope": "twilio:lain", "id": "SM1"}),
    ("wa_text", ("messages", 0, "group_key"), "album"),
    ("wa_text", ("messages", 0, "sent_at"), "2026-11-20T01:15:00Z"),
    ("wa_text", ("messages",), []),
    ("wa_redelivery", ("outcome",), "accepted"),
    ("wa_image_caption", ("messages", 0, "attachments"), []),
    ("wa_image_caption", ("messages", 0, "attachments", 0, "kind"), "video"),
    ("wa_image_caption", ("messages", 0, "attachments", 0, "mime"), "image/png"),
    ("wa_image_caption", ("messages", 0, "attachments", 0, "source_ref"), "lain"),
    ("wa_location", ("messages", 0, "location", "lat"), -6.914746),
    ("wa_location", ("messages", 0, "location", "name"), "Lapangan"),
    ("wa_button_reply", ("messages", 0, "choice", "payload"), "konfirmasi:sudah"),
    ("wa_button_reply", ("messages", 0, "reply_to"), None),
    ("wa_bsuid_and_phone", ("messages", 0, "aliases"), ["ID.1"]),
    ("wa_wrong_signature", ("outcome",), "accepted"),
    ("wa_status_failed_63016", ("status_updates", 0, "status_after"), "delivered"),
    ("wa_status_failed_63016", ("status_updates", 0, "error_code"), "63018"),
    ("wa_status_failed_63016", ("status_updates", 0, "error_class"), "retry"),
    ("wa_status_read", ("status_updates",), []),
    ("sms_alphanumeric_sender", ("messages", 0, "repliable"), True),
    ("sms_stop", ("contact_events", 0, "type"), "opt_in"),
    ("sms_stop", ("must_not",), ["sing"]),
    ("sms_text", ("must_not",), ["create an inbound message"]),
    ("wa_text", ("must_not",), ["open a conversation"]),
    ("wa_image_caption", ("must_not",), ["fetch the picture"]),
    ("wa_status_read", ("must_not",), ["move the status"]),
    ("tg_start_deep_link", ("control", 0, "argument"), "lapor_lampu"),
    ("tg_photo_sizes", ("messages", 0, "attachments", 0, "file_unique_id"), "AQADlain"),
    ("tg_album_1", ("messages", 0, "group_key"), "1"),
    ("tg_edited_message", ("edits", 0, "new_text"), "Jembatan"),
    ("tg_edited_message", ("edits", 0, "old_text_kept"), False),
    ("tg_document_25mb", ("messages", 0, "attachments", 0, "fetchable"), True),
    ("tg_contact_other", ("messages", 0, "contact", "own"), True),
    ("tg_only_zero_width", ("messages", 0, "blank"), False),
    ("tg_story_unsupported", ("messages", 0, "unsupported"), False),
    ("tg_blocked_by_user", ("contact_events", 0, "type"), "unblocked"),
    ("tg_text_number", ("http",), ["500"]),
    ("fb_read_watermark", ("status_updates", 1, "status_after"), "delivered"),
    ("fb_text", ("messages", 0, "sent_at"), "2026-11-20T01:15:01Z"),
    ("meta_verify_ok", ("response_body_exact",), "1"),
    ("ig_story_reply", ("messages", 0, "reply_to_story"), "1"),
    ("ig_unsend", ("deletes", 0, "external_id"), "lain"),
    ("ig_out_of_order", ("conversation_order",), ["b", "a"]),
    ("wa_text", ("something_new",), "yang belum dikenal"),
]


@pytest.mark.parametrize(("named", "path", "wrong"), CHANGED)
def test_a_changed_expectation_makes_the_runner_fail(
    service: Service, named: str, path: tuple[str | int, ...], wrong: Any
) -> None:
    entry = copy.deepcopy(_entry(service, named))
    assert run_payload(service, entry) == []

    _set(entry["expect"], path, wrong)

    assert run_payload(service, entry) != []


SEQUENCES = [
    ("same_phone_two_channels", "channel_identities", 1),
    ("same_phone_two_channels", "messages", 1),
    ("same_phone_two_channels", "reply_routing", {"to_wa_text": "sms"}),
    ("edit_after_original", "versions_kept", 1),
    ("edit_before_original", "text_now", {"telegram:101@5550100001": "Jembatan"}),
    ("stop_suppresses", "provider_calls", 1),
    ("stop_suppresses", "outbound_status", "sent"),
    ("telegram_block_suppresses", "retries", 1),
    ("db_down_then_up", "messages", 0),
    ("crash_after_2xx", "messages", 2),
    ("crash_after_2xx", "something_new", 1),
]


@pytest.mark.parametrize(("named", "key", "wrong"), SEQUENCES)
def test_a_changed_end_of_a_sequence_makes_the_runner_fail(
    service: Service, named: str, key: str, wrong: Any
) -> None:
    rows = [row for row in service.payloads.sequences if row["id"] == named]
    if not rows:
        pytest.skip("the set has no such sequence")
    sequence = copy.deepcopy(rows[0])
    assert run_sequence(service, sequence) == []

    sequence["expect"][key] = wrong

    assert run_sequence(service, sequence) != []


def test_a_message_lost_while_the_database_was_away_is_noticed(service: Service) -> None:
    sequence = {
        "id": "lost",
        "tier": "core",
        "steps": [
            {"fault": "database unavailable"},
            {"post": _entry(service, "fb_text")["id"]},
            {"heal": True},
        ],
        "expect": {"messages": 1},
    }

    assert run_sequence(service, sequence) == ["messages: 0, expected 1"]


@pytest.mark.parametrize(
    "call",
    [
        b'{"method":"sendMessage","chat_id":5550100001}',
        b'{"method":"answerCallbackQuery","callback_query_id":"of-nobody"}',
    ],
)
def test_an_answer_that_telegram_would_execute_is_noticed(service: Service, call: bytes) -> None:
    service.reset()
    nothing = read_state(service)

    problems = problems_of(
        Outcome(
            entry={"provider": "telegram", "tier": "core", "expect": {}},
            answer=Answer(200, call, "application/json"),
            before=nothing,
            after=nothing,
            own_addresses=frozenset(),
            settle=lambda: nothing,
        )
    )

    assert problems == ["answer: Telegram would execute it"]


def _entry(service: Service, payload_id: str) -> dict[str, Any]:
    rows = [row for row in service.payloads.payloads if row["id"] == payload_id]
    if not rows:
        pytest.skip("the set has no such payload")
    return rows[0]


def _set(expect: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        expect = expect[step]
    expect[path[-1]] = value
