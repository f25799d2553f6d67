"""Pengaturan in a real browser: accessible at both widths, previews that follow, codes in links."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from gateway.settings import settings
from tests.browser.test_pages import AXE, AXE_RULES, chromium, runtime, site, window
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
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def _problems(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run({runOnly: rules})", AXE_RULES)
    found = [f"{page.url}: {item['id']}" for item in result["violations"]]
    return [*found, f"{page.url}: too wide"] if page.evaluate(_TOO_WIDE) else found


def test_no_page_breaks_a_rule_of_accessibility_or_runs_off_a_small_screen(window, site):
    if not AXE.exists():
        words = "axe-core is missing: npm ci"
        pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)
    seen = settings.show(site.runtime, site.office.tuti, "category", "PJU").version
    settings.change(site.runtime, site.office.rina, "category", "PJU", CATEGORY, seen)
    page = window("tuti")

    found: list[str] = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for address in PAGES:
            page.goto(f"{site.url}{address}")
            found += _problems(page)
    page.goto(f"{site.url}/pengaturan/identitas")
    page.fill("#app", "")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator(".error-summary")).to_be_focused()
    found += _problems(page)

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
