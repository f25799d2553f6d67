"""A morning at Diskominfo without a mouse: five disposisi, one correction, one answer."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.models.complaint import ComplaintStatus
from store.models.messaging import Message
from tests.browser.test_pages import chromium, runtime, site, window
from tests.gateway.office import PASSWORD

__all__ = ["chromium", "runtime", "site", "window"]

pytestmark = pytest.mark.browser

_FAR = 80  # more presses of Tab than any page needs
_STORIES = (
    "Lampu jalan mati di Senggoro sejak kemarin",
    "Jalan berlubang di Damon sejak kemarin",
    "Parit meluap di Pedekik sejak kemarin",
    "Sampah menumpuk di Wonosari sejak kemarin",
    "Jembatan retak di Kelapapati sejak kemarin",
)


def walk_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands there; what Tab does not reach fails."""
    for _ in range(_FAR):
        if page.evaluate("found => document.activeElement.matches(found)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/masuk")
    walk_to(page, "#username")
    page.keyboard.type("rina")
    walk_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/masuk" not in address)


def open_first(page: Page, address: str) -> str:
    """Open the first row of a queue; return its ticket."""
    page.goto(address)
    page.keyboard.press("j")
    expect(page.locator(".row-title").first).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**/kotak/aduan/**")
    return page.locator(".case-head .case-number").inner_text()


def dispose_first(page: Page, url: str) -> str:
    ticket = open_first(page, f"{url}/kotak/?antrean=verifikasi")
    page.keyboard.press("d")
    expect(page.locator("#pd_code")).to_be_focused()
    page.keyboard.type("Dinas Pekerjaan Umum")
    walk_to(page, "#category")
    page.keyboard.type("Penerangan")
    walk_to(page, "#note")
    page.keyboard.type("Mohon dicek.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text(f"Aduan {ticket} didisposisikan")
    return ticket


def test_five_are_disposed_one_is_corrected_and_one_answered_without_a_mouse(window, site):
    site_url, office = site.url, site.office
    for place, story in enumerate(_STORIES):
        office.hears(story, sender=f"+6281255501{110 + place}")
    page = window()
    log_in(page, site_url)

    disposed = [dispose_first(page, site_url) for _ in _STORIES]
    corrected = _correct(page, site_url)
    _answer(page, site_url, disposed[0])

    assert len(set(disposed)) == len(_STORIES)
    assert {office.complaint(one).status for one in disposed} == {ComplaintStatus.DISPOSED}
    assert office.complaint(corrected).status is ComplaintStatus.RESOLVED
    with site.runtime.transaction() as session:
        written = session.scalars(select(Message)).all()
    texts = [message.text or "" for message in written]
    assert any("Jalan sudah ditambal tim kami." in text for text in texts)
    assert any("Tim kami datang sore ini." in text for text in texts)


def _correct(page: Page, url: str) -> str:
    ticket = open_first(page, f"{url}/kotak/?antrean=koreksi")
    walk_to(page, "a[href*='/koreksi/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/koreksi/**")
    walk_to(page, "#body")
    page.keyboard.press("Control+A")
    page.keyboard.type("Jalan sudah ditambal tim kami.")
    walk_to(page, "input[name='final']")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Selesai", exact=True)).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Aduan Selesai.")
    return ticket


def _answer(page: Page, url: str, ticket: str) -> None:
    page.goto(f"{url}/kotak/aduan/{ticket}")
    page.keyboard.press("r")
    expect(page.get_by_label("Balasan untuk warga")).to_be_focused()
    page.keyboard.type("Tim kami datang sore ini.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Balasan dikirim.")
