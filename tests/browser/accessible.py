"""What is wrong with a page: broken rules of accessibility (axe-core), and whether it fits."""

import os

import pytest
from playwright.sync_api import Page

from tests.browser.serving import ROOT

_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is broken is written out, and no style sheet is fetched again: half the time.
_RUN = (
    "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'],"
    " preload: false, iframes: false})"
)
# A desk, a phone, and a desk of 1280 px at 200 %.
_WIDTHS = (1280, 360, 640)
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def broken_rules(page: Page) -> list[str]:
    """Name the rules that the page breaks as it stands there.

    Without axe-core the test is skipped, but fails where ``CI=true``.
    """
    if not _AXE.exists():
        words = "axe-core is missing: npm ci"
        pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    return [
        f"{rule['id']} {rule['nodes'][0]['html'][:150]}"
        for rule in page.evaluate(_RUN, _RULES)["violations"]
    ]


def faults(page: Page) -> list[str]:
    """Name what is wrong with the page on every screen; the window keeps its size.

    The window is as high as the page, so that no bar happens to lie on a part that can be scrolled.
    """
    before = page.viewport_size or {"width": 1280, "height": 800}
    found = []
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": before["height"]})
        height = page.evaluate("Math.ceil(document.documentElement.scrollHeight)")
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate(_TOO_WIDE):
            found.append(f"{page.url} at {width}: wider than the screen")
        if width != 640:  # between the other two: no rule can differ
            found += [f"{page.url} at {width}: {broken}" for broken in broken_rules(page)]
    page.set_viewport_size(before)
    return found
