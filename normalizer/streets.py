"""Streets: "Jl. Sudirman", "jl hangtuah gg buntu", cut where the sentence goes on."""

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
    names_person,
    told_at,
)

_STREET_WORDS_MOST = 5
STREET_CUES = pw.LANE_WORDS | pw.STREET_WORDS
_BEHIND_HOUSE = (
    pw.NEAR_WORDS
    | pw.DESA_LABELS
    | pw.KECAMATAN_LABELS
    | frozenset({"rt", "rw", "gg", "gang", "di"})
)
_ENDS_CLAUSE = frozenset(".,;\n)")
_BEHIND_NAME = pw.AFTER_NAME | pw.QUARTER_BEGINS
_NAMED_AFTER_AREAS = pw.STREET_GENERIC - pw.MAIN_ROADS
_NUMBERED = frozenset({"km", "no", "nomor", "blok"})


def find_streets(passage: Passage, tokens: list[Token], gazetteer: Gazetteer) -> list[Phrase]:
    """Find "Jl. Sudirman", "jl hangtuah gg buntu", "jalan lintas duri dumai km 5"."""
    streets: list[Phrase] = []
    last = -1
    for index in told_at(passage, tokens, STREET_CUES):
        full = len(streets) == MOST_PLACES
        if full or index <= last or not _is_cue(tokens, index):
            continue
        last = _street_end(passage, tokens, index, gazetteer)
        if last > index:
            start, end = tokens[index].start, tokens[last].end
            streets.append(Phrase(passage.cut(start, end), start, end))
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


def _street_end(passage: Passage, tokens: list[Token], index: int, gazetteer: Gazetteer) -> int:
    """Return the index of the last word of a street's name, the cue's own if there is none."""
    last, names, named_to = index, 0, index
    spelled_out = tokens[index].low == "jalan"
    cursor = index + 1
    while cursor < len(tokens) and cursor - index <= _STREET_WORDS_MOST + 2:
        token = tokens[cursor]
        if is_broken(passage, tokens[last].end, token.start):
            break
        if token.low in pw.LANE_WORDS and names:
            named_to = last
            names, last, cursor = 0, cursor, cursor + 1
            continue
        # "Jalan Bengkalis - Ketam Putih" is named after the places that it joins.
        joined = names > 0 and " - " in passage.cut(tokens[last].end, token.start)
        if joined and token.low in pw.STREET_WORDS:
            named_to = last
            names, last, cursor = 0, cursor, cursor + 1
            continue
        goes_on = _continues_street(
            passage, tokens, cursor, 0 if joined else names, spelled_out, gazetteer
        )
        if not goes_on:
            break
        if not token.low.isdigit() or names:
            names += 1
        last, cursor = cursor, cursor + 1
    return last if names or tokens[last].low.isdigit() else named_to


def _continues_street(
    passage: Passage,
    tokens: list[Token],
    cursor: int,
    names: int,
    spelled_out: bool,
    gazetteer: Gazetteer,
) -> bool:
    """Whether a word goes on with a street's name.

    Args:
        passage: the words as written.
        tokens: all words.
        cursor: index of the word.
        names: how many words of the name were read.
        spelled_out: the cue is "jalan", which is an ordinary word too.
        gazetteer: areas end a name.
    """
    token = tokens[cursor]
    if token.low in _NUMBERED:
        return names > 0 and cursor + 1 < len(tokens) and tokens[cursor + 1].low[0].isdigit()
    if _is_numbered(tokens, cursor - 1):
        return len(token.low) == 1 and token.capital  # "No. 45 B"
    if token.low[0].isdigit():
        return (
            tokens[cursor - 1].low in _NUMBERED
            or names == 0
            or _is_house(passage, tokens, cursor, gazetteer)
        )
    if names == 0:
        return _begins_street_name(tokens, cursor, spelled_out=spelled_out)
    return _names_on(tokens, cursor, names, gazetteer)


def _names_on(tokens: list[Token], cursor: int, names: int, gazetteer: Gazetteer) -> bool:
    """Whether a further word belongs to the name of a street."""
    token = tokens[cursor]
    small_after_capital = not token.capital and tokens[cursor - 1].capital
    if small_after_capital and token.low in pw.QUARTERS:
        return True
    ended = _ends_street(token, names) or like_statement(token)
    ended = ended or token.low in _BEHIND_NAME
    if ended or small_after_capital:
        return False
    return not _area_begins(tokens, cursor, gazetteer, cursor - names)


def _is_numbered(tokens: list[Token], index: int) -> bool:
    """Whether a word is the number of a house or a kilometre: nothing but a lane follows it."""
    return tokens[index].low[0].isdigit() and tokens[index - 1].low in _NUMBERED


def _is_house(passage: Passage, tokens: list[Token], cursor: int, gazetteer: Gazetteer) -> bool:
    """Whether a bare number is the house's or the lane's: "jl riau 12 regol", "gang Melati 3"."""
    number = tokens[cursor]
    if len(number.low) > 3:
        return False
    if cursor + 1 == len(tokens):
        return number.low.isdigit()
    after = tokens[cursor + 1]
    ends = after.low in _BEHIND_HOUSE or passage.cut(number.end, number.end + 1) in _ENDS_CLAUSE
    return ends or gazetteer.match(folded_from(tokens, cursor + 1)) is not None


def _ends_street(token: Token, names: int) -> bool:
    return names >= _STREET_WORDS_MOST or token.low in pw.STOP or token.low in pw.KECAMATAN_LABELS


def _begins_street_name(tokens: list[Token], cursor: int, *, spelled_out: bool) -> bool:
    token = tokens[cursor]
    if begins_name(tokens, cursor) or _is_persons_lane(tokens, cursor):
        return True
    if _ends_street(token, 0) or (spelled_out and like_statement(token)):
        return False
    if spelled_out and token.low in pw.NOT_A_STREET and not token.capital:
        return _is_street_generic(tokens, cursor)
    return True


def _is_persons_lane(tokens: list[Token], cursor: int) -> bool:
    """Whether a lane is called after a person: "Gg. Pak Oyon"."""
    lane = tokens[cursor - 1].low in pw.LANE_WORDS
    return names_person(tokens, cursor) and (lane or tokens[cursor].capital)


def _is_street_generic(tokens: list[Token], cursor: int) -> bool:
    """Whether "jalan lintas" or "jalan raya" goes on with a name."""
    if tokens[cursor].low not in pw.STREET_GENERIC or cursor + 1 >= len(tokens):
        return False
    after = tokens[cursor + 1]
    return (
        after.low not in pw.STOP and after.low not in pw.DESA_LABELS and not like_statement(after)
    )


def _area_begins(tokens: list[Token], cursor: int, gazetteer: Gazetteer, first: int) -> bool:
    """Whether a desa's or the kabupaten's name begins here, behind a street name proper."""
    if all(token.low in _NAMED_AFTER_AREAS for token in tokens[first:cursor]):
        return False
    words = folded_from(tokens, cursor)
    if fold_name(words[0]) in gazetteer.own_names or gazetteer.is_town(words):
        return True
    match = gazetteer.match(words)
    return match is not None and not match.area.ordinary
