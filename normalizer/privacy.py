"""Wishes for secrecy, and identity words taken out of the public text (first cut)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normalizer.numbers import Number

_SECRET = re.compile(r"\brahasia\w*|\bjangan (?:di)?(?:tampilkan|publikasi\w*)")
_ANONYMOUS = re.compile(
    r"\banonim|\b(?:jangan|tidak)\b.{0,30}\b(?:nama|identitas)|rahasiakan.{0,9}(?:nama|identitas)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An identity word in the transcript: range and what it is."""

    start: int
    end: int
    what: str


def read_wishes(low: str) -> tuple[bool, bool]:
    """Return (anonymous, secret)."""
    return bool(_ANONYMOUS.search(low)), bool(_SECRET.search(low))


def find_marks(low: str, numbers: Sequence[Number]) -> tuple[Mark, ...]:
    """Find every identity word."""
    del low
    return tuple(Mark(number.start, number.end, number.kind.value) for number in numbers)


def redact(text: str, marks: Sequence[Mark], offset: int = 0) -> str:
    """Replace marked ranges by a word for what stood there."""
    parts: list[str] = []
    position = 0
    for mark in marks:
        start, end = mark.start - offset, mark.end - offset
        if start < position or end > len(text):
            continue
        parts.append(text[position:start] + f"[{mark.what}]")
        position = end
    return "".join(parts) + text[position:]
