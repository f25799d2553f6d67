"""Konflik kepentingan, priorities, and disposisi that come back."""

import pytest

from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal, pdwork, returns
from gateway.casework.pdwork import Return
from gateway.errors import ForbiddenError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.reading import inbox, pd_reading, reading
from gateway.rules.people import Role, Staff
from gateway.rules.statuses import publicly_visible
from store import complaints
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus, Privacy
from store.models.messaging import Message
from tests.gateway.citizen import Citizen
from tests.gateway.office import open_office
from tests.gateway.rows import all_of

BRIBE = "Petugas Dinas Perhubungan di terminal desa Air Putih minta uang sejak 3 November 2026"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def inspector():
    return Staff(99, "ira", "Ira", Role.INSPEKTORAT, "INSPEKTORAT", "Inspektorat Daerah")


def kinds(office, ticket) -> list[str]:
    case_id = office.complaint(ticket).id
    rows = [row for row in all_of(office.runtime, ComplaintEvent) if row.complaint_id == case_id]
    return [row.kind for row in sorted(rows, key=lambda row: row.seq)]


def test_a_complaint_about_a_pd_goes_to_the_inspectorate_unseen_by_it(runtime, office, inspector):
    ticket = office.hears(BRIBE, privacy=Privacy.SECRET)

    office.disposes(ticket, pd_code="DISHUB", conflict="DISHUB")

    case = office.complaint(ticket)
    assert (case.pd_code, case.conflict_pd) == ("INSPEKTORAT", "DISHUB")
    assert [row.ticket for row in pd_reading.listing(runtime, inspector, "baru").rows] == [ticket]
    assert pd_reading.case(runtime, inspector, ticket).reporter == "Rahasia"
    with pytest.raises(NotFoundError):
        pd_reading.case(runtime, office.hadi, ticket)


def test_the_switch_makes_an_open_complaint_secret(runtime, office):
    ticket = office.hears(BRIBE)

    office.disposes(ticket, conflict="DISHUB", publish=True)

    case = office.complaint(ticket)
    assert case.privacy is Privacy.SECRET
    assert not publicly_visible(case)
    assert [row.text_key for row in all_of(runtime, Message) if row.direction == "out"][-1] == (
        "status"
    )


def test_a_case_that_comes_back_cannot_go_to_the_pd_it_is_about(runtime, office, inspector):
    ticket = office.hears(BRIBE)
    office.disposes(ticket, conflict="DISHUB")
    pdwork.send_back(runtime, _known(office, inspector), CaseRef(ticket), Return("unclear"))

    with pytest.raises(InvalidInputError) as refused:
        office.disposes(ticket, pd_code="DISHUB")

    assert "pd_code" in refused.value.problems


def test_a_case_about_a_pd_stays_unpublished_though_its_reporter_wants_it_open(
    runtime, office, inspector
):
    ticket = office.hears(BRIBE)
    office.disposes(ticket, conflict="DISHUB")
    with runtime.transaction() as session:
        complaints.by_ticket(session, ticket).privacy = Privacy.ANONYMOUS  # UBAH
    pdwork.send_back(runtime, _known(office, inspector), CaseRef(ticket), Return("unclear"))

    office.disposes(ticket, pd_code="INSPEKTORAT", publish=True)

    case = office.complaint(ticket)
    assert case.public_approved_at is None
    assert not publicly_visible(case)


def _known(office, inspector):
    """The inspector with the id of an account that exists: the history refers to it."""
    return Staff(office.tuti.id, "ira", "Ira", inspector.role, inspector.pd_code)


def test_undoing_the_disposisi_undoes_the_switch(runtime, office):
    ticket = office.hears(BRIBE)
    office.disposes(ticket, conflict="DISHUB")

    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))

    case = office.complaint(ticket)
    assert (case.conflict_pd, case.privacy) == (None, Privacy.ANONYMOUS)
    assert kinds(office, ticket)[-2:] == ["conflict_lifted", "disposisi_undone"]
    with runtime.transaction() as session:
        assert complaints.history_is_whole(session, case.id)


def test_the_page_names_the_pd_that_the_words_name(runtime, office):
    ticket = office.hears(BRIBE)
    plain = office.hears(sender="+6281255501044")

    assert reading.case(runtime, office.rina, ticket).named == [("DISHUB", "Dinas Perhubungan")]
    assert reading.case(runtime, office.rina, plain).named == []


def test_an_unknown_pd_is_no_conflict(office):
    ticket = office.hears(BRIBE)

    with pytest.raises(InvalidInputError) as refused:
        office.disposes(ticket, conflict="INSPEKTORAT")

    assert "conflict" in refused.value.problems
    assert office.complaint(ticket).privacy is Privacy.ANONYMOUS


def test_a_changed_priority_is_written_down_and_sorts_the_queues(runtime, office):
    ticket = office.hears()

    before = casework.set_priority(runtime, office.rina, CaseRef(ticket), "urgent")

    assert before == "normal"
    assert inbox.overview(runtime, "mendesak").listing.rows[0].key == ticket
    assert kinds(office, ticket)[-1] == "priority_changed"
    with pytest.raises(InvalidInputError):
        casework.set_priority(runtime, office.rina, CaseRef(ticket), "tinggi")
    with pytest.raises(ForbiddenError):
        casework.set_priority(runtime, office.dewi, CaseRef(ticket), "low")


def test_within_one_working_day_a_pd_returns_alone_and_suggests_another(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(hours=20)

    at_once = pdwork.send_back(
        runtime, office.andi, CaseRef(ticket), Return("not_ours", "Milik PLN", "DLH")
    )

    shown = reading.case(runtime, office.rina, ticket)
    assert at_once
    assert office.complaint(ticket).status is ComplaintStatus.RECEIVED
    assert "Dinas Lingkungan Hidup" in shown.returned
    assert shown.returns == 1


def test_later_diskominfo_must_agree(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(days=10)

    at_once = pdwork.send_back(runtime, office.andi, CaseRef(ticket), Return("not_ours"))

    case = office.complaint(ticket)
    rows = inbox.overview(runtime, "dikembalikan").listing.rows
    assert not at_once
    assert (case.status, case.pd_code) == (ComplaintStatus.DISPOSED, "DPUPR")
    assert [row.key for row in rows] == [ticket]
    returns.agree(runtime, office.rina, CaseRef(ticket))
    assert office.complaint(ticket).status is ComplaintStatus.RECEIVED
    assert kinds(office, ticket)[-2:] == ["return_asked", "returned"]


def test_a_refused_return_leaves_the_case_with_its_pd(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(days=10)
    pdwork.send_back(runtime, office.andi, CaseRef(ticket), Return("not_ours"))

    returns.refuse(runtime, office.rina, CaseRef(ticket))

    case = office.complaint(ticket)
    assert (case.status, case.return_asked_at) == (ComplaintStatus.DISPOSED, None)
    assert reading.case(runtime, office.rina, ticket).returns == 0
    for decide in (returns.agree, returns.refuse):
        with pytest.raises(MoveNotAllowedError):
            decide(runtime, office.rina, CaseRef(ticket))


def test_an_undone_disposisi_is_no_return(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))

    assert reading.case(runtime, office.rina, ticket).returns == 0


def test_a_citizen_objects_once(runtime, office, hear, telegram):
    citizen = Citizen(runtime, telegram, hear)
    citizen.writes("Lampu jalan mati desa Air Putih sejak 3 November. NIK 1403010107859002")
    (ticket,) = [row.ticket for row in all_of(runtime, Complaint)]
    referral = casework.Referral("PLN", "123", "Tiang PLN")
    casework.refer(runtime, office.rina, CaseRef(ticket), referral)
    citizen.hears()

    first = citizen.writes("KEBERATAN")
    casework.accept_objection(runtime, office.rina, CaseRef(ticket))
    casework.refer(runtime, office.rina, CaseRef(ticket), referral)
    citizen.hears()
    second = citizen.writes("KEBERATAN")

    assert (first, second) == (["ke_petugas"], ["status"])
    assert kinds(office, ticket).count("objected") == 1
