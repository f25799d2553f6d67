"""A photo of the KTP instead of typed figures: from the chat to the filed NIK and its end."""

import io
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from channels.message import MediaContent, MediaRef
from config.tenant_files import read_tenant_file
from gateway import sweeps
from gateway.dialogue import ktp
from gateway.errors import CardReaderError
from gateway.media import media
from store import tenant
from store.models.card import CardReading
from store.models.complaint import Complaint
from store.models.messaging import Attachment, MediaState, Message
from tests.gateway.citizen import Citizen, complaints

STORY = "Jalan berlubang di Jl. Antara RT 3 RW 2 Kelurahan Damon sejak 3 hari lalu"
NIK, OTHER = "1403011910939117", "1403160901909105"
CARD = ("PROVINSI RIAU", "NIK", f": {NIK}", "Nama", ": AMIR HAMZAH")


class FakeReader:
    """Reads every picture the same way, or fails as often as it is told."""

    def __init__(self):
        self.lines = list(CARD)
        self.failures = 0
        self.pictures = []

    def read(self, picture):
        self.pictures.append(picture)
        if self.failures:
            self.failures -= 1
            raise CardReaderError("crashed")
        return self.lines


@pytest.fixture
def reader():
    return FakeReader()


@pytest.fixture
def office(runtime, reader):
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})
    return replace(runtime, card_reader=reader)


@pytest.fixture
def citizen(office, telegram, hear):
    return Citizen(office, telegram, hear)


@pytest.fixture
def photo(telegram, monkeypatch):
    """Every photo that is fetched is this picture."""
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(target, "JPEG")

    def fetch(_ref: MediaRef) -> MediaContent:
        return MediaContent(target.getvalue(), "image/jpeg")

    monkeypatch.setattr(telegram, "fetch_media", fetch)


@pytest.fixture
def asked(citizen):
    """The story is told and the NIK is asked for."""
    citizen.writes(STORY)
    assert citizen.waits(seconds=100) == ["minta_nik"]


def is_read(office, reader):
    media.drain(office)
    return ktp.read_due(office, reader)


def attachments(office):
    with office.transaction() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def readings(office):
    with office.transaction() as session:
        return list(session.scalars(select(CardReading).order_by(CardReading.attachment_id)))


@pytest.mark.usefixtures("photo", "asked")
def test_a_photo_of_the_card_is_read_confirmed_and_filed_like_a_typed_nik(office, citizen, reader):
    waiting = citizen.writes("", photos=1)
    is_read(office, reader)
    offered = citizen.hears()
    text = citizen.reads()
    citizen.writes("YA")
    filed = citizen.writes("YA")

    assert (waiting, offered) == ([], ["ktp_konfirmasi"])
    assert "9117" in text
    assert NIK not in text
    assert filed[0] == "tiket_terbit"
    (complaint,) = complaints(office)
    assert complaint.nik == NIK
    assert complaint.nik_problem is None
    assert complaint.reporter_name == "AMIR HAMZAH"
    assert complaint.nik_key == office.keys.lookup("nik", NIK)
    assert NIK not in complaint.original_text + complaint.public_text
    assert [item.is_identity for item in attachments(office)] == [True]


@pytest.mark.usefixtures("photo", "asked")
def test_tidak_asks_to_type_and_the_typed_figures_count(office, citizen, reader):
    citizen.writes("", photos=1)
    is_read(office, reader)
    citizen.hears()

    assert citizen.chooses("TIDAK") == ["ktp_foto"]
    citizen.writes(OTHER)
    citizen.writes("YA")
    assert complaints(office)[0].nik == OTHER


@pytest.mark.usefixtures("photo", "asked")
def test_without_a_reader_the_citizen_is_asked_to_type(office, telegram, hear):
    citizen = Citizen(replace(office, card_reader=None), telegram, hear)

    assert citizen.writes("", photos=1)[-1] == "ktp_foto"
    assert readings(office) == []


@pytest.mark.usefixtures("photo", "asked")
def test_a_picture_of_something_else_asks_to_type_and_stays(office, citizen, reader):
    reader.lines = ["TOKO MAJU"]
    citizen.writes("", photos=1)
    is_read(office, reader)

    assert citizen.hears() == ["ktp_foto"]
    (reading,) = readings(office)
    assert (reading.found, reading.erase_at) == (None, None)


@pytest.mark.usefixtures("photo", "asked")
def test_a_kartu_keluarga_is_told_apart(office, citizen, reader):
    reader.lines = ["KARTU KELUARGA", "No. 1403012211129779"]
    citizen.writes("", photos=1)
    is_read(office, reader)

    assert citizen.hears() == ["nik_kk"]
    assert attachments(office)[0].is_identity


@pytest.mark.usefixtures("photo", "asked")
def test_one_crash_is_tried_again_and_two_end_in_asking_to_type(office, citizen, reader):
    reader.failures = 1
    citizen.writes("", photos=1)
    is_read(office, reader)
    once = citizen.hears()
    citizen.writes("TIDAK")
    reader.failures = 2
    citizen.writes("ini foto KTP saya", photos=1)
    is_read(office, reader)
    twice = citizen.hears()

    assert (once, twice) == (["ktp_konfirmasi"], ["konfirmasi"])
    assert len(reader.pictures) == 4


@pytest.mark.usefixtures("photo", "asked")
def test_a_reader_that_never_answers_holds_the_chat_two_minutes(citizen):
    held = citizen.writes("", photos=1)
    still = citizen.waits(seconds=119)
    over = citizen.waits(seconds=1)

    assert (held, still, over) == ([], [], ["ktp_foto"])


@pytest.mark.usefixtures("photo", "asked")
def test_a_late_reading_says_nothing_by_itself_and_is_offered_next(office, citizen, reader):
    citizen.writes("", photos=1)
    citizen.waits(seconds=121)
    is_read(office, reader)

    assert citizen.hears() == []
    assert citizen.writes("sudah saya kirim fotonya pak") == ["ktp_konfirmasi"]


@pytest.mark.usefixtures("photo", "asked")
def test_lewati_while_the_photo_is_read_goes_on_at_once(office, citizen, reader):
    citizen.writes("", photos=1)

    assert citizen.writes("LEWATI") == ["konfirmasi"]
    is_read(office, reader)
    assert citizen.hears() == []


@pytest.mark.usefixtures("photo")
def test_an_emergency_does_not_wait_for_a_card(citizen):
    citizen.writes("ini foto KTP saya", photos=1)

    assert (
        citizen.writes("TOLONG kebakaran rumah di Desa Damon, ada orang terjebak")[0] == "darurat"
    )


@pytest.mark.usefixtures("photo")
def test_nobody_reads_a_card_when_the_nik_was_typed(office, citizen, reader):
    citizen.writes("ini foto KTP saya", photos=1)
    citizen.writes(f"{STORY}. NIK {OTHER}")
    citizen.waits(seconds=100)

    assert is_read(office, reader) == 0
    assert readings(office) == []


@pytest.mark.usefixtures("photo", "asked")
def test_the_photo_goes_seven_days_after_the_answer_and_the_row_says_so(office, citizen, reader):
    citizen.writes("", photos=1)
    is_read(office, reader)
    citizen.hears()
    office.now.advance(days=2)
    citizen.writes("YA")
    (photo,) = attachments(office)
    files = [office.media.path(key) for key in (photo.original_key, photo.shared_key)]

    office.now.advance(days=6, hours=23)
    early = ktp.erase_due(office)
    there = [file.exists() for file in files]
    office.now.advance(hours=2)
    gone = ktp.erase_due(office)
    again = ktp.erase_due(office)

    assert (early, there, gone, again) == (0, [True, True], 1, 0)
    assert [file.exists() for file in files] == [False, False]
    (photo,) = attachments(office)
    assert (photo.state, photo.original_key, photo.thumbnail_key) == (MediaState.ERASED, None, None)
    assert readings(office) == []


@pytest.mark.usefixtures("photo", "asked")
def test_a_file_that_another_photo_needs_stays_until_that_ends(office, citizen, reader):
    citizen.writes("", photos=1)
    is_read(office, reader)
    citizen.hears()
    office.now.advance(days=3)
    citizen.writes("", photos=1)
    is_read(office, reader)
    first, second = attachments(office)
    file = office.media.path(second.original_key)
    assert first.original_key == second.original_key

    office.now.advance(days=4, hours=1)
    sweeps.run(office)
    kept = file.exists()
    office.now.advance(days=3)
    sweeps.run(office)

    assert (kept, file.exists()) == (True, False)


@pytest.mark.usefixtures("photo", "asked")
def test_a_copy_that_a_photo_with_another_original_needs_stays(office, citizen, reader):
    citizen.writes("", photos=1)
    is_read(office, reader)
    citizen.hears()
    office.now.advance(days=3)
    citizen.writes("", photos=1)
    is_read(office, reader)
    first, second = attachments(office)
    with office.transaction() as session:
        other = session.get_one(Attachment, second.id)
        other.original_key, other.sha256 = None, "0" * 64

    office.now.advance(days=4, hours=1)
    gone = ktp.erase_due(office)

    assert gone == 1
    assert not office.media.path(first.original_key).exists()
    assert office.media.path(second.shared_key).exists()


@pytest.mark.usefixtures("photo", "asked")
def test_a_withdrawn_photo_is_not_read(office, citizen, reader):
    citizen.writes("", photos=1)
    with office.transaction() as session:
        photo = session.scalars(select(Attachment)).one()
        session.get_one(Message, photo.message_id).withdrawn_at = office.now()

    assert is_read(office, reader) == 0
    assert reader.pictures == []


@pytest.mark.usefixtures("photo", "asked")
def test_nothing_of_the_card_is_logged(office, citizen, reader, caplog):
    caplog.set_level(logging.DEBUG)
    citizen.writes("", photos=1)
    is_read(office, reader)
    citizen.hears()
    citizen.writes("YA")

    assert NIK not in caplog.text
    assert "HAMZAH" not in caplog.text


@pytest.mark.usefixtures("photo", "asked")
def test_the_ticker_finds_a_card_that_waits(office, citizen):
    citizen.writes("", photos=1)
    media.drain(office)

    assert "cards" in sweeps.due_kinds(office)
    office.now.advance(seconds=1)
    assert "cards" not in sweeps.due_kinds(replace(office, card_reader=None))


@pytest.mark.usefixtures("photo")
def test_a_card_that_came_with_the_story_is_found_without_a_word_about_it(office, citizen, reader):
    citizen.writes(STORY, photos=1)
    held = citizen.waits(seconds=100)
    is_read(office, reader)

    assert held == []
    assert citizen.hears() == ["ktp_konfirmasi"]
    assert [item.is_identity for item in attachments(office)] == [True]


@pytest.mark.usefixtures("photo")
def test_a_photo_of_the_trouble_stays_what_it_is_and_the_nik_is_asked_for(office, citizen, reader):
    reader.lines = ["TOKO MAJU"]
    citizen.writes(STORY, photos=1)
    citizen.waits(seconds=100)
    is_read(office, reader)

    assert citizen.hears() == ["minta_nik"]
    citizen.writes(NIK)
    citizen.writes("YA")
    assert [item.is_identity for item in attachments(office)] == [False]
    assert len(reader.pictures) == 1


@pytest.mark.usefixtures("photo")
def test_the_question_waits_no_longer_than_two_minutes_for_such_a_photo(citizen):
    citizen.writes(STORY, photos=1)
    held = citizen.waits(seconds=100)
    still = citizen.waits(seconds=119)
    over = citizen.waits(seconds=1)

    assert (held, still, over) == ([], [], ["minta_nik"])


@pytest.mark.usefixtures("photo")
def test_of_many_photos_three_are_looked_at(office, citizen, reader):
    reader.lines = []
    citizen.writes(STORY, photos=5)
    citizen.waits(seconds=100)

    assert is_read(office, reader) == 3


@pytest.mark.usefixtures("photo")
def test_no_photo_is_looked_at_when_the_nik_was_typed(office, citizen, reader):
    citizen.writes(f"{STORY}. NIK {OTHER}", photos=1)
    citizen.waits(seconds=100)

    assert is_read(office, reader) == 0
    assert len(complaints(office)) == 1


@pytest.mark.usefixtures("photo")
def test_a_card_added_to_a_filed_complaint_without_a_nik_is_hidden_and_ends(
    office, citizen, reader
):
    filed = _filed_without_nik(citizen)
    citizen.writes(f"TAMBAH {complaints(office)[0].ticket}")
    citizen.writes("ini yang diminta petugas pak, jalannya makin parah", photos=1)
    citizen.waits(seconds=100)
    tried = is_read(office, reader)

    assert filed[0] == "tiket_terbit"
    assert tried == 1
    assert [item.is_identity for item in attachments(office)] == [True]
    (reading,) = readings(office)
    assert reading.erase_at is not None
    office.now.advance(days=7, hours=1)
    assert ktp.erase_due(office) == 1


def _filed_without_nik(citizen):
    citizen.writes(STORY)
    citizen.waits(seconds=100)
    citizen.writes("LEWATI")
    return citizen.writes("YA")


@pytest.mark.usefixtures("photo")
def test_nothing_added_is_looked_at_where_the_nik_is_known(office, citizen, reader):
    citizen.writes(f"{STORY}. NIK {OTHER}")
    citizen.waits(seconds=100)
    citizen.writes(f"TAMBAH {complaints(office)[0].ticket}")
    citizen.writes("jalannya makin parah", photos=1)
    citizen.waits(seconds=100)

    assert is_read(office, reader) == 0


@pytest.fixture
def filed(citizen):
    """A complaint without a NIK, filed some time ago."""
    _filed_without_nik(citizen)
    citizen.waits(minutes=10)


@pytest.mark.usefixtures("photo", "filed")
def test_a_card_that_comes_after_the_ticket_fills_the_missing_nik_once_confirmed(
    office, citizen, reader
):
    waiting = citizen.writes("", photos=1)
    waiting += citizen.waits(minutes=11)
    is_read(office, reader)
    offered, again = citizen.hears(), citizen.hears()
    stored = citizen.writes("YA")
    later = citizen.writes("YA")

    assert "ktp_konfirmasi" not in waiting
    assert (offered, again) == (["ktp_konfirmasi"], [])
    assert stored == ["nik_tercatat"]
    assert "ktp_konfirmasi" not in later
    (complaint,) = complaints(office)
    assert (complaint.nik, complaint.nik_problem) == (NIK, None)
    assert complaint.nik_key == office.keys.lookup("nik", NIK)
    assert complaint.reporter_name == "AMIR HAMZAH"
    assert [item.is_identity for item in attachments(office)] == [True]
    (reading,) = readings(office)
    assert reading.erase_at is not None


@pytest.mark.usefixtures("photo", "filed")
@pytest.mark.parametrize(
    ("answers", "said", "nik"),
    [
        (["TIDAK", OTHER], [["ktp_foto"], ["nik_tercatat"]], OTHER),
        ([f"bukan, yang benar {OTHER}"], [["nik_tercatat"]], OTHER),
        (["TIDAK", "LEWATI", "YA"], [["ktp_foto"], [], []], None),
        (["Kapan diperbaiki?", "YA"], [[], []], None),
    ],
)
def test_other_answers_about_a_late_card(office, citizen, reader, answers, said, nik):
    citizen.writes("", photos=1)
    citizen.waits(minutes=11)
    is_read(office, reader)
    citizen.hears()

    heard = [citizen.writes(answer) for answer in answers]

    assert heard == said
    (complaint,) = complaints(office)
    assert complaint.nik == nik


@pytest.mark.usefixtures("photo", "filed")
def test_a_yes_that_was_sent_before_the_photo_is_no_answer_to_it(office, citizen, reader):
    before = office.now()
    citizen.writes("", photos=1, sent_at=before + timedelta(minutes=1))
    citizen.waits(minutes=11)
    is_read(office, reader)
    citizen.hears()

    citizen.writes("YA", sent_at=before)
    assert complaints(office)[0].nik is None


@pytest.mark.usefixtures("photo", "filed")
def test_a_card_that_was_taken_back_after_the_question_fills_nothing(office, citizen, reader):
    citizen.writes("", photos=1)
    citizen.waits(minutes=11)
    is_read(office, reader)
    asked = citizen.hears()
    with office.transaction() as session:
        photo = session.scalars(select(Attachment)).one()
        session.get_one(Message, photo.message_id).withdrawn_at = office.now()

    said = citizen.writes("YA")

    assert asked == ["ktp_konfirmasi"]
    assert "nik_tercatat" not in said
    assert complaints(office)[0].nik is None


@pytest.mark.usefixtures("photo", "filed")
def test_a_late_card_disturbs_no_draft_and_no_case_that_has_its_nik_meanwhile(
    office, citizen, reader
):
    citizen.writes("", photos=1)
    citizen.waits(minutes=11)
    citizen.writes("Mau lapor lagi: lampu jalan di Desa Damon mati sejak kemarin")
    citizen.waits(seconds=100)
    is_read(office, reader)
    in_draft = citizen.hears()
    with office.transaction() as session:
        session.get_one(Complaint, complaints(office)[0].id).nik = OTHER
    citizen.writes("BATAL")

    assert in_draft == []
    assert citizen.hears() == []
    assert complaints(office)[0].nik == OTHER


@pytest.mark.usefixtures("photo", "asked")
@pytest.mark.parametrize(
    ("lines", "failures", "hidden"),
    [(["TOKO MAJU"], 0, False), (["PROVINS1 RIAU"], 0, True), ([], 0, True), ([], 2, True)],
)
def test_a_wordless_picture_is_evidence_again_when_a_reader_saw_no_card_and_the_nik_was_typed(
    office, citizen, reader, lines, failures, hidden
):
    reader.lines, reader.failures = lines, failures
    citizen.writes("", photos=1)
    is_read(office, reader)
    asked = citizen.hears()
    citizen.writes(NIK)
    citizen.writes("YA")

    assert asked == ["ktp_foto"]
    assert complaints(office)[0].nik == NIK
    assert [item.is_identity for item in attachments(office)] == [hidden]
