"""While the database is away webhooks go to disk, and come in later: in order, once, all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.intake import intake, intake_feed, spool
from gateway.runtime import Runtime
from store.crypto import KeyRing
from store.db import make_engine, transactions
from store.messages import Arrival
from store.models.messaging import Conversation, Message, WebhookDelivery
from tests.gateway.conftest import webhook
from tests.gateway.fakes import START, Clock, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, message, only


@contextmanager
def _away() -> Iterator[Session]:
    raise OperationalError("connect", {}, ConnectionError("refused"))
    yield Session()


@pytest.fixture
def cut_off(runtime: Runtime) -> Runtime:
    """The same deployment, its database unreachable."""
    return replace(runtime, transaction=_away)


def test_a_webhook_is_on_disk_encrypted_before_it_is_answered(
    cut_off: Runtime, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    telegram.events = [message("101", "Lampu mati")]

    reply = intake.receive(cut_off, "telegram", webhook(b'{"text": "Lampu mati"}'))

    (spooled,) = cut_off.spool_dir.glob("*.spooled")
    assert (reply.status, reply.body) == (200, "heard 1")
    assert b"Lampu mati" not in spooled.read_bytes()
    assert spooled.stat().st_mode & 0o777 == 0o600
    assert nudger.woken == ["spool"]


def test_a_database_that_nobody_listens_for_is_noticed_as_away(
    runtime: Runtime, telegram: FakeAdapter, free_port: int
) -> None:
    engine = make_engine(f"postgresql://nobody@127.0.0.1:{free_port}/nothing")
    telegram.events = [message("101")]

    reply = intake.receive(
        replace(runtime, transaction=transactions(engine)), "telegram", webhook()
    )

    engine.dispose()
    assert reply.status == 200
    assert spool.waiting(runtime.spool_dir)


def test_what_lay_on_disk_comes_in_with_its_arrival_time_and_leaves_the_disk(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter, clock: Clock, nudger: RecordingNudger
) -> None:
    telegram.events = [message("101", "Lampu mati")]
    intake.receive(cut_off, "telegram", webhook(b"asli"))
    clock.advance(hours=3)

    assert intake_feed.drain(runtime) == 1

    assert only(runtime, Message).received_at == START
    assert only(runtime, Conversation).last_inbound_at == START
    assert only(runtime, WebhookDelivery).body == b"asli"
    assert not spool.waiting(runtime.spool_dir)
    assert nudger.woken == ["spool", "dialogue"]


def test_requests_come_in_in_the_order_of_their_arrival(
    runtime: Runtime, cut_off: Runtime, whatsapp: FakeAdapter, clock: Clock
) -> None:
    for number in range(12):
        intake.receive(cut_off, "twilio", webhook(f"{number}".encode()))
        clock.advance(seconds=number % 2)  # some arrive within the same instant
    whatsapp.events = []

    intake_feed.drain(runtime)

    bodies = [row.body for row in all_of(runtime, WebhookDelivery)]
    assert bodies == [f"{number}".encode() for number in range(12)]


def test_a_feeder_that_died_before_it_removed_the_file_feeds_nothing_twice(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())
    (spooled,) = runtime.spool_dir.glob("*.spooled")
    copy = spooled.read_bytes()
    intake_feed.drain(runtime)
    spooled.write_bytes(copy)

    intake_feed.drain(runtime)

    assert len(all_of(runtime, WebhookDelivery)) == 1
    assert len(all_of(runtime, Message)) == 1
    assert not spool.waiting(runtime.spool_dir)


def test_a_request_that_the_platform_redelivered_meanwhile_is_one_message(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())
    intake.receive(runtime, "telegram", webhook())

    intake_feed.drain(runtime)

    assert len(all_of(runtime, Message)) == 1


def test_a_damaged_file_is_set_aside_and_holds_nothing_up(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())
    (spooled,) = runtime.spool_dir.glob("*.spooled")
    spooled.write_bytes(b"rusak")
    clock.advance(seconds=1)
    intake.receive(cut_off, "telegram", webhook())

    assert intake_feed.drain(runtime) == 1

    assert [path.name for path in (runtime.spool_dir / "set-aside").iterdir()] == [spooled.name]
    assert not spool.waiting(runtime.spool_dir)
    assert len(all_of(runtime, Message)) == 1


def test_a_request_whose_channel_is_gone_is_set_aside(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())
    without = {
        name: adapter
        for name, adapter in runtime.channels.items()
        if name is not ChannelName.TELEGRAM
    }

    intake_feed.drain(replace(runtime, channels=without))

    assert len(list((runtime.spool_dir / "set-aside").iterdir())) == 1


def test_a_database_that_is_still_away_leaves_everything_where_it_is(
    cut_off: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())

    assert intake_feed.drain(cut_off) == 0

    assert spool.waiting(cut_off.spool_dir)


def test_only_one_feeder_works_at_a_time(
    runtime: Runtime, cut_off: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    intake.receive(cut_off, "telegram", webhook())

    with spool.sole_feeder(runtime.spool_dir) as alone:
        assert alone
        assert intake_feed.drain(runtime) == 0

    assert intake_feed.drain(runtime) == 1


def test_a_disk_that_takes_nothing_makes_the_platform_send_again(
    cut_off: Runtime, telegram: FakeAdapter, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    telegram.events = [message("101")]

    reply = intake.receive(replace(cut_off, spool_dir=in_the_way), "telegram", webhook())

    assert reply.status == 503


def test_a_request_that_can_never_be_read_is_kept_and_still_refused(
    runtime: Runtime, cut_off: Runtime
) -> None:
    reply = intake.receive(cut_off, "telegram", webhook(b"not json"))
    intake_feed.drain(runtime)

    assert reply.status == 400
    assert only(runtime, WebhookDelivery).parse_error == "payload: the body is not JSON"


def test_a_spooled_request_comes_back_byte_for_byte(tmp_path: Path, keys: KeyRing) -> None:
    request = webhook(bytes(range(256)))
    arrival = Arrival("telegram", request, START + timedelta(microseconds=7))

    key = spool.write(tmp_path, keys, arrival)

    assert spool.read(tmp_path, keys, key) == replace(arrival, spool_key=key)


def test_an_empty_spool_has_nothing_waiting(tmp_path: Path) -> None:
    assert not spool.waiting(tmp_path / "not there yet")
    assert not spool.waiting(tmp_path)
