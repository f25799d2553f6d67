"""The list of cases in a real browser: accessible, on a phone, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from gateway.listing import views
from gateway.listing.list_filter import Criteria
from tests.browser.accessible import faults
from tests.browser.test_pages import chromium, runtime, site, window

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser

PAGES = (
    "/daftar/",
    "/daftar/?saring=ya&simpan=ya&status=received&kata=lampu",
    "/daftar/?kata=hantu",
)


def test_the_list_breaks_no_rule_of_accessibility_and_fits(window, site):
    views.save(site.runtime, site.office.rina, "PUPR", Criteria(pd="DPUPR"), shared=True)
    page = window("rina")

    found: list[str] = []
    for address in PAGES:
        page.goto(site.url + address)
        found += faults(page)

    assert found == []


def test_search_filter_and_open_by_keyboard_alone(window, site):
    page = window("rina")
    page.goto(f"{site.url}/daftar/")
    for key in "jjx":
        page.keyboard.press(key)
    expect(page.locator(".row-title").nth(1)).to_be_focused()
    expect(page.locator("[data-bulk-count]")).to_have_text("1 dipilih")
    page.keyboard.press("/")
    page.keyboard.type("lampu jalan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/daftar/?kata=**")
    expect(page.locator(".case-table mark").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")

    page.wait_for_url("**/kotak/aduan/**")


def test_a_nik_is_searched_with_a_reason_and_stands_in_no_address(window, site):
    page = window("rina")
    page.goto(f"{site.url}/daftar/")
    page.locator("#q").fill("1403010107859002")
    page.locator("#q").press("Enter")
    page.get_by_label("Alasan mencari dengan NIK").fill("Laporan ganda")
    page.get_by_role("button", name="Cari", exact=True).last.click()

    expect(page.get_by_text(site.received)).to_be_visible()
    assert "1403010107859002" not in page.url
