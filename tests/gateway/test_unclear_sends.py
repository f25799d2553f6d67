"""A send whose answer was lost becomes sent if the provider has it, and else waits for a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import SendError
from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus, ErrorClass
from gateway import sweeps
from gateway.intake.keeping import keep
from gateway.intake.webhook_events import read_events
from gateway.runtime import Runtime
from gateway.sending import replies, unclear_sends
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from store.messages import Arrival
from store.models.outbox import OneTimeSecret, OutboxPart
from tests.channels import admin_stage
from tests.gateway.conftest import webhook
from tests.gateway.fakes import ACCOUNT, Clock, FakeAdapter
from tests.gateway.records import RecordingAdapter
from tests.gateway.rows import all_of, change, message, only, queue_answer, statuses
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

SMS = ChannelName.SMS
LOST = SendError(ErrorClass.AMBIGUOUS, "transport", "no answer")


@pytest.fixture
def twilio() -> RecordingAdapter:
    return RecordingAdapter(SMS)


@pytest.fixture
def unclear(runtime: Runtime, twilio: RecordingAdapter, clock: Clock, hear: Any) -> Runtime:
    """An answer was sent three minutes ago, and nobody knows whether it left."""
    made = replace(runtime, channels={**runtime.channels, SMS: twilio})
    hear(twilio_as_fake(runtime), message("SM1", channel=SMS, sender="+6281255501001"))
    queue_answer(made, "PIN Anda {PIN}", secrets={"PIN": "482913"})
    twilio.refuse(LOST)
    replies.drain(made)
    clock.advance(minutes=3)
    return made


def twilio_as_fake(runtime: Runtime) -> FakeAdapter:
    adapter = runtime.channels[SMS]
    assert isinstance(adapter, FakeAdapter)
    return adapter


def receipt(external_id: str, status: DeliveryStatus = DeliveryStatus.SENT) -> DeliveryReceipt:
    return DeliveryReceipt(SMS, ACCOUNT, status, external_id=external_id)


def test_a_send_that_the_provider_has_becomes_sent(unclear, twilio):
    twilio.knows_sent = [receipt("SM-ours", DeliveryStatus.DELIVERED)]

    unclear_sends.drain(unclear)

    part = only(unclear, OutboxPart)
    assert (part.status, part.external_id) == (DeliveryStatus.DELIVERED, "SM-ours")
    assert part.error_code is None


def test_the_words_that_are_sought_are_those_that_were_sent(unclear, twilio):
    unclear_sends.drain(unclear)

    (sought,) = twilio.sought
    assert (sought.text, sought.recipient) == ("PIN Anda 482913", "+6281255501001")


def test_the_one_time_value_goes_when_the_send_is_found(unclear, twilio):
    twilio.knows_sent = [receipt("SM-ours")]

    unclear_sends.drain(unclear)

    assert all_of(unclear, OneTimeSecret) == []


def test_a_send_that_is_not_found_stays_for_a_person(unclear):
    unclear_sends.drain(unclear)

    assert statuses(unclear) == ["uncertain"]


def test_the_same_words_of_another_part_prove_nothing(unclear, twilio):
    queue_answer(unclear, "PIN Anda 482913")
    replies.drain(unclear)
    other = all_of(unclear, OutboxPart)[1]
    twilio.knows_sent = [receipt(str(other.external_id))]

    unclear_sends.drain(unclear)

    assert statuses(unclear) == ["uncertain", "sent"]


def test_a_failure_that_the_provider_knows_of_becomes_one(unclear, twilio):
    failed = receipt("SM-ours", DeliveryStatus.FAILED)
    twilio.knows_sent = [replace(failed, error_code="30005", error_class=ErrorClass.RECIPIENT_GONE)]

    unclear_sends.drain(unclear)

    part = only(unclear, OutboxPart)
    assert (part.status, part.error_code) == (DeliveryStatus.FAILED, "30005")


def test_what_a_person_decided_meanwhile_is_left_alone(unclear, twilio):
    part = only(unclear, OutboxPart)
    find_sent = twilio.find_sent

    def meanwhile(*arguments: Any) -> Any:
        change(unclear, part.id, status=DeliveryStatus.QUEUED)
        return find_sent(*arguments)

    twilio.find_sent = meanwhile
    twilio.knows_sent = [receipt("SM-ours")]

    unclear_sends.drain(unclear)

    assert statuses(unclear) == ["queued"]


def test_dismissed_sends_are_not_looked_up(unclear, twilio, clock):
    change(unclear, only(unclear, OutboxPart).id, dismissed_at=clock.instant)

    unclear_sends.drain(unclear)

    assert twilio.sought == []


def test_the_provider_is_asked_every_ten_minutes_for_a_day(unclear, twilio, clock):
    due = []
    for minutes in (0, 5, 6, 60 * 25):
        clock.advance(minutes=minutes)
        due.append("unclear" in sweeps.due_kinds(unclear))
        unclear_sends.drain(unclear)

    assert due == [True, False, True, False]
    assert len(twilio.sought) == 2


def test_a_provider_that_is_away_is_asked_later(unclear, twilio, clock):
    find_sent = twilio.find_sent

    def away(*_: Any) -> Any:
        twilio.find_sent = find_sent
        raise SendError(ErrorClass.RETRY, "transport", "away")

    twilio.find_sent = away
    twilio.knows_sent = [receipt("SM-ours")]
    unclear_sends.drain(unclear)
    first = statuses(unclear)
    clock.advance(minutes=11)
    unclear_sends.drain(unclear)

    assert (first, statuses(unclear)) == (["uncertain"], ["sent"])


def test_other_channels_stay_uncertain(runtime, hear, telegram, clock):
    hear(telegram, message("1"))
    queue_answer(runtime)
    telegram.refuse(LOST)
    replies.drain(runtime)
    clock.advance(minutes=30)

    assert "unclear" not in sweeps.due_kinds(runtime)
    assert statuses(runtime) == ["uncertain"]


# With the real SDK


@pytest.fixture
def live(runtime: Runtime) -> Iterator[tuple[Runtime, Stage]]:
    gateway = ListeningGateway()
    server = SandboxServer(SandboxSettings(target=gateway.url, port=free_port(), **QUICK))
    server.start()
    stage = Stage(server, gateway)
    with admin_stage.channels(admin_stage.settings(stage.url, gateway.url)) as built:
        clock = Clock(datetime.now(UTC) - timedelta(seconds=30))
        yield replace(runtime, channels=built, now=clock), stage
    server.close()
    gateway.close()


@pytest.mark.parametrize(
    ("name", "provider", "path"),
    [
        (SMS, "twilio", "/webhooks/twilio/messaging"),
        (ChannelName.MESSENGER, "meta", "/webhooks/meta"),
        (ChannelName.INSTAGRAM, "meta", "/webhooks/meta"),
    ],
)
def test_the_provider_has_what_was_sent_without_an_answer(live, name, provider, path):
    everywhere, stage = live
    adapter = everywhere.channels[name]
    runtime = replace(everywhere, channels={name: adapter})
    stage.write("salmah", name.value, "halo")
    (heard,) = stage.webhooks(path, 1)
    with runtime.transaction() as session:
        request = replace(webhook(heard.body), headers=heard.headers)
        keep(session, Arrival(provider, request, runtime.now()), read_events([adapter], request))
    queue_answer(runtime, "Aduan Anda diterima")
    replies.drain(runtime)
    sent = only(runtime, OutboxPart)
    change(runtime, sent.id, status=DeliveryStatus.UNCERTAIN, external_id=None, sent_at=None)
    runtime.now.advance(minutes=3)

    unclear_sends.drain(runtime)

    found = only(runtime, OutboxPart)
    assert found.external_id == sent.external_id
    assert found.status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
