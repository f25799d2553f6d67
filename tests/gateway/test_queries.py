"""How many statements a page asks, however many cases there are: counts only, no times."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from gateway.listing import search_terms
from tests.gateway.office import attach, open_office
from tests.gateway.pages import logged_in, make_app

pytestmark = pytest.mark.usefixtures("cases")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def cases(runtime, office, clock):
    """A few cases of every kind, with files, clocks, disposisi and terms."""
    tickets = [office.hears(f"Lampu jalan mati di Damon nomor {number}") for number in range(4)]
    for ticket in tickets:
        attach(runtime, ticket)
    for ticket in tickets[:2]:
        office.disposes(ticket)
    clock.advance(minutes=2)
    search_terms.collect(runtime)
    return tickets


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the database is asked inside the block."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


LISTS = (
    ("rina", "/kotak/"),
    ("rina", "/daftar/"),
    ("rina", "/daftar/?kata=lampu"),
    ("rina", "/daftar/?kata=lmapu"),
    ("rina", "/daftar/?urut=batas&foto=ya&lewat=ya"),
    ("andi", "/daftar/"),
    ("andi", "/pd/"),
    ("sekda", "/daftar/"),
)


def test_a_page_of_a_list_asks_at_most_twelve_queries(app, engine):
    for who, address in LISTS:
        browser = logged_in(app, who)
        browser.opens(address)  # what a process asks once

        with statements(engine) as asked:
            response = browser.opens(address)

        assert response.status_code == 200
        assert len(asked) <= 12, "\n".join([who, address, *asked])


def test_more_rows_ask_no_more_queries(app, office, engine):
    rina = logged_in(app, "rina")
    addresses = ("/kotak/", "/daftar/", "/daftar/?kata=lampu")
    few = [_asked(engine, rina, address) for address in addresses]
    for number in range(5):
        office.hears(f"Lampu jalan mati di Wonosari nomor {number}")

    assert [_asked(engine, rina, address) for address in addresses] == few


def _asked(engine, browser, address):
    browser.opens(address)
    with statements(engine) as asked:
        browser.opens(address)
    return len(asked)
