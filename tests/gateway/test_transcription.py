"""Recordings are written down after they came, and their words count as the citizen's."""

import json
import threading
from dataclasses import replace

import pytest

from channels.message import MediaContent, MediaKind, MediaRef
from gateway import sweeps
from gateway.answering import correspondence
from gateway.cases.casefile import CaseRef
from gateway.casework import blocks, disposal
from gateway.dialogue import calls, dialogue, transcription
from gateway.errors import TranscriptionError
from gateway.media import media
from gateway.media.transcription_api import SpeechService
from gateway.reading import pd_reading, reading
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus
from store.models.messaging import Attachment, Conversation, Message, TranscriptState
from tests.gateway.citizen import Citizen, complaints
from tests.gateway.office import a_disposal, open_office
from tests.gateway.rows import all_of, only
from tests.gateway.speech import Listener, speech_server
from tests.gateway.telephone import Call, Records, with_telephone
from tests.gateway.test_media import OGG

STORY = (
    "Lampu jalan mati sejak tadi malam di Jalan Antara dekat masjid, tolong diperbaiki, "
    "nama saya Budi Hartono"
)
NIK = "1403010107859002"


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def listening(office, listener):
    return replace(office.runtime, transcriber=listener)


@pytest.fixture
def citizen(listening, whatsapp, hear):
    return Citizen(listening, whatsapp, hear)


def speaks(citizen, content=OGG, text=None):
    """Send a voice note that the platform can hand over."""
    source = f"suara-{len(citizen.platform.files)}"
    citizen.platform.files[source] = MediaContent(content)
    return citizen.writes(text, media=(MediaRef(MediaKind.AUDIO, source),))


def fetches_and_listens(runtime):
    media.drain(runtime)
    return transcription.work(runtime, runtime.transcriber)


def recording(runtime):
    return only(runtime, Attachment)


def test_a_complaint_that_was_only_spoken_goes_all_the_way(citizen, listening, listener):
    listener.words = [STORY]

    assert speaks(citizen) == []
    assert fetches_and_listens(listening) == 1
    assert citizen.waits(seconds=90) == ["minta_nik"]
    assert "konfirmasi" in citizen.writes(NIK, after_s=20) + citizen.waits(seconds=91)
    citizen.writes("YA")
    citizen.waits(seconds=91)

    (complaint,) = complaints(listening)
    assert "Lampu jalan mati" in complaint.original_text
    assert (complaint.nik, complaint.reporter_name) == (NIK, "Budi Hartono")
    assert complaint.place["street"] == "Jalan Antara"
    assert listener.heard == [OGG]


def test_with_the_setting_off_nothing_is_sent_or_waited_for(runtime, whatsapp, hear):
    citizen = Citizen(runtime, whatsapp, hear)
    speaks(citizen)
    media.drain(runtime)

    assert recording(runtime).transcript_state is None
    assert "transcripts" not in sweeps.due_kinds(runtime)
    transcription.drain(runtime)
    assert recording(runtime).transcript is None


def test_a_photo_is_not_listened_to(citizen, listening):
    citizen.writes("Lampu mati", photos=1)
    fetches_and_listens(listening)

    assert recording(listening).transcript_state is None


def test_the_dialogue_waits_for_the_words_and_answers_when_they_come(
    citizen, listening, listener, nudger
):
    listener.words = [STORY]
    citizen.writes("ADUAN")
    speaks(citizen)

    assert citizen.waits(seconds=95) == []
    fetches_and_listens(listening)

    assert nudger.woken[-1] == "dialogue"
    assert citizen.hears() == ["minta_nik"]


def test_words_that_come_after_the_answer_are_heard_then(citizen, listening, listener):
    listener.words = [STORY]
    citizen.writes("ADUAN")
    speaks(citizen)
    asked_again = citizen.waits(seconds=181)
    assert asked_again != []

    fetches_and_listens(listening)
    citizen.waits(seconds=1)

    row = only(listening, Conversation)
    assert "Lampu jalan mati" in row.draft_summary


@pytest.mark.parametrize(
    ("words", "answer"),
    [("tolong rumah saya kebakaran di desa Air Putih sekarang", ["darurat"]), (STORY, [])],
)
def test_a_blocked_senders_cry_for_help_is_heard_however_late_its_words_come(
    citizen, listening, listener, office, words, answer
):
    citizen.writes("halo")
    number = only(listening, Conversation).id
    blocks.block(listening, office.rina, number, blocks.NewBlock("flood", "Dua ratus pesan", "24"))
    citizen.hears()
    listener.words = [words]
    assert speaks(citizen) == citizen.waits(minutes=20) == []

    fetches_and_listens(listening)

    heard = citizen.waits(seconds=1)
    assert heard[: len(answer)] == answer
    assert bool(heard) == bool(answer)


def test_a_failure_is_asked_again_a_bounded_number_of_times_and_the_message_stays(
    citizen, listening, listener, clock
):
    listener.words = [TranscriptionError("503", retryable=True) for _ in range(5)]
    speaks(citizen)
    media.drain(listening)

    tries = []
    for _ in range(8):
        tries.append(transcription.work(listening, listener))
        clock.advance(hours=1)

    assert tries == [1, 1, 1, 1, 1, 0, 0, 0]
    row = recording(listening)
    assert (row.transcript_state, row.transcript) == (TranscriptState.FAILED, None)
    assert row.original_key is not None


def test_what_the_service_will_never_take_is_asked_once(citizen, listening, listener):
    listener.words = [TranscriptionError("415", retryable=False)]
    speaks(citizen)

    fetches_and_listens(listening)

    assert recording(listening).transcript_state is TranscriptState.FAILED


def test_a_worker_that_died_leaves_its_recording_to_the_next_and_not_for_ever(
    citizen, listening, listener, clock
):
    listener.words = [KeyboardInterrupt() for _ in range(5)]
    speaks(citizen)
    media.drain(listening)

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            transcription.work(listening, listener)
        assert transcription.work(listening, listener) == 0
        clock.advance(hours=1)
    transcription.work(listening, listener)

    assert len(listener.heard) == 5
    assert recording(listening).transcript_state is TranscriptState.FAILED


def test_a_file_that_is_gone_stops_nobody(citizen, listening, listener):
    listener.words = ["Kedua"]
    speaks(citizen)
    speaks(citizen, content=OGG + b"\1")
    media.drain(listening)
    first = all_of(listening, Attachment)[0]
    listening.media.path(first.original_key).unlink()

    assert transcription.work(listening, listener) == 2

    assert [row.transcript for row in all_of(listening, Attachment)] == [None, "Kedua"]


def test_what_the_citizen_took_back_is_not_listened_to(citizen, listening, listener, clock):
    speaks(citizen)
    media.drain(listening)
    with listening.transaction() as session:
        session.get(Message, recording(listening).message_id).withdrawn_at = clock()

    assert transcription.work(listening, listener) == 0
    assert "transcripts" not in sweeps.due_kinds(listening)


def test_words_that_two_workers_bring_are_kept_once(citizen, listening, listener, clock):
    speaks(citizen)
    media.drain(listening)

    class Slow(Listener):
        def transcribe(self, recording):
            clock.advance(hours=2)
            listener.words = ["Pertama"]
            transcription.work(listening, listener)
            return "Kedua"

    transcription.work(listening, Slow())

    assert recording(listening).transcript == "Pertama"


def test_a_spoken_batal_drops_nothing(citizen, listening, listener):
    listener.words = ["Batal."]
    citizen.writes("Lampu jalan mati di Jalan Antara sejak kemarin")
    speaks(citizen)
    fetches_and_listens(listening)

    answers = citizen.waits(seconds=91)

    assert "batal" not in answers
    assert only(listening, Conversation).draft_opened_at is not None


def test_the_transcript_is_stored_encrypted(citizen, listening, listener, engine):
    listener.words = [STORY]
    speaks(citizen)
    fetches_and_listens(listening)

    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT transcript FROM attachment").scalar_one()

    assert b"Lampu" not in bytes(stored)


def test_logs_hold_no_word_of_it(citizen, listening, listener, caplog):
    caplog.set_level("DEBUG")
    listener.words = [TranscriptionError("503", retryable=True)]
    speaks(citizen)
    fetches_and_listens(listening)

    assert [
        record.message
        for record in caplog.records
        if record.name == "gateway.dialogue.transcription"
    ]
    assert "Lampu" not in caplog.text


def test_officers_read_it_under_the_player_with_numbers_hidden(citizen, listening, listener):
    listener.words = [f"NIK saya {NIK}, lampu mati"]
    speaks(citizen)
    fetches_and_listens(listening)

    view = reading.conversation(listening, only(listening, Conversation).id)

    (file,) = view.thread.messages[0].attachments
    assert "lampu mati" in file.transcript
    assert NIK not in file.transcript


class Recordings(Records):
    """Every address that is asked for leads to a recording."""

    def fetch(self, url, auth=None):
        self.asked.append(url)
        return MediaContent(OGG, "audio/ogg")


@pytest.fixture
def phone(listening):
    return with_telephone(listening, Recordings())


def rings_and_speaks(office, call_id="CA1"):
    call = Call(office, call_id)
    call.rings()
    call.is_recorded()
    dialogue.drain(office)
    calls.drain(office)


def test_a_call_gets_its_story_when_its_recording_is_written_down(phone, listener):
    listener.words = [STORY]
    rings_and_speaks(phone)
    assert only(phone, Complaint).title == "Aduan lewat telepon"

    fetches_and_listens(phone)

    complaint = only(phone, Complaint)
    assert complaint.original_text == STORY
    assert complaint.title.startswith("Lampu jalan mati")
    assert "Budi" not in complaint.public_text
    assert complaint.place["street"] == "Jalan Antara"
    assert [event.kind for event in all_of(phone, ComplaintEvent)] == ["received", "transcribed"]


def test_danger_that_is_told_in_a_call_is_marked_urgent(phone, listener):
    listener.words = ["Tolong ada kebakaran rumah di Jalan Antara sekarang, ada orang di dalam"]
    rings_and_speaks(phone)

    fetches_and_listens(phone)

    assert only(phone, Complaint).emergency is True


def test_a_call_without_words_stays_as_it_is(phone, listener):
    listener.words = [""]
    rings_and_speaks(phone)

    fetches_and_listens(phone)

    assert only(phone, Complaint).title == "Aduan lewat telepon"
    assert recording(phone).transcript_state is TranscriptState.DONE


def test_a_pd_reads_a_call_redacted_and_marked_as_a_machines_words(phone, listener, office):
    listener.words = [f"{STORY}, NIK saya {NIK}"]
    rings_and_speaks(phone)
    fetches_and_listens(phone)
    ticket = only(phone, Complaint).ticket

    disposal.dispose(phone, office.rina, CaseRef(ticket), a_disposal())
    case = pd_reading.case(phone, office.andi, ticket)

    (told,) = case.messages
    assert told.channel.endswith("transkrip otomatis, mohon periksa")
    assert "Lampu jalan mati" in told.text
    assert "Budi" not in told.text
    assert NIK not in told.text
    assert [file.transcript for file in case.attachments] == [""]


def test_a_message_moved_to_another_case_keeps_its_transcript_redacted(phone, listener, office):
    listener.words = [STORY, STORY]
    rings_and_speaks(phone, "CA1")
    fetches_and_listens(phone)
    rings_and_speaks(phone, "CA2")
    fetches_and_listens(phone)
    second = complaints(phone)[1]
    moved = all_of(phone, Message)[0]

    correspondence.move_message(phone, office.rina, moved.id, second.ticket)

    moved = all_of(phone, Message)[0]
    assert moved.complaint_id == second.id
    assert "Lampu jalan mati" in moved.redacted_text
    assert "Budi" not in moved.redacted_text


def test_what_an_officer_has_taken_up_is_not_written_over(phone, listener):
    listener.words = [STORY]
    rings_and_speaks(phone)
    with phone.transaction() as session:
        session.get(Complaint, only(phone, Complaint).id).status = ComplaintStatus.DISPOSED

    fetches_and_listens(phone)

    assert only(phone, Complaint).title == "Aduan lewat telepon"
    assert "Budi" not in only(phone, Message).redacted_text
    assert "Lampu jalan mati" in only(phone, Message).redacted_text


def test_it_works_with_a_service_of_its_own_over_http(citizen, listening):
    with speech_server() as speech:
        speech.body = json.dumps({"text": STORY}).encode()
        speaks(citizen)
        media.drain(listening)

        transcription.work(listening, SpeechService(speech.origin, "kecil", None, 5))

    assert recording(listening).transcript == STORY


def test_the_service_is_asked_beside_everything_else_and_one_recording_at_a_time(
    citizen, listening
):
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Listener):
        def transcribe(self, recording):
            begun.set()
            assert go_on.wait(30)
            return super().transcribe(recording)

    slow = Slow(STORY)
    speaks(citizen)
    media.drain(listening)
    runtime = replace(listening, transcriber=slow)

    transcription.drain(runtime)
    assert begun.wait(30)
    transcription.drain(runtime)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "transcripts":
            thread.join(30)

    assert slow.heard == [OGG]
    assert recording(listening).transcript == STORY


def test_a_fault_of_the_program_tells_the_log_its_kind_and_no_word(citizen, listening, caplog):
    speaks(citizen)
    media.drain(listening)
    runtime = replace(listening, transcriber=Listener(ZeroDivisionError(STORY)))

    transcription.drain(runtime)
    for thread in threading.enumerate():
        if thread.name == "transcripts":
            thread.join(30)

    (line,) = [item for item in caplog.records if item.message == "transcription_stopped"]
    assert line.error == "ZeroDivisionError"
    assert "Lampu" not in caplog.text
