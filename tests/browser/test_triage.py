"""Triage in a real browser: similar cases, parts, and many cases at once by keyboard."""

import pytest
from playwright.sync_api import expect

from gateway.cases.casefile import CaseRef
from gateway.casework import groups, splitting
from gateway.casework.splitting import PartForm
from store.models.complaint import ComplaintStatus
from tests.browser.accessible import faults
from tests.browser.test_pages import chromium, runtime, site, window

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser

LAMP = "Lampu jalan mati di Jl Sudirman depan masjid Al-Ikhlas desa Air Putih sejak kemarin"


@pytest.fixture(scope="module")
def around(site):
    """A case that leads one, has a part, and looks like a third."""
    office = site.office
    leader, follower, third = (
        office.hears(LAMP, sender=f"+628125550106{place}") for place in range(3)
    )
    groups.join(site.runtime, office.rina, CaseRef(follower), leader)
    office.disposes(leader)
    splitting.split(
        site.runtime, office.rina, CaseRef(leader), [PartForm("DISHUB", "Rambu roboh.")]
    )
    return leader, follower, third


def test_the_pages_of_triage_break_no_rule_of_accessibility_and_fit(window, site, around):
    leader, follower, third = around
    page = window("rina")

    found: list[str] = []
    for address in (
        "/kotak/?antrean=verifikasi",
        f"/kotak/aduan/{leader}?bagian=serupa",
        f"/kotak/aduan/{follower}?bagian=serupa",
        f"/kotak/aduan/{third}/serupa/{leader}",
        f"/kotak/aduan/{leader}/pecah",
        f"/kotak/aduan/{leader}/prioritas",
        f"/kotak/massal/?aksi=disposisi&pilih={third}&pilih={leader}",
        f"/kotak/massal/?aksi=bukan-aduan&pilih={third}",
    ):
        page.goto(site.url + address)
        found += faults(page)

    assert found == []


@pytest.mark.usefixtures("around")
def test_many_cases_are_chosen_changed_and_taken_back_by_keyboard(window, site):
    page = window("rina")
    page.goto(f"{site.url}/kotak/?antrean=verifikasi")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-bulk-count]")).to_have_text("2 dipilih")
    chosen = [box.get_attribute("value") for box in page.locator("[data-pick]:checked").all()]
    page.get_by_label("Langkah untuk aduan terpilih").select_option("prioritas")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Rendah").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("2 aduan selesai diproses.")
    lowered = {site.office.complaint(ticket).priority.value for ticket in chosen}

    page.keyboard.press("z")

    expect(page.locator(".toast")).to_contain_text("Diurungkan: 2 aduan kembali seperti semula.")
    assert lowered == {"low"}
    assert {site.office.complaint(ticket).status for ticket in chosen} == {ComplaintStatus.RECEIVED}
    assert {site.office.complaint(ticket).priority.value for ticket in chosen} == {"normal"}
