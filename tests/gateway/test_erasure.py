"""Forgetting who reported: when all has ended long enough ago, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from gateway import audit, erasure, sweeps
from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.dialogue import ktp
from store.models.complaint import Complaint, ComplaintStatus
from store.models.erasure import ErasedConversation
from store.models.messaging import Attachment, Conversation, MediaState, Message
from tests.gateway.office import PHONE, attach, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

YEAR = timedelta(days=366)


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def ends(runtime, office, ticket):
    casework.archive(runtime, office.rina, CaseRef(ticket), "test")


def test_a_year_after_the_last_case_ended_nothing_names_the_reporter(runtime, office, clock):
    ticket = office.hears()
    ends(runtime, office, ticket)
    said = office.complaint(ticket).public_text
    clock.advance(days=364)
    erasure.run(runtime)
    assert office.complaint(ticket).nik is not None

    clock.advance(days=2)
    tuti = logged_in(make_app(runtime), "tuti")
    tuti.opens("/pengaturan/penyimpanan")
    assert "1 percakapan, 1 aduan" in tuti.page
    assert 'value="12"' in tuti.page
    assert office.complaint(ticket).nik is not None  # a dry run
    sweeps.run(runtime)

    case, (talk,) = office.complaint(ticket), all_of(runtime, Conversation)
    assert (case.nik, case.nik_key, case.reporter_name, case.chronology) == (None,) * 4
    assert (case.original_text, case.public_text) == (said, said)
    assert (talk.sender, talk.sender_name, talk.repliable) == (None, None, False)
    assert talk.sender_key != runtime.keys.lookup("sender", PHONE)
    texts = [row.text or "" for row in all_of(runtime, Message)]
    assert not any("1403010107859002" in text or "5550" in text for text in texts)
    tuti.opens("/pengaturan/penyimpanan")
    assert tuti.page.index("0 percakapan, 0 aduan") < tuti.page.index("1 percakapan, 1 aduan")
    audit.seal(runtime)
    assert [one.findings for one in audit.verify_complaints(runtime)] == [[]]
    assert list(audit.verify_rest(runtime)) == []


@pytest.mark.parametrize("keeps", ["a living case", "a new message", "a later end", "a block"])
def test_who_is_not_done_with_us_is_not_forgotten(runtime, office, clock, keeps):
    ticket = office.hears()
    if keeps == "a living case":
        office.hears()
    if keeps != "a later end":
        ends(runtime, office, ticket)
    clock.advance(days=300)
    if keeps == "a later end":
        ends(runtime, office, ticket)
    with runtime.transaction() as session:
        talk = session.query(Conversation).one()
        if keeps == "a new message":
            talk.last_activity_at = clock()
        if keeps == "a block":
            talk.blocked_until = clock() + YEAR
    clock.advance(days=100)

    assert erasure.run(runtime) == 0
    assert office.complaint(ticket).nik == "1403010107859002"


def test_a_case_opened_anew_while_the_job_looks_keeps_its_reporter(runtime, office, clock, engine):
    ticket = office.hears()
    ends(runtime, office, ticket)
    clock.advance(days=400)

    @event.listens_for(engine, "after_cursor_execute")
    def opens_anew(_connection, _cursor, statement, *_):
        if statement.rstrip().endswith("SKIP LOCKED") and "erased_conversation" in statement:
            with runtime.transaction() as session:
                session.query(Complaint).filter_by(ticket=ticket).one().archived_at = None

    assert erasure.run(runtime) == 0
    assert office.complaint(ticket).archived_at is None
    assert office.complaint(ticket).nik == "1403010107859002"


def test_hidden_photos_go_with_their_owner_and_evidence_stays(runtime, office, clock):
    ticket = office.hears()
    hidden, evidence = attach(runtime, ticket, identity=True), attach(runtime, ticket)
    living = attach(runtime, office.hears(sender="+6281255501041"), identity=True)
    ends(runtime, office, ticket)
    clock.advance(days=400)

    erasure.run(runtime)
    gone = ktp.erase_due(runtime)

    states = {row.id: row.state for row in all_of(runtime, Attachment)}
    assert gone == 1
    assert states == {
        hidden: MediaState.ERASED, evidence: MediaState.STORED, living: MediaState.STORED
    }  # fmt: skip


def test_a_follower_ends_with_the_case_it_follows(runtime, office, clock):
    leading, follower = office.hears(), office.hears(sender="+6281255501041")
    with runtime.transaction() as session:
        number = session.scalar(select(Complaint.id).where(Complaint.ticket == leading))
        session.query(Complaint).filter_by(ticket=follower).one().leading_id = number
    clock.advance(days=400)
    assert erasure.run(runtime) == 0
    with runtime.transaction() as session:
        case = session.get_one(Complaint, number)
        case.status, case.status_at = ComplaintStatus.RESOLVED, clock()
    clock.advance(days=400)

    assert erasure.run(runtime) == 2


def test_the_months_are_the_governments_and_many_go_in_one_day_each_once(runtime, office, clock):
    ends(runtime, office, office.hears())
    with runtime.transaction() as session:
        for place in range(120):
            session.add(
                Conversation(
                    channel="sms",
                    account="akun",
                    sender_key=f"kunci-{place}",
                    created_at=clock(),
                    last_activity_at=clock(),
                )
            )
    app = make_app(runtime)
    tuti = logged_in(app, "tuti")
    tuti.opens("/pengaturan/penyimpanan")
    assert tuti.sends("/pengaturan/penyimpanan", months="0").status_code == 422
    tuti.follows(tuti.sends("/pengaturan/penyimpanan", months="2"))
    assert 'value="2"' in tuti.page
    clock.advance(days=62)
    patient = erasure.run(runtime)  # of a process that still knows twelve months
    clock.advance(days=1)
    runtime.facts["retention"] = {"months": 2}
    gone = erasure.run(runtime), erasure.run(runtime)

    assert (patient, gone) == (0, (121, 0))
    with runtime.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ErasedConversation)) == 121
