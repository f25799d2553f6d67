# ruff: noqa: INP001 (a program beside the pages that it illustrates, not a package)
"""What takes pictures of the running service has in common: service, logins, windows, waiting."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from local.demo_logins import read_logins
from tests.journeys.desk import Desk
from tests.live import Stack, free_ports, running_stack
from tests.servers import own_servers

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
HEIGHT = 800
_PATIENCE_MS = 60_000


@contextmanager
def service() -> Iterator[Stack]:
    """Start everything with the demo's data in a folder of its own; end it afterwards."""
    with tempfile.TemporaryDirectory(prefix="sahut-pictures-") as home, own_servers() as servers:
        urls = servers.database_url, servers.redis_url
        with running_stack(Path(home), free_ports(), *urls, seed="local.demo") as stack:
            yield stack


def login(stack: Stack, role: str) -> tuple[str, str]:
    """Return name and password of the demo's first account with this role."""
    found = next(one for one in read_logins(stack.home) if one.role == role)
    return found.username, found.password


def desk(stack: Stack, role: str) -> Desk:
    """Return a logged-in officer who needs no browser."""
    return Desk(stack, *login(stack, role))


def window(browser: Browser, width: int, height: int = HEIGHT) -> Page:
    """Open an empty window of this size in CSS pixels."""
    size = {"width": width, "height": height}
    page = browser.new_context(viewport=size, locale="id-ID").new_page()
    page.set_default_timeout(_PATIENCE_MS)
    return page


def logged_in(
    browser: Browser, stack: Stack, names: tuple[str, str], width: int = 1280, height: int = HEIGHT
) -> Page:
    """Open a window in which this person (name, password) has logged in."""
    page = window(browser, width, height)
    page.goto(f"{stack.web_url}/masuk")
    username, password = names
    page.get_by_label("nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    return page


def tickets(stack: Stack, path: str) -> list[str]:
    """Return the numbers of the cases that a list shows, in its order, each once."""
    role = "petugas_pd" if path.startswith("/pd") else "admin_diskominfo"
    return list(dict.fromkeys(re.findall(r"/aduan/([\d-]+)", desk(stack, role).opens(path))))


def take(page: Page, target: Path, *, whole: bool = False) -> None:
    """Write a picture as PNG once nothing more arrives."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target, full_page=whole)
