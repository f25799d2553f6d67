"""The keyboard in a real browser: keys, the list behind `?`, the palette, one's own keys."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import broken_rules
from tests.browser.test_pages import chromium, runtime, site, window

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser


def goes_by_keys(page, site):
    page.goto(f"{site.url}/kotak/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/daftar/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/kotak/")
    page.keyboard.press("]")
    page.wait_for_url("**/kotak/?antrean=**")


def asks_what_works_here(page) -> list[str]:
    page.keyboard.press("?")
    listed = page.locator("#pintasan")
    expect(listed.locator("[data-shortcut=d]")).to_be_visible()
    expect(listed.locator("[data-shortcut=s]")).to_be_hidden()
    expect(listed.locator("[data-shortcut=m]")).to_be_hidden()
    found = broken_rules(page)
    page.keyboard.press("Escape")
    return found


def writes_and_leaves(page):
    page.keyboard.press("r")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("dbg")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".row[aria-current] .row-title")).to_be_focused()


def uses_the_palette(page, site) -> list[str]:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Perintah")).to_be_focused()
    found = broken_rules(page)
    page.keyboard.type("bukan adu")
    expect(page.get_by_role("option", name="Bukan aduan", selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bukan-aduan**")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/kotak/aduan/{site.received}?**")
    page.keyboard.press("Control+k")
    page.keyboard.type(site.disposed)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/kotak/aduan/{site.disposed}**")
    return found


def makes_a_key_their_own(page, site):
    page.goto(f"{site.url}/akun")
    page.get_by_text("Ganti tombol").click()
    page.get_by_label("Disposisi", exact=True).fill("q")
    page.get_by_label("Disposisi", exact=True).press("Control+Enter")
    expect(page.get_by_text("Pintasan tersimpan.")).to_be_visible()
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    page.keyboard.press("d")
    expect(page.get_by_role("link", name="Disposisi q")).to_be_visible()
    page.keyboard.press("q")
    page.wait_for_url("**/disposisi**")


def test_an_officer_goes_everywhere_by_keys_and_makes_them_their_own(window, site):
    page = window("rina")
    goes_by_keys(page, site)
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    found = asks_what_works_here(page)
    writes_and_leaves(page)
    found += uses_the_palette(page, site)
    makes_a_key_their_own(page, site)

    assert found == []


def test_send_and_next_opens_the_next_row_and_a_phone_comes_back_to_its_row(window, site):
    office = site.office
    for place, number in (("Damon", "71"), ("Pedekik", "72"), ("Meskom", "73")):
        office.hears(f"Lampu jalan mati di {place}", sender=f"+628125550{number}00")
    page = window("rina")
    page.goto(f"{site.url}/kotak/")
    rows = page.locator(".row-title")
    first, second = (rows.nth(place).get_attribute("href") for place in (0, 1))
    page.goto(site.url + first)
    page.keyboard.press("b")
    page.locator("dialog input[type=radio]").first.check()
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(f"**{second}")
    expect(page.locator(".toast")).to_contain_text("diarsipkan")

    phone = window("rina", width=360)
    phone.goto(site.url + second)
    phone.keyboard.press("Escape")
    phone.wait_for_url("**/kotak/?**")
    expect(phone.locator(f'.row-title[href="{second}"]')).to_be_focused()
