"""The pages in a real browser: keyboard, small screen, no script, news, and axe on each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from channels.message import ChannelName
from gateway.runtime import Runtime
from store.models.complaint import ComplaintStatus
from store.models.messaging import Message
from store.models.staff import StaffUser
from tests.browser.accessible import faults
from tests.browser.serving import government, served
from tests.gateway.fakes import FakeAdapter
from tests.gateway.office import PASSWORD, Office, attach, open_office
from tests.gateway.rows import all_of

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Site:
    """A served government with one case for every page."""

    url: str
    office: Office
    runtime: Runtime
    received: str
    in_correction: str
    disposed: str


@pytest.fixture(scope="module")
def runtime(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    adapters = (
        FakeAdapter(ChannelName.WHATSAPP, window=timedelta(hours=24)),
        FakeAdapter(ChannelName.SMS),
    )
    with government(module_database_url, tmp_path_factory.mktemp("pages"), adapters) as made:
        yield made


@pytest.fixture(scope="module")
def site(runtime: Runtime) -> Iterator[Site]:
    office = open_office(runtime)
    received = office.hears()
    attach(runtime, received)
    disposed = office.hears("Got mampet di Damon sejak kemarin", sender="+6281255501031")
    office.disposes(disposed)
    correction = _in_correction(office)
    with served(runtime) as url:
        yield Site(url, office, runtime, received, correction, disposed)


def _in_correction(office: Office) -> str:
    """A case in Koreksi; the plan's day is counted from the real today."""
    from gateway.cases.casefile import CaseRef  # noqa: PLC0415
    from gateway.casework import pdwork  # noqa: PLC0415 (only this arrangement plans)

    ticket = office.hears("Jalan rusak di Meskom sejak kemarin", sender="+6281255501041")
    office.disposes(ticket)
    day = datetime.now(UTC).date() + timedelta(days=5)
    pdwork.accept(office.runtime, office.andi, CaseRef(ticket), pdwork.Plan("Menambal jalan", day))
    office.drafts(ticket)
    return ticket


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


OpenWindow = Callable[..., Page]


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[OpenWindow]:
    """Open a window as somebody; what its console complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(username: str | None = None, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, locale="id-ID", **options
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if username is not None:
            _log_in(page, site, username)
        return page

    yield open_one
    for context in opened:
        context.close()
    assert [text for text in complaints if "401" not in text and "422" not in text] == []


def _log_in(page: Page, site: Site, username: str) -> None:
    page.goto(f"{site.url}/masuk")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: "/masuk" not in url)


PUBLIC = ("/", "/cek", "/masuk", "/tidak-ada")


def test_no_public_page_breaks_a_rule_of_accessibility_or_runs_off_a_small_screen(chromium, site):
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)

    found: list[str] = []
    for address in PUBLIC:
        page.goto(site.url + address)
        found += faults(page)
    page.close()

    assert found == []


def test_a_case_is_disposed_drafted_corrected_and_answered_by_keyboard_and_mouse(window, site):
    ticket = site.office.hears("Lampu mati di Senggoro sejak kemarin", sender="+6281255501051")
    admin, officer = window("rina"), window("andi")

    _dispose_by_keyboard(admin, site, ticket)
    _accept_and_draft(officer, site, ticket)
    _correct_and_send(admin, site, ticket, "Lampu sudah diganti malam ini.")

    assert site.office.complaint(ticket).status is ComplaintStatus.RESOLVED
    sent = [message.text or "" for message in all_of(site.runtime, Message)]
    assert any("Lampu sudah diganti malam ini." in text for text in sent)


def _dispose_by_keyboard(admin: Page, site: Site, ticket: str) -> None:
    admin.goto(f"{site.url}/kotak/aduan/{ticket}")
    admin.keyboard.press("d")
    admin.get_by_label("Penanggung jawab").select_option("DPUPR")
    admin.get_by_label("Kategori").select_option("PJU")
    admin.get_by_label("Catatan untuk PD").fill("Cek tiang dekat pasar.")
    admin.keyboard.press("Control+Enter")
    expect(admin.locator(".toast")).to_contain_text(f"Aduan {ticket} didisposisikan")


def _accept_and_draft(officer: Page, site: Site, ticket: str) -> None:
    officer.goto(f"{site.url}/pd/aduan/{ticket}")
    officer.get_by_label("Rencana").fill("Mengganti lampu")
    day = datetime.now(UTC).date() + timedelta(days=5)
    officer.get_by_label("Perkiraan selesai").fill(day.isoformat())
    officer.keyboard.press("Control+Enter")
    officer.get_by_label("Apa yang sudah dilakukan").fill("Lampu sdh diganti.")
    officer.get_by_label("Tidak ada foto sesudah? Tulis alasannya").fill("Gelap, tidak terlihat.")
    officer.get_by_role("button", name="Ajukan ke Diskominfo").click()
    expect(officer.get_by_text("Menunggu koreksi Diskominfo.")).to_be_visible()


def _correct_and_send(admin: Page, site: Site, ticket: str, text: str) -> None:
    admin.goto(f"{site.url}/koreksi/{ticket}")
    admin.get_by_label("Teks yang dikirim").fill(text)
    admin.get_by_role("button", name="Simpan koreksi").click()
    expect(admin.locator("ins").first).to_contain_text("sudah")
    admin.get_by_label("Selesai", exact=True).check()
    admin.get_by_role("button", name="Kirim jawaban").click()
    expect(admin.locator(".toast")).to_contain_text("Aduan Selesai.")


def test_single_keys_walk_through_the_list_and_can_be_switched_off(window, site):
    page = window("rina")
    page.goto(f"{site.url}/kotak/")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.className")
    page.keyboard.press("o")
    page.wait_for_url("**/kotak/aduan/**")
    page.keyboard.press("?")
    listed = page.locator("#pintasan").is_visible()
    page.goto(f"{site.url}/akun")
    page.get_by_label("Pintasan satu huruf aktif").uncheck()
    page.get_by_role("button", name="Simpan pintasan").click()
    expect(page.get_by_text("Pintasan tersimpan.")).to_be_visible()
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    page.keyboard.press("d")
    with site.runtime.transaction() as session:  # others use this account too
        session.get_one(StaffUser, site.office.people["rina"].id).single_keys = True

    assert focused == "row-title"
    assert listed
    assert page.url.endswith(f"/kotak/aduan/{site.received}")


def test_everything_works_without_scripts(window, site):
    ticket = site.office.hears("Parit meluap di Pedekik sejak kemarin", sender="+6281255501061")
    page = window("rina", java_script_enabled=False)
    page.goto(f"{site.url}/kotak/aduan/{ticket}")
    page.get_by_role("link", name="Disposisi d").click()
    page.get_by_label("Penanggung jawab").select_option("DPUPR")
    page.get_by_label("Kategori").select_option("DRAINASE_GENANGAN")
    page.get_by_role("button", name="Disposisikan").click()
    page.get_by_role("button", name="Urungkan").click()

    assert site.office.complaint(ticket).status is ComplaintStatus.RECEIVED


def test_on_a_phone_there_is_one_pane_at_a_time(window, site):
    page = window("rina", width=360)
    page.goto(f"{site.url}/kotak/")
    list_first = (page.locator(".list").is_visible(), page.locator(".thread-pane").is_visible())
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    then_the_case = (page.locator(".list").is_visible(), page.locator(".thread-pane").is_visible())
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.wait_for_url("**/kotak/?**")

    assert list_first == (True, False)
    assert then_the_case == (False, True)


def test_news_are_announced_and_move_no_row(window, site):
    page = window("rina")
    page.clock.install()
    page.goto(f"{site.url}/kotak/")
    rows = page.locator(".row-title").all_inner_texts()
    site.office.hears(emergency=True, sender="+6281255501071")
    site.office.hears("Pohon condong di Wonosari sejak kemarin", sender="+6281255501081")

    page.clock.fast_forward(21_000)

    expect(page.locator("[data-news]")).to_contain_text("1 pesan mendesak")
    assert page.title().startswith("MENDESAK (1)")
    assert page.locator(".row-title").all_inner_texts() == rows


def test_a_lost_session_loses_no_text(window, site):
    page = window("rina")
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    page.get_by_label("Balasan untuk warga").fill("Tulisan panjang yang belum terkirim")
    page.context.clear_cookies(name="sahut_sesi")

    page.get_by_role("button", name="Kirim").click()
    page.fill("#username", "rina")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Masuk").click()

    expect(page.get_by_label("Balasan untuk warga")).to_have_value(
        "Tulisan panjang yang belum terkirim"
    )


def test_the_undo_takes_a_disposisi_back_with_one_key(window, site):
    ticket = site.office.hears("Sampah menumpuk di Damon sejak kemarin", sender="+6281255501091")
    page = window("rina")
    page.goto(f"{site.url}/kotak/aduan/{ticket}/disposisi")
    page.get_by_label("Penanggung jawab").select_option("DLH")
    page.get_by_label("Kategori").select_option("SAMPAH")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()

    page.keyboard.press("z")

    expect(page.locator(".toast")).to_contain_text("Pelapor tidak dikabari.")
    assert site.office.complaint(ticket).status is ComplaintStatus.RECEIVED
