"""An operator's short code by SMPP: the shipped example against a message centre."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.kannel import KannelAdapter
from channels.message import DeliveryReceipt, DeliveryStatus, ErrorClass
from local.kannel import KannelPrograms
from tests.channels.provider import Provider
from tests.kannel.daemon import (
    EXAMPLES,
    KEY,
    PASSWORD,
    USER,
    Kannel,
    adapted,
    four_ports,
    running_kannel,
)
from tests.kannel.operator_centre import OperatorCentre, running_centre
from tests.kannel.talk import answer, events, message_from
from tests.live import eventually

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def centre() -> Iterator[OperatorCentre]:
    with running_centre() as running:
        yield running


@pytest.fixture(scope="module")
def kannel(
    kannel_programs: KannelPrograms, kannel_home: Path, web: Provider, centre: OperatorCentre
) -> Iterator[Kannel]:
    example = adapted(
        (EXAMPLES / "smsc-operator.conf").read_text(),
        {
            "OPERATOR-HOST": "127.0.0.1",
            "port = 2775": f"port = {centre.port}",
            '"SYSTEM-ID"': '"kabcontoh"',
            '"PASSWORD"': f'"{centre.password}"',
            "SHORT-CODE": "1708",
        },
    )
    with running_kannel(kannel_programs, kannel_home, four_ports(), web.origin, example) as running:
        assert centre.bound.wait(20)
        eventually(lambda: "operator" in running.status() and "online" in running.status(), "bound")
        yield running


@pytest.fixture
def adapter(kannel: Kannel, web: Provider) -> Iterator[KannelAdapter]:
    built = KannelAdapter(
        number="1708",
        webhook_keys=(KEY,),
        sendsms_url=kannel.sendsms_url,
        username=USER,
        password=PASSWORD,
        callback_base_url=web.origin,
    )
    yield built
    built.close()


def failure_of(adapter: KannelAdapter, web: Provider, reference: str) -> DeliveryReceipt | None:
    failures = (
        event
        for event in events(adapter, web)
        if isinstance(event, DeliveryReceipt) and event.status is DeliveryStatus.FAILED
    )
    return next((one for one in failures if one.reference == reference), None)


def test_kannel_has_nothing_to_say_against_the_example(kannel):
    lines = [line for line in kannel.printed().splitlines() if "ERROR" in line or "PANIC" in line]

    assert lines == []


def test_a_message_to_the_short_code_arrives_with_an_international_number(centre, adapter, web):
    centre.deliver("6281255501051", "1708", b"Jalan rusak di Sungai Pakning")

    message = message_from(adapter, web, "+6281255501051")

    assert message.text == "Jalan rusak di Sungai Pakning"
    assert message.repliable


def test_emoji_by_smpp_arrive(centre, adapter, web):
    centre.deliver("6281255501052", "1708", "Banjir 😀".encode("utf-16-be"), coding=8)

    assert message_from(adapter, web, "+6281255501052").text == "Banjir 😀"


def test_advertising_under_a_name_is_kept_but_not_answered(centre, adapter, web):
    centre.deliver("TELKOMSEL", "1708", b"Promo kuota")

    assert not message_from(adapter, web, "TELKOMSEL").repliable


def test_an_answer_leaves_under_the_short_code_and_its_receipt_comes_back(centre, adapter, web):
    part = answer("Aduan Anda sudah diteruskan ke Dinas PUPR.", "+6281255501053")

    adapter.send(part)

    (piece,) = eventually(
        lambda: [one for one in centre.submitted if one.destination == "6281255501053"],
        "the answer at the centre",
    )
    assert piece.source == "1708"
    assert piece.content == b"Aduan Anda sudah diteruskan ke Dinas PUPR."
    centre.report(piece, "DELIVRD")
    eventually(
        lambda: (
            DeliveryStatus.DELIVERED
            in {
                event.status
                for event in events(adapter, web)
                if isinstance(event, DeliveryReceipt) and event.reference == part.reference
            }
        ),
        "the delivery",
    )


def test_a_phone_that_cannot_be_reached_is_reported_without_our_words(centre, adapter, web):
    part = answer("Aduan Anda tercatat.", "+6281255501054")
    adapter.send(part)
    (piece,) = eventually(
        lambda: [one for one in centre.submitted if one.destination == "6281255501054"],
        "the answer at the centre",
    )

    centre.report(piece, "UNDELIV", "027")

    receipt = eventually(lambda: failure_of(adapter, web, part.reference), "the failure")
    assert (receipt.error_code, receipt.error_class) == ("UNDELIV/027", ErrorClass.PERMANENT)
    assert "Aduan" not in repr(receipt)


@pytest.mark.parametrize(
    ("command_status", "code", "error_class"),
    [
        (0x0B, "smpp-11", ErrorClass.RECIPIENT_GONE),
        (0x0A, "smpp-10", ErrorClass.CONFIG),
        (0x45, "smpp-69", ErrorClass.PERMANENT),
        (0x400, "smpp-1024", ErrorClass.PERMANENT),
    ],
)
def test_what_the_centre_refuses_is_named(centre, adapter, web, command_status, code, error_class):
    centre.refuse_with = command_status
    part = answer("Halo", "+6281255501055")

    adapter.send(part)

    receipt = eventually(lambda: failure_of(adapter, web, part.reference), "the refusal")
    centre.refuse_with = 0
    assert (receipt.error_code, receipt.error_class) == (code, error_class)
