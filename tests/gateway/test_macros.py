"""Macros: shown first, then done in one step or not at all; each office owns its own."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.answering import answer_templates
from gateway.answering.template_checks import TemplateForm
from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from gateway.macros import macros
from gateway.rules.macro_steps import Acts
from gateway.rules.people import Role
from store.models.answering import AnswerTemplate
from store.models.complaint import ComplaintEvent, ComplaintStatus, Note, Priority
from store.models.messaging import Message
from store.models.setting import SettingChange
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

REFER = Acts(
    step="refer", words="Jalan ini milik provinsi.", body="PLN", priority="low",
    note="Aduan {NOMOR}: sudah dirujuk.", note_for_pd=True,
)  # fmt: skip
ACCEPT = Acts(step="accept", words="Petugas ke {TEMPAT}.", days=3, note="Regu 2 berangkat.")


def form(acts=REFER, name="Rujuk ke PLN", **fields):
    given = {"body": "Selamat pagi. Aduan {NOMOR} kami rujuk.", "owner": "Kantor", **fields}
    return TemplateForm(name=name, review_on=date(2027, 1, 4), acts=acts, **given)


@pytest.fixture
def office(runtime):
    made = open_office(runtime)
    made.people["kepala"] = replace(made.andi, role=Role.KEPALA_PD)
    return made


def test_all_steps_are_shown_before_and_nothing_of_it_happens(runtime, office, nudger):
    ticket = office.hears()
    macro = answer_templates.save(runtime, office.rina, form())
    before = office.complaint(ticket).version
    nudged = list(nudger.woken)

    chosen = macros.offer(runtime, office.rina, ticket, macro).chosen

    assert [line.what for line in chosen.lines] == [
        "Prioritas menjadi Rendah",
        "Catatan, dibaca PD dan Diskominfo",
        "Bukan Kewenangan, pelapor dikabari",
    ]
    assert chosen.lines[1].words == f"Aduan {ticket}: sudah dirujuk."
    assert chosen.text == f"Selamat pagi. Aduan {ticket} kami rujuk."
    assert chosen.ready
    assert office.complaint(ticket).version == before
    assert all_of(runtime, Note) == []
    assert nudger.woken == nudged


def test_a_macro_does_all_in_one_step_each_with_its_own_history(runtime, office):
    ticket = office.hears()
    macro = answer_templates.save(runtime, office.rina, form())
    seen = macros.offer(runtime, office.rina, ticket, macro).chosen.version

    macros.run(runtime, office.rina, CaseRef(ticket, seen), macro)

    case = office.complaint(ticket)
    kinds = [row.kind for row in all_of(runtime, ComplaintEvent)][-4:]
    assert (case.status, case.priority) == (ComplaintStatus.NOT_COMPETENT, Priority.LOW)
    assert kinds == ["priority_changed", "noted", "referred", "macro_run"]
    assert [row.for_pd for row in all_of(runtime, Note)] == [True]
    assert [row.text_key for row in all_of(runtime, Message)][-1] == "bukan_kewenangan"
    with pytest.raises(ConflictError):  # the same form twice
        macros.run(runtime, office.rina, CaseRef(ticket, seen), macro)


def test_where_one_step_is_refused_nothing_of_the_macro_happens(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    macro = answer_templates.save(runtime, office.kepala, form(ACCEPT, "Terima"))

    chosen = macros.offer(runtime, office.andi, ticket, macro).chosen
    with pytest.raises(Exception, match="no disposisi waits"):
        macros.run(runtime, office.andi, CaseRef(ticket, chosen.version), macro)

    assert not chosen.ready
    assert chosen.lines[-1].problem == "Status aduan sekarang tidak mengizinkan langkah ini."
    assert all_of(runtime, Note) == []


def test_an_operator_runs_no_step_that_is_not_his(runtime, office):
    ticket = office.hears()
    macro = answer_templates.save(runtime, office.rina, form())

    chosen = macros.offer(runtime, office.dewi, ticket, macro).chosen

    assert chosen.lines[0].problem == "Peran Anda tidak boleh melakukan langkah ini."
    assert chosen.lines[1].problem == ""  # not tried any more
    with pytest.raises(ForbiddenError):
        macros.run(runtime, office.dewi, CaseRef(ticket), macro)


def test_each_office_keeps_its_own_and_no_other(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    ours = answer_templates.save(runtime, office.kepala, form(ACCEPT, "Terima"))
    theirs = answer_templates.save(runtime, office.rina, form())

    def listed(person):
        return [one.name for one in macros.offer(runtime, person, ticket, None).macros]

    assert (listed(office.andi), listed(office.rina)) == (["Terima"], ["Rujuk ke PLN"])
    assert "Terima" not in [
        one.name for one in answer_templates.offered(runtime, office.rina, ticket)
    ]
    for step in (
        lambda: macros.offer(runtime, office.andi, ticket, theirs),
        lambda: macros.offer(runtime, office.hadi, ticket, ours),
        lambda: answer_templates.one_line(runtime, office.kepala, theirs),
        lambda: answer_templates.save(runtime, office.rina, form(), ours),
        lambda: answer_templates.inserted(runtime, office.rina, ticket, ours, ""),
    ):
        with pytest.raises(NotFoundError):
            step()


@pytest.mark.parametrize(
    ("person", "acts", "field"),
    [
        ("rina", Acts(step="accept", words="Ya", days=1), "act_step"),
        ("rina", Acts(step="refer", words="Bukan kami", body="DPUPR"), "act_body"),
        ("rina", Acts(step="refer", body="PLN"), "act_words"),
        ("rina", Acts(note="Tanggal [isi tanggal]"), "act_note"),
        ("rina", Acts(note="Halo {NAMA}"), "act_note"),
        ("rina", Acts(note="x" * 2001), "act_note"),
        ("kepala", Acts(priority="low"), "act_priority"),
        ("kepala", Acts(step="schedule", words="Menunggu suku cadang", days=91), "act_days"),
        ("kepala", Acts(step="accept", words="x" * 301, days=1), "act_words"),
    ],
)
def test_a_macro_that_cannot_be_carried_out_is_refused(runtime, office, person, acts, field):
    with pytest.raises(InvalidInputError) as refusal:
        answer_templates.save(runtime, office.people[person], form(acts))

    assert list(refusal.value.problems) == [field]


def test_an_officer_reads_runs_and_finds_the_text_in_the_draft(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    number = answer_templates.save(
        runtime, office.kepala, form(ACCEPT, "Terima", body="Regu kami di {TEMPAT}.")
    )
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    assert f'href="/makro/{ticket}" data-key="e"' in andi.page

    andi.opens(f"/makro/{ticket}?makro={number}")
    assert "Terima disposisi: Penanganan, pelapor dikabari" in andi.page
    done = andi.sends(f"/makro/{ticket}", makro=number)

    assert "Makro “Terima” dijalankan." in andi.follows(done)
    assert "Regu kami di Desa Air Putih, Kec. Bengkalis.</textarea>" in andi.page
    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS
    andi.opens(f"/makro/{ticket}?makro={number}")
    refused = andi.sends(f"/makro/{ticket}", makro=number)
    assert refused.status_code == 422
    assert "Tidak ada yang berubah." in andi.page


def test_at_diskominfo_the_text_waits_in_the_composer(runtime, office):
    ticket = office.hears()
    macro = answer_templates.save(runtime, office.rina, form(Acts(note="Dicek."), "Cek"))
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/makro/{ticket}?makro={macro}&antrean=verifikasi")

    casework.set_priority(runtime, office.rina, CaseRef(ticket), "urgent")
    stale = rina.sends(f"/makro/{ticket}", makro=macro)
    done = rina.sends(f"/makro/{ticket}", makro=macro)

    assert stale.status_code == 409
    assert f"Selamat pagi. Aduan {ticket} kami rujuk.</textarea>" in rina.follows(done)
    assert len(all_of(runtime, Note)) == 1


def test_an_older_version_of_a_text_comes_back_with_its_acts(runtime, office):
    rina = logged_in(make_app(runtime), "rina")
    number = answer_templates.save(runtime, office.rina, form())
    answer_templates.save(
        runtime, office.rina, form(Acts(), body="Lain.", statuses=["received"], version=1), number
    )
    first = all_of(runtime, SettingChange)[0]

    rina.opens(f"/templat-jawaban/{number}")
    assert "<del>Bukan Kewenangan; Jalan ini milik provinsi.; PLN" in rina.page
    assert "<ins>Masuk (Tertutup)</ins>" in rina.page
    rina.sends(f"/templat-jawaban/{number}/versi/{first.id}")

    kept = answer_templates.one_line(runtime, office.rina, number).form
    assert (kept.body, kept.acts) == ("Selamat pagi. Aduan {NOMOR} kami rujuk.", REFER)
    assert len(answer_templates.history(runtime, office.rina, number)) == 3
    stale = rina.sends(f"/templat-jawaban/{number}/versi/{first.id}", version="1")
    assert stale.status_code == 409
    other = next(row.id for row in all_of(runtime, AnswerTemplate) if row.id != number)
    with pytest.raises(NotFoundError):
        answer_templates.restore(runtime, office.rina, other, first.id, 1)
