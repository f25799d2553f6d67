"""The pages of Pengaturan, as a browser gets them."""

import io
import re
from dataclasses import replace

import pyotp
import pytest

from gateway.accounts import oidc, second_step, staff_accounts
from gateway.cases.casefile import CaseRef
from gateway.casework import assignments
from gateway.settings import settings
from store import tenant
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.test_settings import CATEGORY, IDENTITY, with_rereading


@pytest.fixture
def office(runtime):
    return open_office(with_rereading(runtime))


@pytest.fixture
def app(office):
    return make_app(office.runtime)


@pytest.fixture
def tuti(app):
    return logged_in(app, "tuti")


@pytest.fixture
def rina(app):
    return logged_in(app, "rina")


EVERY_PAGE = (
    "/pengaturan/",
    "/pengaturan/periksa",
    "/pengaturan/identitas",
    "/pengaturan/nomor-darurat",
    "/pengaturan/jam-kerja",
    "/pengaturan/alamat-kanal",
    "/pengaturan/batas-waktu",
    "/pengaturan/perangkat-daerah",
    "/pengaturan/perangkat-daerah/DPUPR",
    "/pengaturan/tambah/perangkat-daerah",
    "/pengaturan/kategori",
    "/pengaturan/kategori/PJU",
    "/pengaturan/tambah/kategori",
    "/pengaturan/kecamatan",
    "/pengaturan/tambah/kecamatan",
    "/pengaturan/desa",
    "/pengaturan/desa/14.03.01.2011",
    "/pengaturan/tambah/desa",
    "/pengaturan/label",
    "/pengaturan/tambah/label",
    "/pengaturan/libur",
    "/pengaturan/libur?tahun=99999999999999999999",
    "/pengaturan/libur/2026-11-26",
    "/pengaturan/tambah/libur",
    "/pengaturan/teks",
    "/pengaturan/teks/sambutan",
    "/pengaturan/pengguna",
    "/pengaturan/tambah/pengguna",
)


def test_every_page_opens_and_has_one_heading(tuti):
    for address in EVERY_PAGE:
        response = tuti.opens(address)

        assert response.status_code == 200, address
        assert tuti.page.count("<h1>") == 1, address


def test_no_page_has_code_or_style_inside(tuti):
    for address in EVERY_PAGE:
        tuti.opens(address)

        assert not re.search(r'\s(style|on[a-z]+)="|<script(?! src=)', tuti.page), address


def test_a_saved_form_shows_on_every_page_without_a_restart(tuti):
    tuti.opens("/pengaturan/identitas")

    tuti.follows(tuti.sends("/pengaturan/identitas", **IDENTITY))

    assert "Tersimpan." in tuti.page
    assert "<span>Lapor Kita</span>" in tuti.page


def test_the_public_page_of_another_process_shows_the_new_name(office, app):
    other = Browser(make_app(office.runtime))
    tuti = logged_in(app, "tuti")
    tuti.opens("/pengaturan/identitas")
    tuti.sends("/pengaturan/identitas", **IDENTITY)

    other.opens("/")

    assert "Lapor Kita" in other.page


def test_a_wrong_form_keeps_what_was_typed(tuti):
    tuti.opens("/pengaturan/identitas")

    response = tuti.sends("/pengaturan/identitas", **(IDENTITY | {"app": "Terlalu panjang"}))

    assert response.status_code == 422
    assert 'value="Terlalu panjang"' in tuti.page
    assert 'href="#app"' in tuti.page
    assert 'aria-invalid="true"' in tuti.page


def test_the_second_of_two_admins_sees_both_texts_and_may_save_again(tuti, rina):
    rina.opens("/pengaturan/kategori/PJU")
    tuti.opens("/pengaturan/kategori/PJU")
    rina.sends("/pengaturan/kategori/PJU", **CATEGORY)

    response = tuti.sends("/pengaturan/kategori/PJU", **(CATEGORY | {"days": "30"}))

    assert response.status_code == 409
    assert "baru saja diubah oleh <b>Rina</b>" in tuti.page
    assert 'value="30"' in tuti.page
    assert "<dd>7</dd>" in tuti.page
    assert tuti.sends("/pengaturan/kategori/PJU", **(CATEGORY | {"days": "30"})).status_code == 302


def test_a_form_without_its_version_overwrites_nothing(office, tuti):
    settings.change(office.runtime, office.rina, "category", "PJU", CATEGORY, 0)
    tuti.opens("/pengaturan/kategori/PJU")

    form = CATEGORY | {"days": "30", "version": ""}
    response = tuti.sends("/pengaturan/kategori/PJU", **form)

    assert response.status_code == 409


def test_the_history_leads_back(office, tuti):
    settings.change(office.runtime, office.rina, "category", "PJU", CATEGORY, 0)
    tuti.opens("/pengaturan/kategori/PJU")
    address = re.search(r'action="(/pengaturan/versi/\d+)"', tuti.page)[1]

    page = tuti.follows(tuti.sends(address, side="sebelum", area="category", key="PJU"))

    assert "Dikembalikan." in page
    with office.runtime.transaction() as session:
        assert tenant.category(session, "PJU").days is None


def test_a_way_back_to_what_is_not_there_is_not_found(tuti):
    tuti.opens("/pengaturan/kategori/PJU")

    assert tuti.sends("/pengaturan/versi/999", area="category", key="PJU").status_code == 404


def test_a_version_that_would_no_longer_do_says_why(office, tuti):
    form = CATEGORY | {"default_pd": "DISHUB"}
    settings.change(office.runtime, office.tuti, "category", "PJU", form, 0)
    first = settings.show(office.runtime, office.tuti, "category", "PJU").version
    settings.change(office.runtime, office.tuti, "category", "PJU", CATEGORY, first)
    with office.runtime.transaction() as session:
        tenant.put_pd(session, {"code": "DISHUB", "name": "Dishub", "active": False})
    tuti.opens("/pengaturan/kategori/PJU")

    response = tuti.sends(f"/pengaturan/versi/{first}", area="category", key="PJU")

    assert response.status_code == 422
    assert "tidak ada atau nonaktif" in tuti.page


def test_a_text_is_previewed_saved_and_taken_back(office, tuti):
    wording = {"sms": "Maaf, ada gangguan.", "rich": "*Maaf*, ada gangguan."}
    tuti.opens("/pengaturan/teks/gangguan")
    shown = tuti.sends("/pengaturan/pratinjau/gangguan", **wording)
    tuti.opens("/pengaturan/teks/gangguan")
    tuti.sends("/pengaturan/teks/gangguan", **wording)
    said = tuti.opens("/pengaturan/teks").get_data(as_text=True)
    tuti.opens("/pengaturan/teks/gangguan")
    tuti.sends("/pengaturan/hapus/teks/gangguan")

    assert "<b>Maaf</b>, ada gangguan." in shown.get_data(as_text=True)
    assert "19 huruf, 1 SMS" in shown.get_data(as_text=True)
    assert "Maaf, ada gangguan." in said
    assert settings.show(office.runtime, office.tuti, "text", "gangguan").value is None


def test_a_text_that_is_not_there_has_no_preview(tuti):
    tuti.opens("/pengaturan/teks/gangguan")

    assert tuti.sends("/pengaturan/pratinjau/entah", sms="x").status_code == 404


def test_days_come_from_the_national_list_and_from_a_file(rina):
    rina.opens("/pengaturan/libur")
    filled = rina.follows(rina.sends("/pengaturan/isi/libur", year="2027"))
    file = (io.BytesIO(b"2027-06-30,Hari jadi\n"), "libur.csv")
    rina.opens("/pengaturan/libur")
    imported = rina.follows(rina.sends("/pengaturan/impor/libur", file=file))
    rina.opens("/pengaturan/libur")
    wrong = rina.sends("/pengaturan/impor/libur", csv="entah apa")

    assert "Hari libur 2027" in filled
    assert "1 hari disimpan." in imported
    assert wrong.status_code == 422
    assert "entah apa</textarea>" in rina.page


def test_a_year_that_is_no_year_is_said(rina):
    rina.opens("/pengaturan/libur")

    assert rina.sends("/pengaturan/isi/libur", year="nanti").status_code == 422


def test_a_removed_holiday_leads_back_to_its_year(rina):
    rina.opens("/pengaturan/libur/2026-11-26")
    response = rina.sends("/pengaturan/hapus/libur/2026-11-26")

    assert response.headers["Location"] == "/pengaturan/libur"
    assert rina.opens("/pengaturan/libur/2026-11-26").status_code == 404


def test_an_account_opens_with_the_code_that_is_shown_once(app, tuti):
    tuti.opens("/pengaturan/tambah/pengguna")
    tuti.sends(
        "/pengaturan/tambah/pengguna",
        username="sari", name="Sari", role="petugas_pd", pd_code="DPUPR",
    )  # fmt: skip
    code = re.search(r"(?:[A-Z2-9]{5}-){3}[A-Z2-9]{5}", tuti.page)[0]
    link = re.search(r'value="(https://[^"]+)"', tuti.page)[1]
    sari = Browser(app)
    sari.opens("/aktivasi")
    wrong = sari.sends("/aktivasi", code=code, password="sandi sari", again="lain")
    right = sari.sends("/aktivasi", code=code, password="sandi sari", again="sandi sari")
    sari.opens("/aktivasi")
    again = sari.sends("/aktivasi", code=code, password="sandi sari", again="sandi sari")

    assert link.endswith(f"/aktivasi#{code}")  # behind the #: no server and no log sees it
    assert wrong.status_code == 422
    assert right.headers["Location"] == "/masuk"
    assert again.status_code == 422
    assert code not in logged_in(app, "tuti").opens("/pengaturan/pengguna").get_data(as_text=True)


def test_a_first_password_leads_back_to_the_list(tuti):
    tuti.opens("/pengaturan/tambah/pengguna")

    response = tuti.sends(
        "/pengaturan/tambah/pengguna",
        username="sari", name="Sari", role="operator", pd_code="", password="sandi pertama",
    )  # fmt: skip

    assert response.status_code == 302
    assert "Sari" in tuti.follows(response)


def test_a_reset_shows_a_new_code(office, tuti):
    tuti.opens(f"/pengaturan/pengguna/{office.andi.id}")

    tuti.sends(f"/pengaturan/kode/{office.andi.id}")

    assert "Kode untuk andi" in tuti.page


def test_who_goes_hands_the_open_work_to_a_colleague_first(office, tuti):
    ticket = office.hears()
    office.disposes(ticket)
    form = {"username": "sari", "name": "Sari", "role": "petugas_pd", "pd_code": "DPUPR"}
    made = staff_accounts.create(office.runtime, office.tuti, form)
    ref = CaseRef(ticket)
    assignments.assign(office.runtime, office.andi, ref, office.andi.id)
    address, leaves = f"/pengaturan/pengguna/{office.andi.id}", {"name": "Andi", "pd_code": "DPUPR"}
    tuti.opens(address)
    assert "Aduan yang dipegang: 1" in tuti.page
    refused = tuti.sends(address, role="petugas_pd", **leaves)
    stranger = tuti.sends(f"/pengaturan/alihkan/{office.andi.id}", kepada=office.hadi.id)
    tuti.opens(address)
    page = tuti.follows(tuti.sends(f"/pengaturan/alihkan/{office.andi.id}", kepada=made.user_id))

    tuti.sends(address, role="petugas_pd", **leaves)

    assert (refused.status_code, stranger.status_code) == (422, 422)
    assert "1 aduan dialihkan." in page
    now = settings.show(office.runtime, office.tuti, "user", str(office.andi.id))
    assert not now.value["active"]


def test_a_wrong_new_pd_keeps_what_was_typed(tuti):
    tuti.opens("/pengaturan/tambah/perangkat-daerah")

    response = tuti.sends("/pengaturan/tambah/perangkat-daerah", code="a b", name="Dinas <b>")

    assert response.status_code == 422
    assert "Dinas <b>" in tuti.page


@pytest.mark.parametrize(
    "address", ["/pengaturan/entah", "/pengaturan/tambah/teks", "/pengaturan/tambah/identitas"]
)
def test_addresses_that_lead_nowhere_are_not_found(tuti, address):
    assert tuti.opens(address).status_code == 404


def test_an_admin_sees_only_the_own_parts_in_the_menu(rina):
    rina.opens("/pengaturan/")

    assert "/pengaturan/kategori" in rina.page
    assert "/pengaturan/identitas" not in rina.page
    assert "/pengaturan/pengguna" not in rina.page


def test_the_checklist_is_gone_through_in_the_browser(office, tuti):
    tuti.opens("/pengaturan/periksa")
    before = tuti.page.count(">Siap<") + tuti.page.count("Siap</span>")
    looked_at = (
        "identity",
        "emergency",
        "hours",
        "clocks",
        "channels",
        "village",
        "category",
        "text",
    )
    for step in looked_at:
        tuti.opens("/pengaturan/periksa")
        tuti.sends(f"/pengaturan/periksa/{step}")
    tuti.opens("/pengaturan/libur")
    for year in ("2026", "2027"):
        tuti.sends("/pengaturan/isi/libur", year=year)
    tuti.opens("/pengaturan/tambah/pengguna")
    tuti.sends("/pengaturan/tambah/pengguna", username="wati", name="Wati", role="superadmin")
    office.hears()

    tuti.opens("/pengaturan/periksa")

    left = re.findall(r"Belum</span>\s*<div><h2>([^<]+)", tuti.page)
    assert before < 7
    assert left == ["Perangkat Daerah dan kepalanya", "Kode masuk kedua untuk akun Anda"]


def test_a_service_without_channels_and_people_is_told_so(office):
    bare = replace(office.runtime, channels={})
    tuti = logged_in(make_app(bare), "tuti")

    tuti.opens("/pengaturan/periksa")

    assert "Belum ada kanal yang tersambung." in tuti.page


def test_only_steps_that_people_judge_are_ticked_off(tuti, rina):
    tuti.opens("/pengaturan/periksa")
    rina.opens("/pengaturan/periksa")

    assert tuti.sends("/pengaturan/periksa/test").status_code == 404
    assert rina.sends("/pengaturan/periksa/identity").status_code == 403


def test_a_keeper_takes_a_lost_telephone_away_only_when_sure(office, tuti):
    second_step.prepare(office.runtime, office.dewi)
    key = second_step.state(office.runtime, office.dewi).key.replace(" ", "")
    second_step.confirm(office.runtime, office.dewi, pyotp.TOTP(key).at(office.runtime.now()))
    here = f"/pengaturan/pengguna/{office.dewi.id}"
    tuti.opens(here)

    unsure = tuti.sends(f"/pengaturan/langkah-kedua/{office.dewi.id}")
    assert unsure.status_code == 422
    assert second_step.state(office.runtime, office.dewi).on
    tuti.opens(here)
    page = tuti.follows(tuti.sends(f"/pengaturan/langkah-kedua/{office.dewi.id}", sure="ya"))

    assert not second_step.state(office.runtime, office.dewi).on
    assert "Riwayat cara masuk" in page


def test_a_keeper_connects_an_outside_login_and_ends_it(office, tuti):
    oidc.connect(office.runtime, None, "rina", "rina@kab.example")
    oidc.connect(office.runtime, None, "dewi", "dewi@kab.example")
    here = f"/pengaturan/pengguna/{office.dewi.id}"
    there = f"/pengaturan/masuk-lain/{office.dewi.id}"
    tuti.opens(here)
    assert 'value="dewi@kab.example"' in tuti.page

    taken = tuti.sends(there, sure="ya", oidc_login="RINA@kab.example")
    assert taken.status_code == 422
    tuti.opens(here)
    page = tuti.follows(tuti.sends(there, sure="ya", oidc_login=""))

    assert "<del>dewi@kab.example</del>" in page
    assert 'value="dewi@kab.example"' not in page


def test_diskominfos_admin_hands_out_a_code_to_an_officer_of_a_pd(office, rina):
    rina.opens("/pengaturan/sandi-pd")
    assert "Pengguna</a>" not in rina.page

    rina.page = rina.sends(f"/pengaturan/kode/{office.andi.id}").get_data().decode()

    assert "Kode untuk andi" in rina.page
    assert f'href="/pengaturan/sandi-pd#{office.andi.id}"' in rina.page
    rina.opens("/pengaturan/sandi-pd")
    assert rina.sends(f"/pengaturan/kode/{office.tuti.id}").status_code == 403
