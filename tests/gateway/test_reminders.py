"""What happens because time passes: reminders, escalation, apologies, the end of waiting."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway import sweeps
from gateway.answering import answers, drafts
from gateway.answering.answers import Correction
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.casework import pdwork
from gateway.officers import reminders, staff_links, staff_sending
from gateway.rules import clocks
from gateway.rules.clock_reasons import summed
from gateway.rules.people import Role, Staff
from gateway.rules.quiet_hours import is_quiet
from store.messages import identity_key
from store.models.complaint import Clock, Complaint, ComplaintEvent, ComplaintStatus, Privacy
from store.models.messaging import Conversation, Message
from store.models.staff import StaffUser
from store.models.staff_contact import StaffAlert
from tests.gateway.citizen import Citizen
from tests.gateway.duty import Officer
from tests.gateway.office import PHONE, open_office
from tests.gateway.rows import all_of

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def kadis(office):
    """The head of PUPR."""
    with office.runtime.transaction() as session:
        user = StaffUser(
            username="kadis",
            name="Kadis",
            role=Role.KEPALA_PD,
            pd_code="DPUPR",
            password_hash="x",
            created_at=office.runtime.now(),
        )
        session.add(user)
        session.flush()
        return Staff(user.id, "kadis", "Kadis", Role.KEPALA_PD, "DPUPR", "Dinas PUPR")


def officer(runtime, telegram, hear, staff, number):
    return Officer(runtime, telegram, hear, staff, sender=f"555010091{number}").links()


def at(clock, words):
    """Turn the clock to a moment there."""
    clock.instant = datetime.fromisoformat(words).replace(tzinfo=WIB)


def clock_of(runtime, kind):
    return next(row for row in reversed(all_of(runtime, Clock)) if row.kind == kind)


def told_citizen(runtime, key):
    return [row for row in all_of(runtime, Message) if row.text_key == key]


def happened(runtime, kind):
    return [event.data for event in all_of(runtime, ComplaintEvent) if event.kind == kind]


def test_officer_then_head_then_citizen_hear_of_a_deadline_each_once(
    runtime, telegram, hear, office, kadis, clock
):
    andi = officer(runtime, telegram, hear, office.andi, 1)
    head = officer(runtime, telegram, hear, kadis, 2)
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)  # K3: Wednesday 25/11 16.00, three working days
    at(clock, "2026-11-24 09:00")
    assert "reminders" in sweeps.due_kinds(runtime)
    reminders.drain(runtime)
    assert andi.is_told() == ["petugas_pengingat"]
    assert andi.last()[0].text.startswith(
        f"Pengingat: draf *{ticket}* jatuh tempo Rab 25/11 16.00. https://"
    )
    assert head.reads() == []

    at(clock, "2026-11-25 16:00")
    reminders.drain(runtime)
    assert head.is_told() == ["petugas_lewat"]
    assert "Lewat batas" in head.last()[0].text
    assert andi.reads() == []
    (apology,) = told_citizen(runtime, "terlambat")
    assert "melewati batas (Rab 25/11 16.00 WIB)" in apology.text

    for _ in range(3):
        clock.advance(hours=1)
        reminders.drain(runtime)
        assert (andi.is_told(), head.is_told()) == ([], [])
    assert len(told_citizen(runtime, "terlambat")) == 1
    assert happened(runtime, "overdue") == [{"clock": "K3"}]


def test_where_the_head_has_no_chat_the_officer_hears_instead(
    runtime, telegram, hear, office, clock
):
    andi = officer(runtime, telegram, hear, office.andi, 1)
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    at(clock, "2026-11-25 16:30")
    reminders.drain(runtime)

    assert andi.is_told() == ["petugas_lewat"]


def test_diskominfo_is_reminded_of_its_own_clocks(runtime, telegram, hear, office, clock):
    rina = officer(runtime, telegram, hear, office.rina, 1)
    ticket = office.hears()  # K1: Tuesday 24/11 16.00
    at(clock, "2026-11-23 15:00")
    reminders.drain(runtime)

    assert rina.is_told() == ["petugas_pengingat"]
    assert f"disposisi *{ticket}*" in rina.last()[0].text
    assert f"/kotak/aduan/{ticket}" in rina.last()[0].text


def test_a_deadline_that_passes_at_night_is_told_in_the_morning_if_it_is_still_missed(
    runtime, telegram, hear, office, clock
):
    andi = officer(runtime, telegram, hear, office.andi, 1)
    at(clock, "2026-11-24 21:00")
    first, second = office.hears(sender="+6281255501041"), office.hears(sender="+6281255501042")
    for ticket in (first, second):
        office.disposes(ticket)  # K2: 48 hours, Thursday 26/11 21.00; Thursday is a holiday
    at(clock, "2026-11-26 23:00")
    assert "reminders" not in sweeps.due_kinds(runtime)
    reminders.drain(runtime)
    assert told_citizen(runtime, "terlambat") == []
    office.accepts(first)

    at(clock, "2026-11-27 06:00")
    reminders.drain(runtime)
    andi.is_told()
    assert [message.complaint_id for message in told_citizen(runtime, "terlambat")] == [
        office.complaint(second).id
    ]


def test_nobody_is_reminded_of_a_deadline_that_has_passed_already(
    runtime, telegram, hear, office, clock
):
    andi = officer(runtime, telegram, hear, office.andi, 1)
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    at(clock, "2026-11-27 09:00")
    reminders.drain(runtime)

    assert andi.is_told() == ["petugas_lewat"]
    assert [row.kind for row in all_of(runtime, StaffAlert)].count("petugas_pengingat") == 0


@pytest.mark.parametrize("ending", ["archived_at", "withdrawn_at"])
def test_a_case_that_is_put_away_reminds_nobody(runtime, telegram, hear, office, clock, ending):
    rina = officer(runtime, telegram, hear, office.rina, 1)
    office.hears(**{ending: clock()})
    at(clock, "2026-12-01 09:00")
    reminders.drain(runtime)

    assert rina.is_told() == []
    assert told_citizen(runtime, "terlambat") == []


def test_of_a_secret_case_the_citizen_hears_number_and_status_only(runtime, office, clock):
    office.hears(privacy=Privacy.SECRET)
    at(clock, "2026-11-24 16:01")
    reminders.drain(runtime)

    assert told_citizen(runtime, "terlambat") == []
    assert len(told_citizen(runtime, "status")) == 1


def test_a_run_that_dies_between_two_cases_tells_each_citizen_once(runtime, office, clock):
    for number in range(3):
        office.hears(sender=f"+62812555010{number + 40}")
    at(clock, "2026-11-24 16:01")
    deadly = replace(runtime, transaction=dies_after(runtime.transaction, 3))

    with pytest.raises(KeyboardInterrupt):
        reminders.drain(deadly)
    assert 0 < len(told_citizen(runtime, "terlambat")) < 3
    reminders.drain(runtime)
    reminders.drain(runtime)

    assert len(told_citizen(runtime, "terlambat")) == 3


def dies_after(transaction, count):
    left = [count]

    def open_one():
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return transaction()

    return open_one


def test_a_case_that_cannot_be_told_holds_up_no_other(runtime, office, clock):
    office.hears(sender="+6281255501041")
    healthy = office.hears(sender="+6281255501042")
    with runtime.transaction() as session:
        first = session.query(Clock).order_by(Clock.id).first()
        first.alarm_at -= timedelta(days=1)
        session.execute(text("UPDATE complaint SET original_text = 'x' WHERE id = 1"))
    at(clock, "2026-11-24 16:01")
    reminders.drain(runtime)

    assert [row.complaint_id for row in told_citizen(runtime, "terlambat")] == [
        office.complaint(healthy).id
    ]


def test_the_clock_runs_on_when_the_citizen_was_asked_and_keeps_silent(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    due_at = clock_of(runtime, "K3").due_at
    pdwork.ask(runtime, office.andi, CaseRef(ticket), "where")  # five working days: Mon 30/11 16.00
    at(clock, "2026-11-30 15:59")
    reminders.drain(runtime)
    assert clock_of(runtime, "K3").paused_at is not None

    at(clock, "2026-12-01 09:00")
    reminders.drain(runtime)
    running = clock_of(runtime, "K3")
    paused = datetime(2026, 11, 30, 16, 0, tzinfo=WIB) - datetime(2026, 11, 20, 8, 15, tzinfo=WIB)
    assert running.paused_at is None
    assert running.due_at - due_at == paused
    assert happened(runtime, "pause_ended") == [{"clock": "K3"}]


def test_silence_closes_an_answered_case_without_a_score(runtime, whatsapp, hear, office, clock):
    ticket = office.in_correction()
    answers.send_answer(
        runtime,
        office.rina,
        CaseRef(ticket),
        Correction("Sudah diganti.", final=True, no_photo="Tiang tinggi."),
    )
    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED
    at(clock, "2026-12-07 15:59")
    reminders.drain(runtime)
    assert happened(runtime, "closed_by_silence") == []

    at(clock, "2026-12-07 16:00")
    reminders.drain(runtime)
    reminders.drain(runtime)
    assert happened(runtime, "closed_by_silence") == [{}]
    assert office.complaint(ticket).rating is None
    citizen = Citizen(runtime, whatsapp, hear, sender=PHONE)
    link_to(runtime, citizen)
    assert citizen.writes("BELUM") == ["masa_tanggapan_lewat"]
    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED


def link_to(runtime, citizen):
    """Let what the citizen writes belong to the conversation that the office made."""
    with runtime.transaction() as session:
        row = session.query(Conversation).filter_by(channel="whatsapp").one()
        row.sender_key = identity_key(citizen.platform.name, citizen.platform.account, PHONE)
    citizen._last_heard = max(row.id for row in all_of(runtime, Message))


def test_belum_in_time_reopens_and_ends_the_waiting(runtime, whatsapp, hear, office, clock):
    ticket = office.in_correction()
    answers.send_answer(
        runtime,
        office.rina,
        CaseRef(ticket),
        Correction("Sudah diganti.", final=True, no_photo="Tiang tinggi."),
    )
    clock.advance(days=2)
    citizen = Citizen(runtime, whatsapp, hear, sender=PHONE)
    link_to(runtime, citizen)

    assert citizen.writes("BELUM") == ["dibuka_kembali"]
    assert clock_of(runtime, "K6").stopped_at is not None
    at(clock, "2026-12-20 09:00")
    reminders.drain(runtime)
    assert happened(runtime, "closed_by_silence") == []


def test_the_leadership_hears_at_eight_what_has_been_late_for_a_working_day(
    runtime, telegram, hear, office, clock
):
    sekda = officer(runtime, telegram, hear, office.sekda, 1)
    for number in range(3):
        ticket = office.hears(sender=f"+62812555010{number + 40}")
        office.disposes(ticket)
        office.accepts(ticket)  # K3: Wednesday 25/11 16.00; Thursday is a holiday
    at(clock, "2026-11-27 08:00")
    reminders.drain(runtime)
    assert sekda.is_told() == []  # late, but not for a whole working day

    at(clock, "2026-12-01 07:59")
    reminders.drain(runtime)
    assert sekda.is_told() == []
    at(clock, "2026-12-01 08:00")
    for _ in range(2):
        reminders.drain(runtime)
    assert sekda.is_told() == ["petugas_ringkasan"]
    assert sekda.last()[0].text == (
        "3 aduan lewat batas di 1 PD. Terlama 5 hr 16 jam. https://aduan.kabcontoh.go.id/pimpinan/"
    )


def test_the_sekda_hears_every_day_and_the_bupati_at_the_beginning_of_the_week(
    runtime, telegram, hear, office, clock
):
    head = hire_leader(office, "bupati", "bupati")
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.sekda.id).position = "sekda"
    sekda = officer(runtime, telegram, hear, office.sekda, 1)
    bupati = officer(runtime, telegram, hear, head, 2)
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    told = []
    for day in ("2026-12-01 08:00", "2026-12-07 08:00"):  # a Tuesday, a Monday
        at(clock, day)
        reminders.drain(runtime)
        told.append((sekda.is_told(), bupati.is_told()))

    assert told == [
        (["petugas_ringkasan"], []),
        (["petugas_ringkasan"], ["petugas_pekanan"]),
    ]


def hire_leader(office, username, position):
    with office.runtime.transaction() as session:
        user = StaffUser(
            username=username,
            name=username.capitalize(),
            role=Role.PIMPINAN,
            position=position,
            password_hash="x",
            created_at=office.runtime.now(),
        )
        session.add(user)
        session.flush()
        return Staff(user.id, username, user.name, Role.PIMPINAN, position=user.position)


def test_the_weekly_list_comes_by_pd_also_to_who_wants_no_daily_one(
    runtime, telegram, hear, office, clock
):
    sekda = officer(runtime, telegram, hear, office.sekda, 1)
    staff_links.want_daily(runtime, office.sekda, daily=False)
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    at(clock, "2026-12-07 08:00")
    reminders.drain(runtime)
    assert sekda.is_told() == ["petugas_pekanan"]
    assert "Dinas Pekerjaan Umum dan Penataan Ruang: 1" in sekda.last()[0].text

    at(clock, "2026-12-08 08:00")
    reminders.drain(runtime)
    assert sekda.is_told() == []


def test_a_day_without_anything_late_sends_no_summary(runtime, telegram, hear, office, clock):
    sekda = officer(runtime, telegram, hear, office.sekda, 1)
    at(clock, "2026-11-24 08:00")
    reminders.drain(runtime)

    assert sekda.is_told() == []
    assert "reminders" not in sweeps.due_kinds(runtime)


def test_returned_drafts_and_pauses_add_up_to_the_stored_deadline(runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    pdwork.ask(runtime, office.andi, CaseRef(ticket), "where")
    clock.advance(hours=5)
    office.hears_more(ticket, "Di depan masjid.")
    for hours in (3, 7):
        clock.advance(hours=2)
        drafts.save_draft(
            runtime, office.andi, CaseRef(ticket), DraftForm(done="Sudah."), submit=True
        )
        clock.advance(hours=hours)
        answers.return_draft(runtime, office.rina, CaseRef(ticket), "no_time")

    k3 = clock_of(runtime, "K3")
    assert k3.due_at == summed(k3.explanation)
    assert k3.due_at == datetime(2026, 11, 25, 16, 0, tzinfo=WIB) + timedelta(hours=5 + 3 + 7)


STEPS = st.lists(st.integers(1, 60 * 30), min_size=1, max_size=8)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(minutes=STEPS)
def test_whenever_the_worker_runs_no_line_leaves_in_quiet_hours(
    runtime, telegram, hear, office, clock, minutes
):
    andi = Officer(runtime, telegram, hear, office.andi)
    if not all_of(runtime, StaffAlert):
        andi.links()
    ticket = office.hears()
    office.disposes(ticket)
    with runtime.transaction() as session:
        calendar = clocks.office_calendar(runtime, session)
    for step in minutes:
        clock.advance(minutes=step)
        reminders.drain(runtime)
        staff_sending.drain(runtime)

    rows = [row for row in all_of(runtime, StaffAlert) if row.message_id]
    assert [row.id for row in rows if is_quiet(row.settled_at, calendar)] == []
    apologies = told_citizen(runtime, "terlambat")
    assert [row.id for row in apologies if is_quiet(row.received_at, calendar)] == []
    assert len(apologies) <= 4 * len(office_cases(runtime))


def office_cases(runtime):
    return all_of(runtime, Complaint)
