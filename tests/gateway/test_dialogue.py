"""From messages to one complaint: what a citizen writes and what comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from channels.message import ControlEvent, ControlKind, InboundMessage, MediaKind, MediaRef
from config.tenant_files import read_tenant_file
from gateway.dialogue import dialogue
from normalizer.ticket import parse_ticket
from store import tenant
from store.complaints import by_ticket
from store.models.complaint import Complaint, ComplaintStatus, Priority, Privacy
from store.models.messaging import Attachment, Conversation, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from tests.gateway.citizen import Citizen, complaints, messages_of

WHOLE = (
    "Lapor pak, lampu jalan depan masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak "
    "kemarin malam. NIK 1403010503949103 nama Bayu Pratama"
)
WHOLE_WITHOUT_NIK = "Jalan berlubang di Jl. Antara RT 3 RW 2 Kelurahan Damon sejak 3 hari lalu"


@pytest.fixture(autouse=True)
def government(runtime):
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})


@pytest.fixture
def citizen(runtime, telegram, hear):
    return Citizen(runtime, telegram, hear)


def conversation(runtime):
    with runtime.transaction() as session:
        return session.scalars(select(Conversation)).one()


def set_status(runtime, status):
    with runtime.transaction() as session:
        session.execute(update(Complaint).values(status=status))


def test_all_in_one_message_gets_the_ticket_in_one_reply(runtime, citizen):
    assert citizen.writes(WHOLE) == ["tiket_terbit"]

    (complaint,) = complaints(runtime)
    assert complaint.status is ComplaintStatus.RECEIVED
    assert complaint.privacy is Privacy.ANONYMOUS
    assert complaint.nik == "1403010503949103"
    assert complaint.desa == "Air Putih"
    assert complaint.event_at is not None
    assert parse_ticket(citizen.reads()) == complaint.ticket


def test_the_pin_is_a_placeholder_until_it_is_sent(runtime, citizen):
    citizen.writes(WHOLE)

    with runtime.transaction() as session:
        pin = session.scalars(select(OneTimeSecret.value)).one()
        part = session.scalars(select(OutboxPart)).one()
    assert len(pin) == 6
    assert pin.isdigit()
    assert "{PIN}" in part.payload["text"]
    assert pin not in citizen.reads()
    assert pin not in complaints(runtime)[0].pin_hash


def test_only_what_is_missing_is_asked_one_thing_at_a_time(runtime, citizen):
    asked = citizen.writes("lampu jalan mati di Desa Air Putih") + citizen.waits(seconds=100)
    asked += citizen.writes("1403010503949103") + citizen.waits(seconds=100)
    asked += citizen.writes("kemarin malam") + citizen.waits(seconds=100)
    asked += citizen.writes("YA")

    assert asked == ["minta_nik", "minta_waktu", "konfirmasi", "tiket_terbit"]
    assert len(complaints(runtime)) == 1
    assert len(messages_of(runtime, complaints(runtime)[0])) >= 3


def test_without_a_nik_the_complaint_is_taken_and_flagged(runtime, citizen):
    citizen.writes(WHOLE_WITHOUT_NIK)
    citizen.waits(seconds=100)
    answers = citizen.writes("LEWATI") + citizen.waits(seconds=100)
    if "konfirmasi" in answers:
        citizen.writes("YA")

    (complaint,) = complaints(runtime)
    assert complaint.nik is None
    assert complaint.nik_problem == "missing"


def test_a_burst_is_one_complaint(runtime, citizen):
    answers = citizen.writes("pak mau lapor jalan rusak", after_s=1)
    answers += citizen.writes("di Jl. Antara RT 3 RW 2 kelurahan Damon", after_s=10)
    answers += citizen.writes("dari tadi pagi jam 7", after_s=10)
    answers += citizen.writes("NIK 1403010503949103", after_s=10)
    answers += citizen.waits(seconds=100)

    assert answers == ["tiket_terbit"]
    assert len(complaints(runtime)) == 1


def test_nobody_is_interrupted_while_writing(citizen):
    assert citizen.writes("jalan rusak di desa Damon") == []
    assert citizen.waits(seconds=60) == []
    assert citizen.writes("banyak motor jatuh", after_s=20) == []
    assert citizen.waits(seconds=80) == []
    assert citizen.waits(seconds=20) == ["minta_nik"]


@pytest.mark.parametrize("greeting", ["halo", "Assalamualaikum", "p", "tes", "Selamat pagi admin"])
def test_a_greeting_is_answered_at_once_and_is_no_complaint(runtime, citizen, greeting):
    assert citizen.writes(greeting) == ["sambutan"]
    assert complaints(runtime) == []


def test_an_emergency_hears_the_numbers_first_and_is_never_held_for_a_nik(runtime, citizen):
    answers = citizen.writes("TOLONG cepat pak kebakaran sekarang di pasar terubuk api besar!!")

    assert answers[:2] == ["darurat", "tiket_terbit"]
    (complaint,) = complaints(runtime)
    assert complaint.priority is Priority.URGENT
    assert complaint.emergency


def test_an_emergency_that_is_none_can_be_set_right_by_the_citizen(runtime, citizen):
    citizen.writes("TOLONG cepat pak kebakaran sekarang di pasar terubuk api besar!!")

    citizen.writes("LANJUT")

    (complaint,) = complaints(runtime)
    assert not complaint.emergency
    assert complaint.priority is Priority.NORMAL


def test_a_photo_right_after_the_ticket_goes_to_it(runtime, citizen):
    citizen.writes(WHOLE)

    citizen.writes(None, photos=1, after_s=8)

    (complaint,) = complaints(runtime)
    assert len(messages_of(runtime, complaint)) == 2
    assert complaint.citizen_wrote_at is not None


def test_a_question_hours_later_goes_to_the_ticket(runtime, citizen):
    citizen.writes(WHOLE)

    answers = citizen.writes("kapan diperbaiki ya pak?", after_s=3600)
    answers += citizen.waits(seconds=1000)

    assert "tiket_terbit" not in answers
    assert len(messages_of(runtime, complaints(runtime)[0])) == 2


def test_a_new_matter_opens_a_new_complaint(runtime, citizen):
    citizen.writes(WHOLE)

    answers = citizen.writes(
        "Pak mau lapor lagi, sampah menumpuk di pasar Kelapapati sudah 3 hari tidak diangkut. "
        "NIK 1403010503949103",
        after_s=7200,
    )
    answers += citizen.waits(seconds=100)

    assert "tiket_terbit" in answers
    first, second = complaints(runtime)
    assert first.ticket != second.ticket
    assert second.category_code == "SAMPAH"


def test_a_quoted_reply_goes_to_the_ticket_it_quotes(runtime, citizen):
    citizen.writes(WHOLE)
    citizen.writes(
        "sampah menumpuk di pasar Kelapapati sudah 3 hari tidak diangkut NIK 1403010503949103",
        after_s=7200,
    )
    citizen.waits(seconds=100)
    first, _second = complaints(runtime)
    with runtime.transaction() as session:
        part = session.scalars(
            select(OutboxPart)
            .join(Message, Message.id == OutboxPart.message_id)
            .where(Message.complaint_id == first.id)
        ).one()
        part.external_id = "ours-1"

    citizen.writes("yang ini sudah menyala pak", after_s=7200, reply_to="ours-1")

    assert [m.text for m in messages_of(runtime, first)][-1] == "yang ini sudah menyala pak"


@pytest.mark.parametrize("word", ["STATUS", "status", "setatus", "cek status"])
def test_status_by_a_word_in_any_writing(citizen, word):
    citizen.writes(WHOLE)

    assert citizen.writes(word, after_s=600) == ["status"]
    assert "Masuk (Tertutup)" in citizen.reads()


def test_a_ticket_of_somebody_else_is_unknown(runtime, citizen, telegram, hear):
    citizen.writes(WHOLE)
    stranger = Citizen(runtime, telegram, hear, sender="5550100009")

    answers = stranger.writes(f"STATUS {complaints(runtime)[0].ticket}")

    assert answers == ["tidak_ditemukan"]


def test_a_mistyped_ticket_is_said_to_be_unknown(citizen):
    citizen.writes(WHOLE)

    assert citizen.writes("STATUS 26-00001-9", after_s=600) == ["tidak_ditemukan"]


def test_batal_ends_the_draft_and_says_so(runtime, citizen):
    citizen.writes("jalan rusak di desa Damon")

    assert citizen.writes("BATAL") == ["dibatalkan"]
    assert citizen.waits(days=3) == []
    assert complaints(runtime) == []
    assert conversation(runtime).draft_opened_at is None


def test_petugas_calls_a_person_and_the_dialogue_falls_silent(runtime, citizen):
    citizen.writes("jalan rusak di desa Damon")

    assert citizen.writes("PETUGAS") == ["ke_petugas"]
    assert citizen.writes("halo ada orang?") + citizen.waits(seconds=100) == []
    assert conversation(runtime).needs_person_at is not None


def test_ubah_after_the_ticket_makes_it_secret_at_once(runtime, citizen):
    citizen.writes(WHOLE)

    assert citizen.writes("UBAH", after_s=300) == ["pilih_privasi"]
    assert citizen.chooses("RAHASIA") == ["status"]

    assert complaints(runtime)[0].privacy is Privacy.SECRET


def test_a_button_event_does_what_its_word_does(citizen):
    citizen.writes(WHOLE)
    citizen.waits(minutes=10)

    assert citizen.presses("STATUS") == ["status"]


def test_a_command_that_nobody_knows_is_helped(citizen, runtime, telegram, hear):
    typed = ControlEvent(
        ControlKind.COMMAND,
        telegram.name,
        telegram.account,
        citizen.sender,
        event_id="k1",
        occurred_at=runtime.now(),
        value="cuaca besok",
    )
    hear(telegram, typed)

    assert citizen.hears() == ["sambutan"]


def test_what_cannot_be_shown_is_said_to_be_lost_once(runtime, citizen):
    heard = citizen.writes(None, unsupported=True)
    heard += citizen.writes(None, unsupported=True)
    heard += citizen.waits(minutes=20)
    heard += citizen.waits(minutes=20)

    assert heard == ["lampiran_ditolak"]
    assert "20 MB" in citizen.reads()
    assert complaints(runtime) == []


def test_a_file_that_is_too_large_is_said_to_be_besides_the_ticket(citizen, telegram, hear):
    too_large = (MediaRef(MediaKind.VIDEO, "v", size_bytes=21 << 20, fetchable=False),)
    film = InboundMessage(
        telegram.name, telegram.account, "v1", citizen.sender, text=WHOLE, media=too_large
    )
    hear(telegram, film)

    assert citizen.hears() == ["tiket_terbit", "lampiran_ditolak"]


def test_nothing_is_said_of_lost_files_once_a_person_was_called(citizen):
    citizen.writes("PETUGAS")

    assert citizen.writes(None, unsupported=True) == []


def test_berhenti_stops_the_news_of_one_complaint(runtime, citizen):
    citizen.writes(WHOLE)

    assert citizen.writes("BERHENTI", after_s=300) == ["berhenti"]

    assert complaints(runtime)[0].news_stopped_at is not None


def test_belum_reopens_a_resolved_complaint(runtime, citizen):
    citizen.writes(WHOLE)
    set_status(runtime, ComplaintStatus.RESOLVED)

    assert citizen.writes("BELUM", after_s=3600) == ["dibuka_kembali"]

    assert complaints(runtime)[0].status is ComplaintStatus.IN_PROGRESS


def test_a_score_is_kept_only_for_a_resolved_complaint(runtime, citizen):
    citizen.writes(WHOLE)
    set_status(runtime, ComplaintStatus.RESOLVED)

    assert citizen.writes("4", after_s=3600) == ["nilai_tersimpan"]

    assert complaints(runtime)[0].rating == 4


def test_an_abandoned_draft_is_reminded_once_and_then_ends(runtime, citizen):
    citizen.writes("jalan rusak di desa Damon")
    citizen.waits(seconds=100)

    assert citizen.waits(hours=21) == []  # it is 05.17 there
    assert citizen.waits(hours=1) == ["belum_terkirim"]
    assert citizen.waits(days=2) == []
    assert citizen.waits(days=6) == []
    assert conversation(runtime).draft_opened_at is None
    with runtime.transaction() as session:
        kept = session.scalars(select(Message.text).where(Message.direction == "in")).all()
    assert kept == ["jalan rusak di desa Damon"]


def test_a_sticker_alone_opens_nothing(runtime, citizen):
    assert citizen.writes(None, blank=True) + citizen.waits(hours=1) == []
    assert complaints(runtime) == []


def test_photos_alone_wait_for_their_story(citizen):
    assert citizen.writes(None, photos=2) == []
    assert citizen.waits(seconds=120) == []
    assert citizen.waits(seconds=600) == ["minta_kronologi"]


def test_what_the_pd_may_read_holds_no_identity(runtime, citizen):
    citizen.writes(WHOLE + " hp 081255501001")

    (complaint,) = complaints(runtime)
    (message,) = messages_of(runtime, complaint)
    for text in (message.redacted_text, complaint.public_text, complaint.title):
        assert "1403010503949103" not in text
        assert "081255501001" not in text
        assert "Bayu" not in text


def test_a_conversation_that_cannot_be_handled_goes_to_a_person_and_stops_nobody(
    runtime, citizen, telegram, hear
):
    citizen.writes("jalan rusak di desa Damon")
    with runtime.transaction() as session:
        session.execute(
            update(Conversation).values(dialogue_state={"broken": 1}, dialogue_due_at=runtime.now())
        )
    neighbour = Citizen(runtime, telegram, hear, sender="5550100009")

    assert neighbour.writes("halo") == ["sambutan"]

    with runtime.transaction() as session:
        rotten = session.scalars(select(Conversation).order_by(Conversation.id)).first()
    assert rotten.needs_person_at is not None
    assert rotten.dialogue_due_at is None


def test_running_twice_changes_nothing(runtime, citizen):
    citizen.writes(WHOLE)

    dialogue.drain(runtime)
    runtime.now.advance(seconds=timedelta(hours=2).total_seconds())
    dialogue.drain(runtime)

    assert len(complaints(runtime)) == 1
    with runtime.transaction() as session:
        assert len(session.scalars(select(OutboxPart)).all()) == 1


def test_ticket_numbers_run_per_year_and_carry_a_check_digit(runtime, citizen, telegram, hear):
    citizen.writes(WHOLE)
    Citizen(runtime, telegram, hear, sender="5550100009").writes(WHOLE)

    assert [item.ticket for item in complaints(runtime)] == ["26-00001-0", "26-00002-9"]


def test_a_nik_in_two_messages_is_hidden_in_both(runtime, citizen):
    citizen.writes("jalan rusak di Jl. Antara desa Damon sejak kemarin. NIK 14030105", after_s=1)
    citizen.writes("03949103", after_s=3)
    citizen.waits(seconds=100)

    (complaint,) = complaints(runtime)
    assert complaint.nik == "1403010503949103"
    for message in messages_of(runtime, complaint):
        assert "03949103" not in message.redacted_text
        assert "14030105" not in message.redacted_text


def test_a_picture_of_an_identity_card_is_kept_from_the_pd(runtime, citizen):
    citizen.writes("jalan rusak di Jl. Antara desa Damon sejak kemarin")
    citizen.waits(seconds=100)
    citizen.writes("ini foto KTP saya", photos=1)
    citizen.waits(seconds=100)
    citizen.writes("LEWATI")
    citizen.waits(seconds=100)
    citizen.writes("YA")

    with runtime.transaction() as session:
        pictures = session.scalars(select(Attachment)).all()
    assert [picture.is_identity for picture in pictures] == [True]
    assert len(complaints(runtime)) == 1


def test_the_questions_of_the_draft_stand_beside_their_answers(runtime, citizen):
    citizen.writes("lampu jalan mati di Desa Air Putih")
    citizen.waits(seconds=100)
    citizen.writes("LEWATI")
    citizen.waits(seconds=100)
    citizen.writes("kemarin malam")
    citizen.waits(seconds=100)
    citizen.writes("YA")

    (complaint,) = complaints(runtime)
    with runtime.transaction() as session:
        ours = session.scalars(
            select(Message.text_key)
            .where(Message.complaint_id == complaint.id, Message.direction == "out")
            .order_by(Message.id)
        ).all()
    assert ours == ["minta_nik", "minta_waktu", "konfirmasi", "tiket_terbit"]


def test_a_case_is_locked_after_its_conversation_as_the_dialogue_does(runtime, citizen):
    citizen.writes(WHOLE)
    (complaint,) = complaints(runtime)

    with runtime.transaction() as dialogue_side, runtime.transaction() as officer_side:
        dialogue_side.execute(select(Conversation.id).with_for_update())
        officer_side.execute(sql("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError):
            by_ticket(officer_side, complaint.ticket, lock=True)
        officer_side.rollback()
