"""The whole story in a real browser: the citizen's phone, Diskominfo's inbox, the PD's desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import redis
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.live import Stack, free_ports, running_stack
from tests.seed import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.journey]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STORY = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    "NIK {} nama {}"
)
ANSWER = "Lampu sudah kami ganti malam ini."
# The first impression of a page under load may take long; nothing here measures time.
PATIENCE_MS = 30_000
_TICKET = re.compile(r"\b\d{2}-\d{5}-\d\b")


@dataclass(frozen=True)
class Desks:
    """Three windows of one browser, each with its own cookies."""

    phone: Page
    admin: Page
    officer: Page


@pytest.fixture(scope="module")
def stack(tmp_path_factory, module_database_url, redis_server) -> Iterator[Stack]:
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    home = tmp_path_factory.mktemp("browser")
    with running_stack(home, free_ports(), module_database_url, redis_server.url) as running:
        yield running


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the consoles of all windows complained about."""
    return []


@pytest.fixture(scope="module")
def desks(browser_path: str, stack: Stack, complaints: list[str]) -> Iterator[Desks]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        phone = window(browser, complaints, 400)
        admin, officer = (window(browser, complaints, 1280) for _ in range(2))
        log_in(admin, stack, "diskominfo")
        log_in(officer, stack, "petugas")
        yield Desks(phone, admin, officer)
        browser.close()


def window(browser: Browser, complaints: list[str], width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 860}, locale="id-ID")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def log_in(page: Page, stack: Stack, username: str) -> None:
    page.goto(f"{stack.web_url}/masuk")
    page.get_by_label("nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kotak Masuk")


def complain(phone: Page, stack: Stack, citizen: str, channel: str, words: str) -> str:
    """Write on the phone page and read the ticket there."""
    phone.goto("about:blank")
    phone.goto(f"{stack.sandbox_url}/#{citizen}/{channel}")
    if channel != "sms":
        phone.get_by_role("button", name="Lampirkan foto").click()
        phone.get_by_role("button", name="Foto contoh").click()
    phone.get_by_role("textbox", name="Tulis pesan").fill(words)
    phone.get_by_role("button", name="Kirim", exact=True).click()

    own = phone.get_by_role("article", name="Pesan warga").first
    expect(own).to_contain_text(re.compile("terkirim|dibaca"))
    receipt = phone.get_by_role("article", name="Pesan layanan").filter(has_text="PIN")
    expect(receipt).to_have_count(1)
    found = _TICKET.search(receipt.inner_text())
    assert found
    return found.group()


def dispose(admin: Page, stack: Stack, ticket: str) -> None:
    admin.goto(f"{stack.web_url}/kotak/")
    admin.get_by_role("searchbox").fill(ticket)
    admin.get_by_role("searchbox").press("Enter")
    expect(admin.get_by_role("article").filter(has_text="Al Ikhlas").first).to_be_visible()
    admin.get_by_role("link", name="Disposisi", exact=False).first.click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Penanggung jawab").select_option("DPUPR")
    dialog.get_by_role("button", name="Disposisikan").click()
    expect(admin.get_by_text(f"Aduan {ticket} didisposisikan ke")).to_be_visible()


def draft(officer: Page, stack: Stack, ticket: str) -> None:
    officer.goto(f"{stack.web_url}/pd/")
    officer.get_by_role("listitem").filter(has_text=ticket).get_by_role("link").first.click()
    soon = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    officer.get_by_label("Rencana").fill("Tim memeriksa tiang malam ini")
    officer.get_by_label("Perkiraan selesai").fill(soon)
    officer.get_by_role("button", name="Terima").click()
    officer.get_by_label("Apa yang sudah dilakukan").fill("lampu sdh diganti")
    officer.get_by_label("Usul status").select_option("resolved")
    officer.get_by_label("Tidak ada foto sesudah? Tulis alasannya").fill("Gelap, tidak terlihat.")
    officer.get_by_role("button", name="Ajukan ke Diskominfo").click()
    expect(officer.get_by_text("Menunggu koreksi Diskominfo.")).to_be_visible()


def correct(admin: Page, stack: Stack, ticket: str) -> None:
    admin.goto(f"{stack.web_url}/kotak/?antrean=koreksi")
    admin.get_by_role("listitem").filter(has_text="Al Ikhlas").get_by_role("link").first.click()
    admin.get_by_role("link", name="Koreksi jawaban").last.click()
    expect(admin.get_by_role("heading", name=ticket)).to_be_visible()
    admin.get_by_label("Teks yang dikirim").fill(ANSWER)
    admin.get_by_label("Selesai", exact=True).check()
    admin.get_by_role("button", name="Kirim jawaban").click()
    expect(admin.get_by_text(f"Jawaban {ticket} dikirim kepada warga.")).to_be_visible()


@pytest.mark.parametrize(
    ("channel", "citizen", "name", "nik"),
    [
        ("whatsapp", "salmah", "Salmah Idris", "1403016502879061"),
        ("sms", "yusuf", "Yusuf Hanafiah", "1403012502879062"),
        ("telegram", "ratna", "Ratna Wulandari", "1403016502879063"),
        ("messenger", "togar", "Togar Manihuruk", "1403012502879064"),
        ("instagram", "kadek", "Kadek Suryani", "1403016502879065"),
    ],
)
def test_from_the_phone_to_the_inbox_and_back(
    stack, desks, complaints, channel, citizen, name, nik
):
    ticket = complain(desks.phone, stack, citizen, channel, STORY.format(nik, name))
    dispose(desks.admin, stack, ticket)
    draft(desks.officer, stack, ticket)
    correct(desks.admin, stack, ticket)

    answer = desks.phone.get_by_role("article", name="Pesan layanan").filter(has_text="ganti malam")
    expect(answer).to_have_count(1)
    expect(answer).to_contain_text(ticket)
    expect(answer).to_contain_text(re.compile("terkirim|dibaca"))
    assert name not in desks.officer.content()
    assert nik not in desks.officer.content()
    assert complaints == []
