"""What each passage of a text tells of places: streets, landmarks, names of the gazetteer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from normalizer import place_words as pw
from normalizer.gazetteer import Area, Gazetteer, fold_name, fold_word
from normalizer.landmarks import LANDMARK_CUES, find_landmarks
from normalizer.memo import line_by_line
from normalizer.passages import Passage, read_passages, remembered_passage
from normalizer.streets import STREET_CUES, find_streets
from normalizer.tokens import Phrase, Token, tokens_of, words_of

_LABELS = pw.DESA_LABELS | pw.KECAMATAN_LABELS
_CUES = STREET_CUES | LANDMARK_CUES | _LABELS
# How far a reader of places looks beyond the word at which a name begins: past four words of a
# landmark, an area's name of four, and four more that may be another area's.
_WORDS_BEHIND = 2
_WORDS_AHEAD = 11


@dataclass(frozen=True, slots=True)
class NamedArea:
    """A name of the gazetteer in the text."""

    area: Area
    start: int
    end: int
    label: str  # "desa", "kecamatan" or ""
    exact: bool


class ToldPlaces(NamedTuple):
    """What a passage tells of places, and the range that it takes up."""

    streets: tuple[Phrase, ...]
    landmarks: tuple[Phrase, ...]
    names: tuple[NamedArea, ...]
    begin: int
    end: int


def read_told_places(text: str, masked: str, gazetteer: Gazetteer) -> list[ToldPlaces]:
    """Return what each line of a text tells of places, in order.

    Args:
        text: the words as written (capitals matter).
        masked: the same in lower case, without long numbers.
        gazetteer: whose names count.
    """

    def tells(lines: Sequence[str]) -> Sequence[bool]:
        signs = _signs_of(lines, gazetteer)
        # "desa" may end the line above a name.
        if "label" not in signs:
            return list(map(bool, signs))
        above = ["", *signs[:-1]]
        return [bool(sign) or before == "label" for sign, before in zip(signs, above, strict=True)]

    return read_passages(
        text,
        masked,
        tells,
        lambda passage: told_in(passage, gazetteer),
        behind=_WORDS_BEHIND,
        ahead=_WORDS_AHEAD,
    )


@line_by_line
def _signs_of(line: str, gazetteer: Gazetteer) -> str:
    """Return "label" for a masked line that ends with one, "cue" if it may tell of a place."""
    found = words_of(line)
    if not _LABELS.isdisjoint(found[-1:]):
        return "label"
    folded = [fold_word(word) for word in found]
    return "" if _CUES.isdisjoint(found) and not gazetteer.beginnings(folded) else "cue"


@remembered_passage
def told_in(passage: Passage, gazetteer: Gazetteer) -> ToldPlaces:
    """Return what one passage tells of places."""
    tokens = tokens_of(passage)
    streets = find_streets(passage, tokens, gazetteer)
    landmarks, last = find_landmarks(passage, tokens, gazetteer, streets)
    names = _find_areas(passage, tokens, gazetteer, [*streets, *landmarks])
    read = tokens[last].end if last >= 0 else 0
    end = max([read, *(name.end for name in names)])
    named = (name for name in names if name.label or not _is_own(name.area, gazetteer))
    return ToldPlaces(tuple(streets), tuple(landmarks), tuple(named), passage.begin, end)


def _find_areas(
    passage: Passage, tokens: list[Token], gazetteer: Gazetteer, taken: list[Phrase]
) -> list[NamedArea]:
    named: list[NamedArea] = []
    folded = [token.folded for token in tokens]
    labelled = [index for index, token in enumerate(tokens, start=1) if token.low in _LABELS]
    free = 0
    for index in sorted({*gazetteer.beginnings(folded), *labelled}):
        if not free <= index < len(tokens):
            continue
        if not passage.begin <= tokens[index].start < passage.end:
            continue
        label = _label_before(tokens, index)
        match = gazetteer.match(folded[index : index + 4], fuzzy=label != "")
        if match is None or not _acceptable(match.area, tokens, index, label, taken):
            continue
        free = index + match.words
        end = tokens[free - 1].end
        named.append(NamedArea(match.area, tokens[index].start, end, label, match.exact))
    return named


def _is_own(area: Area, gazetteer: Gazetteer) -> bool:
    return fold_name(area.name) in gazetteer.own_names


def _label_before(tokens: list[Token], index: int) -> str:
    before = tokens[index - 1].low if index else ""
    if before in pw.DESA_LABELS:
        return "desa"
    return "kecamatan" if before in pw.KECAMATAN_LABELS else ""


def _acceptable(
    area: Area, tokens: list[Token], index: int, label: str, taken: list[Phrase]
) -> bool:
    """Whether a name without a label is meant as a place of its own."""
    if label:
        return area.desa is not None if label == "desa" else area.kecamatan is not None
    token = tokens[index]
    before = tokens[index - 1].low if index else ""
    for phrase in taken:
        # "pasar Lubuk Muda" tells the desa, "Pasar Tanjungpandan" is only a name, and behind a
        # number ("SDN 20 Tanjungpandan") the kecamatan is meant again.
        told = phrase.open_end and (area.kecamatan is None or before.isdigit())
        if phrase.covers(token.start) and not told:
            return False
    # "rt7 rw2 braga"
    told = before in pw.BEFORE_PLACE or (
        index > 1 and before.isdigit() and tokens[index - 2].low in ("rt", "rw")
    )
    if area.ordinary or (area.shy and not token.capital and not told):
        return False
    return token.capital or token.all_lower_message or len(area.name) > 9
