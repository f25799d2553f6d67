"""Kill what takes messages in: whatever got a 2xx is there afterwards, once."""

import pytest

from tests.faults.load import Load
from tests.journeys.phone import Phone
from tests.journeys.rows import count, query
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey


def kept(stack: Stack) -> list[int]:
    """Message ids in the database, in order; a doubled one stands twice."""
    rows = query(stack, "SELECT external_id FROM message WHERE direction = 'in'")
    return sorted(int(row[0]) for row in rows)


def spooled(stack: Stack) -> int:
    return len(list((stack.home / "spool").glob("*.spooled")))


def halfway(load: Load) -> None:
    eventually(lambda: len(load.accepted) >= load.total // 3, "a third is accepted")


def test_a_killed_web_process_loses_no_answered_request(stack):
    load = Load(stack, 300)
    load.start()
    halfway(load)

    stack.kill("web")
    before = set(load.accepted)
    stored = set(kept(stack))
    stack.start("web")
    load.finish()

    assert load.refused > 0
    assert before <= stored
    assert kept(stack) == list(range(1, 301))


def test_a_killed_database_loses_no_answered_request(stack, servers):
    stack.start("worker")
    load = Load(stack, 300)
    load.start()
    halfway(load)

    servers.kill_postgres()
    load.finish()
    assert spooled(stack) > 0
    servers.start_postgres()

    eventually(lambda: spooled(stack) == 0, "the spool is fed in")
    assert kept(stack) == list(range(1, 301))
    assert count(stack, "webhook_delivery") >= 300


def test_a_killed_web_process_keeps_what_it_spooled(stack, servers):
    load = Load(stack, 60)
    servers.kill_postgres()
    load.start()
    load.finish()

    stack.kill("web")
    assert spooled(stack) == 60
    servers.start_postgres()
    stack.start("web")
    stack.start("worker")

    eventually(lambda: spooled(stack) == 0, "the spool is fed in")
    assert kept(stack) == list(range(1, 61))


def test_a_killed_queue_only_delays(stack, servers):
    stack.start("worker")
    phone = Phone.of(stack, "telegram", "antrean", "Warga Uji")
    phone.writes("halo")
    phone.reads("Saya asisten otomatis")

    servers.kill_redis()
    load = Load(stack, 60)
    load.start()
    load.finish()
    phone.writes("lampu jalan mati di Desa Senggoro sejak kemarin malam")
    servers.start_redis()

    phone.reads("NIK")
    assert load.refused == 0
    ours = "direction = 'in' AND conversation_id NOT IN (SELECT conversation_id FROM message"
    ours += " WHERE text_key = 'sambutan')"
    assert count(stack, "message", ours) == 60
