"""The position in a Telegram message: a pin, a venue, or a location shared live.

A live location is one message: every move comes as an edit of it, with `live_period` while it is
shared and without when that has ended. Facts: core.telegram.org/bots/api#location, #message.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from channels.message import LivePoint, Location
from channels.payload import get_int, get_object, get_text, instant, location

# "Can be shared until it is stopped."
_OPEN_END = 0x7FFFFFFF


def pin(source: Mapping[str, Any]) -> Location | None:
    """Return the pin. A venue comes with a `location` of its own, which is the same place."""
    venue = get_object(source, "venue") or {}
    place = get_object(venue, "location") or get_object(source, "location")
    if place is None:
        return None
    return location(
        place.get("latitude"),
        place.get("longitude"),
        get_text(venue, "title"),
        get_text(venue, "address"),
    )


def live_point(source: Mapping[str, Any]) -> LivePoint | None:
    """Return which point of a live location a message or an edit of it is; None for other pins.

    A pin that was not shared live cannot be edited, so an edited one without a period has ended.
    """
    place = get_object(source, "location")
    written_at = instant(source.get("date"))
    if place is None or written_at is None or "venue" in source:
        return None
    period_s, edited_at = get_int(place, "live_period"), instant(source.get("edit_date"))
    running = period_s is not None and period_s > 0
    if not running and edited_at is None:
        return None
    until = None
    if period_s is not None and 0 < period_s < _OPEN_END:
        until = written_at + timedelta(seconds=period_s)
    heading = get_int(place, "heading")
    return LivePoint(
        at=edited_at or written_at,
        until=until,
        running=running,
        heading_deg=heading if heading is not None and 0 < heading <= 360 else None,
    )
