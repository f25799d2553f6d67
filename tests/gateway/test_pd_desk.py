"""What helps a PD at its desk: earlier answers, a reminder from Diskominfo, help at first."""

import pytest

from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from gateway.rules.people import Role
from store.models.complaint import ComplaintEvent, Privacy
from store.models.messaging import Message
from store.models.staff import StaffUser
from store.models.teamwork import StaffNotice
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

pytestmark = pytest.mark.usefixtures("office")
_ANSWER = "Lampu diganti 24/11. Hubungi Pak Hasan di 081255501077."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def andi(app):
    return logged_in(app, "andi")


def _answered(office, runtime, clock, words: str, **columns: object) -> str:
    ticket = office.in_correction(**columns)
    clock.advance(seconds=60)
    form = Correction(words, final=True)
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)
    return ticket


def _being_drafted(office) -> str:
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    return ticket


def test_a_draft_shows_three_earlier_public_answers_without_persons(andi, office, runtime, clock):
    for words in ("Yang tertua.", "Kedua.", "Ketiga.", _ANSWER):
        _answered(office, runtime, clock, words)
    _answered(office, runtime, clock, "Jawaban rahasia.", privacy=Privacy.SECRET)

    andi.opens(f"/pd/aduan/{_being_drafted(office)}")

    assert "Contoh jawaban sebelumnya (3)" in andi.page
    assert "Lampu diganti 24/11. Hubungi [nama orang] di [nomor panjang]." in andi.page
    assert andi.page.index("[nama orang]") < andi.page.index("Ketiga.") < andi.page.index("Kedua.")
    assert [word for word in ("Yang tertua.", "Jawaban rahasia.") if word in andi.page] == []


def test_another_category_gives_no_example(andi, office, runtime, clock):
    _answered(office, runtime, clock, "Yang pertama.")
    ticket = office.hears()
    office.disposes(ticket, category="LALU_LINTAS_ANGKUTAN")
    office.accepts(ticket)

    andi.opens(f"/pd/aduan/{ticket}")

    assert "Contoh jawaban" not in andi.page


def test_a_nudge_of_the_weekend_is_heard_on_monday_and_is_one_for_that_day(
    app, office, runtime, telegram, hear, clock
):
    officer = Officer(runtime, telegram, hear, office.andi).links()
    ticket = _being_drafted(office)
    clock.advance(days=1)  # Saturday
    rina = logged_in(app, "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    offered = "Ingatkan PD" in rina.page

    rina.follows(rina.sends(f"/lapangan/{ticket}/ingatkan"))
    said, told = rina.page, officer.is_told()
    clock.advance(days=1)
    rina, andi = logged_in(app, "rina"), logged_in(app, "andi")
    rina.opens(f"/kotak/aduan/{ticket}")
    rina.follows(rina.sends(f"/lapangan/{ticket}/ingatkan"))
    andi.opens(f"/pd/aduan/{ticket}")

    made = [row for row in all_of(runtime, ComplaintEvent) if row.kind == "pd_reminded"]
    assert offered
    assert "Perangkat Daerah diingatkan." in said
    assert "telepon bila" not in said
    assert told == []
    assert "sudah diingatkan untuk hari kerja ini" in rina.page
    assert [(row.actor_id, row.data["day"]) for row in made] == [(office.rina.id, "2026-11-23")]
    assert "Diskominfo mengingatkan" in andi.page
    clock.advance(days=1)
    assert officer.is_told() == ["petugas_ingatkan"]
    assert ticket in officer.last()[0].text


def test_no_nudge_while_the_next_step_is_diskominfos(app, andi, office, runtime):
    ticket = _being_drafted(office)
    rina = logged_in(app, "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    rina.follows(rina.sends(f"/lapangan/{ticket}/ingatkan"))
    unheard = "telepon bila perlu cepat" in rina.page
    office.drafts(ticket)

    rina.follows(rina.sends(f"/lapangan/{ticket}/ingatkan"))
    andi.opens(f"/pd/aduan/{ticket}")

    assert unheard
    assert "tidak berlaku lagi" in rina.page
    assert "Ingatkan PD" not in rina.page
    assert "Diskominfo mengingatkan" not in andi.page
    assert [row.kind for row in all_of(runtime, ComplaintEvent)].count("pd_reminded") == 1


def test_a_question_in_own_words_goes_to_the_officer_who_routed_the_case(
    app, andi, office, runtime
):
    ticket = _being_drafted(office)
    andi.opens(f"/pd/aduan/{ticket}")

    empty = andi.sends(f"/pd/aduan/{ticket}/tanya", question="sendiri", words=" ")
    andi.sends(f"/pd/aduan/{ticket}/tanya", question="sendiri", words="Sisi jalan yang mana?")

    rina = logged_in(app, "rina")
    rina.opens(f"/kotak/aduan/{ticket}?bagian=catatan")
    kept = "Usul pertanyaan untuk warga: Sisi jalan yang mana?" in rina.page
    rina.opens("/untuk-saya/")
    assert empty.status_code == 422
    assert kept
    assert ticket in rina.page
    assert "minta_info" not in {row.text_key for row in all_of(runtime, Message)}


def test_a_question_goes_to_the_other_admins_where_who_routed_the_case_has_left(
    andi, office, runtime
):
    ticket = _being_drafted(office)
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.rina.id).active = False
        other = StaffUser(
            username="sari@kabcontoh.go.id",
            name="Sari",
            role=Role.ADMIN_DISKOMINFO,
            password_hash="x",
            created_at=runtime.now(),
        )
        session.add(other)
        session.flush()
        number = other.id
    andi.opens(f"/pd/aduan/{ticket}")

    andi.sends(f"/pd/aduan/{ticket}/tanya", question="sendiri", words="Sisi jalan yang mana?")

    assert [row.user_id for row in all_of(runtime, StaffNotice)] == [number]
