"""From a transcript to its timeline, and the one time that the complaint began or happened."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from normalizer.chronology.atoms import find_atoms, tells_time
from normalizer.chronology.expressions import Expression, find_expressions
from normalizer.chronology.resolve import resolve
from normalizer.chronology.walk import AtomKind
from normalizer.draft import ChronologyEntry, Finding, ResolvedTime
from normalizer.memo import line_by_line
from normalizer.passages import Passage, read_passages, remembered_passage
from normalizer.transcript import Transcript

_SENTENCE_EDGE = re.compile(r"[.!?;]\s|\n")
_ENTRY_LENGTH = 160
_REPORTED = re.compile(r"\b(?:me)?lapor\w*|\baduan\b|\bmengadu\b")
_NEAR = 24
# More events than this in one complaint are not told apart by anyone.
_MOST = 40
# How far a reader of times looks around a word of time: "akhir bulan mei tahun 2026".
_WORDS_BEHIND = 2
_WORDS_AHEAD = 7
_tells_time = line_by_line(tells_time)


class _Told(NamedTuple):
    """A time with the place where it is told.

    Attributes:
        time: None where what is told can be no time.
        span: range of the words that tell it.
        sentence: range of what happened then.
        words: the sentence as written.
        weight: how much it tells of the event; 0 for the end of a range, a birth date and so on.
        moment: "sekarang" or the like; while something happens, that is the event's time.
        confidence: how sure it is if it is the event's time.
        counts: it belongs to the timeline.
    """

    time: ResolvedTime | None
    span: tuple[int, int]
    sentence: tuple[int, int]
    words: str
    weight: float
    moment: bool
    confidence: float
    counts: bool


class _Times(NamedTuple):
    """The times told in a passage, and the range that they take up."""

    told: tuple[_Told, ...]
    begin: int
    end: int


def read_chronology(
    transcript: Transcript, masked: str, zone: ZoneInfo, *, ongoing: bool = False
) -> tuple[Finding[ResolvedTime] | None, tuple[ChronologyEntry, ...]]:
    """Find the event time and the events in the order told.

    Args:
        transcript: the messages; each relative time is counted from its own message.
        masked: lower-case text without long numbers.
        zone: the tenant's time zone.
        ongoing: something happens now (emergency), so "sekarang" is its time.
    """
    told = _tell(transcript, masked, zone)
    best = _choose(told, masked, ongoing=ongoing)
    entries = tuple(
        [
            ChronologyEntry(item.time, item.words, transcript.span(*item.sentence))
            for item in told
            if item.counts
        ]
    )
    if best is None or best.time is None:
        return None, entries
    return Finding(best.time, best.confidence, transcript.span(*best.span)), entries


def _tell(transcript: Transcript, masked: str, zone: ZoneInfo) -> list[_Told]:
    passages = read_passages(
        transcript.text,
        masked,
        _tells_time,
        lambda passage: _times_in(passage, transcript.written(passage.begin, passage.end), zone),
        behind=_WORDS_BEHIND,
        ahead=_WORDS_AHEAD,
    )
    told = [item for passage in passages for item in passage.told]
    return [item for item in told[:_MOST] if item.time is not None]


@remembered_passage
def _times_in(
    passage: Passage, written: tuple[tuple[int, datetime], ...], zone: ZoneInfo
) -> _Times:
    """Read the times of a passage.

    Args:
        passage: lines of the transcript.
        written: where each of its messages begins, and when it was written.
        zone: the tenant's time zone.
    """
    offset = passage.position
    atoms = find_atoms(passage.masked, passage.begin - offset, passage.end - offset)
    told: list[_Told] = []
    for expression in find_expressions(passage.masked, atoms)[:_MOST]:
        first = offset + expression.atoms[0].start
        at = next(at for start, at in reversed(written) if start <= first).astimezone(zone)
        words = passage.text[expression.start : expression.end].strip()
        start, end = _sentence(passage.text, expression)
        now = expression.first(AtomKind.NOW)
        told.append(
            _Told(
                time=resolve(expression, at, words),
                span=(offset + expression.start, offset + expression.end),
                sentence=(offset + start, offset + end),
                words=" ".join(passage.text[start:end].split()),
                weight=_weight(expression),
                moment=now is not None,
                confidence=_confidence(expression),
                counts=not expression.discounted,
            )
        )
    begin = min(offset + atom.start for atom in atoms) if atoms else passage.begin
    end = max(offset + atom.end for atom in atoms) if atoms else passage.begin
    return _Times(tuple(told), begin, end)


def _sentence(text: str, expression: Expression) -> tuple[int, int]:
    """Return the range of the sentence that tells of a time."""
    begin = max(0, expression.start - _ENTRY_LENGTH)
    edges = list(_SENTENCE_EDGE.finditer(text, begin, expression.start))
    start = edges[-1].end() if edges else begin
    edge = _SENTENCE_EDGE.search(text, expression.end, expression.end + _ENTRY_LENGTH)
    end = edge.start() if edge else min(len(text), expression.end + _ENTRY_LENGTH)
    return start, end


def _choose(told: Sequence[_Told], masked: str, *, ongoing: bool) -> _Told | None:
    """Return the time that tells most of the event; of equal ones, the first."""
    best, most = None, 0.0
    for item in told:
        score = _score(item, masked, ongoing=ongoing)
        if score > most:
            best, most = item, score
    return best


def _score(item: _Told, masked: str, *, ongoing: bool) -> float:
    if item.moment:
        return float(ongoing and item.counts) or item.weight
    start, end = item.span
    around = masked[max(0, start - _NEAR) : end + _NEAR]
    reported = ("lapor" in around or "adu" in around) and _REPORTED.search(around)
    return item.weight - 0.75 if reported else item.weight


def _weight(expression: Expression) -> float:
    """Weigh a time: "sejak ..." and dates tell of the event, "sekarang" only of the moment."""
    if expression.discounted:
        return 0
    if expression.first(AtomKind.NOW):
        return 1.0 if expression.atoms[0].number else 0
    weight = 2.0
    if expression.since:
        weight += 2
    if expression.first(AtomKind.DATE, AtomKind.DAY):
        weight += 1.5
    if expression.first(AtomKind.CLOCK):
        weight += 0.5
    return weight - 1 if _is_today(expression) else weight


def _is_today(expression: Expression) -> bool:
    atom = expression.first(AtomKind.RELATIVE)
    return atom is not None and atom.number == 0 and not atom.unit and len(expression.atoms) == 1


def _confidence(expression: Expression) -> float:
    if expression.first(AtomKind.DATE, AtomKind.DAY, AtomKind.RELATIVE):
        return 0.95
    return 0.85 if expression.since else 0.75
