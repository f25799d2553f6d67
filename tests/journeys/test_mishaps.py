"""Two mishaps in small: the worker dies after the 2xx, the database is away for a while."""

from collections.abc import Iterator

import pytest

from tests.journeys.phone import Phone, ticket_of
from tests.journeys.rows import complaints_of, count
from tests.live import Stack, eventually, free_ports, running_stack
from tests.servers import Servers, own_servers

pytestmark = pytest.mark.journey

STORY = "Sampah menumpuk di TPS Desa Senggoro Kec. Bengkalis sejak minggu lalu"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with own_servers() as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory, servers) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("mishaps")
    with running_stack(home, free_ports(), servers.database_url, servers.redis_url) as running:
        yield running


def spooled(stack: Stack) -> int:
    return len(list((stack.home / "spool").glob("*.spooled")))


def test_a_worker_that_dies_after_the_2xx_loses_nothing(stack):
    phone = Phone.of(stack, "whatsapp", "mati", "Warga Uji")
    phone.writes(STORY)
    eventually(lambda: count(stack, "message", "direction = 'in'") == 1, "the message is kept")

    stack.restart("worker")

    phone.reads("Mohon kirim *NIK*")
    phone.writes("1403016502879031")
    phone.presses(phone.reads("Mohon periksa"), "Kirim")
    ticket = ticket_of(phone.reads("PIN"))
    assert complaints_of(stack, ticket) == 1
    assert sum("*NIK*" in one["text"] for one in phone.answers()) == 1


def test_without_its_database_it_takes_messages_in_and_answers_later(stack, servers):
    phones = [
        Phone.of(stack, channel, f"luring-{channel}", "Warga Uji")
        for channel in ("whatsapp", "telegram", "messenger")
    ]
    servers.stop_postgres()
    for number, phone in enumerate(phones):
        phone.writes(STORY)
        phone.writes(f"NIK saya 140301650287904{number}")
    eventually(
        lambda: all(one["status"] == "delivered" for phone in phones for one in phone.thread()),
        "every webhook is answered",
    )
    assert spooled(stack) >= len(phones)

    servers.start_postgres()

    tickets = {ticket_of(phone.reads("PIN")) for phone in phones}
    assert len(tickets) == len(phones)
    assert all(complaints_of(stack, ticket) == 1 for ticket in tickets)
    eventually(lambda: spooled(stack) == 0, "the spool is fed in")
    assert "1403016502879" not in stack.log("web") + stack.log("worker")
    assert "TPS Desa" not in stack.log("web") + stack.log("worker")
