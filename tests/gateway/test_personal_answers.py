"""Cases that an officer wrote down and no channel reaches: answers are told by a person."""

from datetime import date

import pytest

from channels.message import ChannelName
from gateway.answering import answers, personal_answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from gateway.cases.recording_form import SOCIAL
from gateway.casework import pdwork
from gateway.casework.pdwork import Plan
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError
from gateway.reading import correction_view, reading
from gateway.sending import replies
from store.models.complaint import Complaint, ComplaintEvent, Note
from store.models.outbox import OutboxPart
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.record_forms import E164, PHONE, save
from tests.gateway.rows import all_of, only

ANSWER = "Lampu sudah kami ganti hari ini."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def in_correction(office, ticket: str) -> None:
    office.disposes(ticket)
    pdwork.accept(
        office.runtime, office.andi, CaseRef(ticket), Plan("Mengganti lampu", date(2026, 11, 27))
    )
    office.drafts(ticket)


def answered(runtime, office, **fields: str) -> str:
    ticket = save(runtime, office.dewi, **fields).ticket
    in_correction(office, ticket)
    answers.send_answer(runtime, office.rina, CaseRef(ticket), Correction(ANSWER, final=True))
    return ticket


def kinds(runtime) -> list[str]:
    return [event.kind for event in all_of(runtime, ComplaintEvent)]


def test_an_answer_without_a_channel_waits_for_a_call_and_nothing_is_queued(runtime, office):
    ticket = answered(runtime, office)

    shown = reading.case(runtime, office.dewi, ticket)
    assert shown.hand_over.how == "phoned"
    assert shown.hand_over.text == ANSWER
    assert all_of(runtime, OutboxPart) == []


def test_who_wants_no_news_is_not_called_either(runtime, office):
    ticket = save(runtime, office.dewi).ticket
    in_correction(office, ticket)
    with runtime.transaction() as session:
        session.query(Complaint).one().news_stopped_at = runtime.now()

    answers.send_answer(runtime, office.rina, CaseRef(ticket), Correction(ANSWER, final=True))

    assert only(runtime, Complaint).to_hand_over_at is None


def test_a_call_back_is_noted_once_with_who_made_it(runtime, office):
    ticket = answered(runtime, office)

    personal_answers.hand_over(runtime, office.dewi, CaseRef(ticket), "phoned", "Diterima istri.")
    personal_answers.hand_over(runtime, office.dewi, CaseRef(ticket), "phoned", "Dua kali tekan.")

    assert only(runtime, Complaint).to_hand_over_at is None
    assert [note.body for note in all_of(runtime, Note)] == ["Diterima istri."]
    assert kinds(runtime).count("phoned_back") == 1
    assert all_of(runtime, ComplaintEvent)[-1].actor_id == office.dewi.id


def test_a_post_is_answered_where_it_stands(runtime, office):
    ticket = answered(runtime, office, form=SOCIAL)

    shown = reading.case(runtime, office.dewi, ticket)
    personal_answers.hand_over(runtime, office.dewi, CaseRef(ticket), "replied")

    assert shown.hand_over.how == "replied"
    assert shown.origin.link == "https://x.com/warga_uji/status/1234567890"
    assert shown.origin.posted == "Kam 19/11 20.15"
    assert kinds(runtime)[-1] == "replied_at_source"


def test_who_agreed_gets_the_answer_by_sms_and_nobody_has_to_call(runtime, office, sms, clock):
    ticket = answered(runtime, office, phone=PHONE, consent="on")
    clock.advance(minutes=1)

    replies.drain(runtime)

    assert only(runtime, Complaint).to_hand_over_at is None
    assert {part.recipient for part in sms.sent} == {E164}
    assert any(ANSWER in part.text for part in sms.sent)
    assert reading.case(runtime, office.dewi, ticket).hand_over is None


@pytest.mark.parametrize(
    ("fields", "button"),
    [
        ({}, "Simpan jawaban dan telepon balik"),
        ({"form": SOCIAL}, "Simpan jawaban untuk dibalas di tempat asalnya"),
        ({"phone": PHONE, "consent": "on"}, "Kirim jawaban lewat SMS"),
    ],
)
def test_the_send_button_says_what_will_happen(runtime, office, fields, button):
    ticket = save(runtime, office.dewi, **fields).ticket
    in_correction(office, ticket)

    assert correction_view.correction(runtime, office.rina, ticket).send_words == button


def test_a_question_that_no_channel_carries_is_kept_for_whoever_calls(runtime, office):
    ticket = save(runtime, office.dewi).ticket

    pdwork.ask(runtime, office.rina, CaseRef(ticket), "Tiang nomor berapa?")

    shown = reading.case(runtime, office.dewi, ticket)
    assert shown.hand_over.text == "Tiang nomor berapa?"


def test_another_answer_meanwhile_must_be_read_before_it_is_ticked_off(runtime, office):
    ticket = answered(runtime, office)

    with pytest.raises(ConflictError):
        personal_answers.hand_over(runtime, office.dewi, CaseRef(ticket, 1), "phoned")

    assert only(runtime, Complaint).to_hand_over_at is not None


@pytest.mark.parametrize(("how", "note"), [("shouted", ""), ("phoned", "x" * 1001)])
def test_an_unknown_way_or_an_endless_note_is_refused(runtime, office, how, note):
    ticket = answered(runtime, office)

    with pytest.raises(InvalidInputError):
        personal_answers.hand_over(runtime, office.dewi, CaseRef(ticket), how, note)


def test_a_pd_neither_ticks_off_nor_settles(runtime, office):
    ticket = answered(runtime, office)

    with pytest.raises(ForbiddenError):
        personal_answers.hand_over(runtime, office.andi, CaseRef(ticket), "phoned")
    with pytest.raises(ForbiddenError):
        personal_answers.settle_dispute(runtime, office.andi, CaseRef(ticket))


def test_a_doubt_is_settled_once(runtime, office):
    ticket = save(runtime, office.dewi).ticket
    with runtime.transaction() as session:
        session.query(Complaint).one().dispute = "wrong"

    personal_answers.settle_dispute(runtime, office.dewi, CaseRef(ticket))
    personal_answers.settle_dispute(runtime, office.dewi, CaseRef(ticket))

    assert only(runtime, Complaint).dispute is None
    assert kinds(runtime).count("dispute_checked") == 1


def test_the_queues_of_the_inbox_show_who_waits_for_a_call_and_who_doubts(runtime, office):
    called = answered(runtime, office)
    doubted = save(runtime, office.dewi).ticket
    with runtime.transaction() as session:
        row = session.query(Complaint).filter_by(ticket=doubted).one()
        row.dispute = "not_me"
    dewi = logged_in(make_app(runtime), "dewi")

    dewi.opens("/kotak/?antrean=sampaikan")
    assert f"/kotak/aduan/{called}" in dewi.page
    assert f"/kotak/aduan/{doubted}" not in dewi.page
    dewi.opens("/kotak/?antrean=periksa")
    assert f"/kotak/aduan/{doubted}" in dewi.page
    assert "perlu diperiksa" in dewi.page


def test_the_case_page_leads_to_the_words_to_copy_and_ticks_them_off(runtime, office):
    ticket = answered(runtime, office, form=SOCIAL)
    dewi = logged_in(make_app(runtime), "dewi")

    dewi.opens(f"/kotak/aduan/{ticket}")
    assert "Belum dibalas di tempat asalnya." in dewi.page
    assert "Media sosial, dicatat petugas" in dewi.page
    dewi.opens(f"/kotak/aduan/{ticket}/sampaikan")
    assert ANSWER in dewi.page
    assert 'rel="noopener noreferrer"' in dewi.page
    long = dewi.sends(f"/kotak/aduan/{ticket}/sampaikan", how="replied", note="x" * 1001)
    stale = dewi.sends(f"/kotak/aduan/{ticket}/sampaikan", how="replied", note="", version="1")
    done = dewi.sends(f"/kotak/aduan/{ticket}/sampaikan", how="replied", note="")

    assert (long.status_code, stale.status_code, done.status_code) == (422, 409, 302)
    assert f"{ticket}: ditandai sudah disampaikan." in dewi.follows(done)
    dewi.opens(f"/kotak/aduan/{ticket}?bagian=riwayat")
    assert "Dibalas di tempat asalnya" in dewi.page
    assert "Dicatat petugas" in dewi.page
    assert "media sosial" in dewi.page


def test_a_pd_reads_neither_link_nor_name_nor_number(runtime, office):
    ticket = answered(runtime, office, form=SOCIAL)
    andi = logged_in(make_app(runtime), "andi")

    andi.opens(f"/pd/aduan/{ticket}")

    assert ticket in andi.page
    assert "x.com/warga_uji" not in andi.page
    assert "@warga_uji" not in andi.page


def test_a_posts_channel_is_x_where_it_stood_there(runtime, office):
    save(runtime, office.dewi, form=SOCIAL)

    assert only(runtime, Complaint).channel is ChannelName.X
