"""Catat aduan in a real browser: by keyboard alone, without a line, without a session or script."""

import re

import pytest
from playwright.sync_api import expect

from store.models.complaint import Complaint
from store.models.outbox import OutboxPart
from tests.browser.accessible import faults
from tests.browser.test_pages import PASSWORD, chromium, runtime, site, window
from tests.gateway.record_forms import save
from tests.gateway.rows import all_of

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser


def _newest(site) -> Complaint:
    return all_of(site.runtime, Complaint)[-1]


def test_a_call_is_written_down_by_keyboard_alone(window, site):
    page = window("dewi")
    page.goto(f"{site.url}/kotak/")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Catat aduan")
    keys = page.keyboard

    steps = (
        ("0812-5550-1055",),
        (None, "Space"),
        ("1403010107859002",),
        ("Siti Aminah",),
        (None,),
        ("Lampu jalan mati gelap sekali",),
        (None,),
        ("kemarin sore",),
        ("Desa Air Putih",),
        ("depan Masjid Al-Ikhlas",),
    )
    for words, *pressed in steps:
        keys.press("Tab")
        if words:
            keys.type(words)
        for key in pressed:
            keys.press(key)
    expect(page.locator("[data-record-findings]")).to_contain_text("depan Masjid Al-Ikhlas")
    expect(page.locator("[data-record-findings]")).to_contain_text("cocok")
    keys.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Aduan tersimpan")
    expect(page.locator(".read-aloud").nth(1)).to_have_text(re.compile(r"^\d{6}$"))
    expect(page.get_by_text("juga dikirim lewat SMS ke +62 812-****-055")).to_be_visible()
    complaint = _newest(site)
    assert complaint.event_text == "kemarin sore"
    assert complaint.desa == "Air Putih"
    assert all_of(site.runtime, OutboxPart)[-1].channel.value == "sms"


def test_the_pages_of_records_break_no_rule_and_fit_the_screen(window, site):
    called = save(site.runtime, site.office.dewi).ticket
    with site.runtime.transaction() as session:
        row = session.query(Complaint).filter_by(ticket=called).one()
        row.dispute, row.to_hand_over_at = "wrong", site.runtime.now()
    posted = save(site.runtime, site.office.dewi, form="social").ticket
    page = window("dewi")
    found: list[str] = []
    for address in (
        "/catat/",
        "/catat/medsos",
        f"/kotak/aduan/{called}",
        f"/kotak/aduan/{called}/sampaikan",
        f"/kotak/aduan/{posted}?bagian=rincian",
    ):
        page.goto(site.url + address)
        found += faults(page)
    page.goto(f"{site.url}/catat/")
    page.get_by_label("Nomor HP").fill("123")
    page.get_by_role("button", name="Simpan dan beri nomor").click()
    expect(page.get_by_role("alert")).to_contain_text("Ada 2 hal")
    found += faults(page)
    page.get_by_label("Nomor HP").fill("")
    page.get_by_label("Apa yang terjadi").fill("Lampu jalan mati di Desa Wonosari sejak kemarin")
    page.get_by_role("button", name="Simpan dan beri nomor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aduan tersimpan")
    found += faults(page)

    assert found == []


def test_a_line_that_breaks_loses_no_word(window, site):
    page = window("dewi")
    page.goto(f"{site.url}/catat/")
    page.route("**/catat/periksa", lambda route: route.fulfill(status=422))
    page.get_by_label("Apa yang terjadi").fill("Jembatan roboh di Desa Wonosari")
    page.get_by_label("Nama", exact=True).fill("Budi")
    expect(page.locator("[data-record-state]")).to_contain_text("Tulisan tersimpan di tab ini")
    page.unroute("**/catat/periksa")

    page.goto(f"{site.url}/catat/")

    expect(page.get_by_label("Apa yang terjadi")).to_have_value("Jembatan roboh di Desa Wonosari")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Budi")
    expect(page.locator("[data-record-state]")).to_contain_text("Tersimpan sementara")


def test_a_session_that_ends_while_one_types_loses_no_word(window, site):
    page = window("dewi")
    page.goto(f"{site.url}/catat/")
    page.get_by_label("Apa yang terjadi").fill("Parit meluap di Desa Pedekik")
    expect(page.locator("[data-record-state]")).to_contain_text("Tersimpan sementara")
    page.context.clear_cookies(name="sahut_sesi")

    page.get_by_label("Jalan atau patokan").fill("dekat pasar")
    page.get_by_role("button", name="Simpan dan beri nomor").click()
    page.fill("#username", "dewi")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Masuk").click()

    expect(page.get_by_label("Jalan atau patokan")).to_have_value("dekat pasar")
    expect(page.get_by_label("Apa yang terjadi")).to_have_value("Parit meluap di Desa Pedekik")


def test_the_form_works_without_scripts(window, site):
    page = window("dewi", java_script_enabled=False)
    page.goto(f"{site.url}/catat/medsos")
    page.get_by_label("Tautan unggahan").fill("https://www.instagram.com/p/abc123/")
    page.get_by_label("Isi unggahan").fill("Sampah menumpuk di Desa Damon sejak kemarin")
    page.get_by_role("button", name="Periksa").last.click()
    expect(page.get_by_text("Desa Damon", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Simpan", exact=False).last.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Aduan tersimpan")
    assert _newest(site).origin["link"] == "https://www.instagram.com/p/abc123/"
