# ruff: noqa: INP001 (a program beside the pages that it illustrates, not a package)
"""Take the pictures of the README from the running service: `python -m docs.make_screenshots`.

Starts everything with the demo's data in a folder of its own, lets a citizen's complaint go the
whole way, and writes inbox.png and phone.png. With a folder as argument it also writes each page
at 360 and 1280 px there, for looking at.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from local.browser import find_browser, missing_browser_line
from local.demo_logins import read_logins
from tests.journeys.desk import Desk
from tests.journeys.phone import Phone, ticket_of
from tests.journeys.steps import accept, dispose, send_answer, submit_draft
from tests.live import Stack, free_ports, running_stack
from tests.servers import own_servers

IMAGES = Path(__file__).parent / "images"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
_WIDTHS = (360, 1280)
_WITH_PHOTOS = ".row:has(.row-fact):has([data-channel=whatsapp]) .row-title"
_HEIGHT = 800
_PHONE_HEIGHT = 960  # the whole phone, with the field in which one writes
_LAMP = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam, "
    "anak-anak takut pergi mengaji. NIK 1403016502879081"
)
_ANSWER = "Lampu sudah kami ganti malam ini. Terima kasih atas laporan Bapak/Ibu."


def main(arguments: list[str]) -> int:
    """Write the pictures."""
    browser_path = find_browser(os.environ)
    if browser_path is None:
        sys.stderr.write(f"{missing_browser_line()}\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    with _service() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        _play(stack)
        admin = _logged_in(browser, stack, "admin_diskominfo")
        admin.goto(f"{stack.web_url}/kotak/")
        admin.locator(_WITH_PHOTOS).first.click()
        admin.wait_for_url("**/aduan/**")
        _take(admin, IMAGES / "inbox.png")
        phone = _window(browser, 1280, _PHONE_HEIGHT)
        _open_phone(phone, stack)
        _take(phone, IMAGES / "phone.png")
        if arguments:
            _look_around(browser, stack, Path(arguments[0]))
        browser.close()
    return 0


@contextmanager
def _service() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="sahut-pictures-") as home, own_servers() as servers:
        urls = servers.database_url, servers.redis_url
        with running_stack(Path(home), free_ports(), *urls, seed="local.demo") as stack:
            yield stack


def _play(stack: Stack) -> None:
    """Let one complaint go the whole way, so that the phone has something to show."""
    phone = Phone(stack, "salmah", "whatsapp")
    phone.writes(_LAMP, attachments=[{"kind": "photo"}])
    ticket = ticket_of(phone.reads("PIN"))
    admin, officer = (_desk(stack, role) for role in ("admin_diskominfo", "petugas_pd"))
    dispose(admin, ticket, notify=False)
    accept(officer, ticket, "Tim memeriksa tiang malam ini")
    submit_draft(officer, ticket, "lampu sdh diganti")
    send_answer(admin, ticket, _ANSWER)
    phone.ticks(phone.reads("dinyatakan selesai"))


def _login(stack: Stack, role: str) -> tuple[str, str]:
    found = next(one for one in read_logins(stack.home) if one.role == role)
    return found.username, found.password


def _desk(stack: Stack, role: str) -> Desk:
    return Desk(stack, *_login(stack, role))


def _window(browser: Browser, width: int, height: int = _HEIGHT) -> Page:
    size = {"width": width, "height": height}
    page = browser.new_context(viewport=size, locale="id-ID").new_page()
    page.set_default_timeout(60_000)
    return page


def _logged_in(browser: Browser, stack: Stack, role: str, width: int = 1280) -> Page:
    page = _window(browser, width)
    page.goto(f"{stack.web_url}/masuk")
    username, password = _login(stack, role)
    page.get_by_label("nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    return page


def _open_phone(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.sandbox_url}/#salmah/whatsapp")
    page.get_by_text("dinyatakan selesai").wait_for()


def _first_ticket(stack: Stack, path: str) -> str:
    role = "petugas_pd" if path.startswith("/pd") else "admin_diskominfo"
    return re.findall(r"/aduan/([\d-]+)", _desk(stack, role).opens(path))[0]


def _take(page: Page, target: Path, *, whole: bool = False) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target, full_page=whole)


def _look_around(browser: Browser, stack: Stack, folder: Path) -> None:
    """Write every page at both widths."""
    folder.mkdir(parents=True, exist_ok=True)
    case = _first_ticket(stack, "/kotak/")
    pages = {
        "admin_diskominfo": {
            "kotak": "/kotak/",
            "aduan": f"/kotak/aduan/{case}",
            "disposisi": f"/kotak/aduan/{case}/disposisi",
            "koreksi": f"/koreksi/{_first_ticket(stack, '/kotak/?antrean=koreksi')}",
            "gagal": "/kotak/?antrean=gagal",
            "monitor": "/pimpinan/",
        },
        "petugas_pd": {"pd": "/pd/", "pd-aduan": f"/pd/aduan/{_first_ticket(stack, '/pd/')}"},
    }
    for width in _WIDTHS:
        for role, paths in pages.items():
            page = _logged_in(browser, stack, role, width)
            for name, path in paths.items():
                page.goto(stack.web_url + path)
                _take(page, folder / f"{name}-{width}.png")
        page = _window(browser, width)
        for name, path in {"beranda": "/", "cek": "/cek", "masuk": "/masuk"}.items():
            page.goto(stack.web_url + path)
            _take(page, folder / f"{name}-{width}.png", whole=True)
        _open_phone(page, stack)
        _take(page, folder / f"phone-{width}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
