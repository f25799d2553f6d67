"""Readings of one line, remembered: a conversation is read anew at every message of it.

Only pure functions of short texts are remembered, in the memory of this process, a bounded number
of them; the result is the same with and without.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, reduce
from itertools import accumulate, chain, compress, repeat
from typing import Protocol, TypeVar, TypeVarTuple

_R = TypeVar("_R")
_Known = TypeVarTuple("_Known")
_S = TypeVar("_S")
_I = TypeVar("_I")
_S_co = TypeVar("_S_co", covariant=True)
_I_contra = TypeVar("_I_contra", contravariant=True)
MOST = 1024
LONGEST = 400
# A text of more lines would push out what is remembered of every other conversation.
_MOST_LINES = 256
_MOST_FOLDED = 64


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
def filled_lines_of(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the lines that hold something, and where each begins."""
    lines = lines_of(text)
    begins = tuple(accumulate([len(line) + 1 for line in lines], initial=0))[: len(lines)]
    return (
        (lines, begins)
        if all(lines)
        else (tuple(filter(None, lines)), tuple(compress(begins, lines)))
    )


def _is_long(lines: Sequence[str]) -> bool:
    return max(map(len, lines), default=0) > LONGEST


def line_by_line(
    function: Callable[[str, *_Known], _R],
) -> Callable[[Sequence[str], *_Known], list[_R]]:
    """Remember a pure function of a line, and read many lines with it in one call.

    Returns:
        A function from lines, and whatever else the function takes, to their results, in order;
        `__wrapped__` reads one line anew.
    """
    cached: Callable[..., _R] = lru_cache(maxsize=MOST)(function)

    def read(lines: Sequence[str], /, *known: *_Known) -> list[_R]:
        if not _is_long(lines):
            same: list[Iterable[object]] = [repeat(value) for value in known]
            return list(map(cached, lines, *same))
        return [(cached if len(line) <= LONGEST else function)(line, *known) for line in lines]

    read.__dict__["__wrapped__"] = function
    return read


class Fold(Protocol[_I_contra, _S_co]):
    """Goes on from what was made of the items before the last."""

    def __call__(self, items: Sequence[_I_contra], *, short: bool) -> _S_co:
        """Return what all items come to; only short ones are remembered."""
        ...


def folded(step: Callable[[_S, _I], _S], start: _S) -> Fold[_I, _S]:
    """Remember what a step has made of the items so far, and go on from there with the next.

    Args:
        step: from what was made so far and an item to what is made of both; it changes neither.
        start: what there is before the first item.
    """

    @lru_cache(maxsize=MOST)
    def known(items: tuple[_I, ...]) -> _S:
        return step(known(items[:-1]), items[-1]) if items else start

    def read(items: Sequence[_I], *, short: bool) -> _S:
        remember = short and len(items) <= _MOST_FOLDED
        return known(tuple(items)) if remember else reduce(step, items, start)

    return read


def placed(function: Callable[[str, int], Sequence[_R]]) -> Callable[[str], list[_R]]:
    """Remember what a pure function finds in a line that begins at a position of its text.

    What was read before a new message keeps its position, so that its results are found again
    with their ranges in the whole text.

    Returns:
        A function from a text to all that is found in its lines, in order; `__wrapped__` reads one
        line anew.
    """
    cached = lru_cache(maxsize=MOST)(function)

    def read(text: str) -> list[_R]:
        lines, begins = filled_lines_of(text)
        many = len(lines) > _MOST_LINES
        if not many and not _is_long(lines):
            return list(chain.from_iterable(map(cached, lines, begins)))
        return [
            found
            for line, begin in zip(lines, begins, strict=True)
            for found in (function if many or len(line) > LONGEST else cached)(line, begin)
        ]

    read.__dict__["__wrapped__"] = function
    return read
