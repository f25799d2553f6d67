"""Konflik kepentingan of a case in work: the PD loses it at once, the Inspektorat has it."""

import pytest

from channels.message import DeliveryStatus
from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from gateway.casework import assignments, casework, conflicts, disposal, pdwork, splitting
from gateway.errors import (
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.officers import staff_sending
from gateway.reading import pd_reading, reading
from gateway.rules.people import Role, Staff
from gateway.rules.statuses import publicly_visible
from store import complaints
from store.models.complaint import Clock, ComplaintStatus, DraftAnswer, Privacy
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from store.models.staff import AuditEntry, StaffUser
from store.models.staff_contact import StaffAlert
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only

pytestmark = pytest.mark.usefixtures("office")
WHY = "Pelapor menyebut petugas dinas itu meminta uang."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def ira(runtime):
    """An officer of the Inspektorat with an account."""
    with runtime.transaction() as session:
        user = StaffUser(
            username="ira", name="Ira", role=Role.INSPEKTORAT, pd_code="INSPEKTORAT",
            password_hash="", created_at=runtime.now(),
        )  # fmt: skip
        session.add(user)
        session.flush()
        return Staff(user.id, "ira", "Ira", user.role, user.pd_code, "Inspektorat Daerah")


def clocks_of(runtime):
    return sorted(row.kind for row in all_of(runtime, Clock) if row.stopped_at is None)


def test_the_pd_loses_the_case_at_once_and_the_inspektorat_has_it(runtime, office, ira):
    ticket = office.in_correction()
    browser = logged_in(make_app(runtime), "andi")
    seen = browser.opens(f"/pd/aduan/{ticket}").status_code
    shown = publicly_visible(office.complaint(ticket))

    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)

    case = office.complaint(ticket)
    gone = browser.opens(f"/pd/aduan/{ticket}")
    nowhere = browser.opens("/pd/aduan/26-99999-9")
    assert (seen, shown) == (200, True)
    assert (gone.status_code, gone.data) == (nowhere.status_code, nowhere.data)
    assert (case.status, case.pd_code) == (ComplaintStatus.DISPOSED, "INSPEKTORAT")
    assert (case.conflict_pd, case.privacy) == ("DPUPR", Privacy.SECRET)
    assert not publicly_visible(case)
    assert clocks_of(runtime) == ["K2", "K3", "K5"]
    assert [row.ticket for row in pd_reading.listing(runtime, ira, "baru").rows] == [ticket]
    assert [row.reason for row in all_of(runtime, AuditEntry)] == [WHY]
    with runtime.transaction() as session:
        assert complaints.history_is_whole(session, case.id)


def test_its_draft_stays_and_can_be_sent_no_more(runtime, office, ira):
    ticket = office.in_correction()
    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)

    with pytest.raises(NotFoundError):
        answers.send_answer(
            runtime, office.rina, CaseRef(ticket), Correction("Sudah beres.", final=False)
        )

    assert only(runtime, DraftAnswer).body.startswith("Lampu sdh diganti")
    kinds = [line.what for line in reading.case(runtime, office.rina, ticket).history]
    assert "Draf diajukan" in kinds
    assert pd_reading.case(runtime, ira, ticket).draft.done == ""
    assert reading.case(runtime, office.rina, ticket).returns == 0


def test_the_citizen_hears_the_status_and_not_a_word_of_the_case(runtime, office):
    ticket = office.in_correction()

    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)

    last = max(all_of(runtime, Message), key=lambda row: row.id)
    assert last.text_key == "status"
    assert "Inspektorat" in last.text
    assert "Lampu" not in last.text


def test_what_waits_for_its_officers_is_dropped_and_the_rest_is_told(
    runtime, office, telegram, hear, clock, ira
):
    andi = Officer(runtime, telegram, hear, office.andi).links()
    inspector = Officer(runtime, telegram, hear, ira, "5550100901").links()
    about, other = (office.hears(sender=f"+6281255501{n}") for n in ("041", "042"))
    for ticket in (about, other):
        office.disposes(ticket)
    assignments.set_following(runtime, office.andi, CaseRef(about), follow=True)
    clock.advance(seconds=11)
    staff_sending.drain(runtime)  # queued, and the platform has not taken it yet

    conflicts.divert(runtime, office.rina, CaseRef(about), "DPUPR", WHY)

    held = [row for row in all_of(runtime, OutboxPart) if row.status is DeliveryStatus.SUPPRESSED]
    assert len(held) == 1
    assert andi.reads() == ["petugas_gabungan"]  # written, and held back
    assert about not in str([part.text for part in telegram.sent])
    assert assignments.count_unread(runtime, office.andi) == 0
    clock.advance(minutes=3)
    assert inspector.is_told() == ["petugas_disposisi"]
    assert andi.reads() == ["petugas_disposisi"]
    assert other in andi.last()[0].text
    assert about not in andi.last()[0].text
    assert "Lampu" not in inspector.last()[0].text
    assert all(row.settled_at for row in all_of(runtime, StaffAlert))


def test_quoting_an_earlier_notice_reaches_nothing(runtime, office, telegram, hear, clock):
    andi = Officer(runtime, telegram, hear, office.andi).links()
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=11)
    andi.is_told()
    notice = andi.last()[1]

    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)
    answered = andi.writes("Lampu sudah kami ganti pagi ini.", quoting=notice)

    assert answered == ["petugas_asing"]
    assert all_of(runtime, DraftAnswer) == []


def test_parts_of_the_case_are_taken_back_from_their_pds_too(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    form = splitting.PartForm("DISHUB", "Rambu di depan masjid roboh.")
    splitting.split(runtime, office.rina, CaseRef(ticket), [form])

    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DISHUB", WHY)

    for person, number in ((office.hadi, f"{ticket}-1"), (office.andi, ticket)):
        with pytest.raises(NotFoundError):
            pd_reading.case(runtime, person, number)
    assert office.complaint(f"{ticket}-1").archived_reason == "part_cancelled"


def test_lifted_it_waits_in_masuk_as_it_was_before(runtime, office, ira):
    ticket = office.hears()
    office.disposes(ticket)
    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)
    pdwork.accept(runtime, ira, CaseRef(ticket), pdwork.Plan("Memeriksa", runtime.now().date()))
    casework.add_note(runtime, ira, CaseRef(ticket), "Saksi: satpam terminal", for_pd=True)

    conflicts.lift(runtime, office.rina, CaseRef(ticket), "Ternyata bukan petugas dinas itu.")

    case = office.complaint(ticket)
    assert (case.status, case.pd_code, case.conflict_pd) == (ComplaintStatus.RECEIVED, None, None)
    assert (case.privacy, case.public_approved_at) == (Privacy.ANONYMOUS, None)
    assert clocks_of(runtime) == ["K1"]
    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, ira, ticket)
    office.disposes(ticket)
    page = pd_reading.case(runtime, office.andi, ticket)
    assert "satpam" not in str(page)
    assert "Ditangani" not in [line.what for line in page.history]
    assert "Inspektorat" not in str(page.history)
    with runtime.transaction() as session:
        assert complaints.history_is_whole(session, case.id)


def test_what_the_reporter_chose_meanwhile_stays(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)
    with runtime.transaction() as session:
        case = complaints.by_ticket(session, ticket, lock=True)
        case.privacy = Privacy.SECRET
        complaints.append_event(session, case, "privacy_changed", at=runtime.now())

    conflicts.lift(runtime, office.rina, CaseRef(ticket), "Ternyata bukan.")

    assert office.complaint(ticket).privacy is Privacy.SECRET


@pytest.mark.parametrize(
    ("about", "reason", "field"),
    [
        ("", WHY, "conflict"),
        ("INSPEKTORAT", WHY, "conflict"),
        ("DPUPR", " ", "reason"),
        ("DPUPR", "ya", "reason"),
    ],
)
def test_a_form_with_a_fault_changes_nothing(runtime, office, about, reason, field):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(InvalidInputError) as refused:
        conflicts.divert(runtime, office.rina, CaseRef(ticket), about, reason)

    assert list(refused.value.problems) == [field]
    assert office.complaint(ticket).pd_code == "DPUPR"


def test_only_a_case_in_work_is_diverted_and_only_once(runtime, office):
    ticket = office.hears()
    for step in (
        lambda: conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY),
        lambda: conflicts.lift(runtime, office.rina, CaseRef(ticket), WHY),
    ):
        with pytest.raises(MoveNotAllowedError):
            step()
    office.disposes(ticket)
    with pytest.raises(ForbiddenError):
        conflicts.divert(runtime, office.dewi, CaseRef(ticket), "DPUPR", WHY)
    conflicts.divert(runtime, office.rina, CaseRef(ticket), "DPUPR", WHY)
    with pytest.raises(MoveNotAllowedError):
        conflicts.divert(runtime, office.rina, CaseRef(ticket), "DISHUB", WHY)
    with pytest.raises(MoveNotAllowedError):
        disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))


def test_the_switch_stands_on_the_page_and_a_stale_form_keeps_its_words(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}/konflik")
    stale = rina.page
    fields = {"conflict": "DPUPR", "reason": WHY}

    missing = rina.sends(f"/kotak/aduan/{ticket}/konflik", conflict="DPUPR", reason="")
    casework.set_priority(runtime, office.rina, CaseRef(ticket), "urgent")
    rina.page = stale
    late = rina.sends(f"/kotak/aduan/{ticket}/konflik", **fields)
    kept = WHY in rina.page
    rina.opens(f"/kotak/aduan/{ticket}/konflik")
    done = rina.sends(f"/kotak/aduan/{ticket}/konflik", **fields)
    page = rina.follows(done)
    rina.opens(f"/kotak/aduan/{ticket}/cabut-konflik")
    lifted = rina.sends(f"/kotak/aduan/{ticket}/cabut-konflik", reason="Ternyata bukan.")

    assert (missing.status_code, late.status_code, kept) == (422, 409, True)
    assert "Tidak terlihat oleh" in page
    assert "Cabut" in page
    assert "dicabut. Aduan kembali ke Masuk." in rina.follows(lifted)
