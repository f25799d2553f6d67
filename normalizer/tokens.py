"""The words of a text as the readers of places see them, and what a told place looks like."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from normalizer import place_words as pw
from normalizer.gazetteer import fold_word
from normalizer.memo import LONGEST, MOST
from normalizer.passages import Passage

_TOKEN = re.compile(r"[a-z](?:/[a-z])+(?![a-z])|[a-z]+(?:'[a-z]+)*|\d+[a-z]?(?![a-z])")
# A complaint tells a few places; a text with more is not looked through to its end.
MOST_PLACES = 40
# Nobody has more titles than this before the name: "Bapak Haji Ustadz ...".
_MOST_ADDRESSES = 4
_LONGEST_TITLE = max(map(len, pw.TITLES)) + 1
_OWNED = ("nya", "nye")
_NO_PERSON = pw.STOP | pw.SITE_WORDS | pw.READERS
_HARD_BREAK = re.compile(r"[,;()\n!?\[\]:]|\.\.")


class Token(NamedTuple):
    """A word of the text.

    `capital`: it begins with a capital in a message that also has small letters.
    `all_lower_message`: its line has no such distinction. `folded`: as the gazetteer compares it.
    """

    low: str
    start: int
    end: int
    capital: bool
    all_lower_message: bool
    folded: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A street or landmark as written, with its range.

    `weight` ranks landmarks. `open_end`: an area's name at its end counts for itself too.
    """

    text: str
    start: int
    end: int
    weight: int = 0
    open_end: bool = False

    def covers(self, position: int) -> bool:
        """Whether a position of the text lies inside."""
        return self.start <= position < self.end


def words_of(line: str) -> list[str]:
    """Return the words of a line in lower case."""
    return _TOKEN.findall(line)


def tokens_of(passage: Passage) -> list[Token]:
    """Cut a passage into words; capitals count only where a line mixes them with small letters."""
    tokens: list[Token] = []
    for line, original, position in passage.lines():
        read = _known_tokens if len(line) <= LONGEST else _tokens_in
        tokens += read(line, original, position)
    return tokens


def _tokens_in(line: str, original: str, position: int) -> tuple[Token, ...]:
    mixed = any(map(str.isupper, original[1:])) and any(map(str.islower, original))
    tokens: list[Token] = []
    for match in _TOKEN.finditer(line):
        low, (start, end) = match.group(), match.span()
        capital = mixed and original[start].isupper()
        folded = fold_word(low)
        tokens.append(Token(low, position + start, position + end, capital, not mixed, folded))
    return tuple(tokens)


# What stood before a new message keeps its position; see `memo.placed`.
_known_tokens = lru_cache(maxsize=MOST)(_tokens_in)


def told_at(passage: Passage, tokens: list[Token], cues: frozenset[str]) -> list[int]:
    """Return the indexes of those words to be read in a passage that are among the cues."""
    found = [index for index, token in enumerate(tokens) if token.low in cues]
    return [index for index in found if passage.begin <= tokens[index].start < passage.end]


def like_verb(token: Token) -> bool:
    """Whether a small-letter word looks like a verb: "bergelombang", "dibiarkan"."""
    return (
        not token.capital
        and len(token.low) >= 6
        and token.low.startswith(pw.VERB_PREFIXES)
        and token.low not in pw.NAMES_LIKE_VERBS
    )


def like_statement(token: Token) -> bool:
    """Whether a small-letter word says something about what was named before it.

    "airnya", "lampunye" (owned), "ditebang" (a verb): a name ends before them.
    """
    owned = not token.capital and len(token.low) > 4 and token.low.endswith(_OWNED)
    return owned or like_verb(token)


def names_person(tokens: list[Token], index: int) -> bool:
    """Whether a form of address and a name follow: "Pak Ucok", "mbok sri", "Pak Haji Salam".

    In small letters the address is mostly meant for the reader ("depan pasar pak lampu mati"), so
    then only a word that ends no name counts.
    """
    for address, after in pairwise(tokens[index : index + _MOST_ADDRESSES + 1]):
        if address.low not in pw.ADDRESSES:
            return False
        if after.low in pw.OFFICE_HOLDERS:
            return True
        if after.low not in pw.ADDRESSES:
            ends = after.low in _NO_PERSON or not after.low.isalpha()
            told = after.capital or not address.capital
            return told and not ends and not like_statement(after)
    return False


def begins_name(tokens: list[Token], index: int) -> bool:
    """Whether a word that mostly ends a name begins one here: "Dusun Air Kundur"."""
    token, before = tokens[index], tokens[index - 1]
    if token.low not in pw.NAME_BEGINS or before.low not in pw.NAME_BEARERS:
        return False
    if index + 1 >= len(tokens) or (before.capital and not token.capital):
        return False
    after = tokens[index + 1]
    small = token.capital and not after.capital
    return after.low not in pw.STOP and after.low.isalpha() and not small and not like_verb(after)


def is_broken(passage: Passage, end: int, start: int) -> bool:
    """Whether the sentence breaks between two words ("Jl. A.H. Nasution" does not)."""
    gap = passage.cut(end, start)
    if gap == " ":
        return False
    if _HARD_BREAK.search(gap):
        return True
    before = passage.cut(max(passage.position, end - _LONGEST_TITLE), end).split()[-1:]
    word = before[0].lower() if before else ""
    return ". " in gap and word.isalpha() and len(word) > 3 and word not in pw.TITLES


def folded_from(tokens: list[Token], index: int) -> list[str]:
    """Return the next words as the gazetteer compares them."""
    return [token.folded for token in tokens[index : index + 4]]
