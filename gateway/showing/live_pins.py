"""A location that was shared live, as officers read it: one line and the way it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.runtime import Runtime
from gateway.showing.showing import PinView, clock_words

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class LiveView:
    """What became of the sharing, and places of the way with their times, oldest first."""

    words: str
    places: Sequence[tuple[str, PinView]]


def live_view(runtime: Runtime, extras: Mapping[str, Any] | None) -> LiveView | None:
    """Return the track that a message holds, or None without one."""
    track = (extras or {}).get("live")
    if not track:
        return None
    words = f"Lokasi langsung, {track['count']} titik, {_end_words(runtime, track)}"
    places = [
        (
            clock_words(runtime, datetime.fromisoformat(at)),
            PinView(f"{latitude:.5f}", f"{longitude:.5f}", ""),
        )
        for at, latitude, longitude, _heading in _spread(track["points"])
    ]
    return LiveView(words, places if len(places) > 1 else [])


def _end_words(runtime: Runtime, track: Mapping[str, Any]) -> str:
    if track["ended_at"]:
        return f"berakhir {clock_words(runtime, datetime.fromisoformat(track['ended_at']))}"
    if not track["until"]:
        return "masih dibagikan"
    until = datetime.fromisoformat(track["until"])
    return f"{'sampai' if until > runtime.now() else 'berakhir'} {clock_words(runtime, until)}"


def _spread(points: Sequence[Any]) -> Sequence[Any]:
    """Return at most a dozen points, evenly chosen, the first and the last among them."""
    if len(points) <= _SHOWN:
        return points
    step = (len(points) - 1) / (_SHOWN - 1)
    return [points[round(number * step)] for number in range(_SHOWN)]
