"""Readings of one line, remembered: a conversation is read anew at every message of it.

Only pure functions of short texts are remembered, in the memory of this process, a bounded number
of them; the result is the same with and without.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

_R = TypeVar("_R")
MOST = 1024
LONGEST = 400
# A text of more lines would push out what is remembered of every other conversation.
_MOST_LINES = 256


def remembered(function: Callable[[str], _R]) -> Callable[[str], _R]:
    """Remember a pure function's results for short texts.

    Returns:
        The same function; `__wrapped__` is the one that always reads anew.
    """
    cached = lru_cache(maxsize=MOST)(function)

    def read(text: str) -> _R:
        return function(text) if len(text) > LONGEST else cached(text)

    read.__dict__["__wrapped__"] = function
    return read


@lru_cache(maxsize=8)
def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text; the readers of one transcript cut it once."""
    return tuple(text.split("\n"))


@lru_cache(maxsize=8)
def _filled_lines_of(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the lines that hold something, and where each begins."""
    begins = accumulate((len(line) + 1 for line in lines_of(text)), initial=0)
    filled = [(line, begin) for line, begin in zip(lines_of(text), begins, strict=False) if line]
    return tuple(line for line, _ in filled), tuple(begin for _, begin in filled)


def _is_long(lines: Sequence[str]) -> bool:
    return max(map(len, lines), default=0) > LONGEST


def line_by_line(function: Callable[[str], _R]) -> Callable[[Sequence[str]], list[_R]]:
    """Remember a pure function of a line, and read many lines with it in one call.

    Returns:
        A function from lines to their results, in order; `__wrapped__` reads one line anew.
    """
    cached = lru_cache(maxsize=MOST)(function)

    def read(lines: Sequence[str]) -> list[_R]:
        if not _is_long(lines):
            return list(map(cached, lines))
        return [cached(line) if len(line) <= LONGEST else function(line) for line in lines]

    read.__dict__["__wrapped__"] = function
    return read


def placed(function: Callable[[str, int], _R]) -> Callable[[str], list[_R]]:
    """Remember a pure function of a line and of the position at which it begins in its text.

    What was read before a new message keeps its position, so that its results are found again
    with their ranges in the whole text.

    Returns:
        A function from a text to the results of its lines that are not empty, in order;
        `__wrapped__` reads one line anew.
    """
    cached = lru_cache(maxsize=MOST)(function)

    def read(text: str) -> list[_R]:
        lines, begins = _filled_lines_of(text)
        many = len(lines) > _MOST_LINES
        if not many and not _is_long(lines):
            return list(map(cached, lines, begins))
        return [
            (function if many or len(line) > LONGEST else cached)(line, begin)
            for line, begin in zip(lines, begins, strict=True)
        ]

    read.__dict__["__wrapped__"] = function
    return read
