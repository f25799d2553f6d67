"""Wordings tried only where they can begin, instead of at every character of a text."""

import re
from collections.abc import Iterable, Iterator


def matches_at(
    pattern: re.Pattern[str], text: str, positions: Iterable[int]
) -> Iterator[re.Match[str]]:
    """Yield what `pattern.finditer(text)` would, where a match begins at one of the positions.

    Args:
        pattern: matches no empty text.
        text: is searched.
        positions: ascending; all at which a match can begin, and perhaps more.
    """
    end = 0
    for position in positions:
        match = pattern.match(text, position) if position >= end else None
        if match is not None:
            end = match.end()
            yield match


def positions_of(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands in a text, also inside other words."""
    position = text.find(word)
    while position >= 0:
        yield position
        position = text.find(word, position + 1)
