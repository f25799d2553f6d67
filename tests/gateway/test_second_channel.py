"""Words that cannot be delivered go by the other address that the same citizen agreed to."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import update

from channels.errors import SendError
from channels.message import (
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    ErrorClass,
    MediaKind,
)
from config.tenant_files import read_tenant_file
from gateway.cases import casefile
from gateway.cases.casefile import News
from gateway.cases.notices import Saying, Words, say, write
from gateway.cases.second_channel import window_of
from gateway.reading import reading
from gateway.runtime import Runtime
from gateway.sending import replies, rescue
from store import outbox_marks, reach, second_channel, tenant
from store.models.complaint import Complaint, Privacy
from store.models.messaging import (
    Attachment,
    Author,
    ChannelAccount,
    Conversation,
    MediaState,
    Message,
)
from store.models.outbox import OutboxPart
from store.outgoing import Outgoing, queue
from store.second_channel import Agreement
from tests.gateway.citizen import Citizen
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only

WHOLE = (
    "Lapor pak, lampu jalan depan masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak "
    "kemarin malam. NIK 1403010503949103 nama Bayu Pratama"
)
ANSWER = "Lampu sudah kami ganti malam ini."
PHONE = "+6281255501002"


@pytest.fixture(autouse=True)
def _government(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})


@pytest.fixture
def citizen(runtime: Runtime, whatsapp: FakeAdapter, hear: Hear) -> Citizen:
    """Somebody whose complaint came by WhatsApp; the ticket has been sent."""
    someone = Citizen(runtime, whatsapp, hear)
    someone.writes(WHOLE)
    replies.drain(runtime)
    return someone


def with_template(runtime: Runtime) -> Runtime:
    facts: dict[str, Any] = {"channels": {"whatsapp_template": "HX01"}}
    return type(runtime)(**{**vars(runtime), "facts": facts})


def agree(
    runtime: Runtime, channel: ChannelName = ChannelName.SMS, address: str = PHONE
) -> tuple[int, int]:
    """Let the WhatsApp citizen agree to another address; return both conversations."""
    with runtime.transaction() as session:
        own = session.query(Conversation).filter_by(channel=ChannelName.WHATSAPP).one().id
        contact = reach.Contact(channel, ACCOUNT, address)
        target = reach.open_conversation(session, contact, runtime.now())
        second_channel.agree(session, own, target, Agreement.CHAT, runtime.now())
    return own, target


def answer(runtime: Runtime, text: str = ANSWER) -> None:
    with runtime.transaction() as session:
        complaint = session.query(Complaint).one()
        casefile.tell(runtime, session, complaint, News("dijawab", {"JWB": text}, "JWB"))


def officer_writes(runtime: Runtime, text: str) -> None:
    with runtime.transaction() as session:
        complaint = session.query(Complaint).one()
        conversation = casefile.citizen_of(session, complaint)
        assert conversation is not None
        write(runtime, session, conversation, Words(text, staff_id=None, complaint_id=complaint.id))  # type: ignore[arg-type]  # nobody has logged in


def answers(runtime: Runtime) -> list[str]:
    """What became of the parts of the answer, on either channel, oldest first."""
    of_answer = {m.id for m in all_of(runtime, Message) if m.text_key == "dijawab"}
    parts = [part for part in all_of(runtime, OutboxPart) if part.message_id in of_answer]
    return [f"{part.channel.value} {part.status.value}" for part in parts]


@pytest.mark.usefixtures("citizen")
def test_a_closed_window_without_a_template_sends_the_answer_by_sms_at_once(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)

    replies.drain(runtime)

    (call,) = sms.sent
    assert call.recipient == PHONE
    assert ANSWER.rstrip(".") in str(call.text)
    assert "*" not in str(call.text)
    assert answers(runtime) == ["whatsapp redirected", "sms sent"]


@pytest.mark.usefixtures("citizen")
def test_an_approved_template_has_two_hours_to_be_answered_first(
    runtime: Runtime, clock: Clock, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)

    replies.drain(with_template(runtime))
    clock.advance(hours=1, minutes=59)
    rescue.run(runtime)
    replies.drain(runtime)
    assert (whatsapp.sent[-1].template is not None, sms.sent) == (True, [])
    clock.advance(minutes=1)
    rescue.run(runtime)
    replies.drain(runtime)

    assert len(sms.sent) == 1
    assert answers(runtime) == ["whatsapp redirected", "sms sent"]


@pytest.mark.usefixtures("citizen")
def test_a_template_that_fails_gives_way_at_once(
    runtime: Runtime, clock: Clock, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    whatsapp.refuse(SendError(ErrorClass.CONFIG, "63041", "paused"))
    whatsapp.faults[0] = SendError(ErrorClass.PERMANENT, "21656", "variables")

    replies.drain(with_template(runtime))

    assert len(sms.sent) == 1


def test_who_answers_the_template_in_time_reads_it_there_and_nowhere_else(
    runtime: Runtime, clock: Clock, citizen: Citizen, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    replies.drain(with_template(runtime))

    citizen.writes("BACA")
    replies.drain(with_template(runtime))
    clock.advance(hours=3)
    rescue.run(runtime)
    replies.drain(runtime)

    assert sms.sent == []
    assert [ANSWER.rstrip(".") in str(call.text) for call in whatsapp.sent].count(True) == 1


def test_who_writes_after_the_sms_does_not_read_the_answer_a_second_time(
    runtime: Runtime, clock: Clock, citizen: Citizen, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    replies.drain(runtime)

    citizen.writes("Terima kasih")
    replies.drain(runtime)

    assert len(sms.sent) == 1
    assert not any(ANSWER.rstrip(".") in str(call.text) for call in whatsapp.sent)


@pytest.mark.usefixtures("citizen")
def test_an_agreement_that_was_withdrawn_leads_nowhere(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    _, target = agree(runtime)
    with runtime.transaction() as session:
        assert second_channel.withdraw(session, target, runtime.now()) == 1
    clock.advance(hours=25)
    answer(runtime)

    replies.drain(runtime)

    assert (sms.sent, answers(runtime)) == ([], ["whatsapp parked"])


def test_a_withdrawal_before_the_sms_has_left_brings_the_answer_back(
    runtime: Runtime, clock: Clock, citizen: Citizen, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    _, target = agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    pause_sms_after_the_first_look(runtime)
    with runtime.transaction() as session:
        second_channel.withdraw(session, target, runtime.now())
    replies.drain(runtime)
    assert answers(runtime) == ["whatsapp parked", "sms suppressed"]

    citizen.writes("Halo")
    replies.drain(runtime)

    assert sms.sent == []
    assert any(ANSWER.rstrip(".") in str(call.text) for call in whatsapp.sent)


def pause_sms_after_the_first_look(runtime: Runtime) -> None:
    """Pass the answer on without sending it."""
    with runtime.transaction() as session:
        for part in session.query(OutboxPart).filter_by(status="queued"):
            part.status, part.error_class = DeliveryStatus.PARKED, ErrorClass.WINDOW_CLOSED
    assert rescue.run(runtime) == 1
    assert answers(runtime) == ["whatsapp redirected", "sms queued"]


@pytest.mark.usefixtures("citizen")
def test_an_address_that_opted_out_is_left_alone(
    runtime: Runtime, clock: Clock, hear: Hear, sms: FakeAdapter
) -> None:
    agree(runtime)
    stop = ControlEvent(ControlKind.OPT_OUT, ChannelName.SMS, ACCOUNT, PHONE, event_id="e1")
    hear(sms, stop)
    clock.advance(hours=25)
    answer(runtime)

    replies.drain(runtime)

    assert (sms.sent, answers(runtime)) == ([], ["whatsapp parked"])


@pytest.mark.usefixtures("citizen")
def test_where_both_windows_are_closed_the_answer_waits(
    runtime: Runtime, clock: Clock, hear: Hear, messenger: FakeAdapter
) -> None:
    agree(runtime, ChannelName.MESSENGER, "612")
    clock.advance(hours=25)
    answer(runtime)

    replies.drain(runtime)
    assert (messenger.sent, answers(runtime)) == ([], ["whatsapp parked"])
    hear(messenger, message("m9", "Halo", channel=ChannelName.MESSENGER, sender="612"))
    replies.drain(runtime)

    assert [ANSWER.rstrip(".") in str(call.text) for call in messenger.sent] == [True]


@pytest.mark.usefixtures("citizen")
def test_an_account_that_is_paused_is_no_way_out(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    with runtime.transaction() as session:
        until = clock().replace(year=2030)
        session.add(ChannelAccount(channel=ChannelName.SMS, account=ACCOUNT, paused_until=until))
    answer(runtime)

    replies.drain(runtime)

    assert (sms.sent, answers(runtime)) == ([], ["whatsapp parked"])


@pytest.mark.usefixtures("citizen")
def test_a_blocked_channel_hands_over_at_once(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, sms: FakeAdapter, citizen: Citizen
) -> None:
    agree(runtime)
    gone = ControlEvent(
        ControlKind.BLOCKED, ChannelName.WHATSAPP, ACCOUNT, citizen.sender, event_id="e1"
    )
    hear(whatsapp, gone)
    answer(runtime)

    replies.drain(runtime)

    assert answers(runtime) == ["whatsapp redirected", "sms sent"]
    assert len(sms.sent) == 1


@pytest.mark.usefixtures("citizen")
def test_who_said_stop_is_not_written_to_another_way(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, sms: FakeAdapter, citizen: Citizen
) -> None:
    agree(runtime)
    stop = ControlEvent(
        ControlKind.OPT_OUT, ChannelName.WHATSAPP, ACCOUNT, citizen.sender, event_id="e1"
    )
    hear(whatsapp, stop)
    answer(runtime)

    replies.drain(runtime)

    assert (sms.sent, answers(runtime)) == ([], ["whatsapp suppressed"])


@pytest.mark.usefixtures("citizen")
def test_a_refusal_that_comes_late_has_the_same_way_out(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, sms: FakeAdapter
) -> None:
    agree(runtime)
    answer(runtime)
    replies.drain(runtime)
    part = all_of(runtime, OutboxPart)[-1]
    refused = DeliveryReceipt(
        ChannelName.WHATSAPP,
        ACCOUNT,
        DeliveryStatus.FAILED,
        external_id=part.external_id,
        reference=str(part.reference),
        error_class=ErrorClass.WINDOW_CLOSED,
        error_code="63016",
    )

    for _ in range(3):
        hear(whatsapp, refused)
        replies.drain(runtime)

    assert answers(runtime) == ["whatsapp redirected", "sms sent"]
    assert len(sms.sent) == 1


def test_an_sms_that_fails_for_good_lets_the_answer_wait_for_the_citizen(
    runtime: Runtime, clock: Clock, citizen: Citizen, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    sms.refuse(SendError(ErrorClass.PERMANENT, "30007", "filtered"))

    replies.drain(runtime)
    assert answers(runtime) == ["whatsapp parked", "sms failed"]
    citizen.writes("Halo")
    replies.drain(runtime)

    assert answers(runtime) == ["whatsapp sent", "sms failed"]
    assert sms.sent == []


@pytest.mark.usefixtures("citizen")
def test_the_second_address_is_tried_after_the_first_and_each_only_once(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(minutes=1)
    agree(runtime, ChannelName.TELEGRAM, "777")
    clock.advance(hours=25)
    answer(runtime)
    sms.refuse(SendError(ErrorClass.PERMANENT, "30007", "filtered"))

    replies.drain(runtime)
    rescue.run(runtime)

    assert answers(runtime) == ["whatsapp redirected", "sms failed", "telegram sent"]


def test_an_officer_who_sends_the_sms_again_does_not_send_it_twice(
    runtime: Runtime, clock: Clock, citizen: Citizen, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    sms.refuse(SendError(ErrorClass.PERMANENT, "30007", "filtered"))
    replies.drain(runtime)
    with runtime.transaction() as session:
        outbox_marks.try_again(session, all_of(runtime, OutboxPart)[-1].id, runtime.now())

    replies.drain(runtime)
    citizen.writes("Halo")
    replies.drain(runtime)

    assert answers(runtime) == ["whatsapp redirected", "sms sent"]


@pytest.mark.usefixtures("citizen")
def test_a_secret_complaint_tells_its_number_and_status_and_nothing_else(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    officer_writes(runtime, "Nama pelapor Bayu sudah kami catat.")
    answer(runtime)
    with runtime.transaction() as session:
        session.execute(update(Complaint).values(privacy=Privacy.SECRET))

    replies.drain(runtime)

    ticket = only(runtime, Complaint).ticket
    assert len(sms.sent) == 2
    for call in sms.sent:
        assert str(call.text).startswith(f"{ticket}: Masuk (Tertutup) sejak")
        assert "Bayu" not in str(call.text)
        assert "Lampu" not in str(call.text)


@pytest.mark.usefixtures("citizen")
def test_an_officers_own_words_keep_their_number_and_are_not_cut(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    words = "Mohon kirim foto tiang. " * 12
    officer_writes(runtime, words)

    replies.drain(runtime)

    ticket = only(runtime, Complaint).ticket
    (call,) = sms.sent
    assert str(call.text).startswith(f"SiPendekar, aduan {ticket}: Mohon kirim foto tiang.")
    assert str(call.text).count("Mohon kirim foto tiang.") == 12


@pytest.mark.usefixtures("citizen")
def test_the_questions_of_the_dialogue_stay_where_they_were_asked(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    with runtime.transaction() as session:
        conversation = session.query(Conversation).filter_by(channel="whatsapp").one()
        say(runtime, session, conversation, Saying("minta_lokasi"))

    replies.drain(runtime)

    assert sms.sent == []


@pytest.mark.usefixtures("citizen")
def test_a_pin_that_was_never_sent_goes_along(
    runtime: Runtime, clock: Clock, hear: Hear, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    other = Citizen(runtime, whatsapp, hear, sender="+6281255501003")
    with runtime.transaction() as session:
        contact = reach.Contact(ChannelName.WHATSAPP, ACCOUNT, other.sender)
        own = reach.open_conversation(session, contact, runtime.now())
        contact = reach.Contact(ChannelName.SMS, ACCOUNT, other.sender)
        target = reach.open_conversation(session, contact, runtime.now())
        second_channel.agree(session, own, target, Agreement.CHAT, runtime.now())
    other.writes(WHOLE.replace("Air Putih", "Senggoro"))
    clock.advance(hours=25)

    replies.drain(runtime)

    (call,) = [call for call in sms.sent if "PIN" in str(call.text)]
    assert "{PIN}" not in str(call.text)
    stored = [str(m.text) for m in all_of(runtime, Message) if m.text_key == "tiket_terbit"]
    assert all("{PIN}" in text for text in stored)


@pytest.mark.usefixtures("citizen")
def test_two_workers_at_once_pass_it_on_once(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    start = Barrier(4)

    def work() -> None:
        start.wait()
        replies.drain(runtime)

    at_once(work, 4)
    replies.drain(runtime)

    assert len(sms.sent) == 1
    assert answers(runtime) == ["whatsapp redirected", "sms sent"]


def at_once(work: Callable[[], None], count: int) -> None:
    threads = [Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def window_words(runtime: Runtime) -> str:
    with runtime.transaction() as session:
        conversation = session.query(Conversation).filter_by(channel=ChannelName.WHATSAPP).one()
        return window_of(runtime, session, conversation).words


@pytest.mark.usefixtures("citizen")
def test_the_officer_reads_where_the_words_will_go(runtime: Runtime, clock: Clock) -> None:
    clock.advance(hours=25)
    before = window_words(runtime)
    agree(runtime)

    assert "SMS" not in before
    assert window_words(runtime).endswith("Lewat SMS bila 2 jam belum terkirim.")


def test_an_officer_may_write_where_only_the_second_address_is_open(
    runtime: Runtime, citizen: Citizen, hear: Hear, whatsapp: FakeAdapter
) -> None:
    agree(runtime)
    gone = ControlEvent(
        ControlKind.BLOCKED, ChannelName.WHATSAPP, ACCOUNT, citizen.sender, event_id="e1"
    )
    hear(whatsapp, gone)

    assert window_words(runtime).endswith("Tulisan dikirim lewat SMS.")


@pytest.mark.usefixtures("citizen")
def test_the_thread_says_by_which_channel_the_answer_went(runtime: Runtime, clock: Clock) -> None:
    own, _ = agree(runtime)
    clock.advance(hours=25)
    answer(runtime)
    replies.drain(runtime)

    last = reading.conversation(runtime, own).thread.messages[-1]

    assert [part.words for part in last.parts] == ["dialihkan ke SMS"]
    assert not last.parts[0].needs_action


def with_photo(runtime: Runtime, text: str) -> None:
    """Let an officer write, with a photo."""
    with runtime.transaction() as session:
        complaint = session.query(Complaint).one()
        conversation = casefile.citizen_of(session, complaint)
        assert conversation is not None
        photo = Attachment(
            message_id=session.query(Message.id).order_by(Message.id).limit(1).scalar_subquery(),
            ordinal=9,
            kind=MediaKind.IMAGE,
            state=MediaState.STORED,
            shared_key=runtime.media.put(b"foto"),
            mime="image/jpeg",
        )
        session.add(photo)
        session.flush()
        outgoing = Outgoing(
            text=text,
            pieces=[text] if text else [],
            author=Author.STAFF,
            complaint_id=complaint.id,
            attachment_ids=[photo.id],
        )
        queue(session, conversation, outgoing, runtime.now())


@pytest.mark.usefixtures("citizen")
def test_a_photo_goes_along_as_a_link(runtime: Runtime, clock: Clock, sms: FakeAdapter) -> None:
    agree(runtime)
    clock.advance(hours=25)
    sms.limits = replace(sms.limits, media_bytes=())
    with_photo(runtime, "Ini fotonya.")

    replies.drain(runtime)

    assert [call.medium for call in sms.sent] == [None, None]
    assert "Ini fotonya." in str(sms.sent[0].text)
    assert str(sms.sent[1].text).startswith("https://")


@pytest.mark.usefixtures("citizen")
def test_the_photo_of_a_secret_complaint_stays_here(
    runtime: Runtime, clock: Clock, sms: FakeAdapter
) -> None:
    agree(runtime)
    clock.advance(hours=25)
    with runtime.transaction() as session:
        session.execute(update(Complaint).values(privacy=Privacy.SECRET))
    with_photo(runtime, "")

    replies.drain(runtime)

    (call,) = sms.sent
    assert "Masuk (Tertutup) sejak" in str(call.text)


@pytest.mark.usefixtures("citizen")
def test_whoever_says_stop_after_a_failure_is_not_written_to_by_sms_either(
    runtime: Runtime, sms: FakeAdapter, whatsapp: FakeAdapter
) -> None:
    own, target = agree(runtime)
    with runtime.transaction() as session:
        reach.suppress(session, target, "blocked", runtime.now())
    whatsapp.refuse(SendError(ErrorClass.RECIPIENT_GONE, "63003", "gone"))
    answer(runtime)
    replies.drain(runtime)
    assert answers(runtime) == ["whatsapp failed"]
    with runtime.transaction() as session:
        reach.suppress(session, own, "opt_out", runtime.now())
        session.get_one(Conversation, target).suppressed_reason = None

    rescue.run(runtime)
    replies.drain(runtime)

    assert sms.sent == []
