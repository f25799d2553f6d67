"""Every row of the providers' error table, from its wire form through the real SDKs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.adapter import ChannelAdapter
from channels.errors import SendError
from channels.explanations import explain
from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus, ErrorClass
from channels.outbound import OutboundPart
from channels.registry import close_channels
from tests.channels.provider import Answer, Provider, running_provider
from tests.channels.support import ERRORS, channels, signed

SENDERS = {
    "twilio": (ChannelName.WHATSAPP, ChannelName.SMS),
    "telegram": (ChannelName.TELEGRAM,),
    "meta": (ChannelName.MESSENGER, ChannelName.INSTAGRAM),
}
RECIPIENTS = {
    ChannelName.WHATSAPP: "+6281255501001",
    ChannelName.SMS: "+6281255501001",
    ChannelName.TELEGRAM: "5550100001",
    ChannelName.MESSENGER: "6120000000000001",
    ChannelName.INSTAGRAM: "1203000000000001",
}
NAMES = {"token": "TOKEN-UJI", "text": "Laporan rahasia", "phone": "81255501001"}
SYNC = [
    pytest.param(row, name, id=f"{number}-{name}-{row['class']}")
    for number, row in enumerate(ERRORS)
    for name in SENDERS.get(row["provider"], ())
    if row["when"] == "sync"
]
ASYNC = [row for row in ERRORS if row["provider"] == "twilio" and row["when"] == "async"]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def adapters(provider: Provider) -> Iterator[Mapping[ChannelName, ChannelAdapter]]:
    built = channels(provider.origin)
    yield built
    close_channels(built)


def part(name: ChannelName) -> OutboundPart:
    return OutboundPart(name, "akun", RECIPIENTS[name], "bagian-1", text="Laporan rahasia")


def wire(row: Mapping[str, Any]) -> Answer:
    """The row as an HTTP answer; a time-out is a line that dies after the request was read."""
    body = row["body"]
    if row["http"] is None:
        return Answer(silent=True)
    if isinstance(body, str):
        return Answer(row["http"], body.encode(), {"Content-Type": "text/html"})
    return Answer(row["http"], json.dumps(body).encode())


@pytest.mark.parametrize(("row", "name"), SYNC)
def test_a_refused_call_has_the_class_of_its_row(row, name, adapters, provider):
    provider.will_answer(wire(row))

    with pytest.raises(SendError) as caught:
        adapters[name].send(part(name))

    assert caught.value.error_class == row["class"]
    assert len(provider.calls) == 1
    assert len(caught.value.code) <= 40
    printed = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.code}"
    assert not any(secret in printed for secret in NAMES.values())


@pytest.mark.parametrize("row", ASYNC, ids=lambda row: row["body"]["ErrorCode"])
def test_a_reported_failure_has_the_class_of_its_row(row, adapters):
    form = {
        "MessageSid": "SM1",
        "AccountSid": adapters[ChannelName.WHATSAPP].account,
        "To": "whatsapp:+6281255501001",
        "From": "whatsapp:+6281100000900",
        **row["body"],
    }
    url = "https://aduan.kabcontoh.go.id/webhooks/twilio/status?ref=bagian-1"

    (receipt,) = adapters[ChannelName.WHATSAPP].parse(
        signed("twilio", urlencode(form).encode(), url=url)
    )

    assert isinstance(receipt, DeliveryReceipt)
    assert receipt.status is DeliveryStatus.FAILED
    assert receipt.error_class == row["class"]
    assert receipt.error_code == row["body"]["ErrorCode"]
    assert (receipt.external_id, receipt.reference) == ("SM1", "bagian-1")


@pytest.mark.parametrize(
    ("name", "answer", "seconds"),
    [
        (ChannelName.SMS, Answer(429, b'{"code": 20429}', {"Retry-After": "7"}), 7.0),
        (
            ChannelName.TELEGRAM,
            Answer(429, b'{"ok": false, "parameters": {"retry_after": 17}}'),
            17.0,
        ),
        (
            ChannelName.MESSENGER,
            Answer(
                400,
                b'{"error": {"code": 80004}}',
                {
                    "Content-Type": "application/json",
                    "X-Business-Use-Case-Usage": '{"1":[{"estimated_time_to_regain_access":2}]}',
                },
            ),
            120.0,
        ),
    ],
)
def test_a_throttled_account_waits_as_long_as_the_platform_asks(
    name, answer, seconds, adapters, provider
):
    provider.will_answer(answer)

    with pytest.raises(SendError) as caught:
        adapters[name].send(part(name))

    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("name", RECIPIENTS)
def test_a_platform_that_cannot_be_reached_is_tried_again(name):
    with running_provider() as gone:
        origin = gone.origin
    built = channels(origin)

    with pytest.raises(SendError) as caught:
        built[name].send(part(name))
    close_channels(built)

    assert caught.value.error_class is ErrorClass.RETRY


@pytest.mark.parametrize("name", RECIPIENTS)
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"ok", b'{"ok": true}', b'{"sid": null}'])
def test_a_success_without_an_id_is_never_sent_again_by_machine(name, body, adapters, provider):
    provider.will_answer(Answer(200, body))

    with pytest.raises(SendError) as caught:
        adapters[name].send(part(name))

    assert caught.value.error_class is ErrorClass.AMBIGUOUS


def test_an_error_that_graph_hides_in_a_success_counts(adapters, provider):
    provider.will_answer(Answer(200, b'{"error": {"code": 10, "error_subcode": 2534022}}'))

    with pytest.raises(SendError) as caught:
        adapters[ChannelName.INSTAGRAM].send(part(ChannelName.INSTAGRAM))

    assert (caught.value.error_class, caught.value.code) == (
        ErrorClass.WINDOW_CLOSED,
        "10/2534022",
    )


@pytest.mark.parametrize(("row", "name"), SYNC)
def test_the_officer_reads_a_sentence_for_every_row(row, name, adapters, provider):
    provider.will_answer(wire(row))
    with pytest.raises(SendError) as caught:
        adapters[name].send(part(name))

    sentence = explain(name, caught.value.code, caught.value.error_class)

    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert not any(code in sentence for code in ("http", caught.value.code))


def test_an_uncertain_outcome_is_never_explained_as_sent_again():
    sentence = explain(ChannelName.SMS, "transport", ErrorClass.AMBIGUOUS)

    assert "Tidak pasti" in sentence


def test_an_unknown_code_is_explained_by_its_class():
    assert explain(ChannelName.TELEGRAM, "499", ErrorClass.REAUTH).startswith("Kata sandi saluran")
    assert explain(ChannelName.X, None, None) == "Penyedia layanan menolak pesan ini."
