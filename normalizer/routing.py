"""Which category a complaint belongs to and which agencies may answer it, and the words for it.

Keywords for now; a person decides. What officers decide is what a later classifier learns from.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources

from normalizer.draft import Finding, PdSuggestion
from normalizer.memo import MOST, line_by_line, lines_of
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


@dataclass(frozen=True, slots=True)
class _Entry:
    """A phrase and what it speaks for. `topic`: see `_TOPICS`."""

    phrase: tuple[str, ...]
    target: str
    weight: float
    topic: str
    near: bool = False


@dataclass
class _Tally:
    """Points and words per target."""

    points: dict[str, float] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def add(self, target: str, weight: float, phrase: str) -> None:
        words = self.words.setdefault(target, [])
        if words.count(phrase) < _REPEATS:
            self.points[target] = self.points.get(target, 0.0) + weight / (1 + words.count(phrase))
            words.append(phrase)


_Hit = tuple[str, str, float, str]
# Categories, agencies called by name, and the tenant's own keywords are counted apart.
_TOPICS = ("category", "agency", "keyword")
_LONGEST_LINE = 80


class _Index:
    """Phrases by their first word; what a line tells is remembered for short lines."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._by_word: dict[str, list[_Entry]] = {}
        for entry in entries:
            first = entry.phrase[0]
            if first.endswith("*"):
                stem = first[:-1]
                known = self._by_word.setdefault(stem[:4] + "*", [])
                known.append(replace(entry, phrase=(stem,)))
            else:
                self._by_word.setdefault(first, []).append(entry)
        self._known = lru_cache(maxsize=MOST)(self._read)

    def told(self, lines: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> Iterator[_Hit]:
        """Yield (topic, target, weight, phrase) of every phrase that begins in one of the lines.

        Args:
            lines: the words of each, and the words behind it for phrases that go on.
        """
        for line, ahead in lines:
            yield from (self._known if len(line) <= _LONGEST_LINE else self._read)(line, ahead)

    def _read(self, line: tuple[str, ...], ahead: tuple[str, ...]) -> tuple[_Hit, ...]:
        words = line + ahead
        hits: list[_Hit] = []
        for position, word in enumerate(line):
            hits.extend(
                (entry.topic, entry.target, entry.weight, " ".join(entry.phrase))
                for entry in self._by_word.get(word, ())
                if _told(entry, words, position)
            )
            hits.extend(
                (entry.topic, entry.target, entry.weight, entry.phrase[0])
                for entry in self._by_word.get(word[:4] + "*", ())
                if word.startswith(entry.phrase[0])
            )
        return tuple(hits)


def suggest(masked: str, tenant: Tenant) -> tuple[Finding[str] | None, tuple[PdSuggestion, ...]]:
    """Return the likeliest category and up to three agencies, best first.

    Args:
        masked: the story in lower case, without long numbers.
        tenant: its categories and agencies.
    """
    lines = _with_ahead([words for words in _evened(lines_of(masked)) if words])
    tallies = _count(lines, _index_of(tenant))
    categories, named, keywords = (tallies[topic] for topic in _TOPICS)
    known = {category.code: category.default_pd for category in tenant.categories}
    ranked = sorted(
        (code for code in categories.points if code in known),
        key=lambda code: -categories.points[code],
    )
    agencies = _agency_points(ranked, categories, named, keywords, known)
    category = None
    if ranked:
        category = Finding(ranked[0], _share(categories.points, ranked[0]))
    return category, _suggestions(agencies, tenant)


@line_by_line
def _evened(line: str) -> tuple[str, ...]:
    return tuple(_EVENED.get(word, word) for word in _WORD.findall(line))


def _agency_points(
    ranked: list[str],
    categories: _Tally,
    named: _Tally,
    keywords: _Tally,
    known: dict[str, str | None],
) -> _Tally:
    """Add up what categories, named agencies and the tenant's keywords say."""
    result = _Tally()
    for code in ranked:
        pd = known[code]
        if pd is not None:
            for word in categories.words[code]:
                result.add(pd, categories.points[code] / len(categories.words[code]), word)
    for tally, factor in ((named, 1.0), (keywords, 0.35)):
        for pd, phrases in tally.words.items():
            for phrase in phrases:
                result.add(pd, factor * tally.points[pd] / len(phrases), phrase)
    return result


def _suggestions(agencies: _Tally, tenant: Tenant) -> tuple[PdSuggestion, ...]:
    codes = {agency.code for agency in tenant.agencies}
    best = sorted(
        (code for code in agencies.points if code in codes),
        key=lambda code: -agencies.points[code],
    )
    return tuple(
        PdSuggestion(
            code, _share(agencies.points, code), tuple(dict.fromkeys(agencies.words[code]))
        )
        for code in best[:_SUGGESTIONS]
    )


def _share(points: dict[str, float], code: str) -> float:
    """Turn points into a rough confidence: the share of all points, damped for few words."""
    total = sum(points.values()) + 1.5
    return round(points[code] / total, 2)


def _with_ahead(lines: list[tuple[str, ...]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Put beside each line the words behind it, so that a phrase may run over a line's end."""
    ahead: tuple[str, ...] = ()
    pairs = []
    for line in reversed(lines):
        pairs.append((line, ahead))
        ahead = (line[:_LONGEST_PHRASE] + ahead)[:_LONGEST_PHRASE]
    return pairs[::-1]


def _count(
    lines: list[tuple[tuple[str, ...], tuple[str, ...]]], index: _Index
) -> dict[str, _Tally]:
    """Count phrases per topic; those that begin at the same word all count, across lines too."""
    tallies = {topic: _Tally() for topic in _TOPICS}
    for topic, target, weight, phrase in index.told(lines):
        tallies[topic].add(target, weight, phrase)
    return tallies


def _told(entry: _Entry, words: tuple[str, ...], position: int) -> bool:
    if entry.near:
        return entry.phrase[1] in words[position + 1 : position + _NEAR_WORDS]
    if len(entry.phrase) == 1:
        return True
    second = entry.phrase[1]
    if second[-1] != "*" and words[position + 1 : position + 2] != (second,):
        return False
    return _fits(entry.phrase, words[position : position + len(entry.phrase)])


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
    index = _Index((*_category_entries(), *_agency_entries(), *keywords))
    _built[id(tenant)] = (tenant, index)
    return index
