"""Live pages in a real browser: the stream, its loss, colleagues, a lost session and connection."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis as redis_client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from channels.message import DeliveryStatus
from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.reading.presence_board import RedisPresence
from gateway.runtime import Runtime
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from tests.browser.accessible import broken_rules
from tests.browser.test_pages import (
    PATIENCE_MS,
    OpenWindow,
    Site,
    _log_in,
    chromium,
    site,
)
from tests.browser.test_pages import runtime as plain_runtime
from tests.gateway.office import PASSWORD
from tests.live import free_ports

__all__ = ["chromium", "plain_runtime", "site"]

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0


@pytest.fixture(scope="module")
def stream_port() -> int:
    return free_ports()[0]


@pytest.fixture(scope="module")
def runtime(plain_runtime: Runtime, redis_server, stream_port: int) -> Iterator[Runtime]:
    client = redis_client.Redis.from_url(redis_server.url)
    client.flushall()
    address = f"http://127.0.0.1:{stream_port}/arus"
    yield replace(plain_runtime, presence=RedisPresence(client), stream_url=address)
    client.close()


@pytest.fixture
def stream(site, stream_port, module_database_url, redis_server, tmp_path):
    """The streams' own process, as in production."""
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "asgi", "--host", "127.0.0.1", "--port", str(stream_port)]
    command += ["--no-ws", "--workers", "1", "--log-level", "warning", "stream:app"]
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PATH", "COV"))}
    environment = {
        **kept,
        "DATABASE_URL": module_database_url,
        "REDIS_URL": redis_server.url,
        "SAHUT_DATA_DIR": str(tmp_path),
        "SAHUT_PUBLIC_BASE_URL": site.url,
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    _await(f"http://127.0.0.1:{stream_port}/healthz", process)
    yield process
    _end(process)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_S
    while time.monotonic() < give_up_at:
        assert process.poll() is None, "the stream's process ended at its start"
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 (our own loopback)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the stream's process does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[OpenWindow]:
    """Open a window as somebody; connections are broken on purpose here, so consoles complain."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(username: str) -> Page:
        opened.append(chromium.new_context(viewport={"width": 1280, "height": 800}))
        page = opened[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        _log_in(page, site, username)
        return page

    yield open_one
    for context in opened:
        context.close()
    assert faults == []


def test_pages_hear_each_other_and_go_on_asking_when_the_stream_dies(window, site, stream):
    rina, dewi = window("rina"), window("dewi")
    streams: list[str] = []
    rina.context.on(
        "request", lambda request: streams.append(request.url) if "/arus" in request.url else None
    )
    rina.goto(f"{site.url}/kotak/aduan/{site.received}")
    expect(rina.locator("[data-live]")).to_have_text("langsung: aktif")
    second_tab = rina.context.new_page()
    second_tab.goto(f"{site.url}/kotak/")
    expect(second_tab.locator("[data-live]")).to_have_text("langsung: aktif")
    assert len(streams) == 1  # one for all tabs of a browser

    dewi.goto(f"{site.url}/kotak/aduan/{site.received}?tulis=catatan")
    dewi.get_by_label("Catatan internal", exact=True).press_sequentially("Cek")
    casework.add_note(
        site.runtime, site.office.dewi, CaseRef(site.received), "@rina cek", for_pd=False
    )
    rina.bring_to_front()
    expect(rina.locator("[data-people]")).to_contain_text("Dewi sedang menulis")
    expect(rina.locator("[data-mine]")).to_have_text("1")

    _shows_ticks(site, rina, DeliveryStatus.DELIVERED, "sampai")
    casework.not_an_emergency(site.runtime, site.office.dewi, CaseRef(site.received))
    assert broken_rules(rina) == []

    _end(stream)
    expect(rina.locator("[data-live]")).to_have_text("langsung: tidak aktif")
    _shows_ticks(site, rina, DeliveryStatus.READ, "dibaca")
    second_tab.bring_to_front()
    site.office.hears("Parit meluap di Senggoro sejak kemarin", sender="+6281255501061")
    expect(second_tab.locator("[data-news]")).to_contain_text("pembaruan")


def _shows_ticks(site: Site, page: Page, status: DeliveryStatus, words: str) -> None:
    """Somebody writes while the platform reports this of everything that went out for the case."""
    text = page.get_by_label("Balasan untuk warga")
    text.fill("Baik, ")
    case_id = site.office.complaint(site.received).id
    with site.runtime.transaction() as session:
        mine = select(Message.id).where(Message.complaint_id == case_id)
        session.execute(
            update(OutboxPart).where(OutboxPart.message_id.in_(mine)).values(status=status)
        )
    expect(page.locator("[data-parts] .part").first).to_contain_text(words)
    expect(text).to_be_focused()


def test_words_in_work_follow_their_writer_to_another_device(window, site):
    ticket = site.office.hears("Parit meluap di Pedekik sejak kemarin", sender="+6281255501062")
    address = f"{site.url}/kotak/aduan/{ticket}"
    phone, desk = window("rina"), window("rina")
    phone.goto(address)
    with phone.expect_response(lambda one: one.url.endswith("/langsung/tulisan")) as saved:
        phone.get_by_label("Balasan untuk warga").fill("Baik, kami cek besok.")
        saved.value.finished()

    desk.goto(address)
    offer = desk.get_by_text("di perangkat lain. Pakai?")
    expect(offer).to_be_visible()
    assert broken_rules(desk) == []
    desk.get_by_role("button", name="Pakai").click()
    expect(offer).to_have_count(0)
    expect(desk.get_by_label("Balasan untuk warga")).to_have_value("Baik, kami cek besok.")
    desk.get_by_role("button", name="Kirim", exact=False).first.click()
    expect(desk.get_by_text("Balasan dikirim.")).to_be_visible()

    laptop = window("rina")
    laptop.goto(address)
    laptop.wait_for_load_state("networkidle")
    expect(laptop.get_by_text("di perangkat lain. Pakai?")).to_have_count(0)


def test_a_connection_that_breaks_loses_no_text(window, site):
    page = window("rina")
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    text = page.get_by_label("Balasan untuk warga")
    text.fill("Tulisan panjang")

    page.context.set_offline(offline=True)
    expect(page.locator("#terputus")).to_contain_text("Koneksi terputus.")
    expect(page.get_by_role("button", name="Kirim")).to_be_disabled()
    page.context.set_offline(offline=False)
    expect(page.locator("#terputus")).to_contain_text("1 tulisan belum terkirim.")
    expect(page.get_by_role("button", name="Kirim")).to_be_enabled()


def test_a_session_that_ends_loses_no_text(window, site):
    page = window("rina")
    page.goto(f"{site.url}/kotak/aduan/{site.received}")
    text = page.get_by_label("Balasan untuk warga")
    page.context.clear_cookies(name="sahut_sesi")
    text.fill("Tulisan panjang")
    expect(page.locator("#sesi")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Masuk lagi").click()
    login = opened.value
    login.fill("#username", "rina")
    login.fill("#password", PASSWORD)
    login.get_by_role("button", name="Masuk").click()
    login.wait_for_url(lambda url: "/masuk" not in url)
    login.close()
    page.get_by_role("button", name="Saya sudah masuk").click()
    expect(page.locator("#sesi")).to_be_hidden()
    expect(text).to_have_value("Tulisan panjang")

    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".toast")).to_contain_text("Balasan dikirim.")
