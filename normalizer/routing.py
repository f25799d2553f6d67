"""Which category a complaint belongs to and which agencies may answer it, and the words for it.

Keywords for now; a person decides. What officers decide is what a later classifier learns from.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from normalizer.draft import Finding, PdSuggestion
from normalizer.memo import MOST, folded, line_by_line, lines_of
from normalizer.tenant import Tenant

_WORD = re.compile(r"[a-z]+\d?|\d+")
_WEIGHTS = {"decisive": 7.0, "strong": 4.0, "plain": 2.0, "weak": 1.0, "near": 3.0}
_NEAR_WORDS = 8
_KEYWORD_WEIGHT = 1.5
_AGENCY_WEIGHT = 6.0
_SUGGESTIONS = 3
# A phrase reaches at most this many words beyond its first.
_LONGEST_PHRASE = 8
# The same phrase told five times says hardly more than told twice.
_REPEATS = 2
_EVENED = {
    "jl": "jalan",
    "jln": "jalan",
    "jlan": "jalan",
    "lobang": "lubang",
    "bolong": "lubang",
    "berlobang": "berlubang",
    "ga": "tidak",
    "gak": "tidak",
    "nggak": "tidak",
    "tdk": "tidak",
    "tak": "tidak",
    "dak": "tidak",
    "ndak": "tidak",
    "teu": "tidak",
    "lampunya": "lampu",
    "jalannya": "jalan",
    "jalanan": "jalan",
    "sampahnya": "sampah",
    "airnya": "air",
    "aik": "air",
    "aeknya": "air",
    "becak": "becek",
    "kbkaran": "kebakaran",
    "kebkaran": "kebakaran",
    "kebakar": "kebakaran",
    "kebakran": "kebakaran",
    "ledak": "meledak",
    "pohonnya": "pohon",
    "paritnya": "parit",
    "gotnya": "got",
    "gurunya": "guru",
    "ambulance": "ambulans",
    "ancur": "hancur",
    "ijin": "izin",
    "puskemas": "puskesmas",
    "jmbatan": "jembatan",
    "jembatannya": "jembatan",
    "smpah": "sampah",
    "polindes": "pustu",
    "listriknya": "listrik",
    "kelobang": "lubang",
}


# Topic and target; weight and phrase.
_Hit = tuple[tuple[str, str], tuple[float, str]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A phrase and what it speaks for. `topic`: see `_TOPICS`."""

    phrase: tuple[str, ...]
    target: str
    weight: float
    topic: str
    near: bool = False
    hit: _Hit = field(init=False)

    def __post_init__(self) -> None:
        told = ((self.topic, self.target), (self.weight, " ".join(self.phrase)))
        object.__setattr__(self, "hit", told)


class _Points(NamedTuple):
    """Points of a target, and the words for it in the order told, some of them told twice."""

    total: float = 0.0
    words: tuple[str, ...] = ()

    def more(self, hits: Iterable[tuple[float, str]]) -> "_Points":
        """Count phrases with their weights; the same once more counts half, then no more."""
        total, words = self.total, list(self.words)
        for weight, phrase in hits:
            told = words.count(phrase)
            if told < _REPEATS:
                total += weight / (1 + told)
                words.append(phrase)
        return _Points(total, tuple(words))

    def shared(self, factor: float) -> list[tuple[float, str]]:
        """Share the points among the words."""
        share = factor * self.total / len(self.words)
        return [(share, word) for word in self.words]


# Categories, agencies called by name, and the tenant's own keywords are counted apart.
_TOPICS = ("category", "agency", "keyword")
_Tallies = Mapping[str, Mapping[str, _Points]]
_Words = tuple[str, ...]
_LONGEST_LINE = 80
_LONGEST_TEXT = 2_000
_STEM = 4


class _Index:
    """Phrases by the words they begin with; what a line tells is remembered for short lines."""

    def __init__(self, tenant: Tenant, entries: Iterable[_Entry]) -> None:
        self.default_pd = {row.code: row.default_pd for row in tenant.categories}
        self.agencies = frozenset(row.code for row in tenant.agencies)
        stems: dict[str, list[_Entry]] = {}
        words: dict[str, list[_Entry]] = {}
        for entry in entries:
            first = entry.phrase[0]
            if first.endswith("*"):
                stem = first[:-1]
                stems.setdefault(stem[:_STEM], []).append(replace(entry, phrase=(stem,)))
            else:
                words.setdefault(first, []).append(entry)
        self._by_stem = stems
        # Behind most words only a few of their phrases can go on.
        self._by_word = {
            first: [e for e in known if not _second(e)] for first, known in words.items()
        }
        self._by_pair = {
            (first, second): [e for e in known if _second(e) in ("", second)]
            for first, known in words.items()
            for second in {_second(e) for e in known} - {""}
        }
        self._known = lru_cache(maxsize=MOST)(self._read)
        start: _Tallies = {topic: {} for topic in _TOPICS}
        self.told = folded(self._with_line, start)

    def _with_line(self, told: _Tallies, line: tuple[_Words, _Words]) -> _Tallies:
        """Add what the phrases speak for that begin in a line; they may go on behind it."""
        short = len(line[0]) <= _LONGEST_LINE
        hits = (self._known if short else self._read)(*line)
        if not hits:
            return told
        by_target: dict[tuple[str, str], list[tuple[float, str]]] = {}
        for target, hit in hits:
            by_target.setdefault(target, []).append(hit)
        tallies = {topic: dict(points) for topic, points in told.items()}
        for (topic, name), weighted in by_target.items():
            tallies[topic][name] = tallies[topic].get(name, _Points()).more(weighted)
        return tallies

    def _read(self, line: tuple[str, ...], ahead: tuple[str, ...]) -> tuple[_Hit, ...]:
        words = (*line, *ahead, "")
        hits: list[_Hit] = []
        for position, word in enumerate(line):
            known = self._by_word.get(word)
            if known is not None:
                known = self._by_pair.get((word, words[position + 1]), known)
                hits += [entry.hit for entry in known if _told(entry, words, position)]
            stems = self._by_stem.get(word[:_STEM])
            if stems is not None:
                hits += [entry.hit for entry in stems if word.startswith(entry.phrase[0])]
        return tuple(hits)


def _second(entry: _Entry) -> str:
    """Return the one word that must follow the first of a phrase, or "" where others may."""
    if entry.near or len(entry.phrase) == 1 or entry.phrase[1][-1] == "*":
        return ""
    return entry.phrase[1]


def suggest(masked: str, tenant: Tenant) -> tuple[Finding[str] | None, tuple[PdSuggestion, ...]]:
    """Return the likeliest category and up to three agencies, best first.

    Args:
        masked: the story in lower case, without long numbers.
        tenant: its categories and agencies.
    """
    lines = _with_ahead(list(filter(None, _evened(lines_of(masked)))))
    index = _index_of(tenant)
    categories, named, keywords = index.told(lines, short=len(masked) <= _LONGEST_TEXT).values()
    ranked = sorted(
        (code for code in categories if code in index.default_pd),
        key=lambda code: -categories[code].total,
    )
    agencies: dict[str, _Points] = {}
    for code in ranked:
        pd = index.default_pd[code]
        if pd is not None:
            _add(agencies, pd, categories[code].shared(1.0))
    for told, factor in ((named, 1.0), (keywords, 0.35)):
        for pd, points in told.items():
            _add(agencies, pd, points.shared(factor))
    category = Finding(ranked[0], _share(categories, ranked[0])) if ranked else None
    return category, _suggestions(agencies, index.agencies)


def _add(agencies: dict[str, _Points], pd: str, hits: list[tuple[float, str]]) -> None:
    agencies[pd] = agencies.get(pd, _Points()).more(hits)


@line_by_line
def _evened(line: str) -> tuple[str, ...]:
    return tuple(_EVENED.get(word, word) for word in _WORD.findall(line))


def _suggestions(
    agencies: Mapping[str, _Points], codes: frozenset[str]
) -> tuple[PdSuggestion, ...]:
    best = sorted(
        (code for code in agencies if code in codes), key=lambda code: -agencies[code].total
    )
    return tuple(
        [
            PdSuggestion(code, _share(agencies, code), tuple(dict.fromkeys(agencies[code].words)))
            for code in best[:_SUGGESTIONS]
        ]
    )


def _share(points: Mapping[str, _Points], code: str) -> float:
    """Turn points into a rough confidence: the share of all points, damped for few words."""
    total = sum([target.total for target in points.values()]) + 1.5
    return round(points[code].total / total, 2)


def _with_ahead(lines: list[tuple[str, ...]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Put beside each line the words behind it, so that a phrase may run over a line's end."""
    ahead: _Words = ()
    pairs = []
    for line in reversed(lines):
        pairs.append((line, ahead))
        ahead = (line[:_LONGEST_PHRASE] + ahead)[:_LONGEST_PHRASE]
    return pairs[::-1]


def _told(entry: _Entry, words: tuple[str, ...], position: int) -> bool:
    if entry.near:
        return entry.phrase[1] in words[position + 1 : position + _NEAR_WORDS]
    length = len(entry.phrase)
    return length == 1 or _fits(entry.phrase, words[position : position + length])


def _fits(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return len(words) == len(phrase) and all(
        given.startswith(wanted[:-1]) if wanted.endswith("*") else given == wanted
        for wanted, given in zip(phrase, words, strict=True)
    )


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(_EVENED.get(word, word) for word in text.lower().replace("-", " ").split())


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, dict[str, list[str]]]:
    text = resources.files("normalizer").joinpath("data/routing.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def _category_entries() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(_phrase(text), code, _WEIGHTS[grade], "category", near=grade == "near")
        for code, grades in _lexicon().items()
        if code != "agency"
        for grade, texts in grades.items()
        for text in texts
    )


@lru_cache(maxsize=1)
def _agency_entries() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(_phrase(text), code, _AGENCY_WEIGHT, "agency")
        for code, texts in _lexicon()["agency"].items()
        for text in texts
    )


_built: dict[int, tuple[Tenant, _Index]] = {}
_MOST_TENANTS = 16


def _index_of(tenant: Tenant) -> _Index:
    """Index all phrases with the tenant's own keywords, once per tenant object."""
    known = _built.get(id(tenant))
    if known is not None and known[0] is tenant:
        return known[1]
    if len(_built) >= _MOST_TENANTS:
        _built.clear()
    keywords = (
        _Entry(_phrase(keyword), agency.code, _KEYWORD_WEIGHT, "keyword")
        for agency in tenant.agencies
        for keyword in agency.keywords
    )
    index = _Index(tenant, (*_category_entries(), *_agency_entries(), *keywords))
    _built[id(tenant)] = (tenant, index)
    return index
