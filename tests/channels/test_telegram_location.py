"""Which report of a shared location an update is."""

from datetime import UTC, datetime

import pytest

from channels.message import ControlEvent, ControlKind, InboundMessage, LivePoint
from channels.telegram_inbound import read_update

CHAT = {"id": 5550100001, "type": "private", "first_name": "Agus"}
SHARED_AT = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
MOVED_AT = datetime(2026, 11, 20, 1, 17, 30, tzinfo=UTC)
PLACE = {"latitude": 1.4672, "longitude": 102.1083}


def update(kind: str, location: object, **more: object) -> InboundMessage:
    body = {"message_id": 201, "chat": CHAT, "from": CHAT, "date": 1795137300, "location": location}
    (event,) = read_update({"update_id": 1, kind: body | more}, "7001234567")
    if isinstance(event, ControlEvent):
        assert event.kind is ControlKind.EDITED
        assert event.message is not None
        return event.message
    assert isinstance(event, InboundMessage)
    return event


def test_a_pin_is_not_shared_live():
    assert update("message", PLACE).live is None


def test_sharing_begins_with_its_announced_end():
    message = update("message", PLACE | {"live_period": 900, "heading": 350})

    until = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert message.live == LivePoint(SHARED_AT, until, heading_deg=350)


def test_a_move_is_dated_by_its_edit():
    message = update("edited_message", PLACE | {"live_period": 900}, edit_date=1795137450)

    assert message.live is not None
    assert (message.live.at, message.live.running) == (MOVED_AT, True)
    assert message.sent_at == SHARED_AT


def test_an_edit_without_a_period_is_the_end():
    message = update("edited_message", PLACE, edit_date=1795137450)

    assert message.live == LivePoint(MOVED_AT, None, running=False)


def test_sharing_until_stopped_has_no_end():
    message = update("message", PLACE | {"live_period": 0x7FFFFFFF})

    assert message.live == LivePoint(SHARED_AT, None)


def test_an_edited_venue_is_not_a_way():
    venue = {"location": PLACE, "title": "Kantor Camat", "address": "Jl. Antara"}

    assert update("edited_message", PLACE, venue=venue, edit_date=1795137450).live is None


@pytest.mark.parametrize(
    "damage",
    [{"live_period": "lama"}, {"live_period": -5}, {"live_period": True}, {"heading": 9000}],
)
def test_damage_costs_no_pin(damage):
    message = update("message", PLACE | damage)

    assert message.location is not None
    assert message.live is None


def test_a_live_position_off_the_globe_is_no_pin():
    message = update("message", {"latitude": 99, "longitude": 0, "live_period": 900})

    assert (message.location, message.live, message.unsupported) == (None, None, True)
