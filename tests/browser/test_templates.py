"""Choosing and sending a WhatsApp template in a real browser: on a desk, on a phone, by script."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from channels.message import ChannelName
from gateway.runtime import Runtime
from gateway.sending import replies
from gateway.upkeep import channel_care
from store.models.messaging import Conversation
from tests.browser.accessible import faults
from tests.browser.serving import government, served
from tests.browser.test_pages import ARGUMENTS, PATIENCE_MS
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.shelves import ShelvedAdapter, with_purposes

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
_TOO_WIDE = """[...document.querySelectorAll(".template-choice *, .channel-card *")]
    .some((one) => one.getBoundingClientRect().right > innerWidth)"""


@dataclass(frozen=True)
class Desk:
    """A served government whose only reporter has been silent for two days."""

    url: str
    ticket: str
    runtime: Runtime
    whatsapp: ShelvedAdapter


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    whatsapp = ShelvedAdapter()
    home = tmp_path_factory.mktemp("templates")
    with government(module_database_url, home, [whatsapp]) as made:
        runtime = with_purposes(made, ChannelName.WHATSAPP)
        ticket = _silent_reporter(runtime)
        with served(runtime) as url:
            yield Desk(url, ticket, runtime, whatsapp)


def _silent_reporter(runtime: Runtime) -> str:
    ticket = open_office(runtime).hears()
    replies.drain(runtime)
    channel_care.check(runtime, ChannelName.WHATSAPP)
    with runtime.transaction() as session:
        long_ago = runtime.now() - timedelta(days=2)
        session.query(Conversation).one().last_inbound_at = long_ago
    return ticket


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


def opened(chromium: Browser, desk: Desk, width: int, *, script: bool = True) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="id-ID", java_script_enabled=script
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{desk.url}/masuk")
    page.fill("#username", "rina")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: "/masuk" not in url)
    page.goto(f"{desk.url}/kotak/aduan/{desk.ticket}")
    return page


def test_the_preview_follows_the_typing_and_ctrl_enter_sends(chromium, desk):
    page = opened(chromium, desk, 1280)
    desk.whatsapp.sent.clear()

    page.get_by_role("link", name="kabar aduan").click()
    page.get_by_label("Ditangani oleh").fill("Dinas  <i>PU</i>")
    preview = page.locator(".template-preview .bubble").inner_text()
    page.get_by_label("Isi yang menyusul setelah warga membalas").fill("Lampu sudah diganti.")
    page.keyboard.press("Control+Enter")
    expect(
        page.get_by_text("Templat dikirim. Isi menyusul setelah warga membalas.")
    ).to_be_visible()
    replies.drain(desk.runtime)

    (call,) = desk.whatsapp.sent
    assert dict(call.template.variables) == {"1": desk.ticket, "2": "Dinas  <i>PU</i>"}
    assert preview == (
        f"Bapak/Ibu, ada kabar untuk aduan nomor {desk.ticket} yang ditangani Dinas <i>PU</i>. "
        "Terima kasih."
    )
    expect(page.get_by_text("yang ditangani Dinas <i>PU</i>").last).to_be_visible()
    page.context.close()


def test_on_a_phone_without_a_script_a_button_shows_how_it_reads(chromium, desk):
    page = opened(chromium, desk, 360, script=False)
    desk.whatsapp.sent.clear()

    page.get_by_role("link", name="Balas", exact=True).click()
    page.get_by_role("link", name="minta keterangan", exact=True).click()
    page.get_by_label("Ditangani oleh").fill("Dinas PU")
    page.get_by_role("button", name="Perbarui pratinjau").click()
    preview = page.locator(".template-preview .bubble").inner_text()
    page.get_by_role("button", name="Kirim templat").click()
    expect(page.get_by_text("Templat dikirim.")).to_be_visible()
    replies.drain(desk.runtime)

    assert preview.startswith("Bapak/Ibu, Dinas PU memerlukan keterangan untuk aduan nomor 26-")
    assert [call.template.content_id for call in desk.whatsapp.sent] == ["HX02"]
    page.context.close()


def test_the_form_keeps_the_rules_of_accessibility_and_its_width(chromium, desk):
    page = opened(chromium, desk, 360)

    found = []
    for address in (
        f"/kotak/aduan/{desk.ticket}?tulis=balas&templat=HX05/id#tulis",
        f"/kotak/aduan/{desk.ticket}?tulis=balas#tulis",
        "/kanal/",
    ):
        page.goto(desk.url + address)
        found += faults(page)
        page.set_viewport_size({"width": 360, "height": 800})
        if page.evaluate(_TOO_WIDE):
            found.append(f"{address}: wider than the screen")
    page.context.close()

    assert found == []
