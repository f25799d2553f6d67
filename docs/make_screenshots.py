# ruff: noqa: INP001 (a program beside the pages that it illustrates, not a package)
"""Take the pictures of the README from the running service: `python -m docs.make_screenshots`.

Starts everything with the demo's data in a folder of its own, lets a citizen's complaint go the
whole way, and writes inbox.png and phone.png. With a folder as argument it also writes each page
at 360 and 1280 px there, for looking at.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from docs.pictures import ARGUMENTS, desk, logged_in, login, service, take, tickets, window
from local.browser import find_browser, missing_browser_line
from tests.journeys.phone import Phone, ticket_of
from tests.journeys.steps import accept, dispose, send_answer, submit_draft
from tests.live import Stack

IMAGES = Path(__file__).parent / "images"
_WIDTHS = (360, 1280)
_WITH_PHOTOS = ".row:has(.row-fact):has([data-channel=whatsapp]) .row-title"
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
    with service() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        _play(stack)
        admin = logged_in(browser, stack, login(stack, "admin_diskominfo"))
        admin.goto(f"{stack.web_url}/kotak/")
        admin.locator(_WITH_PHOTOS).first.click()
        admin.wait_for_url("**/aduan/**")
        take(admin, IMAGES / "inbox.png")
        phone = window(browser, 1280, _PHONE_HEIGHT)
        _open_phone(phone, stack)
        take(phone, IMAGES / "phone.png")
        if arguments:
            _look_around(browser, stack, Path(arguments[0]))
        browser.close()
    return 0


def _play(stack: Stack) -> None:
    """Let one complaint go the whole way, so that the phone has something to show."""
    phone = Phone(stack, "salmah", "whatsapp")
    phone.writes(_LAMP, attachments=[{"kind": "photo"}])
    ticket = ticket_of(phone.reads("PIN"))
    admin, officer = (desk(stack, role) for role in ("admin_diskominfo", "petugas_pd"))
    dispose(admin, ticket, notify=False)
    accept(officer, ticket, "Tim memeriksa tiang malam ini")
    submit_draft(officer, ticket, "lampu sdh diganti")
    send_answer(admin, ticket, _ANSWER)
    phone.ticks(phone.reads("dinyatakan selesai"))


def _open_phone(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.sandbox_url}/#salmah/whatsapp")
    page.get_by_text("dinyatakan selesai").wait_for()


def _look_around(browser: Browser, stack: Stack, folder: Path) -> None:
    """Write every page at both widths."""
    folder.mkdir(parents=True, exist_ok=True)
    case = tickets(stack, "/kotak/")[0]
    pages = {
        "admin_diskominfo": {
            "kotak": "/kotak/",
            "aduan": f"/kotak/aduan/{case}",
            "disposisi": f"/kotak/aduan/{case}/disposisi",
            "koreksi": f"/koreksi/{tickets(stack, '/kotak/?antrean=koreksi')[0]}",
            "gagal": "/kotak/?antrean=gagal",
            "monitor": "/pimpinan/",
        },
        "petugas_pd": {"pd": "/pd/", "pd-aduan": f"/pd/aduan/{tickets(stack, '/pd/')[0]}"},
    }
    for width in _WIDTHS:
        for role, paths in pages.items():
            page = logged_in(browser, stack, login(stack, role), width)
            for name, path in paths.items():
                page.goto(stack.web_url + path)
                take(page, folder / f"{name}-{width}.png")
        page = window(browser, width)
        for name, path in {"beranda": "/", "cek": "/cek", "masuk": "/masuk"}.items():
            page.goto(stack.web_url + path)
            take(page, folder / f"{name}-{width}.png", whole=True)
        _open_phone(page, stack)
        take(page, folder / f"phone-{width}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
