"""Ready-made texts: filled with the open case, kept by Diskominfo, never sent half filled."""

from datetime import date

import pytest

from config.tenant_files import read_tenant_file
from gateway.answering import answer_templates, answers
from gateway.answering.answers import Correction
from gateway.answering.template_checks import TemplateForm
from gateway.answering.template_values import PLACES, unknown_places
from gateway.cases.casefile import CaseRef
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from store.models.answering import AnswerTemplate
from store.models.messaging import Message
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

FORM = TemplateForm(
    name="Tiang diganti",
    body="Tiang di {TEMPAT} diganti pada [isi tanggal]. Salam, {PD}.",
    statuses=["in_progress"],
    categories=["PJU"],
    owner="Diskominfo",
    review_on=date(2027, 1, 4),
)


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def rina(runtime):
    return logged_in(make_app(runtime), "rina")


def test_an_empty_database_begins_with_a_dozen_texts_that_every_case_can_fill(runtime, office):
    rows = all_of(runtime, AnswerTemplate)

    assert len(rows) >= 12
    assert [row.name for row in rows if unknown_places(row.body)] == []
    assert all(row.owner and row.review_on for row in rows)
    assert {row["name"] for row in read_tenant_file("bintan")["answer_template"]} == {
        row.name for row in rows
    }
    assert office.rina.id not in {row.changed_by for row in rows}


def test_texts_fit_status_and_category_those_of_the_category_first(runtime, office):
    ticket = office.in_correction()

    names = [one.name for one in answer_templates.offered(runtime, office.rina, ticket)]

    assert names[0] == "Lampu jalan sudah menyala"
    assert "Selesai dikerjakan" in names
    assert "Sampah diangkut" not in names
    assert "Permintaan informasi: syarat layanan" not in names


def test_a_text_is_filled_with_the_case_and_with_nothing_that_names_the_reporter(runtime, office):
    ticket = office.in_correction()
    body = " ".join(f"{{{name}}}" for name in PLACES)
    form = TemplateForm("Semua", body, owner="Diskominfo", review_on=date(2027, 1, 4))
    number = answer_templates.save(runtime, office.rina, form)

    texts = {one.id: one.text for one in answer_templates.offered(runtime, office.andi, ticket)}

    assert ticket in texts[number]
    assert "Desa Air Putih" in texts[number]
    assert "{" not in texts[number]
    assert [word for word in ("Budi", "1403010107859002", "0812") if word in texts[number]] == []


def test_a_pd_gets_no_texts_for_a_foreign_case(runtime, office):
    ticket = office.in_correction()

    with pytest.raises(NotFoundError):
        answer_templates.offered(runtime, office.hadi, ticket)


def test_an_answer_with_an_open_place_is_not_sent(runtime, office):
    ticket = office.in_correction()
    before = len(all_of(runtime, Message))

    with pytest.raises(InvalidInputError) as refusal:
        answers.send_answer(
            runtime, office.rina, CaseRef(ticket), Correction("Selesai [isi tanggal].", final=True)
        )

    assert refusal.value.problems["body"].endswith("[isi tanggal].")
    assert len(all_of(runtime, Message)) == before


def test_only_an_admin_of_diskominfo_keeps_texts(runtime, office):
    for person in (office.dewi, office.andi, office.tuti):
        with pytest.raises(ForbiddenError):
            answer_templates.save(runtime, person, FORM)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (TemplateForm("", "Isi", owner="A", review_on=date(2027, 1, 4)), "name"),
        (TemplateForm("N", " ", owner="A", review_on=date(2027, 1, 4)), "body"),
        (TemplateForm("N", "x" * 2001, owner="A", review_on=date(2027, 1, 4)), "body"),
        (TemplateForm("N", "Halo {NAMA}", owner="A", review_on=date(2027, 1, 4)), "body"),
        (TemplateForm("N", "Isi", ["hilang"], owner="A", review_on=date(2027, 1, 4)), "statuses"),
        (TemplateForm("N", "Isi", (), ["X"], "A", date(2027, 1, 4)), "categories"),
        (TemplateForm("N", "Isi", owner="A"), "review_on"),
        (TemplateForm("Selesai dikerjakan", "Isi", (), (), "A", date(2027, 1, 4)), "name"),
    ],
)
def test_a_text_that_no_case_can_use_is_refused(runtime, office, form, field):
    with pytest.raises(InvalidInputError) as refusal:
        answer_templates.save(runtime, office.rina, form)

    assert field in refusal.value.problems


def test_two_who_edit_one_text_do_not_overwrite_each_other(runtime, office):
    number = answer_templates.save(runtime, office.rina, FORM)
    answer_templates.save(
        runtime, office.rina, TemplateForm(**{**vars(FORM), "body": "Lain", "version": 1}), number
    )

    with pytest.raises(ConflictError):
        answer_templates.save(
            runtime, office.rina, TemplateForm(**{**vars(FORM), "version": 1}), number
        )

    assert answer_templates.one_line(runtime, office.rina, number).form.body == "Lain"


def test_a_text_is_put_behind_what_is_written_in_each_of_the_three_places(runtime, office, rina):
    ticket = office.in_correction()
    number = next(
        row.id for row in all_of(runtime, AnswerTemplate) if row.name == "Selesai dikerjakan"
    )
    rina.opens(f"/kotak/aduan/{ticket}")
    before = len(all_of(runtime, Message))

    rina.sends(f"/kotak/aduan/{ticket}/balas", text="Selamat pagi.", sisip=str(number))
    assert f"Selamat pagi.\nPekerjaan untuk aduan {ticket}" in rina.page
    rina.opens(f"/koreksi/{ticket}")
    rina.sends(f"/koreksi/{ticket}", body="Teks saya.", sisip=str(number))
    assert f"Teks saya.\nPekerjaan untuk aduan {ticket}" in rina.page
    answers.return_draft(runtime, office.rina, CaseRef(ticket), "no_time")
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    andi.sends(f"/pd/aduan/{ticket}/draf", done="Draf saya.", planned="Besok", sisip=str(number))

    assert f"Draf saya.\nPekerjaan untuk aduan {ticket}" in andi.page
    assert "Besok</textarea>" in andi.page
    assert len(all_of(runtime, Message)) == before


def test_the_button_of_the_composer_shows_the_texts_and_loses_no_word(office, rina):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}")

    rina.sends(f"/kotak/aduan/{ticket}/balas", text="Sudah tertulis", sisip="")

    assert "Sudah tertulis</textarea>" in rina.page
    assert "Kami perlu foto" in rina.page
    assert f"aduan {ticket} sedang kami tangani" in rina.page


def test_a_new_text_is_looked_at_then_kept(runtime, office, rina):
    rina.opens("/templat-jawaban/baru")
    fields = {"name": "Tiang miring", "body": "Tiang di {TEMPAT} ditegakkan.", "owner": "Dishub"}

    rina.sends("/templat-jawaban/baru", **fields, step="lihat")
    looked = "Tiang di desa yang dilaporkan ditegakkan." in rina.page
    refused = rina.sends("/templat-jawaban/baru", **fields, step="simpan", active="on")
    rina.sends(
        "/templat-jawaban/baru", **fields, step="simpan", active="on", review_on="2027-01-04"
    )
    rina.opens("/templat-jawaban/")

    assert looked
    assert refused.status_code == 422
    assert "Tiang miring" in rina.page
    kept = [row for row in all_of(runtime, AnswerTemplate) if row.name == "Tiang miring"]
    assert [row.changed_by for row in kept] == [office.rina.id]


def test_a_text_past_its_day_of_review_says_so(office, rina, clock):
    rina.opens("/templat-jawaban/")
    assert "perlu ditinjau" not in rina.page

    clock.advance(days=200)
    rina = logged_in(make_app(office.runtime), "rina")
    rina.opens("/templat-jawaban/")

    assert "perlu ditinjau" in rina.page
