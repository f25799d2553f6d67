"""Streets: "Jl. Sudirman", "jl hangtuah gg buntu", cut where the sentence goes on."""

from normalizer import place_words as pw
from normalizer.gazetteer import Gazetteer, fold_name
from normalizer.tokens import (
    MOST_PLACES,
    Phrase,
    Token,
    begins_name,
    folded_from,
    is_broken,
    like_verb,
)

_STREET_WORDS_MOST = 5
_CUES = pw.LANE_WORDS | pw.STREET_WORDS
_BEHIND_HOUSE = (
    pw.NEAR_WORDS
    | pw.DESA_LABELS
    | pw.KECAMATAN_LABELS
    | frozenset({"rt", "rw", "gg", "gang", "di"})
)
_NUMBERED = frozenset({"km", "no", "nomor", "blok"})


def find_streets(text: str, tokens: list[Token], gazetteer: Gazetteer) -> list[Phrase]:
    """Find "Jl. Sudirman", "jl hangtuah gg buntu", "jalan lintas duri dumai km 5"."""
    streets: list[Phrase] = []
    last = -1
    for index in [index for index, token in enumerate(tokens) if token.low in _CUES]:
        full = len(streets) == MOST_PLACES
        if full or index <= last or not _is_cue(tokens, index):
            continue
        last = _street_end(text, tokens, index, gazetteer)
        if last > index:
            start, end = tokens[index].start, tokens[last].end
            streets.append(Phrase(text[start:end], start, end))
    return streets


def _is_cue(tokens: list[Token], index: int) -> bool:
    """Whether a street begins here: "jl", "gang"; not "kapal tidak jalan 3 hari"."""
    word = tokens[index].low
    if word in pw.LANE_WORDS:
        return True
    after = [token.low for token in tokens[index + 1 : index + 3]]
    counted = bool(after) and after[0][0].isdigit() and word == "jalan"
    before = tokens[index - 1].low if index else ""
    return not (counted or (word == "jalan" and before in pw.NOT_MOVING))


def _street_end(text: str, tokens: list[Token], index: int, gazetteer: Gazetteer) -> int:
    """Return the index of the last word of a street's name, the cue's own if there is none."""
    last, names = index, 0
    spelled_out = tokens[index].low == "jalan"
    cursor = index + 1
    while cursor < len(tokens) and cursor - index <= _STREET_WORDS_MOST + 2:
        token = tokens[cursor]
        if is_broken(text, tokens[last].end, token.start):
            break
        if token.low in pw.LANE_WORDS and names:
            names, last, cursor = 0, cursor, cursor + 1
            continue
        # "Jalan Bengkalis - Ketam Putih" is named after the places that it joins.
        joined = names > 0 and " - " in text[tokens[last].end : token.start]
        if joined and token.low in pw.STREET_WORDS:
            names, last, cursor = 0, cursor, cursor + 1
            continue
        goes_on = _continues_street(tokens, cursor, 0 if joined else names, spelled_out, gazetteer)
        if not goes_on:
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
        return tokens[cursor - 1].low in _NUMBERED or names == 0 or _is_house(tokens, cursor)
    if names == 0:
        return _begins_street_name(tokens, cursor, spelled_out=spelled_out)
    small_after_capital = not token.capital and tokens[cursor - 1].capital
    if _ends_street(token, names) or like_verb(token) or small_after_capital:
        return False
    return not _area_begins(tokens, cursor, gazetteer, cursor - names)


def _is_house(tokens: list[Token], cursor: int) -> bool:
    """Whether a bare number is the house's or the lane's: "jl riau 12 regol", "gang Melati 3"."""
    if len(tokens[cursor].low) > 3:
        return False
    after = tokens[cursor + 1].low if cursor + 1 < len(tokens) else ""
    return after in _BEHIND_HOUSE or (tokens[cursor].low.isdigit() and not after)


def _ends_street(token: Token, names: int) -> bool:
    return names >= _STREET_WORDS_MOST or token.low in pw.STOP or token.low in pw.KECAMATAN_LABELS


def _begins_street_name(tokens: list[Token], cursor: int, *, spelled_out: bool) -> bool:
    token = tokens[cursor]
    if begins_name(tokens, cursor):
        return True
    if _ends_street(token, 0) or (spelled_out and like_verb(token)):
        return False
    if spelled_out and token.low in pw.NOT_A_STREET and not token.capital:
        return _is_street_generic(tokens, cursor)
    return True


def _is_street_generic(tokens: list[Token], cursor: int) -> bool:
    """Whether "jalan lintas" or "jalan raya" goes on with a name."""
    if tokens[cursor].low not in pw.STREET_GENERIC or cursor + 1 >= len(tokens):
        return False
    after = tokens[cursor + 1]
    return after.low not in pw.STOP and after.low not in pw.DESA_LABELS and not like_verb(after)


def _area_begins(tokens: list[Token], cursor: int, gazetteer: Gazetteer, first: int) -> bool:
    """Whether a desa's or the kabupaten's name begins here, behind a street name proper."""
    if all(token.low in pw.STREET_GENERIC for token in tokens[first:cursor]):
        return False
    words = folded_from(tokens, cursor)
    if fold_name(words[0]) in gazetteer.own_names or gazetteer.is_town(words):
        return True
    match = gazetteer.match(words)
    return match is not None and not match.area.ordinary
