"""Receipts move a part only upwards, in any order, also before we know its id."""

from datetime import datetime, timedelta

import pytest

from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus, ErrorClass
from gateway.runtime import Runtime
from gateway.sending import replies
from store.models.messaging import Conversation
from store.models.outbox import EarlyReceipt, OutboxPart
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, mark_as_sent, message, only, queue_answer, statuses


def receipt(
    status: DeliveryStatus,
    external_id: str | None = None,
    reference: str | None = None,
    watermark: datetime | None = None,
    error: tuple[ErrorClass, str] | None = None,
) -> DeliveryReceipt:
    return DeliveryReceipt(
        ChannelName.MESSENGER,
        ACCOUNT,
        status,
        external_id=external_id,
        reference=reference,
        recipient="612",
        watermark=watermark,
        error_class=error[0] if error else None,
        error_code=error[1] if error else None,
    )


@pytest.fixture
def sent(runtime: Runtime, hear: Hear, messenger: FakeAdapter) -> OutboxPart:
    """A part that Messenger took."""
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sender="612", sent_at=START))
    queue_answer(runtime)
    mark_as_sent(runtime, only(runtime, OutboxPart).id, "out-1", START)
    return only(runtime, OutboxPart)


@pytest.mark.parametrize(
    ("reports", "end"),
    [
        (["delivered", "read"], "read"),
        (["read", "delivered"], "read"),
        (["delivered", "sent"], "delivered"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["failed", "sent"], "failed"),
    ],
)
def test_late_reports_never_take_anything_back(
    runtime: Runtime,
    hear: Hear,
    messenger: FakeAdapter,
    sent: OutboxPart,
    reports: list[str],
    end: str,
) -> None:
    for report in reports:
        hear(messenger, receipt(DeliveryStatus(report), sent.external_id))

    assert statuses(runtime) == [end]


def test_a_failure_keeps_its_reason_and_an_arrival_removes_it(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, sent: OutboxPart
) -> None:
    fault = (ErrorClass.PERMANENT, "100")
    hear(messenger, receipt(DeliveryStatus.FAILED, sent.external_id, error=fault))
    part = only(runtime, OutboxPart)
    assert (part.error_class, part.error_code) == fault

    hear(messenger, receipt(DeliveryStatus.DELIVERED, sent.external_id))

    part = only(runtime, OutboxPart)
    assert (part.error_class, part.error_code) == (None, None)


def test_our_own_reference_finds_a_part_whose_id_we_do_not_know(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sender="612"))
    queue_answer(runtime)
    reference = str(only(runtime, OutboxPart).reference)

    hear(messenger, receipt(DeliveryStatus.DELIVERED, "out-7", reference))

    part = only(runtime, OutboxPart)
    assert (part.status.value, part.external_id) == ("delivered", "out-7")


def test_a_watermark_moves_all_parts_of_its_citizen_up_to_that_instant(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    for sender in ("612", "613"):
        hear(messenger, message(f"m{sender}", channel=ChannelName.MESSENGER, sender=sender))
    first, second = (row.id for row in all_of(runtime, Conversation))
    for minute, conversation_id in ((0, first), (1, first), (9, first), (0, second)):
        queue_answer(runtime, conversation_id=conversation_id)
        part = all_of(runtime, OutboxPart)[-1]
        mark_as_sent(runtime, part.id, f"out-{part.id}", START + timedelta(minutes=minute))

    hear(messenger, receipt(DeliveryStatus.READ, watermark=START + timedelta(minutes=5)))

    assert statuses(runtime) == ["read", "read", "sent", "sent"]


def test_a_watermark_does_not_revive_what_failed(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, sent: OutboxPart
) -> None:
    hear(messenger, receipt(DeliveryStatus.FAILED, sent.external_id))

    hear(messenger, receipt(DeliveryStatus.READ, watermark=START + timedelta(minutes=5)))

    assert statuses(runtime) == ["failed"]


def test_a_receipt_that_overtook_our_own_mark_is_applied_with_it(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sender="612"))
    queue_answer(runtime)
    hear(messenger, receipt(DeliveryStatus.READ, "messenger-1"))
    assert only(runtime, EarlyReceipt).status is DeliveryStatus.READ

    replies.drain(runtime)

    assert statuses(runtime) == ["read"]
    assert all_of(runtime, EarlyReceipt) == []


def test_a_late_report_of_a_known_part_is_not_kept_for_later(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, sent: OutboxPart
) -> None:
    hear(messenger, receipt(DeliveryStatus.READ, sent.external_id))

    hear(messenger, receipt(DeliveryStatus.DELIVERED, sent.external_id))

    assert all_of(runtime, EarlyReceipt) == []


def test_a_recipient_that_is_gone_gets_nothing_more(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, sent: OutboxPart
) -> None:
    queue_answer(runtime, "Kabar kedua")

    hear(
        messenger,
        receipt(DeliveryStatus.FAILED, sent.external_id, error=(ErrorClass.RECIPIENT_GONE, "551")),
    )

    assert statuses(runtime) == ["failed", "suppressed"]
    assert only(runtime, Conversation).suppressed_reason == "recipient_gone"


def test_a_window_that_closed_on_the_way_wakes_the_outbox(
    runtime: Runtime,
    hear: Hear,
    messenger: FakeAdapter,
    sent: OutboxPart,
    nudger: RecordingNudger,
) -> None:
    fault = (ErrorClass.WINDOW_CLOSED, "10/2018278")

    hear(messenger, receipt(DeliveryStatus.FAILED, sent.external_id, error=fault))

    assert statuses(runtime) == ["failed"]
    assert nudger.woken == ["dialogue", "outbox"]
