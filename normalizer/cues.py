"""Wordings tried only where they can begin, instead of at every character of a text."""

import re
from collections.abc import Iterable, Iterator

# A group, an escape, a set, or one more character of a wording.
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|.", re.DOTALL)


def by_letter(*wordings: str) -> str:
    """Write wordings, each "a|b|c", as one, in which only those with the right letter are tried.

    What begins with different letters never matches at the same place, so that its order does not
    matter; the order of all others is kept.
    """
    branches: list[str] = []
    tails: dict[str, list[str]] = {}
    for wording in (*_alternatives("|".join(wordings)), ""):
        if wording[:1].isalpha() and wording[1:2] not in {"?", "*", "+", "{"}:
            tails.setdefault(wording[0], []).append(wording[1:])
            continue
        branches += [f"{letter}(?:{'|'.join(rest)})" for letter, rest in tails.items()]
        branches.append(wording)
        tails = {}
    return "|".join(branches[:-1])


def _alternatives(wording: str) -> list[str]:
    """Cut a wording at the bars that stand in no group."""
    found, depth = [""], 0
    for piece in _PIECE.findall(wording):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


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
