from datetime import date

import pytest
from sqlalchemy import select, text

from channels.message import ChannelName
from gateway.answering import correspondence
from gateway.answering.correspondence import Reply
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal, pdwork
from gateway.casework.casework import Referral
from gateway.casework.pdwork import Plan, Return
from gateway.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.rules.statuses import MOVES, WORDS, may_move, publicly_visible
from store import complaints
from store.models.complaint import (
    Clock,
    ComplaintEvent,
    ComplaintStatus,
    Note,
    Priority,
    Privacy,
)
from store.models.messaging import Conversation, Message
from store.models.outbox import OutboxPart
from store.models.staff import AuditEntry
from tests.gateway.office import a_disposal, open_office
from tests.gateway.rows import all_of, statuses


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def spoken(runtime) -> list[str | None]:
    """The catalogue keys of what was queued for citizens."""
    return [message.text_key for message in all_of(runtime, Message) if message.direction == "out"]


def running(runtime, ticket_id: int) -> list[str]:
    with runtime.transaction() as session:
        return sorted(clock.kind for clock in complaints.running_clocks(session, ticket_id))


def whole(runtime, complaint_id: int) -> bool:
    with runtime.transaction() as session:
        return complaints.history_is_whole(session, complaint_id)


def test_a_disposed_case_goes_to_one_pd_and_its_clocks_start(runtime, office):
    ticket = office.hears()

    office.disposes(ticket)

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.DISPOSED
    assert case.pd_code == "DPUPR"
    assert running(runtime, case.id) == ["K2", "K3", "K5"]
    assert publicly_visible(case)
    assert whole(runtime, case.id)


def test_the_notice_of_a_disposisi_waits_ten_seconds(runtime, office, clock):
    ticket = office.hears()

    office.disposes(ticket)

    notice = all_of(runtime, OutboxPart)[-1]
    assert spoken(runtime) == ["tiket_terbit", "diteruskan"]
    assert (notice.next_attempt_at - clock()).total_seconds() == 10


def test_an_undone_disposisi_tells_nobody(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=5)

    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.RECEIVED
    assert case.pd_code is None
    assert not publicly_visible(case)
    assert statuses(runtime)[-1] == "suppressed"
    assert running(runtime, case.id) == ["K1"]


def test_a_disposisi_cannot_be_undone_after_ten_seconds(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(seconds=11)

    with pytest.raises(MoveNotAllowedError):
        disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))

    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pd_code", ""),
        ("pd_code", "PLN"),
        ("category", "TIDAK_ADA"),
        ("due_on", date(2026, 11, 1)),
        ("title", " "),
        ("public_text", "Hubungi 0812 5550 9902"),
        ("public_text", "NIK 1403010107859002"),
    ],
)
def test_a_disposisi_with_a_fault_changes_nothing(runtime, office, field, value):
    ticket = office.hears()

    with pytest.raises(InvalidInputError) as caught:
        disposal.dispose(runtime, office.rina, CaseRef(ticket), a_disposal(**{field: value}))

    assert list(caught.value.problems) == [field]
    assert office.complaint(ticket).status is ComplaintStatus.RECEIVED


def test_a_secret_case_is_never_published_and_its_news_hold_only_number_and_status(runtime, office):
    ticket = office.hears(privacy=Privacy.SECRET)

    office.disposes(ticket)
    office.accepts(ticket)

    case = office.complaint(ticket)
    assert case.public_approved_at is None
    assert not publicly_visible(case)
    assert spoken(runtime) == ["tiket_terbit", "status", "status"]
    assert all("Mengganti lampu" not in (m.text or "") for m in all_of(runtime, Message))


def test_who_said_berhenti_hears_no_more(runtime, office, clock):
    ticket = office.hears(news_stopped_at=clock())

    office.disposes(ticket)

    assert spoken(runtime) == ["tiket_terbit"]


def test_an_operator_cannot_dispose(runtime, office):
    ticket = office.hears()

    with pytest.raises(ForbiddenError):
        disposal.dispose(runtime, office.dewi, CaseRef(ticket), a_disposal())


def test_a_form_from_an_older_state_is_refused(runtime, office):
    ticket = office.hears()
    version = office.complaint(ticket).version
    casework.not_an_emergency(runtime, office.rina, CaseRef(ticket))
    with runtime.transaction() as session:
        case = complaints.by_ticket(session, ticket)
        assert case is not None
        case.priority = Priority.LOW

    with pytest.raises(ConflictError):
        disposal.dispose(runtime, office.rina, CaseRef(ticket, version), a_disposal())


def test_the_chosen_day_replaces_the_rule(runtime, office):
    ticket = office.hears()

    office.disposes(ticket, due_on=date(2026, 12, 2))

    case = office.complaint(ticket)
    with runtime.transaction() as session:
        draft_clock = complaints.running_clock(session, case.id, "K3")
    assert draft_clock is not None
    assert draft_clock.due_at.isoformat() == "2026-12-02T09:00:00+00:00"


def test_accepting_is_the_first_response(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    office.accepts(ticket)

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.IN_PROGRESS
    assert running(runtime, case.id) == ["K3", "K5"]
    told = all_of(runtime, Message)[-1]
    assert told.text_key == "ditangani"
    assert "Rencana: Mengganti lampu" in (told.text or "")
    assert "Jum 27/11 16.00" in (told.text or "")


def test_a_plan_needs_words_and_a_day(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(InvalidInputError):
        pdwork.accept(runtime, office.andi, CaseRef(ticket), Plan("", None))

    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


def test_another_pds_number_is_as_unknown_as_one_that_does_not_exist(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    plan = Plan("Mengganti lampu", date(2026, 11, 27))

    for number in (ticket, "26-99999-0"):
        with pytest.raises(NotFoundError):
            pdwork.accept(runtime, office.hadi, CaseRef(number), plan)


def test_a_returned_case_leaves_the_pd_and_waits_in_masuk(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    pdwork.send_back(
        runtime, office.andi, CaseRef(ticket), Return("not_ours", "Tiang milik Dishub", "DISHUB")
    )

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.RECEIVED
    assert case.pd_code is None
    assert case.returned_at is not None
    assert running(runtime, case.id) == ["K1"]


def test_a_scheduled_case_comes_back_on_its_day(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    pdwork.schedule(runtime, office.andi, CaseRef(ticket), date(2026, 12, 1), "Menunggu alat")
    scheduled = office.complaint(ticket).status

    clock.advance(days=10)
    assert pdwork.resume_due(runtime) == 0
    clock.advance(days=1)
    assert pdwork.resume_due(runtime) == 1

    assert scheduled is ComplaintStatus.PENDING_SCHEDULED
    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS


def test_asking_the_citizen_lets_the_draft_clock_stand_still(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    case = office.complaint(ticket)

    with runtime.transaction() as session:
        due_before = complaints.running_clock(session, case.id, "K3").due_at
    pdwork.ask(runtime, office.andi, CaseRef(ticket), "where")
    asked = all_of(runtime, Message)[-1].text or ""
    clock.advance(hours=20)
    office.hears_more(ticket, "Di simpang gang Mawar")

    with runtime.transaction() as session:
        resumed = complaints.running_clock(session, case.id, "K3")
    assert "Di mana tepatnya" in asked
    assert (resumed.due_at - due_before).total_seconds() == 20 * 3600
    assert resumed.paused_at is None


def test_a_pd_cannot_write_its_own_question_to_a_citizen(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(InvalidInputError):
        pdwork.ask(runtime, office.andi, CaseRef(ticket), "Siapa nama Anda dan berapa NIK Anda?")

    assert "Siapa nama" not in str([m.text for m in all_of(runtime, Message)])


def test_what_is_no_complaint_is_archived_with_a_reason_and_can_come_back(runtime, office):
    ticket = office.hears()

    casework.archive(runtime, office.dewi, CaseRef(ticket), "spam")
    archived = office.complaint(ticket)
    casework.restore(runtime, office.dewi, CaseRef(ticket))

    assert archived.archived_reason == "spam"
    assert not may_move(archived, ComplaintStatus.DISPOSED)
    assert office.complaint(ticket).archived_at is None
    assert spoken(runtime) == ["tiket_terbit"]


def test_a_referred_citizen_learns_the_body_and_its_contact(runtime, office):
    ticket = office.hears()

    casework.refer(
        runtime, office.rina, CaseRef(ticket), Referral("PLN", "telepon 123", "Tiang milik PLN")
    )

    told = all_of(runtime, Message)[-1]
    assert told.text_key == "bukan_kewenangan"
    assert "telepon 123" in (told.text or "")
    assert office.complaint(ticket).status is ComplaintStatus.NOT_COMPETENT


def test_an_accepted_objection_brings_the_case_back(runtime, office):
    ticket = office.hears()
    casework.refer(runtime, office.rina, CaseRef(ticket), Referral("PLN", "123", "Milik PLN"))

    casework.accept_objection(runtime, office.rina, CaseRef(ticket))

    case = office.complaint(ticket)
    assert case.status is ComplaintStatus.RECEIVED
    assert running(runtime, case.id) == ["K1"]


def test_an_sms_about_a_referral_stays_within_one_segment(runtime, office):
    ticket = office.hears(channel=ChannelName.SMS)

    casework.refer(
        runtime,
        office.rina,
        CaseRef(ticket),
        Referral("PDAM", "loket pelayanan di jalan pahlawan nomor sepuluh dekat pasar", "PDAM"),
    )

    assert len(all_of(runtime, Message)[-1].text or "") <= 160


def test_a_note_is_no_message(runtime, office):
    ticket = office.hears()
    parts = len(all_of(runtime, OutboxPart))

    casework.add_note(runtime, office.rina, CaseRef(ticket), "Mirip aduan kemarin", for_pd=False)

    assert [note.body for note in all_of(runtime, Note)] == ["Mirip aduan kemarin"]
    assert len(all_of(runtime, OutboxPart)) == parts


def test_opening_an_identity_needs_a_reason_and_is_kept(runtime, office):
    ticket = office.hears()

    with pytest.raises(InvalidInputError):
        casework.unmask(runtime, office.rina, CaseRef(ticket), " ")
    casework.unmask(runtime, office.rina, CaseRef(ticket), "Menelepon pelapor untuk lokasi")

    entries = [entry for entry in all_of(runtime, AuditEntry) if entry.action == "unmask"]
    assert [(entry.actor_id, entry.reason) for entry in entries] == [
        (office.rina.id, "Menelepon pelapor untuk lokasi")
    ]
    events = all_of(runtime, ComplaintEvent)
    assert "Menelepon" not in str([event.data for event in events])


def test_a_reply_pressed_twice_leaves_once(runtime, office):
    ticket = office.hears()
    parts = len(all_of(runtime, OutboxPart))
    reply = Reply("Terima kasih, kami cek.", "kunci-formulir")

    correspondence.reply_to_case(runtime, office.dewi, CaseRef(ticket), reply)
    correspondence.reply_to_case(runtime, office.dewi, CaseRef(ticket), reply)

    assert len(all_of(runtime, OutboxPart)) == parts + 1
    assert all_of(runtime, Message)[-1].staff_id == office.dewi.id


def test_who_cannot_be_reached_is_not_written_to(runtime, office):
    ticket = office.hears()
    with runtime.transaction() as session:
        session.scalars(select(Conversation)).one().suppressed_reason = "opt_out"

    with pytest.raises(InvalidInputError):
        correspondence.reply_to_case(runtime, office.rina, CaseRef(ticket), Reply("Halo"))

    assert [m.text for m in all_of(runtime, Message)].count("Halo") == 0


def test_a_message_moves_to_another_complaint_of_the_same_person_only(runtime, office):
    first = office.hears()
    second = office.hears("Sampah menumpuk di pasar Damon sejak 5 November 2026")
    foreign = office.hears("Jalan rusak di Meskom", sender="+6281255501099")
    moved = all_of(runtime, Message)[0]

    correspondence.move_message(runtime, office.rina, moved.id, second)
    with pytest.raises(MoveNotAllowedError):
        correspondence.move_message(runtime, office.rina, moved.id, foreign)

    assert all_of(runtime, Message)[0].complaint_id == office.complaint(second).id
    assert whole(runtime, office.complaint(first).id)


def test_a_handed_over_conversation_can_become_a_complaint(runtime, office):
    office.hears()
    with runtime.transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.needs_person_at = conversation.draft_opened_at = runtime.now()
        message = Message(
            conversation_id=conversation.id,
            direction="in",
            text="Parit di Pedekik meluap",
            received_at=runtime.now(),
            ordered_at=runtime.now(),
            in_draft=True,
        )
        session.add(message)

    ticket = correspondence.file_draft(runtime, office.dewi, conversation.id)

    case = office.complaint(ticket)
    assert "Parit di Pedekik" in case.original_text
    assert spoken(runtime).count("tiket_terbit") == 2
    assert all_of(runtime, Conversation)[0].needs_person_at is None


def test_a_handled_conversation_leaves_the_queue_and_its_messages_stay(runtime, office):
    office.hears()
    with runtime.transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.needs_person_at = runtime.now()

    correspondence.mark_handled(runtime, office.dewi, conversation.id)

    assert all_of(runtime, Conversation)[0].needs_person_at is None
    assert all_of(runtime, Message)[0].text is not None


def test_a_changed_entry_breaks_the_chain(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    case = office.complaint(ticket)
    with runtime.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
        session.scalars(select(ComplaintEvent).order_by(ComplaintEvent.seq)).first().data = {}

    assert not whole(runtime, case.id)


@pytest.mark.parametrize("status", list(ComplaintStatus))
def test_both_words_of_a_status_agree_with_the_public(status, office, clock):
    ticket = office.hears(public_approved_at=clock(), status=status)

    case = office.complaint(ticket)

    assert publicly_visible(case) is (WORDS[status].reach == "Terbuka")
    assert WORDS[status].label.endswith(("(Terbuka)", "(Tertutup)"))


def test_no_status_leads_to_itself_and_each_has_a_way_on():
    assert all(status not in targets for status, targets in MOVES.items())
    assert all(targets for targets in MOVES.values())


def test_the_deadline_of_verification_is_explained(runtime, office):
    ticket = office.hears()

    clock = all_of(runtime, Clock)[0]

    assert clock.complaint_id == office.complaint(ticket).id
    assert clock.due_at.isoformat() == "2026-11-24T09:00:00+00:00"
    assert clock.explanation["rule"] == "2 hari kerja"
