"""Pecah: parts for other PDs with a course of their own; the citizen gets one answer."""

from datetime import date
from threading import Thread

import pytest
from sqlalchemy import text as sql

from gateway.answering import answers, drafts
from gateway.answering.answers import Correction
from gateway.answering.drafts import DraftForm
from gateway.cases import parts
from gateway.cases.casefile import CaseRef, move, open_case
from gateway.casework import casework, disposal, pdwork, splitting
from gateway.casework.pdwork import Plan, Return
from gateway.casework.splitting import PartForm
from gateway.dialogue.filing import new_pin
from gateway.errors import ForbiddenError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.reading import inbox, pd_reading, reading, tracking
from gateway.reading.attachments import open_file
from gateway.reading.correction_view import correction
from gateway.rules.statuses import publicly_visible
from store import complaints
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus, Privacy
from store.models.messaging import Message
from tests.gateway.office import attach, open_office
from tests.gateway.rows import all_of

ROAD = PartForm("DISHUB", "Rambu di depan masjid roboh.")
NO_PHOTO = "Tidak ada yang dapat difoto."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def whole(office):
    """A case that PUPR coordinates."""
    ticket = office.hears()
    office.disposes(ticket)
    return ticket


@pytest.fixture
def part(office, whole):
    """The number of its only part, for Dishub."""
    splitting.split(office.runtime, office.rina, CaseRef(whole), [ROAD])
    return f"{whole}-1"


def running(office, ticket) -> list[str]:
    with office.runtime.transaction() as session:
        case_id = complaints.by_ticket(session, ticket).id
        return sorted(clock.kind for clock in complaints.running_clocks(session, case_id))


def spoken(office) -> list[str | None]:
    return [row.text_key for row in all_of(office.runtime, Message) if row.direction == "out"]


def kinds(office, ticket) -> list[str]:
    case_id = office.complaint(ticket).id
    rows = [row for row in all_of(office.runtime, ComplaintEvent) if row.complaint_id == case_id]
    return [row.kind for row in sorted(rows, key=lambda row: row.seq)]


def accepts(office, person, ticket):
    pdwork.accept(office.runtime, person, CaseRef(ticket), Plan("Kami cek", date(2026, 11, 27)))


def answers_part(office, part, text="Rambu sudah berdiri lagi."):
    accepts(office, office.hadi, part)
    form = DraftForm(done=text, proposal="resolved", no_photo=NO_PHOTO)
    drafts.save_draft(office.runtime, office.hadi, CaseRef(part), form, submit=True)
    given = Correction(text, final=True, no_photo=NO_PHOTO)
    answers.send_answer(office.runtime, office.rina, CaseRef(part), given)


def coordinator_drafts(office, whole):
    accepts(office, office.andi, whole)
    form = DraftForm(done="Lampu sudah diganti.", proposal="resolved", no_photo=NO_PHOTO)
    drafts.save_draft(office.runtime, office.andi, CaseRef(whole), form, submit=True)


def test_a_part_has_a_course_of_its_own_and_shows_nothing_of_the_reporter(office, whole, part):
    case = office.complaint(part)

    assert case.status is ComplaintStatus.DISPOSED
    assert (case.pd_code, office.complaint(whole).pd_code) == ("DISHUB", "DPUPR")
    assert running(office, part) == ["K2", "K3", "K5"]
    assert running(office, whole) == ["K2", "K3", "K5"]
    assert case.original_text == ""
    assert (case.nik, case.reporter_name, case.conversation_id) == (None, None, None)
    assert not publicly_visible(case)


def test_each_pd_sees_its_own_part_alone(runtime, office, whole, part):
    assert [row.ticket for row in pd_reading.listing(runtime, office.hadi, "baru").rows] == [part]
    assert [row.ticket for row in pd_reading.listing(runtime, office.andi, "baru").rows] == [whole]
    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, office.hadi, whole)
    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, office.andi, part)


def test_the_pd_of_a_part_sees_the_photos_but_no_identity_card(runtime, office, whole, part):
    photo = attach(runtime, whole)
    card = attach(runtime, whole, identity=True)

    shown = pd_reading.case(runtime, office.hadi, part)

    assert [item.id for item in shown.attachments] == [photo]
    assert open_file(runtime, office.hadi, photo, "tampil").mime == "image/jpeg"
    with pytest.raises(NotFoundError):
        open_file(runtime, office.hadi, card, "tampil")
    splitting.cancel_part(runtime, office.rina, CaseRef(part))
    with pytest.raises(NotFoundError):
        open_file(runtime, office.hadi, photo, "tampil")


def test_the_citizen_hears_of_one_complaint_and_gets_one_answer(runtime, office, whole, part):
    answers_part(office, part)
    coordinator_drafts(office, whole)

    shown = correction(runtime, office.rina, whole)
    given = Correction(shown.body, final=True, no_photo=NO_PHOTO)
    answers.send_answer(runtime, office.rina, CaseRef(whole), given)

    assert shown.body.startswith("Lampu sudah diganti.")
    assert "Dinas Perhubungan: Rambu sudah berdiri lagi." in shown.body
    assert spoken(office) == [
        "tiket_terbit", "diteruskan", "ditangani", "dijawab", "selesai_nilai",
    ]  # fmt: skip
    assert office.complaint(whole).status is ComplaintStatus.RESOLVED
    assert "K6" not in running(office, part)


def test_the_one_answer_waits_for_every_part(runtime, office, whole, part):
    coordinator_drafts(office, whole)
    given = Correction("Lampu sudah diganti.", final=True, no_photo=NO_PHOTO)

    with pytest.raises(InvalidInputError) as refused:
        answers.send_answer(runtime, office.rina, CaseRef(whole), given)

    assert part in refused.value.problems["body"]
    assert office.complaint(whole).status is ComplaintStatus.IN_PROGRESS
    splitting.cancel_part(runtime, office.rina, CaseRef(part))
    answers.send_answer(runtime, office.rina, CaseRef(whole), given)
    assert office.complaint(whole).status is ComplaintStatus.RESOLVED


def test_the_page_of_the_citizen_shows_the_parts_under_one_number(runtime, whole, part):
    with runtime.transaction() as session:
        pin = new_pin(runtime, complaints.by_ticket(session, whole))

    shown = tracking.track(runtime, whole, pin, "10.0.0.9")

    assert [name for name, _ in shown.parts] == ["Dinas Perhubungan"]
    assert "Dipecah" in [line.what for line in shown.timeline]
    with pytest.raises(InvalidInputError):
        tracking.track(runtime, part, "", "10.0.0.9")


def test_a_part_that_its_pd_returns_can_go_to_another(runtime, office, part):
    pdwork.send_back(runtime, office.hadi, CaseRef(part), Return("not_ours", "", "DLH"))

    keys = [row.key for row in inbox.overview(runtime, "dikembalikan").listing.rows]
    office.disposes(part, pd_code="DLH")

    assert keys == [part]
    assert office.complaint(part).pd_code == "DLH"
    assert not publicly_visible(office.complaint(part))
    assert spoken(office) == ["tiket_terbit", "diteruskan"]


def test_a_question_of_a_part_is_asked_under_the_number_of_the_whole(runtime, office, whole, part):
    pdwork.ask(runtime, office.hadi, CaseRef(part), "photo")
    office.hears_more(whole, "Ini fotonya pak")

    asked = next(row for row in all_of(runtime, Message) if row.text_key == "minta_info")
    assert asked.complaint_id == office.complaint(whole).id
    assert whole in asked.text
    assert part not in asked.text
    assert "Dinas Perhubungan" in asked.text
    assert office.complaint(part).citizen_wrote_at is not None


def test_a_split_can_be_undone_for_ten_seconds(runtime, office, whole, part, clock):
    clock.advance(seconds=9)

    splitting.undo_split(runtime, office.rina, CaseRef(whole))

    assert office.complaint(part).archived_at is not None
    assert running(office, part) == []
    assert kinds(office, whole)[-2:] == ["split", "part_cancelled"]
    with pytest.raises(MoveNotAllowedError):
        splitting.undo_split(runtime, office.rina, CaseRef(whole))


def test_after_ten_seconds_or_the_pds_first_step_undoing_is_refused(
    runtime, office, whole, part, clock
):
    accepts(office, office.hadi, part)
    with pytest.raises(MoveNotAllowedError):
        splitting.undo_split(runtime, office.rina, CaseRef(whole))
    splitting.split(runtime, office.rina, CaseRef(whole), [PartForm("DLH", "Sampah di sekitar.")])
    clock.advance(seconds=11)

    with pytest.raises(MoveNotAllowedError):
        splitting.undo_split(runtime, office.rina, CaseRef(whole))

    assert office.complaint(part).archived_at is None


def test_who_had_a_part_that_was_taken_back_reads_nothing_more_of_the_case(
    runtime, office, whole, part
):
    splitting.undo_split(runtime, office.rina, CaseRef(whole))
    office.hears_more(whole, "Sekarang tiangnya juga miring")

    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, office.hadi, part)
    assert office.complaint(part).pd_code is None


def test_a_part_that_was_taken_back_stays_so(runtime, office, part):
    splitting.cancel_part(runtime, office.rina, CaseRef(part))

    with pytest.raises(MoveNotAllowedError):
        casework.restore(runtime, office.rina, CaseRef(part))
    assert "restore" not in reading.case(runtime, office.rina, part).actions


def test_the_pd_that_a_case_is_about_loses_the_part_it_had_answered(runtime, office, whole, part):
    photo = attach(runtime, whole)
    answers_part(office, part)
    pdwork.send_back(runtime, office.andi, CaseRef(whole), Return("unclear"))

    office.disposes(whole, conflict="DISHUB")

    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, office.hadi, part)
    with pytest.raises(NotFoundError):
        open_file(runtime, office.hadi, photo, "tampil")
    assert office.complaint(part).privacy is Privacy.SECRET
    disposal.undo_disposal(runtime, office.rina, CaseRef(whole))
    assert pd_reading.case(runtime, office.hadi, part).reporter == "Pelapor anonim"


def test_an_undone_disposisi_takes_the_parts_back(runtime, office, whole, part):
    disposal.undo_disposal(runtime, office.rina, CaseRef(whole))

    assert office.complaint(part).archived_at is not None


@pytest.mark.parametrize(
    ("forms", "field"),
    [
        ([], "pd_1"),
        ([PartForm("", "Rambu")], "pd_1"),
        ([PartForm("DPUPR", "Lampu")], "pd_1"),
        ([PartForm("DISHUB", "")], "text_1"),
        ([PartForm("DISHUB", "Hubungi 0812 5550 1021 saja")], "text_1"),
        ([PartForm("DLH", "Sampah"), PartForm("DLH", "Sampah")], "pd_2"),
    ],
)
def test_what_is_no_part_is_refused_beside_its_field(runtime, office, whole, forms, field):
    with pytest.raises(InvalidInputError) as refused:
        splitting.split(runtime, office.rina, CaseRef(whole), forms)

    assert field in refused.value.problems
    assert len(all_of(runtime, Complaint)) == 1


def test_only_a_disposed_case_is_split_and_only_by_an_admin(runtime, office):
    ticket = office.hears()

    with pytest.raises(MoveNotAllowedError):
        splitting.split(runtime, office.rina, CaseRef(ticket), [ROAD])
    with pytest.raises(ForbiddenError):
        splitting.split(runtime, office.dewi, CaseRef(ticket), [ROAD])


def until_somebody_waits_for(session) -> None:
    """Go on once another transaction waits for a lock of this one."""
    waiting = sql(
        "SELECT count(*) FROM pg_locks WHERE NOT granted"
        " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    for _ in range(1000):
        if session.scalar(waiting):
            return
        session.execute(sql("SELECT pg_sleep(0.01)"))
    pytest.fail("nobody waits")


def test_who_closes_the_whole_waits_for_who_answers_a_part_and_neither_dies(
    runtime, office, whole, part
):
    """Both lock the whole before the part; the other order was a deadlock."""
    accepts(office, office.hadi, part)
    referral = casework.Referral("PLN", "123", "Tiang PLN")
    closing = Thread(target=casework.refer, args=(runtime, office.rina, CaseRef(whole), referral))

    with runtime.transaction() as session:
        answered = open_case(session, CaseRef(part), office.rina)
        closing.start()
        until_somebody_waits_for(session)
        move(answered, ComplaintStatus.RESOLVED, runtime.now())
        parts.settle(session, answered, office.rina, runtime.now())
    closing.join()

    assert office.complaint(part).status is ComplaintStatus.RESOLVED
    assert office.complaint(whole).status is ComplaintStatus.NOT_COMPETENT
    assert kinds(office, whole)[-2:] == ["part_resolved", "referred"]
