"""Where it happened: desa, kecamatan, RT/RW, street, landmark, pin.

Street and landmark are kept as written; desa and kecamatan are the tenant's names.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from channels.message import Location
from normalizer.cues import matches_at
from normalizer.draft import Finding, Place
from normalizer.gazetteer import Gazetteer, fold_name, gazetteer_of
from normalizer.memo import placed
from normalizer.regions import kabupaten_names
from normalizer.tenant import Tenant
from normalizer.tokens import MOST_PLACES, Phrase
from normalizer.told_places import NamedArea, read_told_places
from normalizer.wordlists import words

_RT_RW = re.compile(r"\brt\s*/\s*rw[\s.:]*0*(\d{1,3})\s*[/\-]\s*0*(\d{1,3})")
_RT = re.compile(r"(?<![a-z])rt[\s.:]{0,3}0*(\d{1,3})(?!\d)(?:\s?/\s?0*(\d{1,3})(?!\d))?")
_RW = re.compile(r"(?<![a-qs-z])rw[\s.:]{0,3}0*(\d{1,3})(?!\d)")
_RT_RW_CUE = re.compile(r"r[tw](?=[\s.:/]*(?:$|\d|rw))")
_NOT = re.compile(r"(?:\b(?:bukan|bkn)|(?<!eh )(?<!eh, )(?<!maaf )(?<!\n)\bsalah)\s*(?:di\s*)?$")
_CORRECTS = re.compile(
    r"\b(?:(?:eh|maaf|maap|sori|sorry|ups)[ ,]{1,2}(?:salah|maksud\w*|yang benar)?|ralat|koreksi|"
    r"maksud(?:nya| saya| sy)?|(?:yang|yg) (?:benar|bener|betul))[\s:,.]{0,3}(?:di )?$"
)
# One of these stands in every wording of the two above.
_CORRECTING = (
    *("bukan", "bkn", "salah", "eh", "maa", "sor", "ups", "ralat", "koreksi", "maksud", "yang"),
    "yg",
)
_ELSEWHERE = re.compile(r"\b(?:kota|kab|kabupaten)\b\.?\s+([a-z]+(?: [a-z]+)?)")
# "di Pekanbaru" without "kota": only behind words that tell where something is.
_BARE_ELSEWHERE = re.compile(r"\b(?:di|kat|daerah|wilayah)\s+([a-z]{4,}(?: [a-z]+)?)")
_POLE = re.compile(
    r"\b(?:(?:no(?:mor|mer)?|kode|id)[\s.]{0,2}(?:tiang|pju|panel)|tiang(?: (?:lampu|listrik|pju))?"
    r"[\s.]{1,2}(?:no(?:mor|mer)?|kode|id)|pju no(?:mor|mer)?)\b[\s.:]{0,3}"
    r"(?P<code>[a-z]{0,5}[\-./ ]?\d{1,6}(?:[\-./]\d{1,6}){0,3})"
)
_POLE_CUE = re.compile(r"\b(?:no|kode|id|tiang|pju)")
_ELSEWHERE_CUE = re.compile(r"\b(?:kota|kab|di|kat|daerah|wilayah)")
# Names of governments that mean something else behind "di": "di serang anjing", "di batu besar".
_ORDINARY_TOWNS = words(
    "batu serang buru batang landak palu kupang metro bima ende pati solok demak alor lahat maros "
    "poso sigi muna malang tegal barru tual kota bulan siak"
)
_TEXT_LENGTH = 200
_BEFORE = 24
_SOME_HOUSE = re.compile(r"\srumah$", re.IGNORECASE)


def read_place(
    text: str, masked: str, tenant: Tenant, pin: Location | None
) -> tuple[Finding[Place], int, int] | None:
    """Find the place with the range of the text that tells it, or None.

    Args:
        text: the words as written (capitals matter).
        masked: the same in lower case, without long numbers.
        tenant: whose gazetteer counts.
        pin: the last location that the citizen shared.
    """
    gazetteer = gazetteer_of(tenant)
    told = read_told_places(text, masked, gazetteer)
    named = [name for item in told for name in item.names]
    desa = _choose_desa(named)
    kecamatan = _choose_kecamatan(named, desa)
    rt, rw, numbered = _read_rt_rw(masked)
    street = next((street for item in told for street in item.streets), None)
    landmark = _choose_landmark([mark for item in told for mark in item.landmarks][:MOST_PLACES])
    pole = _read_pole(masked)
    ranges = [
        (item.start, item.end)
        for item in (street, landmark, desa, kecamatan, numbered, pole)
        if item
    ]
    elsewhere = None if desa or kecamatan else _read_elsewhere(masked, gazetteer)
    if not ranges and pin is None and not elsewhere:
        return None
    place = Place(
        text=_joined(text, ranges),
        desa=desa.area.name if desa else None,
        kecamatan=kecamatan.area.kecamatan if kecamatan else None,
        kecamatan_inferred=_inferred(desa, kecamatan),
        region_code=desa.area.desa.code if desa and desa.area.desa else None,
        street=street.text if street else None,
        rt=rt,
        rw=rw,
        landmark=landmark.text if landmark else None,
        pin=pin,
        outside_region=elsewhere is not None,
        elsewhere=elsewhere,
        pole=pole.text if pole else None,
    )
    start, end = (min(ranges)[0], max(r[1] for r in ranges)) if ranges else (0, 0)
    return Finding(place, _confidence(place, desa)), start, end


def merge_places(story: Place | None, answer: Place | None) -> Place | None:
    """Let what was said in answer to "where" replace what the story said."""
    if story is None or answer is None:
        return answer or story
    names = ("kecamatan", "street", "rt", "rw", "landmark", "pin", "pole")
    changes = {name: getattr(answer, name) for name in names if getattr(answer, name) is not None}
    if answer.desa is not None:
        changes |= {
            "desa": answer.desa,
            "region_code": answer.region_code,
            "kecamatan_inferred": answer.kecamatan_inferred,
        }
    if answer.desa or answer.kecamatan or answer.elsewhere:
        changes |= {"outside_region": answer.outside_region, "elsewhere": answer.elsewhere}
    texts = [part for part in (story.text, answer.text) if part]
    return replace(story, text=", ".join(dict.fromkeys(texts))[:_TEXT_LENGTH], **changes)


def _choose_desa(named: list[NamedArea]) -> NamedArea | None:
    labelled = [item for item in named if item.label == "desa" and item.area.desa]
    bare = [
        item for item in named if not item.label and item.area.desa and item.area.kecamatan is None
    ]
    return next(iter(labelled or bare), None)


def _choose_kecamatan(named: list[NamedArea], desa: NamedArea | None) -> NamedArea | None:
    for item in named:
        if item.label == "kecamatan":
            return item
    for item in named:
        if not item.label and item.area.kecamatan and item is not desa:
            return item
    return None


def _inferred(desa: NamedArea | None, kecamatan: NamedArea | None) -> str | None:
    if desa is not None and desa.area.desa is not None:
        return desa.area.desa.kecamatan
    return kecamatan.area.kecamatan if kecamatan else None


def _read_rt_rw(masked: str) -> tuple[str | None, str | None, Phrase | None]:
    cues = _rt_rw_cues(masked)
    both = next(matches_at(_RT_RW, masked, cues), None)
    if both:
        return both.group(1), both.group(2), Phrase("", both.start(), both.end())
    rt, rw = _first_meant(_RT, cues, masked), _first_meant(_RW, cues, masked)
    rw_number = rw.group(1) if rw else (rt.group(2) if rt else None)
    hits = [match for match in (rt, rw) if match]
    if not hits:
        return None, None, None
    span = Phrase("", min(m.start() for m in hits), max(m.end() for m in hits))
    return rt.group(1) if rt else None, rw_number, span


@placed
def _rt_rw_cues(line: str, position: int) -> tuple[int, ...]:
    """Return where "rt" or "rw" stands with a figure near it, or at the line's end."""
    return tuple([position + match.start() for match in _RT_RW_CUE.finditer(line)])


def _read_pole(masked: str) -> Phrase | None:
    """Find the code painted on a lamp post: "tiang no 17", "kode tiang PJU-0123"."""
    match = next(matches_at(_POLE, masked, _pole_cues(masked)), None)
    if match is None:
        return None
    return Phrase(match.group("code").strip().upper(), match.start(), match.end())


@placed
def _pole_cues(line: str, position: int) -> tuple[int, ...]:
    return tuple([position + match.start() for match in _POLE_CUE.finditer(line)])


def _first_meant(
    pattern: re.Pattern[str], cues: Sequence[int], masked: str
) -> re.Match[str] | None:
    """Return the first match that is not taken back ("RT 5 bukan RT 4") or what replaces it.

    "RT 5" and later "eh salah RT 6" is RT 6.
    """
    meant: re.Match[str] | None = None
    for match in matches_at(pattern, masked, cues):
        before = masked[max(0, match.start() - _BEFORE) : match.start()]
        # Most numbers stand behind none of these words at all.
        odd = any(map(before.__contains__, _CORRECTING))
        corrects = odd and _CORRECTS.search(before)
        if corrects or (meant is None and not (odd and _NOT.search(before))):
            meant = match
    return meant


def _choose_landmark(landmarks: list[Phrase]) -> Phrase | None:
    """Prefer "depan ..." over a bare noun, and a name over none; "depan rumah" finds no house."""
    telling = (phrase for phrase in landmarks if not _SOME_HOUSE.search(phrase.text))
    return max(telling, key=lambda phrase: (phrase.weight, -phrase.start), default=None)


def _read_elsewhere(masked: str, gazetteer: Gazetteer) -> str | None:
    """Return the name of another government's kabupaten or kota, or None."""
    cues = _elsewhere_cues(masked)
    named = (_foreign(match.group(1), gazetteer) for match in matches_at(_ELSEWHERE, masked, cues))
    bare = (
        _foreign(match.group(1), gazetteer, ordinary=_ORDINARY_TOWNS)
        for match in matches_at(_BARE_ELSEWHERE, masked, cues)
    )
    return next(filter(None, chain(named, bare)), None)


@placed
def _elsewhere_cues(line: str, position: int) -> tuple[int, ...]:
    return tuple([position + match.start() for match in _ELSEWHERE_CUE.finditer(line)])


def _foreign(told: str, gazetteer: Gazetteer, ordinary: frozenset[str] = frozenset()) -> str | None:
    """Return the name, or its first word, if it is another government's."""
    names = (told, told.split(maxsplit=1)[0])
    known = (name for name in names if name in kabupaten_names() and name not in ordinary)
    foreign = (name for name in known if fold_name(name) not in gazetteer.own_names)
    name = next(foreign, None)
    return name.title() if name else None


def _joined(text: str, ranges: list[tuple[int, int]]) -> str:
    """Write the told pieces in their order, merged where they touch."""
    pieces: list[list[int]] = []
    for start, end in sorted(ranges):
        if pieces and start - pieces[-1][1] <= 12 and "\n" not in text[pieces[-1][1] : start]:
            pieces[-1][1] = max(pieces[-1][1], end)
        else:
            pieces.append([start, end])
    return ", ".join(" ".join(text[start:end].split()) for start, end in pieces)[:_TEXT_LENGTH]


def _confidence(place: Place, desa: NamedArea | None) -> float:
    if desa is not None and not desa.exact:
        return 0.55
    return 0.9 if place.sufficient else 0.6
