"""Two people on one text: nobody's words are lost, and each learns of the other."""

import pytest

from gateway.runtime import Runtime
from tests.gateway.office import Office, open_office
from tests.gateway.pages import logged_in, make_app


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


def test_two_browsers_on_one_correction_keep_both_texts(runtime, office):
    ticket = office.in_correction()
    app = make_app(runtime)
    first, second = logged_in(app, "rina"), logged_in(app, "rina")
    first.opens(f"/koreksi/{ticket}")
    second.opens(f"/koreksi/{ticket}")

    first.follows(first.sends(f"/koreksi/{ticket}", body="Teks pertama 🙂", step="simpan"))
    late = second.sends(f"/koreksi/{ticket}", body="Teks kedua", step="simpan")

    assert late.status_code == 409
    assert "Teks ini baru saja diubah oleh Rina (08.15)." in second.page
    assert "Teks pertama 🙂" in second.page
    assert "Teks kedua" in second.page

    again = second.sends(f"/koreksi/{ticket}", body="Teks gabungan", step="simpan")
    assert again.status_code == 302


def test_two_browsers_on_one_draft_keep_both_texts(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    app = make_app(runtime)
    first, second = logged_in(app, "andi"), logged_in(app, "andi")
    first.opens(f"/pd/aduan/{ticket}")
    second.opens(f"/pd/aduan/{ticket}")

    first.sends(f"/pd/aduan/{ticket}/draf", done="Draf pertama", proposal="in_progress")
    late = second.sends(f"/pd/aduan/{ticket}/draf", done="Draf kedua", proposal="in_progress")

    assert late.status_code == 409
    assert "Draf ini baru saja diubah oleh Andi (08.15)." in second.page
    assert "Draf pertama" in second.page
    assert "Draf kedua" in second.page


def test_a_public_text_that_was_written_on_an_older_case_stands_beside_the_stored_one(
    runtime, office
):
    ticket = office.hears()
    app = make_app(runtime)
    rina = logged_in(app, "rina")
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).public_text = "Isi publik dari Dewi"

    late = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi",
        pd_code="DPUPR",
        category="PJU",
        priority="normal",
        publish="on",
        title="Judul saya",
        public_text="Isi publik saya",
    )

    assert late.status_code == 409
    assert "Tulisan Anda tetap ada di bawah." in rina.page
    assert "Yang tersimpan sekarang:" in rina.page
    assert "Isi publik dari Dewi" in rina.page
    assert "Isi publik saya" in rina.page
