"""Webhooks come in: exactly once, nothing lost, nothing of a forged one kept."""

from datetime import timedelta
from threading import Thread

from prometheus_client import REGISTRY

from channels.message import (
    ChannelName,
    Choice,
    ContactCard,
    Location,
    MediaKind,
    MediaRef,
    RottenEvent,
)
from gateway.intake import intake
from gateway.runtime import Runtime
from store.models.messaging import (
    Attachment,
    Conversation,
    Direction,
    MediaState,
    Message,
    QuarantinedEvent,
    WebhookDelivery,
)
from store.models.outbox import OutboxPart
from tests.gateway.conftest import Hear, webhook
from tests.gateway.fakes import START, Clock, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, change, message, only, queue_answer, statuses


def test_a_message_opens_a_conversation_and_wakes_the_dialogue(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    reply = hear(
        telegram, message("101", "Lampu mati", sender_name="Agus", sent_at=START, aliases=("ID.1",))
    )

    conversation, written = only(runtime, Conversation), only(runtime, Message)
    assert (reply.status, reply.body) == (200, "heard 1")
    assert (conversation.sender, conversation.sender_name) == ("5550100001", "Agus")
    assert conversation.aliases == ["ID.1"]
    assert conversation.dialogue_due_at == START
    assert (written.text, written.direction) == ("Lampu mati", Direction.IN)
    assert written.processed_at is None
    assert nudger.woken == ["dialogue"]


def test_a_redelivery_is_archived_and_changes_nothing_else(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, clock: Clock, nudger: RecordingNudger
) -> None:
    hear(telegram, message("101"))
    clock.advance(minutes=5)

    reply = hear(telegram, message("101"))

    assert reply.status == 200
    assert len(all_of(runtime, Message)) == 1
    assert only(runtime, Conversation).dialogue_due_at == START
    assert len(all_of(runtime, WebhookDelivery)) == 2
    assert nudger.woken == ["dialogue"]


def test_eight_redeliveries_at_once_make_one_message(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101", media=(MediaRef(MediaKind.IMAGE, "f1"),))]
    answers: list[int] = []

    def deliver() -> None:
        answers.append(intake.receive(runtime, "telegram", webhook()).status)

    threads = [Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 8
    assert len(all_of(runtime, Message)) == 1
    assert len(all_of(runtime, Attachment)) == 1


def test_a_forged_request_leaves_nothing_but_a_count(
    runtime: Runtime, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    telegram.events = [message("101")]
    labels = {"provider": "telegram"}
    before = REGISTRY.get_sample_value("sahut_webhooks_forged_total", labels) or 0

    reply = intake.receive(runtime, "telegram", webhook(signature="guessed"))

    assert reply.status == 403
    assert all_of(runtime, WebhookDelivery) == []
    assert all_of(runtime, Message) == []
    assert nudger.woken == []
    assert REGISTRY.get_sample_value("sahut_webhooks_forged_total", labels) == before + 1


def test_the_handshake_answers_only_the_right_token(runtime: Runtime) -> None:
    right = webhook(method="GET")
    right = type(right)("GET", f"{right.url}?token=right", right.headers, b"")

    assert intake.receive(runtime, "meta", right).body == "challenge"
    assert intake.receive(runtime, "meta", webhook(method="GET")).status == 403


def test_a_channel_without_credentials_is_not_there(runtime: Runtime) -> None:
    alone = type(runtime)(**{**vars(runtime), "channels": {}})

    assert intake.receive(alone, "meta", webhook()).status == 404


def test_the_raw_request_is_kept_without_the_platforms_secret(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("101"), body=b'{"update_id": 7}')

    kept = only(runtime, WebhookDelivery)
    assert kept.body == b'{"update_id": 7}'
    assert kept.request["headers"] == {"x-fake": "genuine"}
    assert kept.parse_error is None


def test_a_body_that_can_never_be_read_is_kept_and_refused(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    reply = hear(telegram, body=b"not json")

    assert reply.status == 400
    assert only(runtime, WebhookDelivery).parse_error == "payload: the body is not JSON"


def test_a_fault_of_our_parser_loses_nothing_and_shows_nobody_the_content(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, caplog
) -> None:
    telegram.crash_with = RuntimeError("rahasia warga")

    reply = hear(telegram, body=b'{"isi": 1}')

    assert reply.status == 200
    assert only(runtime, WebhookDelivery).parse_error == "crash"
    assert "rahasia warga" not in caplog.text
    assert [record.message for record in caplog.records] == ["parse_crashed"]


def test_one_rotten_event_does_not_cost_its_neighbours(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    rotten = RottenEvent("entry[0].messaging[0]", "sender is missing")

    reply = hear(messenger, rotten, message("m2", channel=ChannelName.MESSENGER))

    quarantined = only(runtime, QuarantinedEvent)
    assert reply.status == 200
    assert quarantined.path == "entry[0].messaging[0]"
    assert quarantined.delivery_id == only(runtime, WebhookDelivery).id
    assert only(runtime, Message).external_id == "m2"


def test_events_of_other_accounts_are_left_alone(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    foreign = message("101")
    foreign = type(foreign)(ChannelName.TELEGRAM, "akun-lain", "101", "5550100001", text="Halo")

    reply = hear(telegram, foreign)

    assert reply.status == 200
    assert all_of(runtime, Message) == []
    assert all_of(runtime, Conversation) == []


def test_a_batch_of_two_citizens_and_three_messages_keeps_all(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    batch = [
        message("m1", "satu", ChannelName.MESSENGER, "612", sent_at=START),
        message("m2", "dua", ChannelName.MESSENGER, "613", sent_at=START),
        message("m3", "tiga", ChannelName.MESSENGER, "612", sent_at=START),
        message("m3", "tiga", ChannelName.MESSENGER, "612", sent_at=START),
    ]

    hear(messenger, *batch)

    assert [row.text for row in all_of(runtime, Message)] == ["satu", "dua", "tiga"]
    assert len(all_of(runtime, Conversation)) == 2


def test_the_same_phone_on_two_channels_is_two_identities(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, sms: FakeAdapter
) -> None:
    hear(whatsapp, message("SM1", channel=ChannelName.WHATSAPP, sender="+6281255501001"))
    hear(sms, message("SM2", channel=ChannelName.SMS, sender="+6281255501001"))

    channels = [row.channel for row in all_of(runtime, Conversation)]
    assert channels == [ChannelName.WHATSAPP, ChannelName.SMS]


def test_withheld_callers_never_become_one_person(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("RE1", sender=None, call_id="CA1"))
    hear(telegram, message("RE2", sender=None, call_id="CA2"))

    rows = all_of(runtime, Conversation)
    assert [(row.sender, row.repliable) for row in rows] == [(None, False), (None, False)]


def test_what_has_no_column_is_kept_beside_the_text(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(
        telegram,
        message(
            "101",
            None,
            location=Location(-7.797068, 110.370529, "Pasar", "Jl. Margo Mulyo"),
            choice=Choice("Belum", "konfirmasi:belum"),
            contact=ContactCard("Ani", "+6281299990000"),
            reply_to="99",
            reply_to_story="179",
            group_key="album-1",
            forwarded=True,
        ),
    )

    row = only(runtime, Message)
    assert row.extras == {
        "location": {
            "latitude_deg": -7.797068,
            "longitude_deg": 110.370529,
            "name": "Pasar",
            "address": "Jl. Margo Mulyo",
        },
        "choice": {"title": "Belum", "payload": "konfirmasi:belum"},
        "contact": {"name": "Ani", "phone": "+6281299990000", "is_sender": False},
        "reply_to_story": "179",
    }
    assert (row.reply_to, row.group_key, row.forwarded, row.text) == ("99", "album-1", True, None)


def test_attachments_wait_for_the_worker_and_unavailable_ones_are_noted(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    media = (
        MediaRef(MediaKind.IMAGE, "foto", "image/jpeg"),
        MediaRef(MediaKind.VIDEO, "film", size_bytes=26_000_000, fetchable=False),
        MediaRef(MediaKind.IMAGE, "cerita", fetchable=False),
        MediaRef(MediaKind.LINK, "https://kab.example/berita"),
    )

    hear(telegram, message("101", None, media=media))

    rows = all_of(runtime, Attachment)
    assert [row.source for row in rows] == ["foto", "film", "cerita", "https://kab.example/berita"]
    assert [row.state for row in rows] == [
        MediaState.PENDING,
        MediaState.TOO_LARGE,
        MediaState.EXPIRED,
        MediaState.REFUSED,
    ]
    assert nudger.woken == ["dialogue", "media"]


def test_the_reply_window_follows_the_providers_time_and_never_goes_back(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    late = START - timedelta(minutes=30)
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sent_at=START))
    hear(messenger, message("m2", channel=ChannelName.MESSENGER, sent_at=late))

    assert only(runtime, Conversation).last_inbound_at == START


def test_a_clock_that_runs_ahead_opens_no_window_and_spoils_no_order(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(
        messenger,
        message("m1", channel=ChannelName.MESSENGER, sent_at=START + timedelta(days=400)),
    )

    assert only(runtime, Conversation).last_inbound_at == START
    assert only(runtime, Message).ordered_at == START


def test_messages_are_ordered_by_the_providers_time(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    second = message("m2", "Kedua", ChannelName.MESSENGER, sent_at=START + timedelta(seconds=20))
    first = message("m1", "Pertama", ChannelName.MESSENGER, sent_at=START + timedelta(seconds=10))

    hear(messenger, second, first)

    rows = sorted(all_of(runtime, Message), key=lambda row: (row.ordered_at, row.id))
    assert [row.text for row in rows] == ["Pertama", "Kedua"]


def test_parked_answers_leave_with_the_citizens_next_message(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, nudger: RecordingNudger
) -> None:
    hear(whatsapp, message("SM1", channel=ChannelName.WHATSAPP))
    queue_answer(runtime)
    change(runtime, only(runtime, OutboxPart).id, status="parked")

    hear(whatsapp, message("SM2", channel=ChannelName.WHATSAPP))

    assert statuses(runtime) == ["queued"]
    assert nudger.woken == ["dialogue", "dialogue", "outbox"]


def test_a_sender_that_cannot_be_answered_is_kept_and_flagged(
    runtime: Runtime, hear: Hear, sms: FakeAdapter
) -> None:
    hear(sms, message("SM1", "Promo", ChannelName.SMS, "TELKOMSEL", repliable=False))

    assert only(runtime, Conversation).repliable is False
    assert only(runtime, Message).text == "Promo"
