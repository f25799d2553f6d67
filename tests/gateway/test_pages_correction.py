import pytest

from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from store.models.complaint import ComplaintStatus
from store.models.messaging import Message
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def rina(runtime):
    return logged_in(make_app(runtime), "rina")


def test_the_page_holds_question_draft_and_previews(rina, office):
    ticket = office.in_correction()

    rina.opens(f"/koreksi/{ticket}")

    assert "Lampu sdh diganti kmrn." in rina.page
    assert "Jawaban untuk aduan <b>" in rina.page
    assert "/160 (1 bagian)" in rina.page
    assert "K4 Koreksi" in rina.page


def test_saving_shows_the_difference_word_by_word(rina, office):
    ticket = office.in_correction()
    rina.opens(f"/koreksi/{ticket}")

    response = rina.sends(
        f"/koreksi/{ticket}", body="Lampu sudah diganti kemarin.", final="tidak", step="simpan"
    )
    rina.follows(response)

    assert "<del>sdh </del>" in rina.page
    assert "<ins>sudah </ins>" in rina.page


def test_sending_the_final_answer_closes_the_case(rina, office, runtime):
    ticket = office.in_correction()
    rina.opens(f"/koreksi/{ticket}")

    response = rina.sends(
        f"/koreksi/{ticket}", body="Lampu sudah diganti.", final="ya", step="kirim"
    )

    assert "Aduan Selesai." in rina.follows(response)
    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED
    assert [m.text_key for m in all_of(runtime, Message)][-2:] == ["dijawab", "selesai_nilai"]


def test_a_newer_text_of_a_colleague_is_shown_beside_ones_own(rina, office, runtime):
    ticket = office.in_correction()
    rina.opens(f"/koreksi/{ticket}")
    answers.save_correction(
        runtime, office.rina, CaseRef(ticket), Correction("Teks rekan", final=False)
    )

    refused = rina.sends(f"/koreksi/{ticket}", body="Teks saya", final="tidak", step="kirim")
    both = "Teks rekan" in rina.page and "Teks saya" in rina.page
    sent = rina.sends(f"/koreksi/{ticket}", body="Teks gabungan", final="tidak", step="kirim")

    assert refused.status_code == 409
    assert both
    assert sent.status_code == 302
    assert "Teks gabungan" in (all_of(runtime, Message)[-1].text or "")


def test_returning_needs_a_reason_and_keeps_the_text(rina, office):
    ticket = office.in_correction()
    rina.opens(f"/koreksi/{ticket}")

    refused = rina.sends(f"/koreksi/{ticket}", body="Teks saya", step="kembalikan")
    kept = "Teks saya" in rina.page
    rina.sends(f"/koreksi/{ticket}", body="Teks saya", step="kembalikan", reason="no_time")

    assert refused.status_code == 422
    assert kept
    assert office.complaint(ticket).draft_returned_at is not None


def test_an_empty_answer_is_not_sent(rina, office):
    ticket = office.in_correction()
    rina.opens(f"/koreksi/{ticket}")

    response = rina.sends(f"/koreksi/{ticket}", body="  ", final="ya", step="kirim")

    assert response.status_code == 422
    assert "Jawaban belum ditulis." in rina.page


def test_a_case_without_a_waiting_draft_has_no_such_page(rina, office):
    ticket = office.hears()

    assert rina.opens(f"/koreksi/{ticket}").status_code == 404


def test_a_proposed_pending_is_agreed_to_on_the_same_page(rina, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    office.drafts(ticket, "Anggaran belum ada", proposal="pending_noted", due_on=_march())
    rina.opens(f"/koreksi/{ticket}")

    rina.sends(
        f"/koreksi/{ticket}", body="Menunggu anggaran", review_on="2027-03-01", step="setujui"
    )

    assert office.complaint(ticket).status is ComplaintStatus.PENDING_NOTED


def _march():
    from datetime import date  # noqa: PLC0415 (one value of one test)

    return date(2027, 3, 1)
