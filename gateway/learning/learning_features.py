"""A redacted text as numbers: hashed runs of words and letters, and the words behind each.

Pure. Only redacted text comes in here; what the redaction put in and everything with a figure is
left out besides, so that no name, NIK or telephone number becomes a feature.
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIZE = 1 << 17
VERSION = 1  # a model made of other features cannot be applied
_PLACEHOLDER = re.compile(r"\[[^\]\n]{0,60}disamarkan\]", re.I)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_SHORTEST_RUN, _LONGEST_RUN = 3, 5
_LONGEST_WORD = 24
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Features:
    """A text's features: places in the model, their weights, and the words each came from.

    `sources` holds for each place the positions in `words` that it was made of.
    """

    places: Sequence[int]
    weights: Sequence[float]
    sources: Sequence[Sequence[int]]
    words: Sequence[str]


def features_of(redacted: str) -> Features:
    """Return the features of a text whose identities are redacted; nothing for an empty one."""
    words = words_of(redacted)
    sources: dict[int, list[int]] = {}
    counts: dict[int, int] = {}
    for run, positions in _runs(words):
        place = zlib.crc32(run.encode()) % SIZE
        counts[place] = counts.get(place, 0) + 1
        known = sources.setdefault(place, [])
        known.extend(position for position in positions if position not in known)
    weights = [1.0 + math.log(count) for count in counts.values()]
    length = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
    return Features(
        list(counts), [weight / length for weight in weights], list(sources.values()), words
    )


def words_of(redacted: str) -> list[str]:
    """Return the lower-case words that may be learned from: letters alone, not too long."""
    text = _ADDRESS.sub(" ", _PLACEHOLDER.sub(" ", redacted)).lower()
    found = (match[0] for match in _WORD.finditer(text))
    return [word for word in found if word.isalpha() and len(word) <= _LONGEST_WORD][:_MOST_WORDS]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield words, pairs of words, and runs of three to five letters, with their positions."""
    for position, word in enumerate(words):
        yield f"w {word}", (position,)
        if position:
            yield f"w {words[position - 1]} {word}", (position - 1, position)
        bounded = f" {word} "
        for length in range(_SHORTEST_RUN, _LONGEST_RUN + 1):
            for start in range(len(bounded) - length + 1):
                yield f"c{bounded[start : start + length]}", (position,)
