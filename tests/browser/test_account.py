"""The second step in a real browser: accessible, fitting on a phone, by keyboard alone."""

import pyotp
import pytest
from playwright.sync_api import expect

from store.models.second_step import SecondStep
from tests.browser.accessible import faults
from tests.browser.test_pages import chromium, runtime, site, window
from tests.gateway.office import PASSWORD

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser


def set_up(page, site, who) -> tuple[str, list[str]]:
    """Set the second step up; return a code from paper and the faults of the pages."""
    page.goto(f"{site.url}/akun/keamanan")
    found = faults(page)
    page.get_by_role("button", name="Siapkan langkah kedua").press("Enter")
    expect(page.get_by_role("img", name="Kode QR")).to_be_visible()
    found += faults(page)
    with site.runtime.transaction() as session:
        telephone = pyotp.TOTP(session.get_one(SecondStep, who.id).secret)
    page.get_by_label("Kode 6 angka").fill(telephone.at(site.runtime.now()))
    page.get_by_label("Kode 6 angka").press("Enter")
    expect(page.locator(".code-list li")).to_have_count(10)
    found += faults(page)
    paper = page.locator(".code-list code").first.inner_text()
    page.get_by_role("link", name="Sudah saya simpan").press("Enter")
    expect(page.get_by_text("Kode cadangan tersisa")).to_be_visible()
    return paper, found + faults(page)


def test_setting_up_and_passing_the_second_step_by_keyboard(window, site):
    page = window("andi", width=360)
    paper, found = set_up(page, site, site.office.andi)

    page.goto(f"{site.url}/akun")
    page.get_by_role("button", name="Keluar").press("Enter")
    page.get_by_label("Alamat email dinas atau nama pengguna").fill("andi")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
    found += faults(page)
    page.locator("#code").fill(paper)
    page.locator("#code").press("Enter")

    expect(page.get_by_text("Terakhir masuk")).to_be_visible()
    assert found == []
