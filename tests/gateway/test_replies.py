"""Answers leave in order, once, and every error class has its consequence."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass, MediaKind
from channels.outbound import OutboundPart
from gateway.errors import ConflictError
from gateway.runtime import Runtime
from gateway.sending import replies
from store.models.messaging import Attachment, ChannelAccount, Conversation, MediaState, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from store.models.staff import AuditEntry, Role, StaffUser
from tests.gateway.conftest import PUBLIC_URL, Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter
from tests.gateway.rows import all_of, change, message, only, queue_answer, statuses


def fault(error_class: ErrorClass, code: str = "kode", wait_s: float | None = None) -> SendError:
    return SendError(error_class, code, "refused", wait_s)


@pytest.fixture
def written(hear: Hear, telegram: FakeAdapter) -> None:
    """A citizen who wrote by Telegram."""
    hear(telegram, message("101"))


@pytest.fixture
def staff_id(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        officer = StaffUser(
            username="rina",
            name="Rina",
            role=Role.OPERATOR,
            password_hash="x",
            active=True,
            created_at=START,
        )
        session.add(officer)
        session.flush()
        return officer.id


@pytest.mark.usefixtures("written")
def test_an_answer_leaves_by_the_channel_and_to_the_person_it_came_from(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, "Terima kasih", buttons=[("Cek status", "STATUS")], reply_to="101")

    tried = replies.drain(runtime)

    part = only(runtime, OutboxPart)
    assert tried == 1
    assert (part.status, part.external_id) == (DeliveryStatus.SENT, "telegram-1")
    (call,) = telegram.sent
    assert (call.recipient, call.text, call.account) == ("5550100001", "Terima kasih", ACCOUNT)
    assert (call.reference, call.reply_to) == (str(part.reference), "101")
    assert [(button.title, button.payload) for button in call.buttons] == [("Cek status", "STATUS")]


@pytest.mark.usefixtures("written")
def test_the_parts_of_a_conversation_leave_in_their_order(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, ["satu", "dua", "tiga"])
    queue_answer(runtime, "empat", priority=0)

    replies.drain(runtime)

    assert [call.text for call in telegram.sent] == ["satu", "dua", "tiga", "empat"]


@pytest.mark.usefixtures("written")
def test_a_part_that_is_retried_holds_back_those_after_it(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime, ["satu", "dua"])
    telegram.refuse(fault(ErrorClass.RETRY))

    replies.drain(runtime)
    assert telegram.sent == []
    assert statuses(runtime) == ["queued", "queued"]
    clock.advance(minutes=1)
    replies.drain(runtime)

    assert [call.text for call in telegram.sent] == ["satu", "dua"]


@pytest.mark.usefixtures("written")
def test_what_is_planned_for_later_holds_nothing_back(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, "besok", not_before=START + timedelta(days=1))
    queue_answer(runtime, "sekarang")

    replies.drain(runtime)

    assert [call.text for call in telegram.sent] == ["sekarang"]


def test_answers_to_people_who_wait_leave_before_news(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("1", sender="5550100001"))
    hear(telegram, message("1", sender="5550100002", dedup_scope="lain"))
    first, second = (row.id for row in all_of(runtime, Conversation))
    queue_answer(runtime, "kabar", first, priority=1)
    queue_answer(runtime, "jawaban", second, priority=0)
    telegram.refuse(fault(ErrorClass.RETRY_AFTER, wait_s=60))

    replies.drain(runtime)

    by_attempt = {part.message_id: part.error_code for part in all_of(runtime, OutboxPart)}
    assert list(by_attempt.values()) == [None, "kode"]


@pytest.mark.usefixtures("written")
def test_a_passing_fault_is_tried_eight_times_with_growing_pauses(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)

    for _ in range(8):
        assert statuses(runtime) == ["queued"]
        telegram.refuse(fault(ErrorClass.RETRY, "http-500"))
        replies.drain(runtime)
        clock.advance(hours=2)

    part = only(runtime, OutboxPart)
    assert (part.status, part.attempts) == (DeliveryStatus.FAILED, 8)
    assert (part.error_class, part.error_code) == (ErrorClass.RETRY, "http-500")


def test_pauses_triple_up_to_an_hour_and_spread_by_the_reference() -> None:
    assert replies.backoff_s(1, "00000000") == 3.75
    assert replies.backoff_s(2, "00000000") == 11.25
    assert replies.backoff_s(7, "00000000") == 2700.0
    assert replies.backoff_s(8, "ffff0000") == 4500.0


@pytest.mark.usefixtures("written")
def test_a_throttled_account_waits_as_long_as_the_platform_asks_and_loses_no_attempt(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    telegram.refuse(fault(ErrorClass.RETRY_AFTER, "429", 90))

    replies.drain(runtime)
    clock.advance(seconds=89)
    replies.drain(runtime)
    assert telegram.sent == []
    assert only(runtime, OutboxPart).attempts == 0
    clock.advance(seconds=2)
    replies.drain(runtime)

    assert [call.text for call in telegram.sent] == ["Terima kasih"]


@pytest.mark.parametrize("error_class", [ErrorClass.REAUTH, ErrorClass.CONFIG])
@pytest.mark.usefixtures("written")
def test_a_broken_account_keeps_its_queue_until_it_is_mended(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock, error_class: ErrorClass
) -> None:
    queue_answer(runtime)
    telegram.refuse(fault(error_class, "401"))

    replies.drain(runtime)
    clock.advance(days=30)
    replies.drain(runtime)
    account = only(runtime, ChannelAccount)
    assert (account.paused_class, account.paused_code) == (error_class, "401")
    assert statuses(runtime) == ["queued"]
    replies.unpause(runtime, ChannelName.TELEGRAM, ACCOUNT)
    replies.drain(runtime)

    assert statuses(runtime) == ["sent"]


def test_a_broken_account_does_not_stop_the_others(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, sms: FakeAdapter
) -> None:
    hear(telegram, message("101"))
    hear(sms, message("SM1", channel=ChannelName.SMS, sender="+6281255502001"))
    for row in all_of(runtime, Conversation):
        queue_answer(runtime, conversation_id=row.id)
    telegram.refuse(fault(ErrorClass.REAUTH))

    replies.drain(runtime)

    assert len(sms.sent) == 1
    assert telegram.sent == []


@pytest.mark.usefixtures("written")
def test_a_message_that_cannot_be_sent_as_it_is_fails_at_once(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, ["satu", "dua"])
    telegram.refuse(fault(ErrorClass.PERMANENT, "400"))

    replies.drain(runtime)

    assert statuses(runtime) == ["failed", "sent"]


@pytest.mark.usefixtures("written")
def test_a_recipient_that_is_gone_gets_no_further_call(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, ["satu", "dua"])
    telegram.refuse(fault(ErrorClass.RECIPIENT_GONE, "403"))

    replies.drain(runtime)

    assert statuses(runtime) == ["failed", "suppressed"]
    assert only(runtime, Conversation).suppressed_reason == "recipient_gone"
    assert telegram.sent == []


@pytest.mark.parametrize(
    "error", [fault(ErrorClass.AMBIGUOUS, "timeout"), RuntimeError("isi pesan warga")]
)
@pytest.mark.usefixtures("written")
def test_what_may_have_been_sent_is_left_to_a_person(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock, caplog, error: Exception
) -> None:
    queue_answer(runtime)
    telegram.faults.append(error)

    replies.drain(runtime)
    clock.advance(days=1)
    replies.drain(runtime)

    assert statuses(runtime) == ["uncertain"]
    assert telegram.sent == []
    assert "isi pesan warga" not in caplog.text


@pytest.mark.usefixtures("written")
def test_a_send_that_never_came_back_becomes_uncertain(runtime: Runtime, clock: Clock) -> None:
    queue_answer(runtime)
    change(runtime, only(runtime, OutboxPart).id, status="sending", claimed_at=START)

    clock.advance(minutes=10)
    assert replies.sweep(runtime) == 0
    clock.advance(minutes=1)
    assert replies.sweep(runtime) == 1

    assert statuses(runtime) == ["uncertain"]


@pytest.mark.usefixtures("written")
def test_the_pin_stands_in_the_call_only_and_goes_when_all_is_sent(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(
        runtime, ["Nomor 26-00421-3, PIN {PIN}", "Simpan baik-baik"], secrets={"PIN": "4711"}
    )
    seen: list[int] = []

    def count(_part: OutboundPart, _external_id: str) -> None:
        seen.append(len(all_of(runtime, OneTimeSecret)))

    telegram.on_send = count
    replies.drain(runtime)

    assert telegram.sent[0].text == "Nomor 26-00421-3, PIN 4711"
    assert seen == [1, 1]
    assert all_of(runtime, OneTimeSecret) == []
    assert only_payload(runtime, 0) == "Nomor 26-00421-3, PIN {PIN}"


def only_payload(runtime: Runtime, number: int) -> str:
    return str(all_of(runtime, OutboxPart)[number].payload["text"])


@pytest.mark.usefixtures("written")
def test_a_pin_that_has_expired_is_never_sent_as_its_placeholder(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, "PIN {PIN}")

    replies.drain(runtime)

    part = only(runtime, OutboxPart)
    assert (part.status, part.error_code) == (DeliveryStatus.FAILED, "secret-gone")
    assert telegram.sent == []


@pytest.mark.usefixtures("written")
def test_who_opted_out_after_the_answer_was_queued_gets_nothing(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime)
    with runtime.transaction() as session:
        session.execute(update(Conversation).values(suppressed_reason="opt_out"))

    replies.drain(runtime)

    part = only(runtime, OutboxPart)
    assert (part.status, part.error_code) == (DeliveryStatus.SUPPRESSED, "opt_out")
    assert telegram.sent == []


@pytest.mark.usefixtures("written")
def test_an_attachment_is_sent_as_its_copy_without_metadata(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, "Ini fotonya", attachment_ids=[stored(runtime, MediaKind.IMAGE)])

    replies.drain(runtime)

    medium = telegram.sent[1].medium
    assert medium is not None
    assert (medium.content, medium.mime) == (b"salinan", "image/jpeg")
    assert medium.url is not None
    assert medium.url.startswith(f"{PUBLIC_URL}/webhooks/lampiran/1/")


@pytest.mark.usefixtures("written")
def test_a_kind_that_the_channel_cannot_carry_is_sent_as_a_link(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    queue_answer(runtime, "Ini berkasnya", attachment_ids=[stored(runtime, MediaKind.DOCUMENT)])

    replies.drain(runtime)

    assert telegram.sent[1].medium is None
    assert str(telegram.sent[1].text).startswith(f"{PUBLIC_URL}/webhooks/lampiran/1/")


def stored(runtime: Runtime, kind: MediaKind) -> int:
    """Make an attachment of an officer, in the media folder."""
    with runtime.transaction() as session:
        attachment = Attachment(
            message_id=only(runtime, Message).id if len(all_of(runtime, Message)) == 1 else 1,
            ordinal=0,
            kind=kind,
            state=MediaState.STORED,
            mime="image/jpeg",
            filename="foto.jpg",
            original_key=runtime.media.put(b"asli", "jpg"),
            shared_key=runtime.media.put(b"salinan", "jpg"),
            size_bytes=7,
        )
        session.add(attachment)
        session.flush()
        return attachment.id


@pytest.mark.usefixtures("written")
def test_a_file_that_is_gone_fails_its_part_and_nothing_else(
    runtime: Runtime, telegram: FakeAdapter, tmp_path: Path
) -> None:
    queue_answer(runtime, "Ini fotonya", attachment_ids=[stored(runtime, MediaKind.IMAGE)])
    for path in (tmp_path / "media").rglob("*.jpg"):
        path.unlink()

    replies.drain(runtime)

    assert statuses(runtime) == ["sent", "failed"]
    assert len(telegram.sent) == 1


@pytest.mark.usefixtures("written")
def test_a_channel_that_was_switched_off_keeps_its_queue(runtime: Runtime) -> None:
    queue_answer(runtime)
    without = type(runtime)(**{**vars(runtime), "channels": {}})

    replies.drain(without)

    assert statuses(runtime) == ["queued"]
    assert only(runtime, ChannelAccount).paused_code == "channel-off"


@pytest.mark.usefixtures("written")
def test_a_person_may_send_an_uncertain_part_again_under_a_new_reference(
    runtime: Runtime, staff_id: int
) -> None:
    queue_answer(runtime)
    part = only(runtime, OutboxPart)
    change(runtime, part.id, status="uncertain", attempts=3)

    replies.retry_part(runtime, part.id, staff_id)
    replies.drain(runtime)

    again = only(runtime, OutboxPart)
    assert (again.status, again.attempts) == (DeliveryStatus.SENT, 1)
    assert again.reference != part.reference
    entry = only(runtime, AuditEntry)
    assert (entry.action, entry.actor_id, entry.reason) == (
        "part_retried",
        staff_id,
        f"part {part.id}",
    )


@pytest.mark.usefixtures("written")
def test_what_was_sent_cannot_be_sent_again(runtime: Runtime, staff_id: int) -> None:
    queue_answer(runtime)
    replies.drain(runtime)

    with pytest.raises(ConflictError):
        replies.retry_part(runtime, only(runtime, OutboxPart).id, staff_id)

    assert statuses(runtime) == ["sent"]


@pytest.mark.usefixtures("written")
def test_a_failure_is_dealt_with_once(runtime: Runtime, staff_id: int) -> None:
    queue_answer(runtime)
    part_id = only(runtime, OutboxPart).id
    change(runtime, part_id, status="failed")

    replies.dismiss_part(runtime, part_id, staff_id)

    assert only(runtime, OutboxPart).dismissed_at == START
    with pytest.raises(ConflictError):
        replies.dismiss_part(runtime, part_id, staff_id)


def test_a_hundred_citizens_are_served_in_one_drain(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, *(message(f"{n}", sender=f"55501{n:05}") for n in range(120)))
    for row in all_of(runtime, Conversation):
        queue_answer(runtime, conversation_id=row.id)

    assert replies.drain(runtime) == 120

    assert {call.recipient for call in telegram.sent} == {f"55501{n:05}" for n in range(120)}
    assert set(statuses(runtime)) == {"sent"}
