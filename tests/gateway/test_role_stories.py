"""What people of each role do in a day, from page to page, and what the others see of it."""

import pytest

from gateway.rules.people import Role
from store.models.complaint import ComplaintStatus
from store.models.messaging import Message
from store.models.staff import StaffUser
from tests.gateway.citizen import Citizen
from tests.gateway.office import Office, open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.rows import all_of
from tests.gateway.test_settings import with_rereading

BRIBE = "Petugas Dinas Perhubungan di terminal desa Air Putih minta uang sejak 3 November 2026"
PEOPLE = (("kadis", Role.KEPALA_PD, "DPUPR"), ("irban", Role.INSPEKTORAT, "INSPEKTORAT"))


@pytest.fixture
def office(runtime) -> Office:
    made = open_office(with_rereading(runtime))
    with runtime.transaction() as session:
        session.add_all(
            StaffUser(
                username=username,
                name=username.capitalize(),
                role=role,
                pd_code=pd,
                password_hash="-",
                created_at=runtime.now(),
            )
            for username, role, pd in PEOPLE
        )
    return made


@pytest.fixture
def sits(office):
    """Seat somebody at a browser of their own."""
    app = make_app(office.runtime)
    return lambda username: logged_in(app, username)


def dispose(rina: Browser, ticket: str, **fields: str) -> None:
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    form = {"pd_code": "DPUPR", "category": "PJU", "priority": "normal", "notify": "on"}
    words = {"title": "Lampu mati", "public_text": "Lampu jalan mati.", "publish": "on"}
    done = rina.sends(f"/kotak/aduan/{ticket}/disposisi", **{**form, **words, **fields})
    assert f"Aduan {ticket} didisposisikan" in rina.follows(done)


def take_up(officer: Browser, ticket: str, done: str) -> None:
    """Accept the case and hand in a draft."""
    officer.opens(f"/pd/aduan/{ticket}")
    plan = {"plan": "Memeriksa di tempat", "expected_on": "2026-11-27"}
    officer.follows(officer.sends(f"/pd/aduan/{ticket}/terima", **plan))
    draft = {"done": done, "proposal": "resolved", "no_photo": "Pemeriksaan tertutup."}
    sent = officer.sends(f"/pd/aduan/{ticket}/draf", **draft, step="ajukan")
    assert "Menunggu koreksi Diskominfo" in officer.follows(sent)


def test_the_head_of_a_pd_gives_a_case_to_an_officer_who_finds_it(office, sits):
    ticket = office.hears()
    dispose(sits("rina"), ticket)
    kadis, andi = sits("kadis"), sits("andi")

    kadis.opens("/pd/")
    assert ticket in kadis.page
    kadis.opens(f"/pd/aduan/{ticket}")
    given = {"petugas": str(office.andi.id)}
    kadis.follows(kadis.sends(f"/untuk-saya/aduan/{ticket}/tugaskan", **given))
    andi.opens("/untuk-saya/")

    assert "Ditugaskan kepada Andi." in kadis.page
    assert ticket in andi.page


def test_a_complaint_about_a_pd_is_answered_by_the_inspektorat_behind_its_back(office, sits):
    ticket = office.hears(BRIBE)
    rina, irban, hadi = sits("rina"), sits("irban"), sits("hadi")

    dispose(rina, ticket, pd_code="DISHUB", conflict="DISHUB")
    take_up(irban, ticket, "Petugas sudah kami periksa.")
    hadi.opens("/pd/")
    listed = ticket in hadi.page
    foreign, unknown = (hadi.opens(f"/pd/aduan/{one}") for one in (ticket, "26-09999-9"))
    rina.opens(f"/koreksi/{ticket}")
    answer = {"body": "Petugas itu sudah diperiksa.", "final": "ya", "step": "kirim"}
    rina.follows(rina.sends(f"/koreksi/{ticket}", **answer))

    assert not listed
    assert (foreign.status_code, foreign.get_data()) == (unknown.status_code, unknown.get_data())
    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED
    sent = [row.text or "" for row in all_of(office.runtime, Message) if row.direction == "out"]
    assert any(ticket in text for text in sent)
    assert not any("diperiksa" in text for text in sent)


def test_the_leadership_reads_the_monitor_and_opens_no_case(office, sits):
    ticket = office.hears()
    dispose(sits("rina"), ticket)
    sekda = sits("sekda")

    door = sekda.opens("/pintu")
    monitor = sekda.follows(door)
    refused = [
        sekda.opens(address.format(ticket)).status_code
        for address in ("/kotak/", "/kotak/aduan/{}", "/pd/", "/pd/aduan/{}", "/koreksi/{}")
    ]

    assert door.headers["Location"] == "/pimpinan/"
    assert "Dinas Pekerjaan Umum" in monitor
    assert "Budi Santoso" not in monitor
    assert refused == [403] * 5


def test_a_text_that_the_superadmin_changes_is_said_to_the_next_who_writes(
    office, sits, telegram, hear
):
    tuti = sits("tuti")
    tuti.opens("/pengaturan/teks/sambutan")
    help_line = "Darurat? Telepon {DARURAT}."
    wording = {"sms": f"Halo dari {{APP}}. {help_line}", "rich": f"Salam, {{APP}}! {help_line}"}
    tuti.follows(tuti.sends("/pengaturan/teks/sambutan", **wording))
    citizen = Citizen(office.runtime.renewed(), telegram, hear)  # as each job begins

    citizen.writes("halo")

    assert "Tersimpan." in tuti.page
    assert "Salam, SiPendekar! Darurat? Telepon 110/113/119." in citizen.reads()
