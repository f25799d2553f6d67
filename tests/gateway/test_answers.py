from datetime import date

import pytest

from channels.message import ChannelName
from gateway.answering import answers, drafts
from gateway.answering.answers import Correction
from gateway.answering.drafting import StaleTextError, word_difference
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.errors import (
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from store import complaints
from store.models.complaint import ComplaintStatus, CorrectedAnswer, DraftAnswer, Privacy
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from tests.gateway.office import open_office
from tests.gateway.rows import all_of, only

FINAL = Correction("Lampu sudah diganti pada 19 November. Terima kasih.", final=True)


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def running(runtime, complaint_id: int) -> list[str]:
    with runtime.transaction() as session:
        return sorted(clock.kind for clock in complaints.running_clocks(session, complaint_id))


def test_a_submitted_draft_waits_for_diskominfo_and_stops_the_pds_clock(runtime, office):
    ticket = office.in_correction()

    case = office.complaint(ticket)

    assert case.draft_submitted_at is not None
    assert running(runtime, case.id) == ["K4", "K5"]


def test_nothing_of_a_draft_reaches_the_citizen(runtime, office):
    office.in_correction()

    assert all("diganti kmrn" not in (message.text or "") for message in all_of(runtime, Message))


def test_the_final_answer_closes_the_case_and_asks_for_a_rating(runtime, office):
    ticket = office.in_correction()

    answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)

    case = office.complaint(ticket)
    keys = [message.text_key for message in all_of(runtime, Message)]
    assert case.status is ComplaintStatus.RESOLVED
    assert keys[-2:] == ["dijawab", "selesai_nilai"]
    assert running(runtime, case.id) == ["K6"]
    assert "outbox" in runtime.nudger.woken


def test_both_texts_are_kept_with_both_authors(runtime, office):
    ticket = office.in_correction()

    answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)

    draft, answer = only(runtime, DraftAnswer), only(runtime, CorrectedAnswer)
    assert (draft.body, draft.author_id) == ("Lampu sdh diganti kmrn.", office.andi.id)
    assert (answer.body, answer.author_id) == (FINAL.body, office.rina.id)
    assert (
        answer.message_id
        == [
            message.id for message in all_of(runtime, Message) if message.text_key == "dijawab"
        ].pop()
    )


def test_an_answer_that_is_not_final_leaves_the_case_in_progress(runtime, office):
    ticket = office.in_correction()
    interim = Correction("Lampu dipesan, tiba Jumat 27/11.", final=False)

    answers.send_answer(runtime, office.rina, CaseRef(ticket), interim)

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.IN_PROGRESS
    assert case.draft_submitted_at is None
    assert [m.text_key for m in all_of(runtime, Message)][-1] == "dijawab"


def test_an_answer_is_sent_once(runtime, office):
    ticket = office.in_correction()
    answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)
    parts = len(all_of(runtime, OutboxPart))

    with pytest.raises(NotFoundError):
        answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)

    assert len(all_of(runtime, OutboxPart)) == parts


def test_only_an_admin_of_diskominfo_sends(runtime, office):
    ticket = office.in_correction()

    for person in (office.andi, office.dewi, office.sekda):
        with pytest.raises(ForbiddenError):
            answers.send_answer(runtime, person, CaseRef(ticket), FINAL)

    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS


def test_the_answer_to_a_secret_case_does_not_travel(runtime, office):
    ticket = office.in_correction(privacy=Privacy.SECRET)

    answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)

    assert all("diganti" not in (message.text or "") for message in all_of(runtime, Message)[1:])
    assert all_of(runtime, Message)[-1].text_key == "status"


def test_an_sms_answer_has_one_segment_and_says_where_the_rest_is(runtime, office):
    ticket = office.in_correction(channel=ChannelName.SMS)
    long = Correction("Sakelar pengaman rusak dan sudah diganti. " * 6, final=False)

    answers.send_answer(runtime, office.rina, CaseRef(ticket), long)

    text = all_of(runtime, Message)[-1].text or ""
    assert len(text) <= 160
    assert "Sakelar" in text
    assert "JAWABAN" in text


@pytest.mark.parametrize("reason", list(answers.RETURN_REASONS))
def test_a_returned_draft_comes_back_as_the_next_round(runtime, office, reason):
    ticket = office.in_correction()

    answers.return_draft(runtime, office.rina, CaseRef(ticket), reason, "Tulis tanggal")
    office.drafts(ticket, "Lampu diganti Kamis 19/11.")

    first, second = all_of(runtime, DraftAnswer)
    assert (first.return_reason, first.round, second.round) == (reason, 1, 2)
    assert first.body == "Lampu sdh diganti kmrn."


def test_the_pds_clock_runs_on_after_a_return_without_the_time_at_diskominfo(
    runtime, office, clock
):
    ticket = office.in_correction()
    case = office.complaint(ticket)
    with runtime.transaction() as session:
        before = complaints.last_clock(session, case.id, "K3").due_at
    clock.advance(hours=7)

    answers.return_draft(runtime, office.rina, CaseRef(ticket), "no_time")

    with runtime.transaction() as session:
        after = complaints.running_clock(session, case.id, "K3").due_at
    assert (after - before).total_seconds() == 7 * 3600
    assert running(runtime, case.id) == ["K3", "K5"]


def test_a_return_needs_one_of_the_six_reasons(runtime, office):
    ticket = office.in_correction()

    with pytest.raises(InvalidInputError):
        answers.return_draft(runtime, office.rina, CaseRef(ticket), "kurang bagus")

    assert len(answers.RETURN_REASONS) == 6
    assert office.complaint(ticket).draft_returned_at is None


def test_a_correction_on_an_older_text_is_refused_and_shows_the_newer_one(runtime, office):
    ticket = office.in_correction()
    version = answers.save_correction(
        runtime, office.rina, CaseRef(ticket), Correction("Teks Dewi", final=False)
    )

    with pytest.raises(StaleTextError) as caught:
        answers.save_correction(
            runtime, office.rina, CaseRef(ticket), Correction("Teks Rina", final=False, version=0)
        )

    assert (caught.value.theirs, caught.value.version) == ("Teks Dewi", version)
    assert only(runtime, CorrectedAnswer).body == "Teks Dewi"


def test_a_draft_saved_by_a_colleague_meanwhile_is_not_overwritten(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    first = DraftForm(done="Versi Andi")
    drafts.save_draft(runtime, office.andi, CaseRef(ticket), first, submit=False)

    with pytest.raises(StaleTextError) as caught:
        drafts.save_draft(
            runtime, office.andi, CaseRef(ticket), DraftForm(done="Versi Lina"), submit=True
        )

    assert caught.value.theirs == "Versi Andi"
    assert only(runtime, DraftAnswer).submitted_at is None


def test_no_draft_before_the_disposisi_is_accepted(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(MoveNotAllowedError):
        office.drafts(ticket)

    assert all_of(runtime, DraftAnswer) == []


def test_an_empty_draft_is_saved_but_not_handed_in(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    form = DraftForm(planned="Nanti diganti")

    drafts.save_draft(runtime, office.andi, CaseRef(ticket), form, submit=False)
    with pytest.raises(InvalidInputError) as caught:
        drafts.save_draft(runtime, office.andi, CaseRef(ticket), DraftForm(version=1), submit=True)

    assert "done" in caught.value.problems


def test_the_four_fields_become_one_text():
    form = DraftForm("Tim memeriksa.", "Sakelar diganti.", date(2026, 11, 27), "Bidang PJU")

    assert form.body() == (
        "Tim memeriksa. Sakelar diganti. Paling lambat 27/11/2026. Kontak: Bidang PJU."
    )


def test_a_proposed_pending_is_decided_by_diskominfo_and_told(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    office.drafts(ticket, "Anggaran belum ada", proposal="pending_noted", due_on=date(2027, 3, 1))

    with pytest.raises(MoveNotAllowedError):
        answers.send_answer(runtime, office.rina, CaseRef(ticket), FINAL)
    answers.approve_noted(
        runtime, office.rina, CaseRef(ticket), "Menunggu anggaran 2027", date(2027, 3, 1)
    )

    case = office.complaint(ticket)
    told = all_of(runtime, Message)[-1]
    assert case.status is ComplaintStatus.PENDING_NOTED
    assert told.text_key == "tunda_catatan"
    assert "Menunggu anggaran 2027" in (told.text or "")


def test_a_request_for_information_is_answered_without_a_pd(runtime, office):
    ticket = office.hears(kind="information_request")
    complaint_ticket = office.hears("Jalan rusak di Meskom sejak 4 November 2026")

    answers.answer_directly(runtime, office.rina, CaseRef(ticket), "Bawa KK dan surat lahir.")
    with pytest.raises(MoveNotAllowedError):
        answers.answer_directly(runtime, office.rina, CaseRef(complaint_ticket), "Baik.")

    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED
    assert any("Bawa KK" in (message.text or "") for message in all_of(runtime, Message))


def test_the_difference_names_words_that_went_and_came():
    left, right = word_difference(
        "Sdh dicek tim, 3 tiang diganti.", "Tim memeriksa 3 tiang, lalu diganti."
    )

    assert "".join(piece.text for piece in left) == "Sdh dicek tim, 3 tiang diganti."
    assert "".join(piece.text for piece in right) == "Tim memeriksa 3 tiang, lalu diganti."
    assert "3 tiang" in [piece.text.strip() for piece in right if piece.kind == "same"]
    assert "Sdh dicek" in next(piece.text for piece in left if piece.kind == "gone")
