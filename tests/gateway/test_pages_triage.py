"""The pages of triage, as forms: groups, parts, many cases at once, priorities, returns."""

import pytest

from gateway.cases.casefile import CaseRef
from gateway.casework import pdwork
from gateway.casework.pdwork import Return
from store.models.complaint import Complaint, ComplaintStatus, Priority, Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

LAMP = "Lampu jalan mati di Jl Sudirman depan masjid Al-Ikhlas desa Air Putih sejak 3 November 2026"
SAME = "PJU mati total depan masjid Al-Ikhlas Jl Sudirman desa Air Putih sejak 4 November 2026"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def rina(app, office):  # noqa: ARG001 (her account is the office's)
    return logged_in(app, "rina")


@pytest.fixture
def pair(office):
    return office.hears(LAMP, sender="+6281255501041"), office.hears(SAME, sender="+6281255501043")


def test_two_cases_are_compared_grouped_and_taken_apart(rina, office, pair):
    leader, follower = pair
    rina.opens(f"/kotak/aduan/{follower}?bagian=serupa")
    assert f"/kotak/aduan/{follower}/serupa/{leader}" in rina.page

    rina.opens(f"/kotak/aduan/{follower}/serupa/{leader}")
    assert "Karena: jalan sama" in rina.page
    done = rina.sends(f"/kotak/aduan/{follower}/serupa/{leader}", step="ikut")

    page = rina.follows(done)
    assert f"{follower} kini mengikuti {leader}." in page
    assert "Urungkan" in page
    assert f"/kotak/aduan/{follower}/pisahkan" in page
    rina.opens(f"/kotak/aduan/{follower}")
    assert f'Ikut aduan <a href="/kotak/aduan/{leader}' in rina.page
    rina.sends(f"/kotak/aduan/{follower}/pisahkan")
    assert office.complaint(follower).leading_id is None


def test_the_other_case_can_be_the_one_that_follows(rina, office, pair):
    leader, follower = pair
    rina.opens(f"/kotak/aduan/{leader}/serupa/{follower}")

    rina.sends(f"/kotak/aduan/{leader}/serupa/{follower}", step="utama")

    assert office.complaint(follower).leading_id == office.complaint(leader).id


def test_a_refused_grouping_says_why(rina, office, pair):
    leader, follower = pair
    office.disposes(follower)
    rina.opens(f"/kotak/aduan/{follower}/serupa/{leader}")

    refused = rina.sends(f"/kotak/aduan/{follower}/serupa/{leader}", step="ikut")

    assert refused.status_code == 422
    assert "hanya dapat menjadi aduan utama" in rina.page


def test_the_second_browser_learns_that_the_case_has_changed(app, rina, pair):
    leader, follower = pair
    other = logged_in(app, "rina")
    for browser in (rina, other):
        browser.opens(f"/kotak/aduan/{follower}/serupa/{leader}")

    first = rina.sends(f"/kotak/aduan/{follower}/serupa/{leader}", step="ikut")
    second = other.sends(f"/kotak/aduan/{follower}/serupa/{leader}", step="ikut")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "baru saja berubah" in other.page


def test_not_the_same_is_offered_no_more(rina, pair):
    leader, follower = pair
    rina.opens(f"/kotak/aduan/{follower}/serupa/{leader}")

    rina.sends(f"/kotak/aduan/{follower}/serupa/{leader}", step="bukan")

    rina.opens(f"/kotak/aduan/{follower}?bagian=serupa")
    assert "Mungkin sama" not in rina.page
    assert "Tidak ada aduan serupa." in rina.page


def test_a_case_is_split_in_a_dialog_and_the_split_undone(rina, office):
    ticket = office.hears()
    office.disposes(ticket)
    rina.opens(f"/kotak/aduan/{ticket}/pecah")
    refused = rina.sends(f"/kotak/aduan/{ticket}/pecah", pd_1="DISHUB", text_1="")
    assert refused.status_code == 422
    assert "Tulis bagian yang ditangani." in rina.page

    done = rina.sends(f"/kotak/aduan/{ticket}/pecah", pd_1="DISHUB", text_1="Rambu roboh.")

    page = rina.follows(done)
    assert "Bagian 1:" in page
    assert f"/kotak/aduan/{ticket}-1" in page
    rina.sends(f"/kotak/aduan/{ticket}/pecah/urungkan")
    assert office.complaint(f"{ticket}-1").archived_at is not None


def test_one_part_is_taken_back(rina, office):
    ticket = office.hears()
    office.disposes(ticket)
    rina.opens(f"/kotak/aduan/{ticket}/pecah")
    rina.sends(f"/kotak/aduan/{ticket}/pecah", pd_1="DISHUB", text_1="Rambu roboh.")

    done = rina.sends(f"/kotak/aduan/{ticket}-1/bagian/batal")

    assert done.headers["Location"].startswith(f"/kotak/aduan/{ticket}?")
    assert office.complaint(f"{ticket}-1").archived_reason == "part_cancelled"


def test_many_cases_are_shown_before_they_are_disposed_and_can_be_taken_back(rina, office, pair):
    for ticket in pair:
        assert office.complaint(ticket).category_code == "PJU"
    rina.opens("/kotak/")
    assert f'name="pilih" value="{pair[0]}"' in rina.page

    rina.opens(f"/kotak/massal/?aksi=disposisi&pilih={pair[0]}&pilih={pair[1]}")
    assert "Disposisi: 2 aduan" in rina.page
    assert office.complaint(pair[0]).title in rina.page
    versions = {f"version-{ticket}": office.complaint(ticket).version for ticket in pair}
    done = rina.sends(
        "/kotak/massal/", aksi="disposisi", pilih=list(pair), pd_code="DPUPR", **versions
    )

    page = rina.follows(done)
    assert "2 aduan selesai diproses." in page
    assert {office.complaint(ticket).status for ticket in pair} == {ComplaintStatus.DISPOSED}
    rina.sends("/kotak/massal/1/urungkan")
    assert {office.complaint(ticket).status for ticket in pair} == {ComplaintStatus.RECEIVED}


def test_from_the_list_of_all_cases_one_comes_back_to_the_same_filter(app, rina, office, pair):
    rina.opens("/daftar/?kategori=PJU&urut=batas")
    assert f'name="pilih" value="{pair[0]}"' in rina.page
    assert 'name="saringan" value="kategori=PJU&urut=batas"' in rina.page

    rina.opens(
        f"/kotak/massal/?aksi=prioritas&pilih={pair[0]}&saringan=kategori%3DPJU%26x%3D//evil"
    )
    assert 'href="/daftar/?kategori=PJU"' in rina.page
    done = rina.sends(
        "/kotak/massal/", aksi="prioritas", pilih=[pair[0]], priority="low", saringan="kategori=PJU"
    )

    assert done.headers["Location"] == "/daftar/?kategori=PJU"
    assert "/kotak/massal/1/urungkan?saringan=kategori%3DPJU" in rina.follows(done)
    assert office.complaint(pair[0]).priority is Priority.LOW
    dewi = logged_in(app, "dewi")
    dewi.opens("/daftar/")
    assert "data-pick" not in dewi.page


def test_a_bulk_form_without_an_office_keeps_the_choice(rina, pair):
    rina.opens(f"/kotak/massal/?aksi=disposisi&pilih={pair[0]}")

    refused = rina.sends("/kotak/massal/", aksi="disposisi", pilih=[pair[0]])

    assert refused.status_code == 422
    assert "Pilih Perangkat Daerah penanggung jawab." in rina.page
    assert f'name="pilih" value="{pair[0]}"' in rina.page


def test_choosing_nothing_leads_back_to_the_list(rina):
    answer = rina.opens("/kotak/massal/?aksi=disposisi")

    assert answer.status_code == 302


def test_the_priority_has_a_dialog_with_what_each_means(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/prioritas")
    assert "layanan dasar terputus" in rina.page

    rina.sends(f"/kotak/aduan/{ticket}/prioritas", priority="low")

    assert office.complaint(ticket).priority is Priority.LOW


def test_the_disposisi_dialog_asks_about_a_pd_that_the_words_name(rina, office):
    ticket = office.hears("Petugas Dinas Perhubungan minta uang di desa Air Putih sejak 3 November")
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    assert "Aduan ini menyebut Dinas Perhubungan. Alihkan ke Inspektorat?" in rina.page

    done = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi", pd_code="", category="PJU", priority="normal",
        conflict="DISHUB", notify="on",
    )  # fmt: skip

    assert "didisposisikan ke Inspektorat" in rina.follows(done)
    assert office.complaint(ticket).privacy is Privacy.SECRET


def test_a_late_return_is_decided_on_the_case(app, rina, runtime, office, clock):
    ticket = office.hears()
    office.disposes(ticket)
    clock.advance(days=10)
    pdwork.send_back(runtime, office.andi, CaseRef(ticket), Return("not_ours", "", "DLH"))
    rina = logged_in(app, "rina")

    rina.opens(f"/kotak/aduan/{ticket}")
    assert "PD minta mengembalikan." in rina.page
    rina.sends(f"/kotak/aduan/{ticket}/pengembalian/setujui")
    again = rina.sends(f"/kotak/aduan/{ticket}/pengembalian/tolak")

    assert office.complaint(ticket).status is ComplaintStatus.RECEIVED
    assert "sudah diputuskan" in rina.follows(again)


def test_an_operator_neither_groups_nor_splits(app, office, pair):
    dewi = logged_in(app, "dewi")
    leader, follower = pair

    assert dewi.opens(f"/kotak/aduan/{follower}/serupa/{leader}").status_code == 403
    assert dewi.opens(f"/kotak/aduan/{follower}/pecah").status_code == 404
    assert dewi.opens("/kotak/massal/?aksi=disposisi").status_code == 403
    dewi.opens("/kotak/")
    assert "data-pick" not in dewi.page
    assert len(all_of(office.runtime, Complaint)) == 2
