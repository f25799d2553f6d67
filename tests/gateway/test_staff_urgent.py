"""Diskominfo hears of an emergency at any hour; who is called in a note hears it in the chat."""

import pytest

from channels.errors import SendError
from channels.message import ErrorClass
from gateway import sweeps
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal
from gateway.casework.disposal import Disposal
from store.models.complaint import Complaint
from store.models.outbox import OutboxPart
from store.models.staff_contact import StaffAlert
from tests.gateway.citizen import Citizen
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.rows import all_of, only

FIRE = "TOLONG cepat pak kebakaran sekarang di pasar terubuk api besar!!"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def dewi(runtime, telegram, hear, office):
    """An operator of Diskominfo with a chat."""
    return Officer(runtime, telegram, hear, office.dewi, "5550100901").links()


@pytest.fixture
def citizen(runtime, whatsapp, hear):
    return Citizen(runtime, whatsapp, hear)


def test_an_emergency_of_the_night_is_told_at_once_without_a_word_of_it(
    runtime, dewi, citizen, clock
):
    clock.advance(hours=13)  # 21.15 on Friday
    citizen.writes(FIRE)

    assert "alerts" in sweeps.due_kinds(runtime)
    assert dewi.is_told() == ["petugas_mendesak"]
    ticket, told = only(runtime, Complaint).ticket, dewi.last()[0].text
    assert told.startswith(f"MENDESAK: pesan darurat *{ticket}* masuk ")
    assert told.endswith(f"terkirim. https://aduan.kabcontoh.go.id/kotak/aduan/{ticket}")
    assert "Balasan 110/113/119 terkirim" in told
    for secret in ("kebakaran", "api besar", citizen.sender):
        assert secret not in told
    assert dewi.is_told() == []
    assert "alerts" not in sweeps.due_kinds(runtime)


def test_at_night_only_emergencies_are_told_and_the_rest_in_the_morning(
    runtime, telegram, hear, dewi, citizen, office, clock
):
    andi = Officer(runtime, telegram, hear, office.andi).links()
    clock.advance(hours=13)
    ticket = office.hears()
    office.disposes(ticket)
    casework.add_note(runtime, office.rina, CaseRef(ticket), "@dewi mohon dicek", for_pd=False)
    clock.advance(seconds=11)
    citizen.writes(FIRE)

    assert dewi.is_told() == ["petugas_mendesak"]
    assert andi.reads() == []

    clock.advance(days=2, hours=12)  # Monday morning
    assert "petugas_disebut" in dewi.is_told()


def test_an_emergency_that_was_none_is_not_told_any_more(runtime, dewi, citizen, office):
    citizen.writes(FIRE)
    ticket = only(runtime, Complaint).ticket
    casework.not_an_emergency(runtime, office.rina, CaseRef(ticket))

    assert dewi.is_told() == []


def test_what_is_no_emergency_is_told_to_nobody_at_diskominfo(runtime, dewi, office):
    office.hears()

    assert dewi.is_told() == []
    assert all_of(runtime, StaffAlert) == []


def test_who_is_called_in_a_note_hears_only_the_number_in_the_chat(runtime, dewi, office):
    ticket = office.hears()
    words = "@dewi pelapor bernama Budi Santoso"
    casework.add_note(runtime, office.rina, CaseRef(ticket), words, for_pd=False)

    assert dewi.is_told() == ["petugas_disebut"]
    assert dewi.last()[0].text == (
        f"Anda disebut dalam catatan *{ticket}*. https://aduan.kabcontoh.go.id/kotak/aduan/{ticket}"
    )


def test_a_pd_that_lost_the_case_is_not_told_of_the_note(runtime, telegram, hear, office, clock):
    andi = Officer(runtime, telegram, hear, office.andi).links()
    ticket = office.hears()
    clock.advance(seconds=1)
    office.disposes(ticket)
    casework.add_note(runtime, office.rina, CaseRef(ticket), "@andi mohon cek", for_pd=True)
    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))
    form = Disposal(pd_code="DISHUB", category="PJU", publish=False)
    disposal.dispose(runtime, office.rina, CaseRef(ticket), form)
    clock.advance(seconds=11)

    assert andi.is_told() == []


def test_who_has_linked_no_chat_is_noted_nowhere(runtime, office):
    ticket = office.hears()
    casework.add_note(runtime, office.rina, CaseRef(ticket), "@dewi mohon dicek", for_pd=False)

    assert all_of(runtime, StaffAlert) == []


def test_at_night_an_emergency_that_one_platform_refuses_goes_to_the_other_at_once(
    runtime, telegram, whatsapp, hear, dewi, citizen, office, clock
):
    Officer(runtime, whatsapp, hear, office.dewi, sender="+6281255501033").links()
    clock.advance(hours=13)
    citizen.writes(FIRE)
    telegram.faults.append(SendError(ErrorClass.PERMANENT, "403", "refused"))
    dewi.is_told()
    clock.advance(minutes=3)

    assert "alerts" in sweeps.due_kinds(runtime)
    dewi.is_told()
    told = [row for row in all_of(runtime, OutboxPart) if "MENDESAK" in str(row.payload)]
    assert [(row.channel.value, row.status.value) for row in told] == [
        ("telegram", "failed"),
        ("whatsapp", "sent"),
    ]
    assert "alerts" not in sweeps.due_kinds(runtime)
