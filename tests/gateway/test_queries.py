"""How many statements a page asks, however many cases there are: counts only, no times."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from gateway import search_terms
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


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        ("rina", "/kotak/", 12),
        ("rina", "/daftar/", 12),
        ("rina", "/daftar/?kata=lampu", 12),
        ("rina", "/daftar/?kata=lmapu", 12),
        ("rina", "/daftar/?urut=batas&foto=ya&lewat=ya", 12),
        ("andi", "/daftar/", 12),
        ("andi", "/pd/", 12),
        ("sekda", "/daftar/", 12),
    ],
)
def test_a_page_of_a_list_asks_at_most_twelve_queries(app, engine, who, address, most):
    browser = logged_in(app, who)
    browser.opens(address)  # what a process asks once

    with statements(engine) as asked:
        response = browser.opens(address)

    assert response.status_code == 200
    assert len(asked) <= most, "\n".join(asked)


@pytest.mark.parametrize("address", ["/kotak/", "/daftar/", "/daftar/?kata=lampu"])
def test_more_rows_ask_no_more_queries(app, office, engine, address):
    rina = logged_in(app, "rina")
    rina.opens(address)
    with statements(engine) as few:
        rina.opens(address)
    for number in range(5):
        office.hears(f"Lampu jalan mati di Wonosari nomor {number}")

    with statements(engine) as many:
        rina.opens(address)

    assert len(many) == len(few)
