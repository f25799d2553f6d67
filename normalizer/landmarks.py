"""Landmarks: "depan toko Sinar", "SDN 20 Tanjungpandan", cut where the sentence goes on."""

from normalizer import place_words as pw
from normalizer.gazetteer import Gazetteer, fold_name
from normalizer.passages import Passage
from normalizer.tokens import (
    MOST_PLACES,
    Phrase,
    Token,
    begins_name,
    folded_from,
    is_broken,
    like_statement,
    like_verb,
    names_person,
    told_at,
)

_LANDMARK_WORDS_MOST = 4
_OPEN_SITES = frozenset({"resort", "hotel", "kawasan", "perumahan"})
_NAMED_ENOUGH = 2
_HOMES = pw.ESTATES - {"pasar", "ruko"}
_DOCTORS = frozenset({"rs", "rsud", "sakit", "klinik", "praktek", "praktik", "rumah"})
LANDMARK_CUES = pw.NEAR_WORDS | pw.SITE_WORDS | frozenset(pw.SITE_PAIRS) | {"km"}


def find_landmarks(
    passage: Passage, tokens: list[Token], gazetteer: Gazetteer, streets: list[Phrase]
) -> tuple[list[Phrase], int]:
    """Find "depan toko Sinar", "simpang masjid jamik", "SDN 20 Tanjungpandan".

    Returns:
        The landmarks, and the index of the last word read for them.
    """
    landmarks: list[Phrase] = []
    last = -1
    for index in told_at(passage, tokens, LANDMARK_CUES):
        if (
            len(landmarks) == MOST_PLACES
            or index <= last
            or any(street.covers(tokens[index].start) for street in streets)
            or not _begins_landmark(tokens, index, gazetteer)
        ):
            continue
        reader = _Landmark(passage, tokens, index, gazetteer)
        phrase = reader.read()
        if phrase is not None:
            landmarks.append(phrase)
        last = reader.last
    return landmarks, last


def is_estate(landmark: str) -> bool:
    """Whether a landmark is where people live: "Komplek Cempaka Arum", not an office."""
    return landmark.lower().replace(".", " ").split()[0] in _HOMES


def _begins_landmark(tokens: list[Token], index: int, gazetteer: Gazetteer) -> bool:
    word = tokens[index].low
    if word in pw.NEAR_WORDS or _is_pair(tokens, index) or _is_kilometre(tokens, index):
        return True
    if word not in pw.SITE_WORDS or word in pw.ONLY_NEAR:
        return False
    if word in pw.AGENCY_WORDS:
        before = tokens[index - 1].low if index else ""
        after = tokens[index + 1].low if index + 1 < len(tokens) else ""
        return before in pw.AT_WORDS or fold_name(after) in gazetteer.own_names
    # "Sungai Linau" and "Taman Sari" are names of areas, not a river and a park.
    match = gazetteer.match(folded_from(tokens, index))
    return match is None or match.area.ordinary


def _is_pair(tokens: list[Token], index: int) -> bool:
    """Whether two words name one kind of site: "pasar pagi", "kantor pos", "rumah makan"."""
    following = pw.SITE_PAIRS.get(tokens[index].low)
    if following is None or index + 1 >= len(tokens):
        return False
    second = tokens[index + 1]
    third = tokens[index + 2].low if index + 2 < len(tokens) else ""
    joined = second.start - tokens[index].end == 1
    return joined and second.low in following and third not in pw.PAIR_IS_TIME


def _is_kilometre(tokens: list[Token], index: int) -> bool:
    """Whether a point of a road is told: "km 18", not "2 km"."""
    if tokens[index].low != "km" or index + 1 >= len(tokens):
        return False
    return tokens[index + 1].low[0].isdigit()


class _Landmark:
    """Reads one landmark from its cue on.

    `last` is the index of its last word, `names` the number of words that name it.
    """

    def __init__(
        self, passage: Passage, tokens: list[Token], index: int, gazetteer: Gazetteer
    ) -> None:
        self._passage = passage
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
            if is_broken(self._passage, self._tokens[self.last].end, token.start):
                break
            taken = self._area() or self._pair() or self._word(token)
            if not taken:
                break
            self.last += taken
            if self._closed:
                break
        return self._phrase()

    def _area(self) -> int:
        """Take an area's name behind a noun: "pasar Lubuk Muda", "SMPN 1 Teluk Sebong"."""
        match = self._gazetteer.match(folded_from(self._tokens, self.last + 1))
        before = self._tokens[self.last].low
        if match is None or match.area.ordinary:
            return 0
        paired = self.last > self._first and _is_pair(self._tokens, self.last - 1)
        if self._inside_estate(match.words):
            self.names += 1
            return match.words
        noun = before in pw.SITE_WORDS or before in pw.NATURE_WORDS
        if noun or before.isdigit() or paired:
            self._closed = True
            self._desa_at_end = self._tokens[self._first].low not in pw.NATURE_WORDS
            self.names += 1
            return match.words
        return 0

    def _inside_estate(self, count: int) -> bool:
        """Whether an estate's name goes on behind an area's: "Komplek Cibaduyut Indah"."""
        behind = self._tokens[self.last + 1 + count : self.last + 2 + count]
        if self._tokens[self._first].low not in pw.ESTATES or not behind:
            return False
        after, last = behind[0], self._tokens[self.last + count]
        ends = after.low in pw.STOP or after.low in pw.KECAMATAN_LABELS or not after.capital
        joined = not is_broken(self._passage, last.end, after.start)
        area = self._gazetteer.match(folded_from(self._tokens, self.last + 1 + count))
        return joined and not ends and area is None

    def _pair(self) -> int:
        """Take the second word of "kantor pos", or both behind a cue: "depan kantor pos"."""
        if _is_pair(self._tokens, self.last):
            return 1
        begun = self.last == self._first and self._near
        return 2 if begun and _is_pair(self._tokens, self.last + 1) else 0

    def _word(self, token: Token) -> int:
        """Return how many words to take from here on: 0 ends the landmark."""
        before = self._tokens[self.last].low
        if token.low in pw.SITE_WORDS and not self._gazetteer_stops(token):
            return self._another_site(token)
        if token.low[0].isdigit():
            return self._number(token, before)
        if token.low in pw.STOP or token.low == "blok":
            return self._stop_word(token, before)
        return self._name_word(token)

    def _name_word(self, token: Token) -> int:
        """Take a word of the name, or end the landmark before it."""
        if self.names and token.low in pw.QUARTERS and self._tokens[self.last].capital:
            self._closed = True
            return 1
        small_after_capital = self._capital and not token.capital
        ended = self.names > 0 and token.low in pw.AFTER_NAME
        if ended or like_statement(token) or small_after_capital or self._gazetteer_stops(token):
            return 0
        self._capital = token.capital
        self.names += 1
        return 1

    def _another_site(self, token: Token) -> int:
        """Take a noun behind the first: "depan pasar", "belakang los ikan pasar Kijang"."""
        self._capital = token.capital
        return int(self.last - self._first <= 1 + (self._near and self.names > 0))

    def _number(self, token: Token, before: str) -> int:
        """Take the number of a school, kilometre or crossing: "SDN 20", "km 18", "simpang 4"."""
        if before in pw.SCHOOLS or before == "km":
            return int(len(token.low) <= 4)
        if len(token.low) > 2 or self._following() in pw.COUNTED:
            return 0
        numbered = self.names > 0 and self._tokens[self._first].low in pw.NUMBERED_NAMES
        return int(before in pw.NUMBERED_SITES or numbered)

    def _following(self) -> str:
        """Return the word behind the next one."""
        index = self.last + 2
        return self._tokens[index].low if index < len(self._tokens) else ""

    def _gazetteer_stops(self, token: Token) -> bool:
        match = self._gazetteer.match(folded_from(self._tokens, self.last + 1))
        if match is not None and not match.area.ordinary:
            return True
        town = self._gazetteer.is_town(folded_from(self._tokens, self.last + 1))
        return self.names >= _NAMED_ENOUGH and town and token.low not in pw.SITE_WORDS

    def _stop_word(self, token: Token, before: str) -> int:
        """Some stop words go on: "depan rumah", "Dusun Air Kundur", "resort di Lagoi"."""
        person = self._belongs_to_person(token) or self._doctor(token, before)
        named = begins_name(self._tokens, self.last + 1) or self._new(token, before)
        if person or named:
            self.names += 1
            return 2 if person else 1
        if token.low == "blok":
            estate = any(item.low in pw.ESTATES for item in self._tokens[self._first : self.last])
            return self._block() if estate else 0
        if token.low == "rumah" and self._near and self.last == self._first:
            return 1
        after = self._tokens[self.last + 2] if self.last + 2 < len(self._tokens) else None
        capital = after is not None and after.capital and after.low not in pw.DESA_LABELS
        if token.low == "di" and not self.names and before in _OPEN_SITES and capital:
            self.names += 1
            return 2
        return 0

    def _doctor(self, token: Token, before: str) -> bool:
        """Whether "dr" is a doctor whose name a hospital bears, not "dari"."""
        after = self._tokens[self.last + 2] if self.last + 2 < len(self._tokens) else None
        return token.low == "dr" and before in _DOCTORS and after is not None and after.capital

    def _belongs_to_person(self, token: Token) -> bool:
        """Whether "pak kumis" goes on: a stall, a house or a capital letter before the name."""
        if not names_person(self._tokens, self.last + 1):
            return False
        named = self._near and self._tokens[self.last + 2].capital and token.capital
        words = self._tokens[self._first : self.last + 1]
        return named or any(word.low in pw.OWNED_SITES for word in words)

    def _reached(self) -> bool:
        before = [token.low for token in self._tokens[max(0, self._first - 2) : self._first]]
        return bool(before) and (
            before[-1] in pw.REACHING or (before[-1] == "ke" and before[0] in pw.REACHING)
        )

    def _block(self) -> int:
        """Take "blok C", "blok D2", "blok A no 7" of an estate."""
        rest = self._tokens[self.last + 2 : self.last + 6]
        if not rest or len(rest[0].low) > 2:
            return 0
        gap = self._passage.cut(rest[0].end, rest[1].start) if len(rest) > 1 else " "
        joined = len(rest) > 1 and rest[1].low.isdigit() and gap in ("", "-", "/")
        taken = 2 if joined else 1
        house = [word.low for word in rest[taken : taken + 2]]
        numbered = len(house) > 1 and house[0] in ("no", "nomor") and house[1][0].isdigit()
        return 1 + taken + (2 if numbered else 0)

    def _new(self, token: Token, before: str) -> bool:
        if token.low != "baru" or before not in pw.NEW_SITES:
            return False
        after = self._tokens[self.last + 2] if self.last + 2 < len(self._tokens) else None
        return after is None or not (like_verb(after) or after.low in pw.NOT_NEW)

    def _phrase(self) -> Phrase | None:
        noun = self._tokens[self._first].low
        bare = self.last == self._first
        before = self._tokens[self._first - 1].low if self._first else ""
        if bare and before in pw.PEOPLE:
            return None
        if bare and (self._near or noun in pw.BARE_USELESS):
            return None
        start, end = self._tokens[self._first].start, self._tokens[self.last].end
        weight = 3 if self._near else 2 if self.names else 1
        if self._reached():
            weight = 0
        return Phrase(self._passage.cut(start, end), start, end, weight, open_end=self._desa_at_end)
