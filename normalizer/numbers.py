"""Long numbers in a text and what each of them is: NIK, No. KK, phone, bank card, BPJS, NPWP ...

They are found first, so that no other rule reads a date or a house number out of a NIK. The
label near the number decides before its structure does: 41 of 42 KK numbers would pass as NIKs.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, pairwise

from normalizer.map_links import find_pairs
from normalizer.memo import MOST, placed, remembered
from normalizer.regions import kabupaten_name


class NumberKind(StrEnum):
    """What a long number is."""

    NIK = "nik"  # sixteen digits, or labelled as NIK whatever its length
    KK = "kk"
    PHONE = "phone"
    CARD = "card"
    OTHER = "other"  # BPJS, NPWP, NIP, PLN, NOP, receipts
    BARE = "bare"  # nine digits or more, nothing tells what


@dataclass(frozen=True, slots=True)
class Number:
    """One long number: its digits and where it stands in the transcript.

    `labelled`: a word beside it says what it is. `owner`: "self" ("NIK saya"), "else" ("NIK anak
    saya") or "" when nothing is said.
    """

    kind: NumberKind
    digits: str
    start: int
    end: int
    labelled: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int


_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})
_GROUP = r"[OolI|]*\d[0-9OolI|]*"
# A group of four may be all letters ("OlOl") behind one that has a figure.
_NEXT_GROUP = rf"(?:{_GROUP}|[OolI|]{{4}})"
_RUN = re.compile(
    rf"(?<![0-9A-Za-z|]){_GROUP}(?:[ .\-\u2013]{{1,3}}{_NEXT_GROUP})*(?![0-9A-Za-z|])"
)
_ONE_GROUP = re.compile(_NEXT_GROUP)
_SHORTEST = 9
_SHORTEST_NIK = 7
# A piece of a NIK that was cut in two.
_SHORTEST_HALF = 4

_OTHER_WORDS = (
    r"bpjs|jkn|kis|npwp|nip|nuptk|nisn|nop|sppt|token|id ?pel\w*|pelanggan|meteran|"
    r"no(?:mor|mer)? meter|resi|imei|tiket|kwh|nib|rangka|mesin|sertifikat|berkas|registrasi|reg"
)
_NIK_WORDS = r"nik|n\.i\.k|e-?ktp|ktp|nomor induk kependudukan|no(?:mor|mer)? induk|no identitas"
_LABELS: tuple[tuple[NumberKind, str], ...] = (
    (NumberKind.OTHER, _OTHER_WORDS),
    (NumberKind.CARD, r"kks|rek|rekening|atm|bank|debit|bri|bni|mandiri|kartu sembako|va"),
    (NumberKind.KK, r"kk|kartu keluarga|k\.k"),
    (
        NumberKind.PHONE,
        r"hp|wa|telp|tlp|telepon|telpon|whatsapp|handphone|kontak|hub|hubungi|ponsel",
    ),
    (NumberKind.NIK, _NIK_WORDS),
)
_LABEL = re.compile("|".join(rf"(?P<{kind.value}>\b(?:{words})\b)" for kind, words in _LABELS))
_ELSE = re.compile(
    r"\b(?:anak|istri|isteri|suami|adik|adek|kakak|abang|mertua|menantu|orang ?tua|ortu|keponakan|"
    r"ponakan|cucu|nenek|kakek|tetangga|almarhum|almarhumah|alm|bayi|(?:ibu|bapak|ayah|emak|mamak|"
    r"bapa|mama) (?:saya|sy|kami|aku|ku|kandung)|(?:warga|orang)nya|terlapor|kepala keluarga)\b"
)
_SELF = re.compile(r"\b(?:saya|sy|sya|saye|sayo|aku|ku|pelapor|kamek|abdi|gue|gw|sendiri)\b")
_AFTER = re.compile(
    r"[ \t]{0,3}[(\[,-]?[ \t]{0,3}(?:itu |ini )?(?:no(?:mor)?\.? ?)?([a-z .]{2,20})"
)
_NUMBER_FOLLOWS = re.compile(r"(?: (?:saya|sy|no|nomor|ini))?[\s.:=]{0,3}\+?\d")
_BEFORE = 45
# As far as the words behind a number are looked at.
_BEHIND = 60
_NIK_LENGTH = 16
_MOST_PIECES = 4
_LONGEST_GAP = 24
_JOINABLE = frozenset({NumberKind.NIK, NumberKind.BARE})
_JOINER = re.compile(r"[\s.,:\-]{0,6}(?:(?:lanjut|sambung)\w{0,6}|lanjutannya)?[\s.,:\-]{0,6}")


def find_numbers(text: str, low: str) -> tuple[Number, ...]:
    """Find every number of nine digits or more and every labelled shorter one, in order.

    Args:
        text: the transcript's text (capital I and O matter).
        low: the same in lower case.
    """
    found: list[Number] = []
    for run in _runs(text):
        for group in _split(run, labelled=_near_label(low, run[0].start)):
            kind_of = _classify(low, group, found[-1].end if found else 0)
            if kind_of is not None:
                found.append(kind_of)
    joined = _join_pieces(found, low)
    return tuple(number for number in joined if _is_long(number))


def _runs(text: str) -> Iterator[tuple[_Group, ...]]:
    """Yield the runs of figures that may be a number; coordinates of a map link are none."""
    pairs = deque((start, end) for start, end, _ in find_pairs(text))
    for run in _runs_in(text):
        while pairs and pairs[0][1] <= run[0].start:
            pairs.popleft()
        if not (pairs and run[-1].end > pairs[0][0]):
            yield run


@placed
def _runs_in(line: str, position: int) -> tuple[tuple[_Group, ...], ...]:
    """Read the runs of one line, each as its groups; those too short for a number are left out."""
    return tuple(
        tuple(_groups(run, position))
        for run in _RUN.finditer(line)
        if run.end() - run.start() >= _SHORTEST_HALF
    )


def _is_long(number: Number) -> bool:
    """Whether a number is long enough to matter; a labelled NIK counts though it is cut short."""
    shortest = _SHORTEST_NIK if number.kind is NumberKind.NIK else _SHORTEST
    return len(number.digits) >= shortest


def _groups(run: re.Match[str], position: int) -> Iterator[_Group]:
    begin = position + run.start()
    for part in _ONE_GROUP.finditer(run.group()):
        digits = part.group().translate(_LETTERS)
        yield _Group(digits, begin + part.start(), begin + part.end())


def _split(groups: Sequence[_Group], *, labelled: NumberKind | None) -> Iterator[_Group]:
    """Cut a run of figure groups into numbers: "5 1403..." is two, "2101 0427 0179 9303" one."""
    index = 0
    while index < len(groups):
        taken = _take(groups[index : index + 16], labelled)
        first, last = groups[index], groups[index + taken - 1]
        digits = "".join(group.digits for group in groups[index : index + taken])
        yield _Group(digits, first.start, last.end)
        index += taken


def _take(groups: Sequence[_Group], labelled: NumberKind | None) -> int:
    """Return how many of the next groups belong together."""
    if len(groups[0].digits) >= 14:
        return 1
    lengths = list(accumulate(len(group.digits) for group in groups))
    digits = "".join(group.digits for group in groups)
    if digits.startswith(("08", "62")) and labelled is not NumberKind.NIK:
        return max((i + 1 for i, n in enumerate(lengths) if n <= 14), default=1)
    if 16 in lengths and (labelled is NumberKind.NIK or kabupaten_name(digits[:4])):
        return lengths.index(16) + 1
    if labelled in (NumberKind.NIK, NumberKind.KK, NumberKind.CARD):
        return max((i + 1 for i, n in enumerate(lengths) if n <= 19), default=1)
    return 1


def _near_label(low: str, start: int) -> NumberKind | None:
    """Return the kind that the last label before a position names."""
    return _label_at_end(low[max(0, start - _BEFORE) : start])


@remembered
def _label_at_end(window: str) -> NumberKind | None:
    label = _last_label(window)
    if label is None or any(char.isdigit() for char in window[label.end() :]):
        return None
    return NumberKind(label.lastgroup or NumberKind.BARE)


def _last_label(window: str) -> re.Match[str] | None:
    last = None
    for match in _LABEL.finditer(window):
        last = match
    return last


def _classify(low: str, group: _Group, previous_end: int) -> Number | None:
    if len(group.digits) < _SHORTEST_HALF:
        return None
    before = low[max(0, group.start - _BEFORE) : group.start]
    line_start = low.rfind("\n", 0, group.start) + 1
    own = low[max(line_start, previous_end, group.start - _BEFORE) : group.start]
    behind = low[group.end : group.end + _BEHIND]
    kind, labelled, owner = _judged(group.digits, before, own, behind)
    return Number(kind, group.digits, group.start, group.end, labelled, owner)


@lru_cache(maxsize=MOST)
def _judged(digits: str, before: str, own: str, behind: str) -> tuple[NumberKind, bool, str]:
    """Return what a number is, whether a word says so, and whose it is.

    Args:
        digits: of the number.
        before: the words before it.
        own: those of them in its own line and behind the number before it.
        behind: the words behind it.
    """
    label = _label_at_end(before)
    after = _AFTER.match(behind)
    hit = _LABEL.match(after.group(1)) if after else None
    if after and hit and label in (None, NumberKind.NIK):
        # "nik 1403... hp 0812...": the word behind belongs to the number that follows it.
        of_next = label and _NUMBER_FOLLOWS.match(behind, after.start(1) + hit.end())
        label = label if of_next else NumberKind(hit.lastgroup or NumberKind.BARE)
    if _is_phone(digits) and label in (None, NumberKind.PHONE, NumberKind.NIK):
        return NumberKind.PHONE, label is NumberKind.PHONE, ""
    owner = _owner(own, after)
    if label is not None:
        return label, True, owner
    return NumberKind.NIK if len(digits) == _NIK_LENGTH else NumberKind.BARE, False, owner


def _is_phone(digits: str) -> bool:
    if digits.startswith("08"):
        return 10 <= len(digits) <= 13
    return digits.startswith("628") and 11 <= len(digits) <= 15


def _owner(before: str, after: re.Match[str] | None) -> str:
    label = _last_label(before)
    # Without a label the words before the number belong to the story ("anak sekolah tak lalu").
    near = before[label.end() :] if label else before[-16:]
    if _ELSE.search(near) or (after and _ELSE.match(after.group(1))):
        return "else"
    return "self" if _SELF.search(near) else ""


def _join_pieces(found: list[Number], low: str) -> Iterator[Number]:
    """Join a NIK that was cut over lines or messages: "14030119", "10939117"."""
    index = 0
    while index < len(found):
        count = _pieces(found[index : index + _MOST_PIECES], low)
        pieces = found[index : index + count]
        if count == 1:
            yield pieces[0]
        else:
            digits = "".join(piece.digits for piece in pieces)
            yield replace(pieces[0], kind=NumberKind.NIK, digits=digits, end=pieces[-1].end)
        index += count


def _pieces(numbers: list[Number], low: str) -> int:
    """Return how many numbers in a row make up one NIK; 1 when the first stands for itself."""
    length = len(numbers[0].digits)
    if numbers[0].kind not in _JOINABLE:
        return 1
    for count, (before, piece) in enumerate(pairwise(numbers), start=2):
        gap = low[before.end : piece.start]
        length += len(piece.digits)
        if piece.kind not in _JOINABLE or piece.labelled or length > _NIK_LENGTH:
            return 1
        if len(gap) > _LONGEST_GAP or _JOINER.fullmatch(gap) is None:
            return 1
        if length == _NIK_LENGTH and kabupaten_name(numbers[0].digits[:4]):
            return count
    return 1
