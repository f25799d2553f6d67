"""Streets and landmarks: a cue word and the name behind it, cut where the sentence goes on."""

import re
from dataclasses import dataclass

from normalizer import place_words as pw
from normalizer.gazetteer import Gazetteer, fold_name, fold_word

_TOKEN = re.compile(r"[a-z]+(?:['/][a-z]+)*|\d+[a-z]?(?![a-z])")
_STREET_WORDS_MOST = 5
_LANDMARK_WORDS_MOST = 4
_HARD_BREAK = re.compile(r"[,;()\n!?\[\]:]|\.\.")
_NUMBERED = frozenset({"km", "no", "nomor", "blok"})
_OPEN_SITES = frozenset({"resort", "hotel", "kawasan", "perumahan"})
_NAMED_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text.

    `capital`: it begins with a capital in a message that also has small letters.
    `all_lower_message`: its line has no such distinction.
    """

    low: str
    start: int
    end: int
    capital: bool
    all_lower_message: bool


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


def tokens_of(text: str, masked: str) -> list[Token]:
    """Cut a text into words; capitals count only where a line mixes them with small letters."""
    tokens: list[Token] = []
    position = 0
    for line in masked.split("\n"):
        original = text[position : position + len(line)]
        mixed = any(char.isupper() for char in original[1:]) and any(
            char.islower() for char in original
        )
        for match in _TOKEN.finditer(line):
            start = match.start()
            capital = mixed and original[start].isupper()
            tokens.append(
                Token(match.group(), position + start, position + match.end(), capital, not mixed)
            )
        position += len(line) + 1
    return tokens


def find_streets(text: str, tokens: list[Token], gazetteer: Gazetteer) -> list[Phrase]:
    """Find "Jl. Sudirman", "jl hangtuah gg buntu", "jalan lintas duri dumai km 5"."""
    streets: list[Phrase] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.low in pw.STREET_WORDS or token.low in pw.LANE_WORDS:
            last = _street_end(text, tokens, index, gazetteer)
            if last > index:
                start, end = token.start, tokens[last].end
                streets.append(Phrase(text[start:end], start, end))
                index = last
        index += 1
    return streets


def _street_end(text: str, tokens: list[Token], index: int, gazetteer: Gazetteer) -> int:
    """Return the index of the last word of a street's name, the cue's own if there is none."""
    last, names = index, 0
    spelled_out = tokens[index].low == "jalan"
    cursor = index + 1
    while cursor < len(tokens) and cursor - index <= _STREET_WORDS_MOST + 2:
        token = tokens[cursor]
        if _broken(text, tokens[last].end, token.start):
            break
        if token.low in pw.LANE_WORDS and names:
            names, last, cursor = 0, cursor, cursor + 1
            continue
        if not _continues_street(tokens, cursor, names, spelled_out, gazetteer):
            break
        if not token.low.isdigit() or names:
            names += 1
        last, cursor = cursor, cursor + 1
    return last if names or tokens[last].low.isdigit() else index


def _continues_street(
    tokens: list[Token], cursor: int, names: int, spelled_out: bool, gazetteer: Gazetteer
) -> bool:
    """Whether a word goes on with a street's name.

    Args:
        tokens: all words.
        cursor: index of the word.
        names: how many words of the name were read.
        spelled_out: the cue is "jalan", which is an ordinary word too.
        gazetteer: areas end a name.
    """
    token = tokens[cursor]
    if token.low in _NUMBERED:
        return names > 0 and cursor + 1 < len(tokens) and tokens[cursor + 1].low[0].isdigit()
    if token.low[0].isdigit():
        return tokens[cursor - 1].low in _NUMBERED or names == 0
    if names == 0:
        return _begins_street_name(tokens, cursor, spelled_out=spelled_out)
    small_after_capital = not token.capital and tokens[cursor - 1].capital
    if _ends_street(token, names) or _like_verb(token) or small_after_capital:
        return False
    return not _area_begins(tokens, cursor, gazetteer, cursor - names)


def _ends_street(token: Token, names: int) -> bool:
    return names >= _STREET_WORDS_MOST or token.low in pw.STOP or token.low in pw.KECAMATAN_LABELS


def _begins_street_name(tokens: list[Token], cursor: int, *, spelled_out: bool) -> bool:
    token = tokens[cursor]
    if _ends_street(token, 0) or (spelled_out and _like_verb(token)):
        return False
    if spelled_out and token.low in pw.NOT_A_STREET and not token.capital:
        return _is_street_generic(tokens, cursor)
    return True


def _is_street_generic(tokens: list[Token], cursor: int) -> bool:
    """Whether "jalan lintas" or "jalan raya" goes on with a name."""
    if tokens[cursor].low not in pw.STREET_GENERIC or cursor + 1 >= len(tokens):
        return False
    after = tokens[cursor + 1]
    return after.low not in pw.STOP and after.low not in pw.DESA_LABELS and not _like_verb(after)


def _area_begins(tokens: list[Token], cursor: int, gazetteer: Gazetteer, first: int) -> bool:
    """Whether a desa's or the kabupaten's name begins here, behind a street name proper."""
    if all(token.low in pw.STREET_GENERIC for token in tokens[first:cursor]):
        return False
    words = [fold_word(token.low) for token in tokens[cursor : cursor + 4]]
    if fold_name(words[0]) in gazetteer.own_names:
        return True
    match = gazetteer.match(words)
    return match is not None and not match.area.ordinary


def _like_verb(token: Token) -> bool:
    """Whether a small-letter word looks like a verb: "bergelombang", "dibiarkan"."""
    return (
        not token.capital
        and len(token.low) >= 6
        and token.low.startswith(pw.VERB_PREFIXES)
        and token.low not in pw.NAMES_LIKE_VERBS
    )


def _broken(text: str, end: int, start: int) -> bool:
    """Whether the sentence breaks between two words ("Jl. A.H. Nasution" does not)."""
    gap = text[end:start]
    if _HARD_BREAK.search(gap):
        return True
    before = text[max(0, end - 4) : end]
    return ". " in gap and before.isalpha() and len(before.strip()) > 3


def find_landmarks(
    text: str, tokens: list[Token], gazetteer: Gazetteer, streets: list[Phrase]
) -> list[Phrase]:
    """Find "depan toko Sinar", "simpang masjid jamik", "SDN 20 Tanjungpandan"."""
    landmarks: list[Phrase] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        inside = any(street.covers(token.start) for street in streets)
        if inside or not _begins_landmark(tokens, index, gazetteer):
            index += 1
            continue
        reader = _Landmark(text, tokens, index, gazetteer)
        phrase = reader.read()
        if phrase is not None:
            landmarks.append(phrase)
        index = reader.last + 1
    return landmarks


def _begins_landmark(tokens: list[Token], index: int, gazetteer: Gazetteer) -> bool:
    word = tokens[index].low
    if word in pw.NEAR_WORDS:
        return True
    if word not in pw.SITE_WORDS or word in pw.ONLY_NEAR:
        return False
    if word in pw.AGENCY_WORDS:
        before = tokens[index - 1].low if index else ""
        after = tokens[index + 1].low if index + 1 < len(tokens) else ""
        return before in pw.AT_WORDS or fold_name(after) in gazetteer.own_names
    # "Sungai Linau" and "Taman Sari" are names of areas, not a river and a park.
    match = gazetteer.match(_folded(tokens, index))
    return match is None or match.area.ordinary


def _folded(tokens: list[Token], index: int) -> list[str]:
    return [fold_word(token.low) for token in tokens[index : index + 4]]


class _Landmark:
    """Reads one landmark from its cue on.

    `last` is the index of its last word, `names` the number of words that name it.
    """

    def __init__(self, text: str, tokens: list[Token], index: int, gazetteer: Gazetteer) -> None:
        self._text = text
        self._tokens = tokens
        self._gazetteer = gazetteer
        self._first = index
        self._near = tokens[index].low in pw.NEAR_WORDS
        self._capital = tokens[index].capital and not self._near
        self._closed = False
        self._desa_at_end = False
        self.last = index
        self.names = 0

    def read(self) -> Phrase | None:
        """Return the landmark, or None when nothing names a place."""
        while self.last + 1 < len(self._tokens) and self.last - self._first < _LANDMARK_WORDS_MOST:
            token = self._tokens[self.last + 1]
            if _broken(self._text, self._tokens[self.last].end, token.start):
                break
            taken = self._area() or self._word(token)
            if not taken:
                break
            self.last += taken
            if self._closed:
                break
        return self._phrase()

    def _area(self) -> int:
        """Take an area's name behind a noun: "pasar Lubuk Muda", "SMPN 1 Teluk Sebong"."""
        match = self._gazetteer.match(_folded(self._tokens, self.last + 1))
        before = self._tokens[self.last].low
        if match is None or match.area.ordinary:
            return 0
        if before in pw.SITE_WORDS or before.isdigit() or before == "camat":
            self._closed = True
            self._desa_at_end = self._tokens[self._first].low not in pw.NATURE_WORDS
            self.names += 1
            return match.words
        return 0

    def _word(self, token: Token) -> int:
        """Return how many words to take from here on: 0 ends the landmark."""
        before = self._tokens[self.last].low
        if token.low in pw.SITE_WORDS:
            self._capital = token.capital
            return int(self.last - self._first <= 1)
        if token.low[0].isdigit():
            return int(len(token.low) <= 4 and before in pw.SCHOOLS)
        if token.low in pw.STOP:
            return self._stop_word(token, before)
        small_after_capital = self._capital and not token.capital
        if self._gazetteer_stops(token) or _like_verb(token) or small_after_capital:
            return 0
        self._capital = token.capital
        self.names += 1
        return 1

    def _gazetteer_stops(self, token: Token) -> bool:
        match = self._gazetteer.match(_folded(self._tokens, self.last + 1))
        if match is not None and not match.area.ordinary:
            return True
        folded = _folded(self._tokens, self.last + 1)
        town = folded[0] in self._gazetteer.towns or "".join(folded[:2]) in self._gazetteer.towns
        return self.names >= _NAMED_ENOUGH and town and token.low not in pw.SITE_WORDS

    def _stop_word(self, token: Token, before: str) -> int:
        """Some stop words go on: "kantor desa", "depan rumah", "resort di Lagoi"."""
        if before == "kantor" and token.low in {"desa", "kelurahan", "lurah", "kecamatan"}:
            return 1
        if token.low == "rumah" and self._near and self.last == self._first:
            return 1
        after = self._tokens[self.last + 2] if self.last + 2 < len(self._tokens) else None
        named = after is not None and after.capital and after.low not in pw.DESA_LABELS
        if token.low == "di" and not self.names and before in _OPEN_SITES and named:
            self.names += 1
            return 2
        return 0

    def _phrase(self) -> Phrase | None:
        noun = self._tokens[self._first].low
        bare = self.last == self._first
        if bare and (self._near or noun in pw.BARE_USELESS):
            return None
        start, end = self._tokens[self._first].start, self._tokens[self.last].end
        weight = 3 if self._near else 2 if self.names else 1
        return Phrase(self._text[start:end], start, end, weight, open_end=self._desa_at_end)
