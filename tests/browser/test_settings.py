"""Pengaturan in a real browser: accessible at both widths, previews that follow, codes in links."""

import re

import pytest
from playwright.sync_api import expect

from gateway.settings import settings
from tests.browser.accessible import faults
from tests.browser.test_pages import chromium, runtime, site, window
from tests.gateway.test_settings import CATEGORY

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser

PAGES = (  # one of each kind: lists look alike
    "/pengaturan/",
    "/pengaturan/periksa",
    "/pengaturan/identitas",
    "/pengaturan/batas-waktu",
    "/pengaturan/kategori/PJU",
    "/pengaturan/libur",
    "/pengaturan/teks",
    "/pengaturan/teks/tiket_terbit",
    "/pengaturan/pengguna",
    "/pengaturan/tambah/pengguna",
    "/aktivasi",
)


def test_no_page_breaks_a_rule_of_accessibility_or_runs_off_a_small_screen(window, site):
    seen = settings.show(site.runtime, site.office.tuti, "category", "PJU").version
    settings.change(site.runtime, site.office.rina, "category", "PJU", CATEGORY, seen)
    page = window("tuti")

    found: list[str] = []
    for address in PAGES:
        page.goto(f"{site.url}{address}")
        found += faults(page)
    page.goto(f"{site.url}/pengaturan/identitas")
    page.fill("#app", "")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator(".error-summary")).to_be_focused()
    found += faults(page)

    assert found == []


def test_a_text_is_written_by_keyboard_while_its_preview_follows(window, site):
    page = window("rina")
    page.goto(f"{site.url}/pengaturan/teks/gangguan")

    page.fill("#sms", "Maaf, ada gangguan. Pesan {APP} tersimpan 🙏")
    expect(page.locator("[data-preview-here]")).to_contain_text("bukan huruf SMS: 🙏")
    page.fill("#sms", "Maaf, ada gangguan. Pesan {APP} tersimpan.")
    expect(page.locator("[data-preview-here]")).to_contain_text("Pesan SiPendekar tersimpan.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast")).to_contain_text("Tersimpan.")
    kept = settings.show(site.runtime, site.office.rina, "text", "gangguan").value
    assert kept["sms"] == "Maaf, ada gangguan. Pesan {APP} tersimpan."


def test_the_link_of_a_new_account_fills_in_its_code_and_leaves_no_trace_of_it(window, site):
    keeper, sari = window("tuti"), window()
    keeper.goto(f"{site.url}/pengaturan/tambah/pengguna")
    keeper.fill("#username", "sari")
    keeper.fill("#name", "Sari")
    keeper.select_option("#role", "operator")
    keeper.get_by_role("button", name="Simpan").click()
    link = keeper.locator("#tautan").input_value()
    code = link.split("#")[1]

    sari.goto(f"{site.url}/aktivasi#{code}")
    expect(sari.locator("#code")).to_have_value(code)
    expect(sari).to_have_url(re.compile(r"/aktivasi$"))
    sari.fill("#password", "sandi pilihan sari")
    sari.fill("#again", "sandi pilihan sari")
    sari.get_by_role("button", name="Simpan kata sandi").click()

    expect(sari).to_have_url(re.compile(r"/masuk$"))
