"""Cases that may be the same: shown to Diskominfo with the reasons, never joined by themselves."""

import pytest

from store import complaints
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app

LAMP = "Lampu jalan mati di Jl Sudirman depan masjid Al-Ikhlas desa Air Putih sejak 3 November 2026"
SAME = (
    "pju mati total tiga tiang dpn masjid al-ikhlas jl sudirman desa air putih, anak2 takut lewat"
    " kalau magrib, sejak 4 november 2026"
)
OTHER = "Sampah menumpuk di pasar desa Meskom sejak 3 November 2026"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def rina(runtime):
    return logged_in(make_app(runtime), "rina")


def test_a_case_shows_open_ones_that_may_be_the_same_and_why(office, rina):
    first = office.hears(LAMP, sender="+6281255501041")
    other = office.hears(OTHER, sender="+6281255501042")
    second = office.hears(SAME, sender="+6281255501043")

    rina.opens(f"/kotak/aduan/{second}")

    panel = rina.page.partition("Mungkin sama")[2].partition("</section>")[0]
    assert first in panel
    assert "jalan sama" in panel
    assert "kategori sama" in panel
    assert second not in panel
    assert other not in panel


def test_a_case_that_nobody_else_told_shows_none(office, rina):
    office.hears(LAMP, sender="+6281255501041")
    ticket = office.hears(OTHER, sender="+6281255501042")

    rina.opens(f"/kotak/aduan/{ticket}")

    assert "Mungkin sama" not in rina.page


def test_an_archived_case_is_nobodys_likeness(office, rina, runtime, clock):
    first = office.hears(LAMP, sender="+6281255501041")
    second = office.hears(SAME, sender="+6281255501043")
    with runtime.transaction() as session:
        complaints.by_ticket(session, first).archived_at = clock()

    rina.opens(f"/kotak/aduan/{second}")

    assert "Mungkin sama" not in rina.page
