"""Messages that no webhook told us of are found in the provider's records, once and in order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import SendError
from channels.message import ChannelName, ControlEvent, ControlKind, ErrorClass, MediaKind, MediaRef
from channels.webhook import WebhookRequest
from gateway import sweeps
from gateway.intake import intake, intake_feed, reconcile, spool
from gateway.runtime import Runtime
from gateway.sending import replies
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from store import states, tenant
from store.messages import Arrival
from store.models.messaging import Attachment, Conversation, Message, WebhookDelivery
from tests.channels import admin_stage
from tests.gateway.conftest import webhook
from tests.gateway.fakes import ACCOUNT, START, Clock
from tests.gateway.records import RecordingAdapter
from tests.gateway.rows import all_of, message, only
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

SMS = ChannelName.SMS


@pytest.fixture
def twilio() -> RecordingAdapter:
    return RecordingAdapter(SMS)


@pytest.fixture
def recording(runtime: Runtime, twilio: RecordingAdapter, clock: Clock) -> Runtime:
    """A runtime whose SMS provider keeps records; its first look has been taken."""
    made = replace(runtime, channels={SMS: twilio})
    reconcile.drain(made)
    clock.advance(minutes=90)
    return made


def lost(twilio: RecordingAdapter, clock: Clock, external_id: str, **more: Any) -> None:
    """A citizen wrote half an hour ago, and no webhook came."""
    minutes = more.pop("minutes_ago", 30)
    sent = message(external_id, channel=SMS, **{"sender": "+6281255501001", **more})
    twilio.past.append((sent, clock.instant - timedelta(minutes=minutes)))


def test_the_first_look_only_notes_the_time(runtime, twilio, clock):
    lost(twilio, clock, "SM-lama")
    made = replace(runtime, channels={SMS: twilio})

    assert reconcile.drain(made) == 0

    assert twilio.asked == []
    assert all_of(made, Message) == []


def test_a_lost_message_is_kept_with_the_time_at_which_it_was_sent(recording, twilio, clock):
    lost(twilio, clock, "SM1", text="Jembatan putus")

    assert reconcile.drain(recording) == 1

    row = only(recording, Message)
    assert (row.external_id, row.text) == ("SM1", "Jembatan putus")
    assert row.received_at == clock.instant - timedelta(minutes=30)
    assert only(recording, Conversation).last_inbound_at == row.received_at
    assert "dialogue" in recording.nudger.woken


def test_what_a_webhook_brought_is_not_kept_again(recording, twilio, clock):
    lost(twilio, clock, "SM1")
    twilio.events = [twilio.past[0][0]]
    intake.receive(recording, "twilio", webhook())

    assert reconcile.drain(recording) == 0

    assert len(all_of(recording, Message)) == 1
    assert len(all_of(recording, WebhookDelivery)) == 1


def test_a_run_again_finds_nothing_new(recording, twilio, clock):
    lost(twilio, clock, "SM1")
    reconcile.drain(recording)
    clock.advance(hours=2)

    assert reconcile.drain(recording) == 0

    assert len(all_of(recording, WebhookDelivery)) == 1


def test_an_unreadable_record_is_kept_once_and_not_read_for_ever(recording, twilio, clock):
    lost(twilio, clock, "SM1")
    known = twilio.past[0][0]
    twilio.past[0] = (replace(known, account="akun-lain"), twilio.past[0][1])
    for _ in range(3):
        reconcile.drain(recording)
        clock.advance(minutes=61)

    assert len(all_of(recording, WebhookDelivery)) == 1
    assert all_of(recording, Message) == []


def test_all_pages_are_read_and_the_older_of_a_page_comes_first(recording, twilio, clock):
    for number, minutes_ago in enumerate((50, 40, 30, 20, 10)):
        lost(twilio, clock, f"SM{number}", minutes_ago=minutes_ago)

    assert reconcile.drain(recording) == 5

    assert [page for _, _, page in twilio.asked] == [None, "2", "4"]
    in_order = sorted(all_of(recording, Message), key=lambda row: row.ordered_at)
    assert [row.external_id for row in in_order] == ["SM0", "SM1", "SM2", "SM3", "SM4"]


def test_attachments_are_fetched_later_like_those_of_a_webhook(recording, twilio, clock):
    lost(twilio, clock, "MM1", media=(MediaRef(MediaKind.IMAGE, "https://m/1"),))

    reconcile.drain(recording)

    assert only(recording, Attachment).source == "https://m/1"
    assert "media" in recording.nudger.woken


def test_words_are_kept_though_their_attachments_are_gone(recording, twilio, clock):
    lost(twilio, clock, "MM1", text="Foto jalan", media=(MediaRef(MediaKind.IMAGE, "m"),))
    twilio.refuse_recovery = SendError(ErrorClass.CONFIG, "20404", "gone")

    assert reconcile.drain(recording) == 1

    assert only(recording, Message).text == "Foto jalan"


# When


def run_count(twilio: RecordingAdapter) -> int:
    return sum(1 for _, _, page in twilio.asked if page is None)


def test_records_are_read_every_hour(recording, twilio, clock):
    reconcile.drain(recording)
    clock.advance(minutes=55)
    reconcile.drain(recording)
    early = run_count(twilio)
    clock.advance(minutes=5)
    reconcile.drain(recording)

    assert (early, run_count(twilio)) == (1, 2)


def test_the_worker_is_woken_when_records_are_due(recording):
    assert "records" in sweeps.due_kinds(recording)

    reconcile.drain(recording)

    assert "records" not in sweeps.due_kinds(recording)


def test_once_a_night_the_look_goes_two_days_back(recording, twilio, clock):
    reconcile.drain(recording)
    spans = []
    for day in (21, 22, 23, 24):
        clock.instant = START.replace(day=day, hour=19, minute=30)  # 02.30 of the next day in Riau
        reconcile.drain(recording)
        clock.advance(hours=1, minutes=10)
        reconcile.drain(recording)
        spans += [until - since for since, until, _ in twilio.asked[-2:]]

    assert spans[-2] > timedelta(days=2)
    assert spans[-1] < timedelta(hours=2)


def test_what_was_written_before_we_began_is_never_read(recording, twilio, clock):
    clock.instant = START.replace(hour=19, minute=30)
    reconcile.drain(recording)

    assert min(since for since, _, _ in twilio.asked) == START


def test_records_are_wanted_after_the_spool_was_fed(recording, twilio, clock):
    reconcile.drain(recording)
    clock.advance(minutes=10)
    twilio.events = [message("SM9", channel=SMS, sender="+6281255501009")]
    spool.write(recording.spool_dir, recording.keys, Arrival("twilio", webhook(), clock.instant))
    intake_feed.drain(recording)
    clock.advance(minutes=3)

    assert "records" in sweeps.due_kinds(recording)


def test_records_are_wanted_when_an_account_is_mended(recording, clock):
    reconcile.drain(recording)
    clock.advance(minutes=10)
    replies.unpause(recording, SMS, ACCOUNT)
    clock.advance(minutes=3)

    assert "records" in sweeps.due_kinds(recording)


def test_records_are_wanted_after_no_worker_was_there(recording, clock):
    reconcile.drain(recording)
    reconcile.beat(recording)
    clock.advance(minutes=20)
    reconcile.beat(recording)
    clock.advance(minutes=3)

    assert "records" in sweeps.due_kinds(recording)


def test_a_worker_that_lives_wants_no_records(recording, clock):
    reconcile.drain(recording)
    for _ in range(20):
        clock.advance(minutes=1)
        reconcile.beat(recording)

    assert "records" not in sweeps.due_kinds(recording)


# Trouble on the way


def test_a_run_that_was_refused_goes_on_where_it_stopped(recording, twilio, clock):
    for number in range(5):
        lost(twilio, clock, f"SM{number}", minutes_ago=20 + number)
    past_messages = twilio.past_messages

    def refuse_second_page(since: Any, until: Any, page: str | None) -> Any:
        if page == "2":
            twilio.refuse_page = SendError(ErrorClass.RETRY, "transport", "away")
            twilio.past_messages = past_messages
        return past_messages(since, until, page)

    twilio.past_messages = refuse_second_page
    first = reconcile.drain(recording)
    at_once = "records" in sweeps.due_kinds(recording)
    clock.advance(minutes=6)
    second = reconcile.drain(recording)

    assert (first, at_once, second) == (2, False, 3)
    assert [page for _, _, page in twilio.asked] == [None, "2", "2", "4"]
    assert len({until for _, until, _ in twilio.asked}) == 1


def test_a_refused_look_is_repeated_and_loses_no_time(recording, twilio, clock):
    lost(twilio, clock, "SM1")
    twilio.refuse_page = SendError(ErrorClass.REAUTH, "20003", "refused")
    assert reconcile.drain(recording) == 0
    clock.advance(minutes=6)

    assert reconcile.drain(recording) == 1


def test_only_one_worker_reads_at_a_time(recording, twilio, clock):
    lost(twilio, clock, "SM1")
    seen: list[int] = []
    past_messages = twilio.past_messages

    def meanwhile(since: Any, until: Any, page: str | None) -> Any:
        twilio.past_messages = past_messages
        seen.append(reconcile.drain(recording))
        return past_messages(since, until, page)

    twilio.past_messages = meanwhile

    assert reconcile.drain(recording) == 1
    assert seen == [0]
    assert run_count(twilio) == 1


def test_messages_of_the_last_minutes_are_left_to_their_webhooks(recording, twilio, clock):
    lost(twilio, clock, "SM1", minutes_ago=1)

    assert reconcile.drain(recording) == 0


def test_a_channel_without_records_is_left_alone(runtime):
    assert reconcile.drain(runtime) == 0
    with runtime.transaction() as session:
        assert reconcile.is_due(runtime, session) is False


def test_what_the_machine_remembers_is_no_setting_of_the_government(recording):
    reconcile.drain(recording)

    with recording.transaction() as session:
        assert states.starting(session, "records:") != {}
        assert [key for key in tenant.read(session) if key.startswith("state:")] == []


# With the real SDK


@pytest.fixture
def outage(runtime: Runtime) -> Iterator[tuple[Runtime, Any]]:
    """The sandbox's Twilio and Meta, and a web server that refuses everything they post."""
    gateway = ListeningGateway()
    settings = SandboxSettings(target=gateway.url, port=free_port(), **QUICK)
    server = SandboxServer(settings)
    server.start()
    stage = Stage(server, gateway)
    for path in ("/webhooks/twilio/messaging", "/webhooks/meta"):
        gateway.answer_next(path, *[503] * 50)
    with admin_stage.channels(admin_stage.settings(stage.url, gateway.url)) as built:
        clock = Clock(datetime.now(UTC) - timedelta(hours=2))
        keeping = (ChannelName.WHATSAPP, SMS, ChannelName.MESSENGER, ChannelName.INSTAGRAM)
        made = replace(runtime, channels={name: built[name] for name in keeping}, now=clock)
        reconcile.drain(made)
        clock.advance(hours=2, minutes=3)
        yield made, stage
    server.close()
    gateway.close()


def test_twilio_tells_of_what_we_refused(outage):
    runtime, stage = outage
    photo = {"kind": "document", "filename": "surat.pdf", "content_base64": "JVBERi0xLjQ="}
    stage.write("salmah", "whatsapp", "Lampu jalan mati", attachments=[photo])
    stage.write("yusuf", "sms", "Jalan berlubang")
    stage.webhooks("/webhooks/twilio/messaging", 2)

    assert reconcile.drain(runtime) == 2
    assert reconcile.drain(runtime) == 0

    texts = {row.text for row in all_of(runtime, Message)}
    assert texts == {"Lampu jalan mati", "Jalan berlubang"}
    senders = {row.sender for row in all_of(runtime, Conversation)}
    assert senders == {"+6281255501001", "+6281255501002"}
    attachment = only(runtime, Attachment)
    adapter = runtime.channels[ChannelName.WHATSAPP]
    fetched = adapter.fetch_media(MediaRef(attachment.kind, attachment.source))
    assert fetched.content == b"%PDF-1.4"


def test_meta_tells_of_what_we_refused(outage):
    runtime, stage = outage
    photo = {"kind": "image", "filename": "jalan.png", "content_base64": "iVBORw0KGgo="}
    stage.write("salmah", "messenger", "Lampu jalan mati", attachments=[photo])
    stage.write("yusuf", "instagram", "Jalan berlubang")
    lost = stage.webhooks("/webhooks/meta", 3)

    assert reconcile.drain(runtime) == 3
    assert reconcile.drain(runtime) == 0
    for one in lost:
        headers = {name.lower(): value for name, value in one.headers.items()}
        again = WebhookRequest("POST", f"{stage.gateway.url}{one.path}", headers, one.body)
        assert intake.receive(runtime, "meta", again).status == 200

    texts = [row.text for row in all_of(runtime, Message)]
    assert sorted(texts, key=str) == ["Jalan berlubang", "Lampu jalan mati", None]
    attachment = only(runtime, Attachment)
    fetched = runtime.channels[ChannelName.MESSENGER].fetch_media(
        MediaRef(attachment.kind, attachment.source)
    )
    assert fetched.content == b"\x89PNG\r\n\x1a\n"


# Should records name messages otherwise than webhooks do


@pytest.mark.parametrize(
    ("apart_s", "text", "sender", "found"),
    [
        (0, "Lampu mati", "+6281255501001", 0),
        (1, "Lampu mati", "+6281255501001", 0),
        (2, "Lampu mati", "+6281255501001", 1),
        (0, "Lampu hidup", "+6281255501001", 1),
        (0, None, "+6281255501001", 1),
        (0, "Lampu mati", "+6281255501002", 1),
    ],
)
def test_the_same_words_of_the_same_second_are_the_same_message(
    recording, twilio, clock, apart_s, text, sender, found
):
    at = clock.instant - timedelta(minutes=30)
    known = message("m-1", "Lampu mati", SMS, "+6281255501001", sent_at=at)
    twilio.events = [known]
    intake.receive(recording, "twilio", webhook(b"{}"))
    lost(twilio, clock, "t-1", text=text, sender=sender, sent_at=at + timedelta(seconds=apart_s))

    assert reconcile.drain(recording) == found


def test_a_button_whose_webhook_had_no_id_is_not_told_again_as_its_title(recording, twilio, clock):
    at = clock.instant - timedelta(minutes=30)
    pressed = ControlEvent(
        ControlKind.BUTTON, SMS, ACCOUNT, "+6281255501001", event_id="f1", occurred_at=at, value="B"
    )
    twilio.events = [pressed]
    intake.receive(recording, "twilio", webhook(b"{}"))
    lost(twilio, clock, "t-1", text="Belum selesai", sent_at=at)

    assert reconcile.drain(recording) == 0


def test_a_right_that_the_token_lacks_is_asked_for_once_an_hour(recording, twilio, clock):
    lost(twilio, clock, "m-1")
    twilio.refuse_page = SendError(ErrorClass.CONFIG, "200", "no permission")
    reconcile.drain(recording)
    clock.advance(minutes=30)

    assert reconcile.drain(recording) == 0

    clock.advance(minutes=31)
    assert reconcile.drain(recording) == 1
