# ruff: noqa: INP001 (a program beside the pages that it illustrates, not a package)
"""Take the pictures of the handbooks from the running service: `make panduan`.

Starts everything with the demo's data in a folder of its own, plays a few complaints of the
sandbox's invented people, and writes each picture of `SHOTS` into docs/panduan/gambar/. With
names as arguments it writes only those.
"""

import io
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from docs.pictures import ARGUMENTS, HEIGHT, desk, logged_in, login, service, tickets, window
from local.browser import find_browser, missing_browser_line
from tests.journeys.desk import Desk
from tests.journeys.phone import Phone, ticket_of
from tests.journeys.steps import dispose, reply
from tests.live import ROOT, Stack

PICTURES = Path(__file__).parent / "panduan" / "gambar"
_QUALITY = 82  # of WebP: letters stay sharp, a page stays under 120 KB
_PHONE, _PHONE_HEIGHT = 360, 740
_NIK = "1403016502879{}"  # invented; serials from 9000 belong to nobody
_LAMP = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam, "
    "anak-anak takut pergi mengaji. NIK {}"
)
_PIPE = "Pipa air bocor di depan pasar Desa Wonosari Kec. Bengkalis sejak kemarin pagi. NIK {}"
_SCHOOL = "Lampu jalan depan SD Desa Sungai Alam Kec. Bengkalis mati sejak kemarin malam. NIK {}"
_CALL = (
    "Tiang lampu jalan di depan puskesmas Desa Air Putih miring sejak kemarin sore, "
    "warga takut roboh"
)

# Frames that do not scroll for people stay where they are, and no fixed head covers the part.
_INTO_SIGHT = """part => {
  part.scrollIntoView({block: 'start'});
  const frames = [];
  for (let at = part.parentElement; at; at = at.parentElement) frames.push(at);
  frames.filter(one => getComputedStyle(one).overflowY === 'hidden')
    .forEach(one => one.scrollTop = 0);
  const room = frames.find(one => ['auto', 'scroll'].includes(getComputedStyle(one).overflowY));
  if (room) window.scrollTo(0, 0);
  const top = part.getBoundingClientRect().top;
  const heads = [...document.querySelectorAll('*')]
    .filter(one => ['sticky', 'fixed'].includes(getComputedStyle(one).position))
    .map(one => one.getBoundingClientRect())
    .filter(box => box.top <= top && box.bottom > top);
  if (heads.length) (room || document.scrollingElement)
    .scrollBy(0, top - Math.max(...heads.map(box => box.bottom)) - 8);
}"""


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: of its file, without ending.
        who: role of the demo's account, "" for nobody, "phone" for the sandbox's phone page.
        path: of the page; `{fresh}` and its like stand for the numbers of cases.
        act: what is done on the page before the picture is taken.
        width: of the window in CSS pixels.
    """

    name: str
    who: str
    path: str
    act: Callable[[Page], object] | None = None
    width: int = 1280


def _press(words: str) -> Callable[[Page], object]:
    """Press a button or a link with these words."""

    def act(page: Page) -> None:
        found = page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words))
        found.first.click()

    return act


def _unfold(words: str) -> Callable[[Page], object]:
    """Open a folded part and bring it into sight."""

    def act(page: Page) -> None:
        part = page.locator("summary", has_text=words).first
        part.click()
        _show(part)

    return act


def _show(part: Locator) -> None:
    part.evaluate(_INTO_SIGHT)


def _at(selector: str) -> Callable[[Page], object]:
    """Bring a part of the page to the upper edge."""
    return lambda page: _show(page.locator(selector).first)


def _first_case(page: Page) -> None:
    page.locator(".row-title").first.click()
    page.wait_for_url("**/aduan/**")


def _first_photo(page: Page) -> None:
    page.locator("main a[href*='/foto/']").first.click()


def _record(page: Page) -> None:
    page.fill("#story", _CALL)
    page.get_by_role("button", name="Periksa").last.click()


def _search_nik(page: Page) -> None:
    page.fill("#q", _NIK.format("081"))
    page.press("#q", "Enter")
    page.get_by_label("Alasan mencari dengan NIK").wait_for()


def _new_account(page: Page) -> None:
    page.fill("#username", "lina")
    page.fill("#name", "Lina Hartati")
    page.select_option("#role", "operator")
    page.get_by_role("button", name="Simpan").first.click()


def _draft(page: Page) -> None:
    page.fill("#done", "Sudah kami periksa pagi ini. Pengerjaan dimulai besok.")
    _at("#draf")(page)


def _whole_phone(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 960})
    page.get_by_text("diajukan ke Diskominfo").last.scroll_into_view_if_needed()


_A, _P, _S, _B = "admin_diskominfo", "petugas_pd", "superadmin", "pimpinan"
_CASE = "/kotak/aduan/{fresh}"
SHOTS = (
    Shot("masuk", "", "/masuk"),
    Shot("kotak", _A, _CASE),
    Shot("disposisi", _A, f"{_CASE}/disposisi"),
    Shot("konflik", _A, f"{_CASE}/disposisi", _unfold("Konflik kepentingan")),
    Shot("sensor", _A, f"{_CASE}/foto", _first_photo),
    Shot("serupa", _A, f"{_CASE}?bagian=serupa", _press("Bandingkan")),
    Shot("pecah", _A, "/kotak/aduan/{disposed}/pecah"),
    Shot("koreksi", _A, "/koreksi/{draft}"),
    Shot("gagal", _A, "/kotak/?antrean=gagal", _first_case),
    Shot("templat", _A, "/templat-jawaban/", lambda page: page.locator("main h2 a").first.click()),
    Shot("catat", _A, "/catat/", _record),
    Shot("aduan", _A, "/daftar/?status=berjalan"),
    Shot("cari-nik", _A, "/daftar/", _search_nik),
    Shot("identitas", _A, f"{_CASE}/identitas"),
    Shot("monitor", _B, "/pimpinan/"),
    Shot("pd", _P, "/pd/aduan/{new}"),
    Shot("periksa", _S, "/pengaturan/periksa"),
    Shot("pengguna", _S, "/pengaturan/pengguna"),
    Shot("kode", _S, "/pengaturan/tambah/pengguna", _new_account),
    Shot("libur", _S, "/pengaturan/libur"),
    Shot("teks", _S, "/pengaturan/teks/tiket_terbit"),
    Shot("keamanan", _S, "/akun/keamanan", _press("Siapkan langkah kedua")),
    Shot("kanal", _S, "/kanal/"),
    Shot("kotak-360", _A, "/kotak/?antrean=verifikasi", width=_PHONE),
    Shot("monitor-360", _B, "/pimpinan/", width=_PHONE),
    Shot("sambung-360", _P, "/akun/pemberitahuan/", _press("Buat kode"), _PHONE),
    Shot("pd-360", _P, "/pd/?antrean=baru", width=_PHONE),
    Shot("terima-360", _P, "/pd/aduan/{new}", _at("#form-terima"), _PHONE),
    Shot("kembalikan-360", _P, "/pd/aduan/{new}", _unfold("Kembalikan ke"), _PHONE),
    Shot("draf-360", _P, "/pd/aduan/{open}", _draft, _PHONE),
    Shot("foto-360", _P, "/pd/aduan/{open}", _at("fieldset:has-text('Foto pekerjaan')"), _PHONE),
    Shot("tunda-360", _P, "/pd/aduan/{open}", _unfold("Ubah status"), _PHONE),
    Shot("kutip", "phone", "/#andi/telegram", _whole_phone),
)


def main(arguments: list[str]) -> int:
    """Write the pictures that are named, or all."""
    browser_path = find_browser(os.environ)
    if browser_path is None:
        sys.stderr.write(f"{missing_browser_line()}\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    shots = [one for one in SHOTS if not arguments or one.name in arguments]
    with service() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        names = {_S: _superadmin(stack), **{role: login(stack, role) for role in (_A, _P, _B)}}
        cases = _play(stack)
        for (who, width), group in groupby(shots, key=lambda one: (one.who, one.width)):
            page = _open(browser, stack, names.get(who), width)
            _shoot(page, stack, group, cases)
            page.context.close()
        browser.close()
    return 0


def _play(stack: Stack) -> Mapping[str, str]:
    """Let complaints come in and go their ways; return a number for each kind of page."""
    admin, officer = desk(stack, _A), desk(stack, _P)
    fresh = _hears(stack, "yusuf", _LAMP.format(_NIK.format("081")))
    failing = _hears(stack, "ratna", _PIPE.format(_NIK.format("082")))
    Phone(stack, "ratna", "whatsapp").fault("not_registered")
    reply(admin, failing, "Petugas kami sedang menuju lokasi.")
    field = _linked(stack, officer)
    quoted = _hears(stack, "kadek", _SCHOOL.format(_NIK.format("083")))
    dispose(admin, quoted, notify=False)
    notice = field.reads(f"Disposisi baru {quoted}")
    words = "Lampu sudah kami ganti pagi ini. Senin kami periksa lagi."
    field.writes(words, quote=notice["id"], attachments=[{"kind": "photo"}])
    field.reads("diajukan ke Diskominfo")
    return {
        "fresh": fresh,
        "disposed": tickets(stack, "/kotak/?antrean=penanganan")[0],
        "draft": tickets(stack, "/kotak/?antrean=koreksi")[0],
        "new": tickets(stack, "/pd/?antrean=baru")[0],
        "open": tickets(stack, "/pd/?antrean=draf")[0],
    }


def _hears(stack: Stack, citizen: str, words: str) -> str:
    """Let somebody complain with a photo and return the number."""
    phone = Phone(stack, citizen, "whatsapp")
    phone.writes(words, attachments=[{"kind": "photo"}])
    return ticket_of(phone.reads("PIN"))


def _linked(stack: Stack, officer: Desk) -> Phone:
    """Return the officer's phone, linked by the code of the own page."""
    phone = Phone.of(stack, "telegram", "andi", "Andi Saputra")
    page = officer.sends("/akun/pemberitahuan/", "/akun/pemberitahuan/kode")
    code = re.search(r"SAMBUNG \d{3} \d{3}", page)
    if code is None:
        raise LookupError("the page shows no code")
    phone.writes(code.group())
    phone.reads("Tersambung.")
    return phone


def _superadmin(stack: Stack) -> tuple[str, str]:
    """Create the account that the demo leaves to the command line; return name and password."""
    username, password = "pengelola", secrets.token_urlsafe(12)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "users", "create", username]
    command += ["Sari Wahyuni", "superadmin", "--password", password]
    subprocess.run(  # noqa: S603 (our own command line, no foreign words)
        command, cwd=ROOT, env=stack.environment, check=True, capture_output=True
    )
    return username, password


def _open(browser: Browser, stack: Stack, names: tuple[str, str] | None, width: int) -> Page:
    height = _PHONE_HEIGHT if width == _PHONE else HEIGHT
    if names is None:
        return window(browser, width, height)
    return logged_in(browser, stack, names, width, height)


def _shoot(page: Page, stack: Stack, shots: Iterable[Shot], cases: Mapping[str, str]) -> None:
    for one in shots:
        origin = stack.sandbox_url if one.who == "phone" else stack.web_url
        page.goto(origin + one.path.format_map(cases))
        page.wait_for_load_state("networkidle")
        if one.act:
            one.act(page)
            page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").save(PICTURES / f"{one.name}.webp", quality=_QUALITY, method=6)
        sys.stdout.write(f"{one.name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
