"""A citizen with an old phone: the real Kannel, the real service, and restarts in between."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import redis

from local.kannel import KannelPrograms
from local.redis import RedisServer
from tests.journeys.phone import TICKET
from tests.journeys.rows import query
from tests.kannel.daemon import (
    KEY,
    NUMBER,
    PASSWORD,
    USER,
    Kannel,
    four_ports,
    running_kannel,
)
from tests.live import Stack, eventually, free_ports, running_stack

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, redis_server: RedisServer
) -> Iterator[Stack]:
    """Web and worker whose SMS is Kannel's; Kannel is not there yet."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    home = tmp_path_factory.mktemp("kannel-stack")
    ports = free_ports()
    with running_stack(home, ports, module_database_url, redis_server.url, ()) as prepared:
        yield prepared


@pytest.fixture(scope="module")
def kannel(stack: Stack, kannel_programs: KannelPrograms, kannel_home: Path) -> Iterator[Kannel]:
    ports = four_ports()
    with running_kannel(kannel_programs, kannel_home, ports, stack.web_url) as running:
        del stack.environment["SAHUT_TWILIO_SMS_NUMBER"]
        stack.environment |= {
            "SAHUT_KANNEL_NUMBER": NUMBER,
            "SAHUT_KANNEL_WEBHOOK_KEYS": KEY,
            "SAHUT_KANNEL_SENDSMS_URL": running.sendsms_url,
            "SAHUT_KANNEL_USERNAME": USER,
            "SAHUT_KANNEL_PASSWORD": PASSWORD,
            "SAHUT_KANNEL_SMSC_ID": "modem",
            "SAHUT_KANNEL_SOURCES": "127.0.0.1",
        }
        for name in ("sandbox", "web", "worker"):
            stack.start(name)
        running.phone.listens()
        yield running


def reads(kannel: Kannel, number: str, words: str) -> str:
    """Wait until an SMS with these words reaches the phone."""
    return eventually(
        lambda: next(
            (line for line in kannel.phone.heard() if number in line and words in line), ""
        ),
        f"an SMS with {words!r}",
    )


def ticket_in(line: str) -> str:
    found = re.search(TICKET, line)
    assert found is not None
    return found[0]


def test_a_complaint_by_sms_gets_its_ticket_on_the_phone(kannel, stack):
    kannel.phone.writes(
        "+6281255501061 1708 text Jembatan kayu dekat SDN 4 Desa Sungai Alam Kec. Bengkalis patah "
        "sejak kemarin sore. NIK 1403012201889011 nama Ardiansyah Putra"
    )

    ticket = ticket_in(reads(kannel, "+6281255501061", "Aduan diterima"))

    rows = query(stack, "SELECT status FROM complaint WHERE ticket = %s", ticket)
    assert rows == [("received",)]
    eventually(lambda: states(stack) == {"delivered"}, "all parts delivered")


def test_what_is_written_while_the_service_is_away_arrives_once(kannel, stack):
    stack.kill("web")
    kannel.phone.writes(
        "081255501062 1708 text Sampah menumpuk di Pasar Terubuk Bengkalis sejak seminggu lalu. "
        "NIK 1403014507809012 nama Suryati Amir"
    )

    stack.start("web")

    reads(kannel, "+6281255501062", "Aduan diterima")
    (rows,) = query(stack, "SELECT count(*) FROM message WHERE dedup_scope = 'kannel:1708'")
    assert rows == (2,)


def test_an_answer_waits_while_kannel_is_away(kannel):
    kannel.kill("smsbox")
    kannel.phone.writes("+6281255501061 1708 text STATUS")
    kannel.kill()

    kannel.start()
    kannel.phone.listens()

    reads(kannel, "+6281255501061", "Masuk")


@pytest.mark.usefixtures("kannel")
def test_a_stranger_with_a_guessed_key_is_turned_away(stack):
    for path in ("mo?key=tebakan&id=1&time=1&from=%2B62812&text=palsu", "dlr?ref=1&status=1"):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{stack.web_url}/webhooks/kannel/{path}", timeout=10)  # noqa: S310 (loopback)
        assert caught.value.code == 403
        caught.value.close()


def test_neither_side_writes_down_who_complained(kannel, stack):
    ours = stack.log("web") + stack.log("worker")
    theirs = kannel.home.joinpath("smsbox.log").read_text(errors="replace")

    for secret in ("81255501061", "1403012201889011", "Ardiansyah", "Jembatan kayu"):
        assert secret not in ours + theirs
    # smsbox prints an address that it could not fetch; with the key, but without a citizen.
    assert KEY not in ours


def states(stack: Stack) -> set[str]:
    return {status for (status,) in query(stack, "SELECT DISTINCT status FROM outbox_part")}
