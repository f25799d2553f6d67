"""Whether two complaints tell of the same incident: place, category, time, words.

Pure and cheap; the caller chooses whom to compare (same category, near, recent).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.message import Location
from normalizer.commands import within_one_edit
from normalizer.gazetteer import fold_name
from normalizer.wordlists import words

_WORD = re.compile(r"[a-z]{3,}|\d+")
_SAME = 0.6
_TELLING_LENGTH = 40
_EARTH_RADIUS_M = 6_371_000
_NEAR_M = 250
_FAR_M = 1_500
_DAY_S = 86_400
_FADES_DAYS = 30
_COMMON = words(
    "yang dan ini itu pak ibu bapak saya kami mohon tolong sudah belum tidak dari sejak jalan desa "
    "kelurahan kecamatan ada untuk dengan karena warga lapor nik nama disamarkan nomor hari terus "
    "depan dekat kok sdh blm"
)
_ALIKE = {
    "jln": "jalan",
    "dkt": "dekat",
    "dpn": "depan",
    "bolong": "lubang",
    "lobang": "lubang",
    "berlubang": "lubang",
    "berlobang": "lubang",
    "padam": "mati",
    "gelap": "mati",
    "muncrat": "bocor",
    "keropos": "rapuh",
    "lapuk": "rapuh",
    "condong": "miring",
    "doyong": "miring",
    "bengkok": "miring",
    "tersumbat": "mampet",
    "sumbat": "mampet",
    "kebanjiran": "banjir",
    "genangan": "banjir",
    "tergenang": "banjir",
}


@dataclass(frozen=True, slots=True)
class Incident:
    """What is compared of a complaint. `text` is the public text; `at` when it was received."""

    text: str
    at: datetime
    category: str | None = None
    desa: str | None = None
    street: str | None = None
    landmark: str | None = None
    pin: Location | None = None


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two incidents are (0 to 1) and why; `same` at or above the threshold."""

    score: float
    reasons: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether a person should be asked to group them."""
        return self.score >= _SAME


def compare(left: Incident, right: Incident) -> Similarity:
    """Score two complaints.

    Without a common place (street, landmark, desa or pins close together) nothing is alike, however
    similar the words: potholes are everywhere.
    """
    words = _overlap(_words(left.text), _words(right.text))
    if words >= 0.9 and min(len(left.text), len(right.text)) > _TELLING_LENGTH:
        return Similarity(1.0, ("same text",))
    place, place_reasons = _place_score(left, right)
    if place <= 0:
        return Similarity(round(0.3 * words, 3), ())
    category = _category_score(left, right)
    if category < 0:
        return Similarity(round(0.4 * place, 3), place_reasons)
    fade = _time_score(left.at, right.at)
    score = (0.45 * place + 0.25 * category + 0.3 * min(1.0, words * 2.5)) * fade
    reasons = (*place_reasons, *(("category",) if category > 0.5 else ()))
    return Similarity(round(score, 3), (*reasons, *(("words",) if words > 0.2 else ())))


def _words(text: str) -> frozenset[str]:
    found = (_ALIKE.get(word, word) for word in _WORD.findall(text.lower()))
    return frozenset(word for word in found if word not in _COMMON)


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0


def _place_score(left: Incident, right: Incident) -> tuple[float, tuple[str, ...]]:
    if left.pin and right.pin:
        metres = distance_m(left.pin, right.pin)
        if metres <= _NEAR_M:
            return 1.0, (f"{metres:.0f} m",)
        if metres >= _FAR_M:
            return -1.0, ()
    if left.desa and right.desa and left.desa != right.desa:
        return -1.0, ()
    points = 0.0
    reasons: list[str] = []
    for name, weight in (("street", 0.65), ("landmark", 0.6), ("desa", 0.35)):
        alike = _alike(getattr(left, name), getattr(right, name))
        if alike:
            points += weight * alike
            reasons.append(name)
        elif name == "street" and left.street and right.street:
            return -1.0, ()
    return min(points, 1.0), tuple(reasons)


def _alike(left: str | None, right: str | None) -> float:
    """Compare two names as written: cue words and spelling aside."""
    if not left or not right:
        return 0.0
    a, b = _name_words(left), _name_words(right)
    if not a or not b:
        return 0.0
    common = sum(any(_same_word(x, y) for y in b) for x in a)
    return 1.0 if common == min(len(a), len(b)) else common / max(len(a), len(b)) * 0.6


def _name_words(name: str) -> list[str]:
    cues = {"jalan", "jl", "depan", "dekat", "sebelah", "samping", "belakang", "seberang", "gang"}
    words = [_ALIKE.get(word, word) for word in re.findall(r"[a-z0-9]+", name.lower())]
    return [fold_name(word) for word in words if word not in cues]


def _same_word(left: str, right: str) -> bool:
    return left == right or (min(len(left), len(right)) >= 5 and within_one_edit(left, right))


def _category_score(left: Incident, right: Incident) -> float:
    if left.category is None or right.category is None:
        return 0.4
    return 1.0 if left.category == right.category else -1.0


def _time_score(left: datetime, right: datetime) -> float:
    """Fade with the days between two reports: after a month it is rather a new incident."""
    days = abs((left - right).total_seconds()) / _DAY_S
    return 1.0 if days <= 7 else max(0.5, 1.0 - (days - 7) / (2 * _FADES_DAYS))


def distance_m(left: Location, right: Location) -> float:
    """Return the distance of two pins in metres (haversine)."""
    lat1, lat2 = math.radians(left.latitude_deg), math.radians(right.latitude_deg)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(right.longitude_deg - left.longitude_deg) / 2
    a = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(a)))


def same_incidents(incidents: Sequence[Incident]) -> list[tuple[int, int, Similarity]]:
    """Return all pairs that look like the same incident, best first."""
    pairs = [
        (i, j, compare(incidents[i], incidents[j]))
        for i in range(len(incidents))
        for j in range(i + 1, len(incidents))
    ]
    return sorted((pair for pair in pairs if pair[2].same), key=lambda pair: -pair[2].score)
