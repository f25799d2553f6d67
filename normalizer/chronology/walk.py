"""Pieces of time, and the walk over the words in which they are found."""

import re
from enum import StrEnum
from typing import NamedTuple

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?2?|\d+")


class AtomKind(StrEnum):
    """What a piece of time says."""

    DATE = "date"  # day, month and perhaps year
    DAY = "day"  # day of a month
    MONTH = "month"
    YEAR = "year"
    WEEKDAY = "weekday"
    EVE = "eve"  # "malam minggu": the night before
    RELATIVE = "relative"  # days back from the message
    AGO = "ago"  # elapsed time
    PERIOD = "period"  # "minggu lalu", "bulan ini"
    CLOCK = "clock"
    PART = "part"
    PAST = "past"  # "lalu": belongs to the piece before it
    NOW = "now"


class Atom(NamedTuple):
    """One piece of time; which numbers are set depends on its kind.

    `number`: day of month, weekday (Monday 0), days back, or amount. `unit`: unit of AGO and
    PERIOD, or the part of the day. `edge`: day of the month for "awal", "akhir".
    """

    kind: AtomKind
    start: int
    end: int
    number: int = 0
    month: int = 0
    year: int = 0
    minute: int | None = None
    unit: str = ""
    edge: int = 0


class Word(NamedTuple):
    """A word or a row of figures with its place."""

    text: str
    start: int
    end: int


def words_of(line: str) -> list[str]:
    """Return the words and rows of figures of a text in lower case."""
    return _WORD.findall(line)


class Walk:
    """The words of a text and the position that is being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(found.group(), *found.span()) for found in _WORD.finditer(text)]
        self.index = 0

    def peek(self, step: int = 0) -> str:
        """Return a word near the position, or "" beyond either end."""
        index = self.index + step
        return self.words[index].text if 0 <= index < len(self.words) else ""

    def word(self, step: int = 0) -> Word:
        """Return a word near the position; it must exist."""
        return self.words[self.index + step]

    def skip_to(self, position: int) -> None:
        """Go on with the first word at or behind a position of the text."""
        while self.index < len(self.words) and self.words[self.index].start < position:
            self.index += 1
