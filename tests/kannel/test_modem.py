"""An ordinary SIM in a GSM modem: the shipped example against a modem that only pretends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.kannel import KannelAdapter
from local.kannel import KannelPrograms
from tests.channels.provider import Provider
from tests.kannel.daemon import EXAMPLES, Kannel, adapted, four_ports, running_kannel
from tests.kannel.modem import Modem, delivered, running_modem, submitted_text
from tests.kannel.talk import adapter_for, answer, message_from, receipts_of
from tests.live import eventually

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def modem() -> Iterator[Modem]:
    with running_modem() as running:
        yield running


@pytest.fixture(scope="module")
def kannel(
    kannel_programs: KannelPrograms, kannel_home: Path, web: Provider, modem: Modem
) -> Iterator[Kannel]:
    example = adapted(
        (EXAMPLES / "smsc-modem.conf").read_text(),
        {
            "/dev/serial/by-id/USB-MODEM": modem.path,
            "+62NUMBER": "+628117001708",
            "SIM-PIN": "1234",
            # Nobody waits three seconds for a modem that is none.
            "throughput = 0.33": "throughput = 20",
        },
    )
    with running_kannel(kannel_programs, kannel_home, four_ports(), web.origin, example) as running:
        assert modem.ready.wait(30)
        eventually(lambda: "online" in running.status(), "the modem is online")
        yield running


@pytest.fixture
def adapter(kannel: Kannel, web: Provider) -> Iterator[KannelAdapter]:
    built = adapter_for(kannel, web)
    yield built
    built.close()


def test_kannel_has_nothing_to_say_against_the_example(kannel):
    lines = [line for line in kannel.printed().splitlines() if "ERROR" in line or "PANIC" in line]

    assert lines == []


@pytest.mark.usefixtures("kannel")
def test_the_modem_is_asked_to_hand_over_messages_and_reports(modem):
    assert "AT+CMGF=0" in modem.asked
    assert "AT+CNMI=1,2,0,1,0" in modem.asked


def test_an_sms_to_the_sim_arrives_with_the_time_of_the_operator(modem, adapter, web):
    modem.receives(delivered("+6281255501071", "Jalan rusak di Sungai Pakning"))

    message = message_from(adapter, web, "+6281255501071")

    assert message.text == "Jalan rusak di Sungai Pakning"
    assert message.sent_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def test_an_answer_leaves_by_the_sim(modem, adapter, web):
    part = answer("Aduan Anda sudah kami terima.", "+6281255501072")

    adapter.send(part)

    sent = eventually(lambda: [submitted_text(pdu) for pdu in modem.submitted], "the answer")
    assert sent == [("6281255501072", "Aduan Anda sudah kami terima.")]
    eventually(lambda: "sent" in receipts_of(adapter, web, part.reference), "taken by the SIM")
