import pytest

from channels.message import MediaKind
from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from store.models.complaint import ComplaintStatus, DraftAnswer
from store.models.messaging import Message
from tests.gateway.office import attach, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def andi(app):
    return logged_in(app, "andi")


IDENTITY = ("1403010107859002", "081255509902", "+6281255501021", "Budi", "812-****", "9002")


def test_a_pd_sees_its_case_without_anything_that_names_the_reporter(andi, office, runtime):
    ticket = office.hears()
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).reporter_name = "Budi Santoso"
    office.disposes(ticket)

    andi.opens(f"/pd/aduan/{ticket}")

    assert "Lampu jalan depan masjid mati" in andi.page
    assert [word for word in IDENTITY if word in andi.page] == []


def test_messages_reach_a_pd_redacted_only(andi, office, runtime):
    ticket = office.hears()
    office.disposes(ticket)
    with runtime.transaction() as session:
        message = session.query(Message).filter_by(direction="in").one()
        message.redacted_text = None

    andi.opens(f"/pd/aduan/{ticket}")

    assert "hanya dibuka Diskominfo" in andi.page
    assert "hubungi 0812" not in andi.page


def test_another_pds_number_looks_exactly_like_one_that_does_not_exist(app, office):
    ticket = office.hears()
    office.disposes(ticket)
    hadi = logged_in(app, "hadi")

    foreign, missing = (hadi.opens(f"/pd/aduan/{number}") for number in (ticket, "26-99999-0"))

    assert foreign.status_code == missing.status_code == 403
    assert foreign.get_data() == missing.get_data()
    assert sorted(foreign.headers) == sorted(missing.headers)
    assert "Aduan ini bukan disposisi Perangkat Daerah Anda." in hadi.page


@pytest.mark.parametrize(
    "step", ["terima", "kembalikan", "jadwalkan", "tanya", "catatan", "draf", "langkah/dibaca"]
)
def test_no_step_opens_another_pds_case(app, office, step):
    ticket = office.hears()
    office.disposes(ticket)
    hadi = logged_in(app, "hadi")
    hadi.opens("/akun")
    form = {
        "plan": "Rencana",
        "expected_on": "2026-11-27",
        "reason": "not_ours",
        "resume_on": "2026-11-27",
        "schedule_reason": "Alasan",
        "question": "where",
        "text": "Catatan",
        "done": "Sudah",
        "proposal": "in_progress",
        "step": "simpan",
    }

    response = hadi.sends(f"/pd/aduan/{ticket}/{step}", **form)

    assert response.status_code == 403
    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


def test_a_pd_gets_shared_copies_of_its_own_cases_only(app, andi, office, runtime):
    ticket = office.hears()
    office.disposes(ticket)
    photo = attach(runtime, ticket)
    card = attach(runtime, ticket, identity=True)
    contact = attach(runtime, ticket, kind=MediaKind.CONTACT)
    hadi = logged_in(app, "hadi")

    shared = andi.opens(f"/lampiran/{photo}/tampil")

    assert shared.get_data() == b"shared copy"
    assert andi.opens(f"/lampiran/{photo}/asli").status_code == 403
    assert andi.opens(f"/lampiran/{card}/tampil").status_code == 403
    assert andi.opens(f"/lampiran/{contact}/tampil").status_code == 403
    assert hadi.opens(f"/lampiran/{photo}/tampil").status_code == 403


def test_an_identity_photo_is_not_even_announced_to_a_pd(andi, office, runtime):
    ticket = office.hears()
    office.disposes(ticket)
    card = attach(runtime, ticket, identity=True)

    andi.opens(f"/pd/aduan/{ticket}")

    assert f"/lampiran/{card}/" not in andi.page
    assert "identitas." not in andi.page


def test_the_list_tells_the_next_step(andi, office):
    new, accepted = office.hears(), office.hears("Got mampet di Damon sejak 2 November 2026")
    office.disposes(new)
    office.disposes(accepted, note="Cek kios 12")
    office.accepts(accepted)

    andi.opens("/pd/")

    assert f"/pd/aduan/{new}?antrean=semua#terima" in andi.page
    assert f"/pd/aduan/{new}?antrean=semua#kembalikan" in andi.page
    assert andi.page.count("K3 Draf: Sisa") == 2  # beside K2 of the new one, and alone
    assert f"/pd/aduan/{accepted}?antrean=semua#draf" in andi.page
    assert "Cek kios 12" in andi.page


def test_accepting_asks_for_a_plan_and_a_day(andi, office):
    ticket = office.hears()
    office.disposes(ticket)
    andi.opens(f"/pd/aduan/{ticket}")

    refused = andi.sends(f"/pd/aduan/{ticket}/terima", plan="Mengganti lampu", expected_on="")
    kept = "Mengganti lampu" in andi.page
    andi.sends(f"/pd/aduan/{ticket}/terima", plan="Mengganti lampu", expected_on="2026-11-27")

    assert refused.status_code == 422
    assert kept
    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS


def test_a_draft_is_saved_then_handed_in(andi, office, runtime):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    andi.opens(f"/pd/aduan/{ticket}")
    form = {"done": "Tim memeriksa.", "planned": "", "due_on": "", "proposal": "resolved"}
    form["no_photo"] = "Dilihat warga di tempat."

    andi.sends(f"/pd/aduan/{ticket}/draf", **form, step="simpan")
    andi.opens(f"/pd/aduan/{ticket}")
    saved = "Tim memeriksa." in andi.page
    andi.sends(f"/pd/aduan/{ticket}/draf", **form, step="ajukan")
    andi.opens(f"/pd/aduan/{ticket}")

    assert saved
    assert "Menunggu koreksi Diskominfo." in andi.page
    assert only(runtime, DraftAnswer).proposal == "resolved"


def test_a_draft_changed_by_a_colleague_shows_both_texts(app, andi, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    andi.opens(f"/pd/aduan/{ticket}")
    colleague = logged_in(app, "andi")
    colleague.opens(f"/pd/aduan/{ticket}")
    form = {"planned": "", "due_on": "", "proposal": "in_progress", "step": "simpan"}
    colleague.sends(f"/pd/aduan/{ticket}/draf", done="Tulisan rekan", **form)

    response = andi.sends(f"/pd/aduan/{ticket}/draf", done="Tulisan saya", **form)

    assert response.status_code == 409
    assert "Tulisan rekan" in andi.page
    assert "Tulisan saya" in andi.page


def test_a_returned_draft_says_why_and_keeps_its_text(andi, office, runtime):
    ticket = office.in_correction()
    wished = Correction("Lampu sudah diganti Rabu 18/11.", final=False)
    reason, note = "no_time", "Tulis tanggalnya"
    answers.return_draft(runtime, office.rina, CaseRef(ticket), reason, note, wished)

    andi.opens(f"/pd/aduan/{ticket}")

    assert "Dikembalikan Diskominfo: tanpa waktu." in andi.page
    assert "Tulis tanggalnya" in andi.page
    assert "Lampu sdh diganti kmrn." in andi.page
    assert "<ins>Rabu 18/11</ins>" in andi.page


def test_the_pd_sees_how_its_answer_was_corrected(andi, office, runtime):
    ticket = office.in_correction()
    answers.send_answer(
        runtime, office.rina, CaseRef(ticket), Correction("Lampu sudah diganti.", final=True)
    )

    andi.opens(f"/pd/aduan/{ticket}")

    assert "Jawaban Anda dikirim dengan koreksi (2 perubahan)." in andi.page
    assert "<ins>sudah </ins>" in andi.page


def test_returning_scheduling_asking_and_noting_work_from_the_page(andi, office, runtime):
    returned, kept = office.hears(), office.hears("Got mampet di Damon sejak 2 November 2026")
    office.disposes(returned)
    office.disposes(kept)
    office.accepts(kept)
    andi.opens(f"/pd/aduan/{returned}")
    andi.sends(f"/pd/aduan/{returned}/kembalikan", reason="not_ours", suggested_pd="DISHUB")
    andi.opens(f"/pd/aduan/{kept}")

    andi.sends(f"/pd/aduan/{kept}/tanya", question="photo")
    andi.sends(f"/pd/aduan/{kept}/catatan", text="Butuh alat berat")
    andi.sends(
        f"/pd/aduan/{kept}/jadwalkan", resume_on="2026-12-01", schedule_reason="Menunggu alat"
    )

    assert office.complaint(returned).status is ComplaintStatus.RECEIVED
    assert office.complaint(kept).status is ComplaintStatus.PENDING_SCHEDULED
    keys = [message.text_key for message in all_of(runtime, Message)]
    assert keys[-2:] == ["minta_info", "tunda_waktu"]


def test_an_empty_queue_names_the_office(andi):
    andi.opens("/pd/?antrean=baru")

    assert "Tidak ada disposisi baru untuk Dinas Pekerjaan Umum" in andi.page


def test_the_first_help_stays_until_the_person_puts_it_away(app, andi):
    andi.opens("/pd/")
    shown = "Cara kerja Kotak Masuk PD" in andi.page

    andi.follows(andi.sends("/pd/bantuan"))
    elsewhere, hadi = logged_in(app, "andi"), logged_in(app, "hadi")
    elsewhere.opens("/pd/")
    hadi.opens("/pd/")

    assert shown
    assert "Cara kerja" not in andi.page
    assert "Cara kerja" not in elsewhere.page
    assert "Cara kerja" in hadi.page
