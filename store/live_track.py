"""The track of a live location, kept with its one message: where it began, where it went, its end.

It lives in the message's encrypted extras: ``live`` holds ``points`` (time, latitude, longitude,
heading; oldest first), ``count`` of all reports, ``until`` and ``ended_at``. Pure functions.
"""

from collections.abc import Mapping
from typing import Any, Final

from channels.message import InboundMessage

# A day of reports every ten seconds would be eight thousand; a track is as clear with these.
MOST_POINTS: Final = 200
_NOWHERE: Final[Mapping[str, Any]] = {"points": [], "count": 0, "until": None, "ended_at": None}


def first_report(message: InboundMessage) -> dict[str, Any] | None:
    """Return the track of a message's first report, None where nothing is shared live."""
    if message.live is None or message.location is None:
        return None
    return _with_report(_NOWHERE, message)


def follow(extras: Mapping[str, Any] | None, message: InboundMessage) -> dict[str, Any] | None:
    """Return the extras with one more report; the pin becomes the newest position.

    Reports may come twice and in any order. None: nothing is new.
    """
    if message.live is None or message.location is None:
        return None
    known = dict(extras or {})
    before: Mapping[str, Any] = known.get("live") or _NOWHERE
    after = _with_report(before, message)
    if after == before:
        return None
    newest = after["points"][-1]
    place = {"name": None, "address": None} | dict(known.get("location") or {})
    place |= {"latitude_deg": newest[1], "longitude_deg": newest[2]}
    return known | {"live": after, "location": place}


def start_of(extras: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return where the message was sent from: the first position of a track, else the pin.

    A citizen shares the place of a complaint while standing there; what comes later is the way
    home.
    """
    place: Mapping[str, Any] | None = extras.get("location")
    points = (extras.get("live") or {}).get("points")
    if not place or not points:
        return place
    return {**place, "latitude_deg": points[0][1], "longitude_deg": points[0][2]}


def _with_report(track: Mapping[str, Any], message: InboundMessage) -> dict[str, Any]:
    live, place = message.live, message.location
    if live is None or place is None:
        return dict(track)
    at = live.at.isoformat()
    points, count, ended_at = list(track["points"]), track["count"], track["ended_at"]
    is_newest = not points or at >= points[-1][0]
    if not live.running:
        ended_at = max(ended_at or at, at)
    if all(point[0] != at for point in points) and not _closes_where_it_was(points, message):
        points = sorted([*points, [at, place.latitude_deg, place.longitude_deg, live.heading_deg]])
        count += 1
    until = track["until"]
    if is_newest and live.running:
        until = live.until.isoformat() if live.until else None
    return {"points": _thinned(points), "count": count, "until": until, "ended_at": ended_at}


def _closes_where_it_was(points: list[Any], message: InboundMessage) -> bool:
    """Whether a report only says that sharing has ended, at the position known last."""
    live, place = message.live, message.location
    if live is None or place is None or live.running or not points:
        return False
    return bool(points[-1][1:3] == [place.latitude_deg, place.longitude_deg])


def _thinned(points: list[Any]) -> list[Any]:
    """Leave out every second point between the first and the last when there are too many."""
    if len(points) <= MOST_POINTS:
        return points
    return [points[0], *points[1:-1:2], points[-1]]
