"""An officer in the field answers from the chat: quote the notice, write, send a picture."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import text

from channels.message import InboundMessage, MediaContent
from gateway.answering import drafts
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.dialogue import dialogue
from gateway.media import media
from gateway.officers import staff_dialogue, staff_sending
from gateway.rules.people import Role
from store.complaints import history_is_whole, latest_draft
from store.models.answering import AnswerPhoto
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus, DraftAnswer, Privacy
from store.models.messaging import Message
from store.models.staff import StaffUser
from store.models.staff_contact import StaffContact
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.rows import all_of, only


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def andi(runtime, telegram, hear, office):
    return Officer(runtime, telegram, hear, office.andi).links()


@pytest.fixture
def told(andi, office, clock):
    """A case whose disposisi Andi has just been told, and the platform's id of that notice."""
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=11)
    assert andi.is_told() == ["petugas_disposisi"]
    return ticket, andi.last()[1]


def events(runtime):
    return [event.kind for event in all_of(runtime, ComplaintEvent)]


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "gray").save(data, "JPEG")
    return data.getvalue()


def test_quoting_the_notice_with_text_accepts_the_case_and_files_the_draft(
    runtime, andi, told, office
):
    ticket, notice = told

    assert andi.writes("Lampu sudah kami ganti pagi ini.", quoting=notice) == ["petugas_draf"]

    draft = only(runtime, DraftAnswer)
    case = office.complaint(ticket)
    assert (draft.body, draft.author_id) == ("Lampu sudah kami ganti pagi ini.", office.andi.id)
    assert draft.submitted_at is not None
    assert case.status is ComplaintStatus.IN_PROGRESS
    assert events(runtime)[-2:] == ["accepted", "draft_submitted"]
    with runtime.transaction() as session:
        assert history_is_whole(session, case.id)


def test_terima_accepts_with_the_officers_own_plan(runtime, andi, told, whatsapp, office):
    ticket, notice = told

    assert andi.writes("Terima: cek tiang besok pagi", quoting=notice) == ["petugas_diterima"]

    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS
    assert "Rencana: cek tiang besok pagi" in whatsapp.sent[-1].text
    assert all_of(runtime, DraftAnswer) == []


def test_the_buttons_accept_and_ask_for_the_draft(runtime, andi, told, office):
    ticket, _ = told
    titles = [button.title for button in andi.last()[0].buttons]
    payloads = [button.payload for button in andi.last()[0].buttons]

    assert titles == ["Terima", "Draf"]
    assert andi.presses(payloads[0]) == ["petugas_diterima"]
    assert andi.presses(payloads[1]) == ["petugas_tulis"]
    assert andi.writes("Lampu diganti.", quoting=andi.last()[1]) == ["petugas_draf"]
    assert only(runtime, DraftAnswer).body == "Lampu diganti."
    assert office.complaint(ticket).draft_submitted_at is not None


def test_a_number_does_where_nothing_is_quoted(runtime, andi, told):
    ticket, _ = told

    assert andi.writes(f"DRAF {ticket} Lampu sudah diganti kemarin sore") == ["petugas_draf"]
    assert only(runtime, DraftAnswer).body == "Lampu sudah diganti kemarin sore"


def test_an_answer_that_begins_with_terima_kasih_is_no_acceptance(runtime, andi, told):
    andi.writes("Terima kasih, lampu sudah diganti.", quoting=told[1])

    assert only(runtime, DraftAnswer).body == "Terima kasih, lampu sudah diganti."


def test_a_foreign_case_and_one_that_does_not_exist_get_the_same_words(
    runtime, told, telegram, hear, office
):
    ticket, _ = told
    hadi = Officer(runtime, telegram, hear, office.hadi, sender="5550100901").links()

    answers = []
    for number in (ticket, "26-09999-1", "26-00000-0"):
        assert hadi.writes(f"DRAF {number} sudah kami kerjakan semuanya") == ["petugas_asing"]
        answers.append(hadi.last()[0].text)

    assert len(set(answers)) == 1
    assert all_of(runtime, DraftAnswer) == []


@pytest.mark.parametrize("role", [Role.ADMIN_DISKOMINFO, Role.PIMPINAN, Role.SUPERADMIN])
def test_only_a_pd_works_on_cases_from_the_chat(runtime, telegram, hear, office, role):
    ticket = office.hears()
    office.disposes(ticket)
    person = next(one for one in office.people.values() if one.role is role)
    officer = Officer(runtime, telegram, hear, person, sender="5550100905").links()

    assert officer.writes(f"TERIMA {ticket} kami kerjakan besok pagi") == ["petugas_asing"]
    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


def test_an_officer_whose_account_was_closed_can_do_nothing(runtime, andi, told, office):
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).active = False

    assert andi.writes("Selesai.", quoting=told[1]) == ["petugas_asing"]
    assert all_of(runtime, DraftAnswer) == []


def test_an_officer_who_changed_the_pd_has_lost_its_cases(runtime, andi, told, office):
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).pd_code = "DISHUB"

    assert andi.writes("Selesai.", quoting=told[1]) == ["petugas_asing"]


def test_a_draft_waits_for_diskominfo_so_another_is_refused(runtime, andi, told):
    andi.writes("Lampu diganti.", quoting=told[1])

    assert andi.writes("Lampu sudah diganti semua.", quoting=told[1]) == ["petugas_tidak_berlaku"]
    assert andi.presses(f"TERIMA {told[0]}") == ["petugas_tidak_berlaku"]
    assert len(all_of(runtime, DraftAnswer)) == 1


def test_what_a_colleague_is_writing_on_the_page_is_not_overwritten(runtime, andi, told, office):
    ticket, notice = told
    office.accepts(ticket)
    draft_id = saves_on_page(runtime, office, ticket, "Kami sedang memesan")

    assert andi.writes("Lampu diganti.", quoting=notice) == ["petugas_draf_lain"]
    with runtime.transaction() as session:
        assert session.get_one(DraftAnswer, draft_id).body == "Kami sedang memesan"


def saves_on_page(runtime, office, ticket, words):
    drafts.save_draft(runtime, office.andi, CaseRef(ticket), DraftForm(done=words), submit=False)
    with runtime.transaction() as session:
        draft = latest_draft(session, office.complaint(ticket).id)
        assert draft is not None
        return draft.id


def test_a_refused_draft_does_not_accept_the_case(runtime, andi, told, office):
    ticket, notice = told

    assert andi.writes("panjang " * 500, quoting=notice) == ["petugas_keliru"]

    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED
    assert all_of(runtime, DraftAnswer) == []


def test_a_picture_with_words_goes_with_the_draft_once_it_is_fetched(runtime, andi, told, telegram):
    telegram.files["foto-1"] = MediaContent(picture(), "image/jpeg", None)

    assert andi.writes("Lampu diganti.", quoting=told[1], photos=["foto-1"]) == []
    assert all_of(runtime, DraftAnswer) == []
    media.drain(runtime)
    runtime.now.advance(seconds=6)

    assert andi.reads() == ["petugas_draf"]
    photo = only(runtime, AnswerPhoto)
    assert (photo.moment, photo.mime) == ("after", "image/jpeg")
    assert only(runtime, DraftAnswer).body == "Lampu diganti."


def test_a_picture_alone_waits_for_the_words(runtime, andi, told, telegram, office):
    ticket, notice = told
    telegram.files["foto-1"] = MediaContent(picture(), "image/jpeg", None)
    andi.writes(None, quoting=notice, photos=["foto-1"])
    media.drain(runtime)
    runtime.now.advance(seconds=6)

    assert andi.reads() == ["petugas_foto"]
    assert office.complaint(ticket).draft_submitted_at is None
    assert andi.writes("Lampu diganti.", quoting=andi.last()[1]) == ["petugas_draf"]
    assert len(all_of(runtime, AnswerPhoto)) == 1


def test_a_picture_from_before_the_work_is_kept_as_such(runtime, andi, told, telegram):
    telegram.files["foto-1"] = MediaContent(picture(), "image/jpeg", None)
    andi.writes("Foto sebelum dikerjakan", quoting=told[1], photos=["foto-1"])
    media.drain(runtime)
    runtime.now.advance(seconds=6)
    andi.reads()

    assert only(runtime, AnswerPhoto).moment == "before"


def test_a_file_that_is_no_picture_costs_no_words(runtime, andi, told, telegram):
    telegram.files["berkas"] = MediaContent(b"%PDF-1.4 bukan foto", "application/pdf", None)
    andi.writes("Lampu diganti.", quoting=told[1], photos=["berkas"])
    media.drain(runtime)
    runtime.now.advance(minutes=11)

    assert andi.reads() == ["petugas_draf", "petugas_berkas"]
    assert only(runtime, DraftAnswer).body == "Lampu diganti."
    assert all_of(runtime, AnswerPhoto) == []


def test_a_picture_that_never_comes_does_not_hold_the_words_for_ever(runtime, andi, told):
    andi.writes("Lampu diganti.", quoting=told[1], photos=["hilang"])
    runtime.now.advance(minutes=11)

    assert andi.reads() == ["petugas_draf", "petugas_berkas"]


def test_a_worker_that_dies_in_the_middle_has_done_nothing(runtime, andi, told, office):
    ticket, notice = told

    class Died(BaseException):
        pass

    def dies(kind):
        if kind == "outbox":
            raise Died

    class Deadly:
        wake = staticmethod(dies)

    deadly = replace(runtime, nudger=Deadly())
    message_count = len(all_of(runtime, Message))
    write_unread(andi, "Lampu diganti.", notice)
    with pytest.raises(Died):
        staff_dialogue.drain(deadly)

    # The use case woke the outbox before its transaction ended: nothing of it was kept.
    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED
    assert all_of(runtime, DraftAnswer) == []
    assert len(all_of(runtime, Message)) == message_count + 1
    assert andi.reads() == ["petugas_draf"]
    assert andi.reads() == []
    assert len(all_of(runtime, DraftAnswer)) == 1


def write_unread(officer, text, quoting):
    officer.hear(
        officer.platform,
        InboundMessage(
            channel=officer.platform.name,
            account=officer.platform.account,
            external_id="mati",
            sender=officer.sender,
            text=text,
            dedup_scope="petugas",
            reply_to=quoting,
        ),
    )
    dialogue.drain(officer.runtime)


def test_the_same_message_delivered_twice_files_one_draft(runtime, andi, told):
    for _ in range(2):
        write_unread(andi, "Lampu diganti.", told[1])

    assert andi.reads() == ["petugas_draf"]
    assert len(all_of(runtime, DraftAnswer)) == 1


@pytest.mark.parametrize("text", ["", "   ", "👍", "?", "DRAF", "TERIMA"])
def test_words_without_a_case_are_answered_and_file_nothing(runtime, andi, text):
    answered = andi.writes(text)

    assert answered in (["petugas_bantu"], ["petugas_nomor"])
    assert all_of(runtime, DraftAnswer) == []


def test_a_notice_of_several_cases_needs_a_number(runtime, andi, office, clock):
    for sender in ("+6281255501041", "+6281255501042"):
        office.disposes(office.hears(sender=sender))
    clock.advance(seconds=11)
    assert andi.is_told() == ["petugas_gabungan"]

    assert andi.writes("Sudah dikerjakan.", quoting=andi.last()[1]) == ["petugas_nomor"]
    assert all_of(runtime, DraftAnswer) == []


def test_a_secret_case_is_worked_on_by_its_pd_and_told_by_its_number_only(andi, office, clock):
    ticket = office.hears(privacy=Privacy.SECRET)
    office.disposes(ticket, publish=False)
    clock.advance(seconds=11)
    andi.is_told()

    notice, quoted = andi.last()
    assert f"Disposisi baru *{ticket}*: aduan rahasia." in notice.text
    assert "Penerangan" not in notice.text
    assert andi.writes("Sudah diperiksa.", quoting=quoted) == ["petugas_draf"]


def test_nothing_an_officer_writes_becomes_part_of_a_citizens_thread(runtime, andi, told):
    andi.writes("Lampu diganti.", quoting=told[1])

    own = [row for row in all_of(runtime, Message) if row.text == "Lampu diganti."]
    assert [row.complaint_id for row in own] == [None]
    notices = [row for row in all_of(runtime, Message) if row.text_key == "petugas_disposisi"]
    assert [row.complaint_id for row in notices] == [None]
    assert only(runtime, Complaint).conversation_id != only(runtime, StaffContact).conversation_id


def test_a_case_that_another_took_up_is_drafted_all_the_same(runtime, andi, told, office):
    ticket, notice = told
    office.accepts(ticket)

    assert andi.writes("Lampu diganti.", quoting=notice) == ["petugas_draf"]
    assert staff_sending.drain(runtime) == 0


def test_a_message_that_cannot_be_read_is_set_aside_and_the_next_one_works(runtime, andi, told):
    _, notice = told
    write_unread(andi, "Lampu diganti.", notice)
    with runtime.transaction() as session:
        broken = session.query(Message).filter_by(external_id="mati").one()
        broken.extras = {"choice": {"title": "Draf"}}  # a pressed button without what it means

    assert andi.reads() == ["petugas_gagal"]
    assert all_of(runtime, DraftAnswer) == []
    assert andi.reads() == []

    assert andi.writes("Lampu sudah diganti.", quoting=notice) == ["petugas_draf"]
    assert only(runtime, DraftAnswer).body == "Lampu sudah diganti."


def test_what_came_with_a_broken_message_is_carried_out_all_the_same(runtime, andi, told):
    _, notice = told
    write_unread(andi, "Lampu diganti.", notice)
    with runtime.transaction() as session:
        broken = session.query(Message).filter_by(external_id="mati").one()
        broken.extras = {"choice": {"title": "Draf"}}

    assert andi.writes("Lampu sudah diganti.", quoting=notice) == ["petugas_gagal", "petugas_draf"]


def test_a_row_that_cannot_be_decrypted_does_not_close_the_chat_for_good(runtime, andi, told):
    _, notice = told
    write_unread(andi, "Lampu diganti.", notice)
    with runtime.transaction() as session:
        session.execute(text("UPDATE message SET text = '\\x00' WHERE external_id = 'mati'"))

    assert andi.reads() == []

    assert andi.writes("Lampu sudah diganti.", quoting=notice) == ["petugas_draf"]
