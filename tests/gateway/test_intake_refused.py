"""Values that our reading lets through and the database refuses: never a 5xx, never a neighbour."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway.intake import intake, intake_feed, spool
from gateway.runtime import Runtime
from store.models.messaging import Message, QuarantinedEvent, WebhookDelivery
from tests.gateway.conftest import Hear, webhook
from tests.gateway.fakes import FakeAdapter
from tests.gateway.rows import all_of, message, only


def test_what_the_database_refuses_does_not_cost_its_neighbours(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, caplog
) -> None:
    reply = hear(
        telegram,
        message("101"),
        message("102", "rahasia warga", reply_to="9" * 5000),
        message("103"),
    )

    assert reply.status == 200
    assert [row.external_id for row in all_of(runtime, Message)] == ["101", "103"]
    quarantined = only(runtime, QuarantinedEvent)
    assert (quarantined.path, quarantined.reason) == ("[1]", "refused")
    assert quarantined.delivery_id == only(runtime, WebhookDelivery).id
    assert "rahasia warga" not in caplog.text
    assert [record.message for record in caplog.records] == ["content_refused"]


def test_a_single_message_that_the_database_refuses_is_kept_as_it_came(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    reply = hear(telegram, message("101", reply_to="9" * 5000), body=b"raw")

    assert reply.status == 200
    assert all_of(runtime, Message) == []
    assert only(runtime, WebhookDelivery).body == b"raw"
    assert only(runtime, QuarantinedEvent).reason == "refused"


def test_what_lay_on_the_disk_comes_in_but_for_the_value_that_is_refused(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101", reply_to="9" * 5000), message("102")]
    cut_off = replace(runtime, transaction=_away)
    intake.receive(cut_off, "telegram", webhook(b"raw"))

    assert intake_feed.drain(runtime) == 1

    assert only(runtime, Message).external_id == "102"
    assert only(runtime, QuarantinedEvent).reason == "refused"
    assert not spool.waiting(runtime.spool_dir)


@contextmanager
def _away() -> Iterator[Session]:
    raise OperationalError("connect", {}, ConnectionError("refused"))
    yield Session()
