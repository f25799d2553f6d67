"""From a transcript to its timeline, and the one time that the complaint began or happened."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from normalizer.chronology.atoms import find_atoms
from normalizer.chronology.expressions import Expression, find_expressions
from normalizer.chronology.resolve import resolve
from normalizer.chronology.walk import AtomKind
from normalizer.draft import ChronologyEntry, Finding, ResolvedTime
from normalizer.transcript import Transcript

_SENTENCE_EDGE = re.compile(r"[.!?;]\s|\n")
_ENTRY_LENGTH = 160
_REPORTED = re.compile(r"\b(?:me)?lapor\w*|\baduan\b|\bmengadu\b")
# More events than this in one complaint are not told apart by anyone.
_MOST = 40


@dataclass(frozen=True, slots=True)
class _Told:
    """A time with the place where it is told."""

    expression: Expression
    time: ResolvedTime


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
    entries = tuple(_entry(transcript, item) for item in told if not item.expression.discounted)
    if best is None:
        return None, entries
    span = transcript.span(best.expression.start, best.expression.end)
    return Finding(best.time, _confidence(best), span), entries


def _tell(transcript: Transcript, masked: str, zone: ZoneInfo) -> list[_Told]:
    told: list[_Told] = []
    for expression in find_expressions(masked, find_atoms(masked))[:_MOST]:
        at = transcript.message_at(expression.atoms[0].start).at.astimezone(zone)
        words = transcript.text[expression.start : expression.end].strip()
        time = resolve(expression, at, words)
        if time is not None:
            told.append(_Told(expression, time))
    return told


def _choose(told: Sequence[_Told], masked: str, *, ongoing: bool) -> _Told | None:
    scored = [
        (_score(item, masked, ongoing=ongoing), -index, item) for index, item in enumerate(told)
    ]
    usable = [row for row in scored if row[0] > 0]
    return max(usable, key=lambda row: row[:2])[2] if usable else None


def _score(item: _Told, masked: str, *, ongoing: bool) -> float:
    """Weigh a time: "sejak ..." and dates tell of the event, "sekarang" only of the moment."""
    expression = item.expression
    if expression.discounted:
        return 0
    if expression.first(AtomKind.NOW):
        return 1.0 if ongoing or expression.atoms[0].number else 0
    score = 2.0
    if expression.since:
        score += 2
    if expression.first(AtomKind.DATE, AtomKind.DAY):
        score += 1.5
    if expression.first(AtomKind.CLOCK):
        score += 0.5
    if _is_today(expression):
        score -= 1
    around = masked[max(0, expression.start - 24) : expression.end + 24]
    return score - 0.75 if _REPORTED.search(around) else score


def _is_today(expression: Expression) -> bool:
    atom = expression.first(AtomKind.RELATIVE)
    return atom is not None and atom.number == 0 and not atom.unit and len(expression.atoms) == 1


def _confidence(item: _Told) -> float:
    if item.expression.first(AtomKind.DATE, AtomKind.DAY, AtomKind.RELATIVE):
        return 0.95
    return 0.85 if item.expression.since else 0.75


def _entry(transcript: Transcript, item: _Told) -> ChronologyEntry:
    """Cut out the sentence that tells of this time."""
    expression = item.expression
    begin = max(0, expression.start - _ENTRY_LENGTH)
    edges = list(_SENTENCE_EDGE.finditer(transcript.text, begin, expression.start))
    start = edges[-1].end() if edges else begin
    edge = _SENTENCE_EDGE.search(transcript.text, expression.end, expression.end + _ENTRY_LENGTH)
    end = edge.start() if edge else min(len(transcript.text), expression.end + _ENTRY_LENGTH)
    text = " ".join(transcript.text[start:end].split())
    return ChronologyEntry(item.time, text, transcript.span(start, end))
