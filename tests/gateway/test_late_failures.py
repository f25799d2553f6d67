"""What a platform took and could not deliver is tried again, a few times, never twice at once."""

import re
from datetime import timedelta

import pytest

from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus, ErrorClass
from config.tenant_files import read_tenant_file
from gateway.dialogue.filing import pin_hash
from gateway.runtime import Runtime
from gateway.sending import replies, rescue
from store import outbox_marks, queues, tenant
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintEvent
from store.models.outbox import OneTimeSecret, OutboxPart
from tests.gateway.citizen import Citizen
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only, queue_answer, statuses

WHOLE = (
    "Lapor pak, lampu jalan depan masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak "
    "kemarin malam. NIK 1403010503949103 nama Bayu Pratama"
)


@pytest.fixture
def by_sms(hear: Hear, sms: FakeAdapter) -> None:
    hear(sms, message("SM1", channel=ChannelName.SMS, sender="+6281255501001"))


def failed(
    part: OutboxPart,
    code: str = "30003",
    error_class: ErrorClass = ErrorClass.RETRY,
    waits: tuple[float, ...] = (),
) -> DeliveryReceipt:
    return DeliveryReceipt(
        ChannelName.SMS,
        ACCOUNT,
        DeliveryStatus.FAILED,
        external_id=part.external_id,
        reference=str(part.reference),
        error_code=code,
        error_class=error_class,
        retry_waits_s=waits,
    )


def sent_part(runtime: Runtime) -> OutboxPart:
    replies.drain(runtime)
    return only(runtime, OutboxPart)


@pytest.mark.usefixtures("by_sms")
def test_a_phone_out_of_reach_is_tried_again_after_a_quarter_of_an_hour(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    first = sent_part(runtime)
    hear(sms, failed(first))

    clock.advance(minutes=14)
    replies.drain(runtime)
    assert len(sms.sent) == 1
    clock.advance(minutes=1)
    replies.drain(runtime)

    assert [call.text for call in sms.sent] == ["Terima kasih", "Terima kasih"]
    assert sms.sent[0].reference != sms.sent[1].reference
    assert statuses(runtime) == ["sent"]


@pytest.mark.usefixtures("by_sms")
def test_the_minute_sweep_finds_it_without_other_work(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    hear(sms, failed(sent_part(runtime)))
    clock.advance(minutes=15)

    assert rescue.run(runtime) == 1
    assert rescue.run(runtime) == 0
    assert statuses(runtime) == ["queued"]


@pytest.mark.usefixtures("by_sms")
def test_after_three_further_attempts_a_person_is_asked(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    troubled = []
    for _ in range(4):
        hear(sms, failed(sent_part(runtime)))
        with runtime.transaction() as session:
            troubled.append(len(queues.troubled_parts(session)))
        clock.advance(hours=5)

    replies.drain(runtime)

    assert len(sms.sent) == 4
    assert statuses(runtime) == ["failed"]
    assert troubled == [0, 0, 0, 1]


@pytest.mark.usefixtures("by_sms")
def test_the_platforms_own_advice_goes_before_ours(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    hear(sms, failed(sent_part(runtime), "30008", waits=(60.0,)))
    clock.advance(minutes=1)
    hear(sms, failed(sent_part(runtime), "30008", waits=(60.0,)))
    clock.advance(days=1)

    replies.drain(runtime)

    assert len(sms.sent) == 2
    assert only(runtime, OutboxPart).retry_at is None


@pytest.mark.usefixtures("by_sms")
def test_a_failure_that_was_told_twice_is_tried_again_once(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    first = sent_part(runtime)
    hear(sms, failed(first), failed(first))
    clock.advance(minutes=15)
    replies.drain(runtime)
    hear(sms, failed(first))
    clock.advance(days=1)
    replies.drain(runtime)

    assert len(sms.sent) == 2
    assert statuses(runtime) == ["sent"]


@pytest.mark.usefixtures("by_sms")
def test_what_arrives_after_all_is_not_sent_again(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    part = sent_part(runtime)
    hear(sms, failed(part))
    arrived = DeliveryReceipt(
        ChannelName.SMS, ACCOUNT, DeliveryStatus.DELIVERED, external_id=part.external_id
    )
    hear(sms, arrived)
    clock.advance(hours=5)

    replies.drain(runtime)

    assert len(sms.sent) == 1
    assert (only(runtime, OutboxPart).status, only(runtime, OutboxPart).retry_at) == (
        DeliveryStatus.DELIVERED,
        None,
    )


@pytest.mark.usefixtures("by_sms")
def test_a_failure_that_overtakes_our_own_mark_is_tried_again_too(
    runtime: Runtime, hear: Hear, sms: FakeAdapter
) -> None:
    queue_answer(runtime)

    def fail_at_once(_: object, external_id: str) -> None:
        sms.on_send = None
        early = DeliveryReceipt(
            ChannelName.SMS,
            ACCOUNT,
            DeliveryStatus.FAILED,
            external_id=external_id,
            error_code="30008",
            error_class=ErrorClass.RETRY,
            retry_waits_s=(900.0,),
        )
        hear(sms, early)

    sms.on_send = fail_at_once
    part = sent_part(runtime)

    assert (part.status, part.retry_at) == (DeliveryStatus.FAILED, START + timedelta(minutes=15))


@pytest.mark.usefixtures("by_sms")
def test_what_can_never_arrive_is_not_tried_again(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    hear(sms, failed(sent_part(runtime), "30007", ErrorClass.PERMANENT))
    clock.advance(days=1)

    replies.drain(runtime)

    assert (len(sms.sent), statuses(runtime)) == (1, ["failed"])


@pytest.mark.usefixtures("by_sms")
def test_a_person_who_deals_with_it_ends_the_waiting(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime)
    hear(sms, failed(sent_part(runtime)))
    with runtime.transaction() as session:
        outbox_marks.dismiss(session, only(runtime, OutboxPart).id, runtime.now())
    clock.advance(days=1)

    replies.drain(runtime)

    assert (len(sms.sent), statuses(runtime)) == (1, ["failed"])


@pytest.mark.usefixtures("by_sms")
def test_a_value_that_nobody_can_renew_stays_for_a_person(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    queue_answer(runtime, "PIN {PIN}", secrets={"PIN": "123456"})
    hear(sms, failed(sent_part(runtime)))
    clock.advance(minutes=15)

    replies.drain(runtime)

    assert all_of(runtime, OneTimeSecret) == []
    assert [call.text for call in sms.sent] == ["PIN 123456"]
    part = only(runtime, OutboxPart)
    assert (part.status, part.error_code, part.retry_at) == (DeliveryStatus.FAILED, "30003", None)


def filed(runtime: Runtime, sms: FakeAdapter, hear: Hear) -> Complaint:
    """A complaint by SMS whose ticket the provider took and did not deliver."""
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})
    Citizen(runtime, sms, hear).writes(WHOLE)
    hear(sms, failed(sent_part(runtime)))
    return only(runtime, Complaint)


def pins(sms: FakeAdapter) -> list[str]:
    """The PINs in what was sent."""
    return [re.findall(r"PIN (\d{6})", str(call.text))[0] for call in sms.sent]


def test_a_ticket_that_never_arrived_comes_again_with_a_new_pin(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    before = filed(runtime, sms, hear)
    clock.advance(minutes=15)

    replies.drain(runtime)

    after = only(runtime, Complaint)
    (_, told) = pins(sms)
    assert after.pin_hash == pin_hash(runtime, after.ticket, told)
    assert after.pin_hash != before.pin_hash
    assert all_of(runtime, OneTimeSecret) == []
    assert "pin_renewed" in [event.kind for event in all_of(runtime, ComplaintEvent)]


def test_a_pin_that_an_officer_has_renewed_meanwhile_stays_good(
    runtime: Runtime, hear: Hear, sms: FakeAdapter, clock: Clock
) -> None:
    complaint = filed(runtime, sms, hear)
    clock.advance(minutes=5)
    with runtime.transaction() as session:
        row = session.get_one(Complaint, complaint.id)
        append_event(session, row, "pin_renewed", at=runtime.now())
        row.pin_hash = pin_hash(runtime, row.ticket, "654321")
    clock.advance(minutes=10)

    replies.drain(runtime)

    kept = only(runtime, Complaint)
    assert kept.pin_hash == pin_hash(runtime, kept.ticket, "654321")
    assert len(sms.sent) == 1
