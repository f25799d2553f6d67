import gzip
import re

import pytest

from gateway.web.bundles import PARTS, STATIC, bundle
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app

_LARGEST = {"css": 28 * 1024, "js": 35 * 1024}  # compressed
_IN_HEAD = re.compile(r'(?:<link rel="stylesheet" href|<script src)="([^"]+)"')


@pytest.fixture
def app(runtime):
    open_office(runtime)
    return make_app(runtime)


def _addresses(browser, page):
    browser.opens(page)
    return _IN_HEAD.findall(browser.page)


def test_every_style_sheet_and_script_stands_in_a_bundle():
    sources = {path.name for path in STATIC.iterdir() if path.suffix in {".css", ".js"}}

    assert {part for parts in PARTS.values() for part in parts} == sources


@pytest.mark.parametrize(("name", "kind"), list(PARTS))
def test_a_first_view_stays_within_its_budget(name, kind):
    assert len(bundle(name, kind).packed) <= _LARGEST[kind]


def test_a_page_loads_one_style_sheet_and_one_script_that_the_browser_keeps(app):
    staff, anybody = logged_in(app, "rina"), Browser(app)

    inside, outside = _addresses(staff, "/kotak/"), _addresses(anybody, "/masuk")

    assert [re.sub(r"\.\w{12}\.", ".*.", one) for one in inside + outside] == [
        "/static/petugas.*.css",
        "/static/petugas.*.js",
        "/static/publik.*.css",
        "/static/publik.*.js",
    ]
    for address in inside + outside:
        answer = anybody.client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        packed = anybody.client.get(address, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == answer.data
        assert packed.headers["Vary"] == answer.headers["Vary"] == "Accept-Encoding"


def test_a_page_of_another_version_gets_what_there_is_and_asks_again(app):
    answer = Browser(app).client.get("/static/publik.000000000000.css")

    assert answer.data == bundle("publik", "css").body
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content_type == "text/css; charset=utf-8"


def test_files_beside_the_bundles_are_served_as_they_are(app):
    browser = Browser(app)

    assert browser.opens("/static/weave.svg").status_code == 200
    assert browser.opens("/static/lain.000000000000.css").status_code == 404
