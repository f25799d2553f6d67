"""A PD officer on a phone: from the notice to the draft with a photo, the line down meanwhile."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from store.models.answering import AnswerPhoto
from store.models.complaint import DraftAnswer
from tests.browser.accessible import broken_rules
from tests.browser.serving import government, served
from tests.browser.test_pages import ARGUMENTS, PATIENCE_MS
from tests.gateway.fakes import FakeAdapter
from tests.gateway.office import PASSWORD, Office, open_office
from tests.gateway.rows import all_of
from tests.live import eventually

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
WORDS = "Lampu diganti tim kami."
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@dataclass(frozen=True)
class Field:
    """A served government with a case that waits for its PD."""

    url: str
    office: Office
    ticket: str


@pytest.fixture(scope="module")
def field(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    home = tmp_path_factory.mktemp("field")
    whatsapp = FakeAdapter(window=timedelta(hours=24))
    with government(module_database_url, home, [whatsapp]) as runtime:
        office = open_office(runtime)
        ticket = office.hears()
        office.disposes(ticket)
        with served(runtime) as url:
            yield Field(url, office, ticket)


@pytest.fixture
def phone(browser_path: str, field: Field) -> Iterator[Page]:
    """Andi's phone, logged in."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale="id-ID", has_touch=True, is_mobile=True
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{field.url}/masuk")
        page.fill("#username", "andi")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(lambda url: "/masuk" not in url)
        yield page
        browser.close()


def test_from_the_notice_to_the_draft_with_a_photo_on_a_phone(phone: Page, field: Field):
    phone.goto(f"{field.url}/pd/aduan/{field.ticket}")  # the link of the notice
    phone.fill("#plan", "Mengganti lampu")
    phone.fill("#expected_on", (datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    phone.locator("#form-terima [data-main]").tap()
    expect(phone.locator("#draf")).to_be_visible()

    _is_cut_off_while_writing(phone)
    again = phone.context.new_page()  # the first tab is gone
    again.set_default_timeout(PATIENCE_MS)
    _takes_the_words_up_again(again, field)
    _sends_the_photo(again)
    again.select_option("#proposal", "resolved")
    again.locator("#draf [data-main]").tap()
    expect(again.locator(".work")).to_contain_text("Menunggu koreksi Diskominfo")
    again.goto(f"{field.url}/pd/")
    expect(again.locator("[data-unsent]")).to_be_hidden()

    runtime = field.office.runtime
    assert [row.moment for row in all_of(runtime, AnswerPhoto)] == ["after"]
    assert all_of(runtime, DraftAnswer)[-1].body == WORDS


def _is_cut_off_while_writing(phone: Page) -> None:
    phone.fill("#done", WORDS)
    phone.context.set_offline(True)
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(picture, "JPEG")
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    phone.set_input_files("#camera", photo)
    kept = "JSON.parse(Object.values(localStorage)[0]).photos === 1"
    eventually(lambda: phone.evaluate(kept), "a photo kept on the phone")
    phone.locator("#draf [data-main]").tap()
    expect(phone.locator("[data-field-state]")).to_contain_text("tersimpan di perangkat ini")
    phone.context.set_offline(False)
    phone.close()


def _takes_the_words_up_again(phone: Page, field: Field) -> None:
    phone.goto(f"{field.url}/pd/")
    expect(phone.locator("[data-unsent]")).to_contain_text(f"Belum terkirim (1): {field.ticket}")
    phone.locator("[data-unsent] a").tap()
    expect(phone.locator(".draft .notice")).to_contain_text("Belum terkirim: tulisan dan 1 foto")
    phone.get_by_role("button", name="Pakai tulisan itu").tap()
    expect(phone.locator("#done")).to_have_value(WORDS)
    taken = "document.querySelector('#camera').files.length === 1"
    eventually(lambda: phone.evaluate(taken), "the photo taken up again")


def _sends_the_photo(phone: Page) -> None:
    phone.locator("#unggah-foto").tap()
    expect(phone.locator(".kept-photos .thumb")).to_have_count(1)
    assert broken_rules(phone) == []
    assert not phone.evaluate(_TOO_WIDE)
