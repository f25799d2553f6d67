"""A text read passage by passage, so that what was read before a new message is not read again.

What a line tells hangs on itself and on a few words before and behind it. So a reading is
remembered together with those words, and a new message has itself and at most a few lines before it
read anew. Where something runs over the end of a line, both lines are one passage.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, compress
from operator import add
from typing import NamedTuple, Protocol, TypeVar

from normalizer.memo import MOST, filled_lines_of, line_by_line

# No more of these than words, however a reader cuts its words.
_WORD = re.compile(r"[a-z0-9]\S*")
# A text beyond these is one passage, and no passage longer than this is remembered: either would
# push out what is remembered of other conversations.
_MOST_LINES = 256
_LONGEST_TEXT = 20_000
_LONGEST_PASSAGE = 2_000


class Passage(NamedTuple):
    """Lines to be read with the lines around them; positions count from the text's begin.

    `text` as written and `masked` (lower case, long numbers blanked out) begin at `position`; what
    begins between `begin` and `end` is to be read.
    """

    text: str
    masked: str
    position: int
    begin: int
    end: int

    def cut(self, start: int, end: int) -> str:
        """Return the words as written between two positions."""
        return self.text[start - self.position : end - self.position]

    def lines(self) -> list[tuple[str, str, int]]:
        """Return each masked line with the same as written and its position."""
        found, position = [], self.position
        for line in self.masked.split("\n"):
            found.append((line, self.cut(position, position + len(line)), position))
            position += len(line) + 1
        return found


class Reading(Protocol):
    """What was read in a passage, with the range that all of it takes up."""

    @property
    def begin(self) -> int:
        """Position at which the first of it begins, no later than the passage's own begin."""
        ...

    @property
    def end(self) -> int:
        """Position behind the last of it."""
        ...


_Read = TypeVar("_Read", bound=Reading)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The lines of a text that hold words: where they begin and end, and the words before each.

    `words` has one number more than there are lines: all words.
    """

    lines: tuple[str, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    words: tuple[int, ...]


def read_passages(
    text: str,
    masked: str,
    tells: Callable[[Sequence[str]], Sequence[bool]],
    read: Callable[[Passage], _Read],
    *,
    behind: int,
    ahead: int,
) -> list[_Read]:
    """Read every line that tells something, in order.

    Args:
        text: as written.
        masked: the same in lower case, without long numbers.
        tells: says of each of the masked lines whether anything can begin in it.
        read: reads one passage.
        behind: how many words before a passage its reading looks at.
        ahead: how many words behind its last one.
    """
    layout = _layout_of(masked)
    if len(layout.lines) > _MOST_LINES or len(text) > _LONGEST_TEXT:
        return [read(Passage(text, masked, 0, 0, len(text)))]
    found: list[tuple[int, _Read]] = []
    stop = 0
    for index in [index for index, telling in enumerate(tells(layout.lines)) if telling]:
        if index < stop:
            continue
        start, stop = index, index + 1
        told = read(_passage(text, masked, layout, (start, stop), (behind, ahead)))
        while told.begin < layout.begins[start] or told.end > layout.ends[stop - 1]:
            start, stop = _grown(start, stop, told, layout)
            while found and found[-1][1].end > layout.begins[start]:
                start = found.pop()[0]
            told = read(_passage(text, masked, layout, (start, stop), (behind, ahead)))
        found.append((start, told))
    return [told for _, told in found]


def _grown(start: int, stop: int, told: Reading, layout: _Layout) -> tuple[int, int]:
    """Return the lines over which a reading runs, from the first to behind the last."""
    start = min(start, bisect_right(layout.begins, told.begin) - 1)
    return start, max(stop, bisect_left(layout.ends, told.end) + 1)


def remembered_passage(function: Callable[..., _Read]) -> Callable[..., _Read]:
    """Remember what a function reads in short passages, given the rest of its arguments."""
    cached = lru_cache(maxsize=MOST)(function)

    def read(passage: Passage, *known: object) -> _Read:
        short = len(passage.text) <= _LONGEST_PASSAGE
        return cached(passage, *known) if short else function(passage, *known)

    return read


def _passage(
    text: str, masked: str, layout: _Layout, lines: tuple[int, int], around: tuple[int, int]
) -> Passage:
    """Return lines with so many words around them; to the text's own ends where there are fewer."""
    start, stop = lines
    words = layout.words
    first = bisect_right(words, words[start] - around[0]) - 1
    last = bisect_left(words, words[stop] + around[1])
    begin = layout.begins[first] if first >= 0 else 0
    end = layout.ends[last - 1] if last < len(words) else len(text)
    return Passage(
        text[begin:end], masked[begin:end], begin, layout.begins[start], layout.ends[stop - 1]
    )


@lru_cache(maxsize=8)
def _layout_of(masked: str) -> _Layout:
    lines, begins = filled_lines_of(masked)
    words = _words_in(lines)
    ends = tuple(map(add, begins, map(len, lines)))
    if not all(words):
        lines, begins, ends = (tuple(compress(row, words)) for row in (lines, begins, ends))
    return _Layout(lines, begins, ends, tuple(accumulate(filter(None, words), initial=0)))


@line_by_line
def _words_in(line: str) -> int:
    return len(_WORD.findall(line))
