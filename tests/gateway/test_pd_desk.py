"""What helps a PD at its desk: earlier answers, a reminder from Diskominfo, help at first."""

import pytest

from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from store.models.complaint import Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app

_ANSWER = "Lampu diganti 24/11. Hubungi Pak Hasan di 081255501077."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def andi(office, runtime):
    return logged_in(make_app(runtime), "andi")


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
