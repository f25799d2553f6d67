"""Coordinates in shared map links: Google, Apple and OpenStreetMap addresses, "geo:", bare pairs.

A short link (maps.app.goo.gl) tells no coordinates by itself; nothing is fetched to find out.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from channels.message import Location
from normalizer.memo import placed

_NUMBER = r"-?\d{1,3}\.\d{2,15}"
_BETWEEN = r"(?:,|%2c|/|!4d|&(?:amp;)?mlon=|&(?:amp;)?lon=)(?:\+|%20| ){0,2}"
_PAIR = re.compile(
    rf"(?P<latitude>(?<![\d.]){_NUMBER}){_BETWEEN}(?P<longitude>{_NUMBER})(?![\d.]*\d)",
    re.IGNORECASE,
)
# A pair without any link counts only when it is as fine as a device writes it (about 10 m).
_CUE = re.compile(
    r"(?:geo:|@|[?&](?:q|query|ll|sll|daddr|destination|mlat|lat)=(?:loc:)?|!3d|/place/|/search/|"
    r"/dir/|#map=\d{1,2}/)$",
    re.IGNORECASE,
)
_CUE_LENGTH = 16
_FINE_DECIMALS = 4
# The country and its seas, in degrees.
_SOUTH, _NORTH, _WEST, _EAST = -11.5, 6.5, 94.5, 141.5


@lru_cache(maxsize=8)
def find_pairs(text: str) -> tuple[tuple[int, int, Location], ...]:
    """Return (start, end, place) of every pair of coordinates within the country, in order."""
    return tuple(_pairs_of(text)) if "." in text else ()


def _pairs_of(text: str) -> Iterator[tuple[int, int, Location]]:
    for start, end, latitude, longitude in _pairs_in(text):
        before = text[max(0, start - _CUE_LENGTH) : start]
        if not _CUE.search(before) and not (_is_fine(latitude) and _is_fine(longitude)):
            continue
        place = Location(float(latitude), float(longitude))
        if _SOUTH <= place.latitude_deg <= _NORTH and _WEST <= place.longitude_deg <= _EAST:
            yield start, end, place


@placed
def _pairs_in(line: str, position: int) -> tuple[tuple[int, int, str, str], ...]:
    return tuple(
        (position + match.start(), position + match.end(), match["latitude"], match["longitude"])
        for match in _PAIR.finditer(line)
    )


def last_linked_pin(text: str) -> Location | None:
    """Return the place of the last coordinates written in a text, or None."""
    pairs = find_pairs(text)
    return pairs[-1][2] if pairs else None


def _is_fine(number: str) -> bool:
    return len(number.partition(".")[2]) >= _FINE_DECIMALS
