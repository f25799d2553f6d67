"""What the lines of a photographed identity card say: the NIK and the name, or that it is a KK."""

import re
from collections.abc import Sequence
from datetime import date

from normalizer.card import Card
from normalizer.nik import check_nik

# Letters that a reader of pictures puts where a figure stands.
_FIGURES = str.maketrans("OoQDIl|!SBZ", "00001111582")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[0-9OoQDIl|!SBZ](?:[ .\-]?[0-9OoQDIl|!SBZ]){15}(?![0-9A-Za-z])"
)
_LEAST_FIGURES = 11  # of sixteen; fewer is a word
# A Kartu Keluarga carries sixteen digits of the same build, and everybody's NIK below them.
_FAMILY_CARD = re.compile(r"kartu\s*keluarga|kepala\s*keluarga|\bno\.?\s*kk\b", re.IGNORECASE)
_PLAIN_NUMBER_LABEL = re.compile(r"\W*(?:no|nomor|nomer)\b(?!\W*(?:induk|nik))", re.IGNORECASE)
_NIK_LABEL = re.compile(r"^\W*n[i1l|]k(?=[\W0-9])", re.IGNORECASE)
_NAME_LABEL = re.compile(r"^\W*nama\b\W*(?P<name>.*)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z .,'\-]{2,59}")
_MOST_LINES = 200
# What identity cards of any kind say, or a number on them. Office signs say some of it, too: then
# a photo of the trouble stays hidden until somebody looks at it.
_OF_A_CARD = re.compile(
    r"\b(?:n[i1l|]k|nama|npwp|bpjs|sim)\b|lahir|kelamin|darah|alamat|agama|kawin|pekerjaan|kewarga|"
    r"berlaku|hingga|provins|kartu|keluarga|penduduk|surat ?izin|paspor|passport|"
    r"(?:[0-9oqdil|!sbz][ .\-]?){9}",
    re.IGNORECASE,
)


def read_card(lines: Sequence[str], today: date) -> Card | None:
    """Return what an identity card says, None if the lines are not those of one.

    A NIK counts only if its digits are plausible and no other number on the picture is.

    Args:
        lines: the text found on the picture, from top to bottom and left to right.
        today: the date at the tenant, for the century of a birth date.
    """
    lines = [line.strip()[:200] for line in lines[:_MOST_LINES]]
    if any(_FAMILY_CARD.search(line) for line in lines):
        return Card(family=True)
    found = {
        digits
        for index, line in enumerate(lines)
        if not _is_plain_number(lines, index)
        for digits in _numbers(line)
        if _is_plausible(digits, today)
    }
    if len(found) != 1:
        return None
    return Card(nik=found.pop(), name=_name(lines))


def shows_no_card(lines: Sequence[str]) -> bool:
    """Whether words were read on a picture, and none of them is what an identity card says.

    A picture without a word may be a card too blurred to read: a person looks at it.
    """
    return any(line.strip() for line in lines) and not any(
        _OF_A_CARD.search(line[:200]) for line in lines[:_MOST_LINES]
    )


def _is_plain_number(lines: Sequence[str], index: int) -> bool:
    """Whether the number of a line is called "No." there or just before it, as on a KK."""
    before = lines[index - 1] if index else ""
    alone = _PLAIN_NUMBER_LABEL.match(before) is not None and not any(map(str.isdigit, before))
    return alone or _PLAIN_NUMBER_LABEL.match(lines[index]) is not None


def _numbers(line: str) -> list[str]:
    """Return the numbers of sixteen places in a line, misread letters put right."""
    runs = (match[0] for match in _NUMBER.finditer(_NIK_LABEL.sub(" ", line)))
    bare = ("".join(char for char in run if char not in " .-") for run in runs)
    return [
        places.translate(_FIGURES)
        for places in bare
        if sum(map(str.isdigit, places)) >= _LEAST_FIGURES
    ]


def _is_plausible(digits: str, today: date) -> bool:
    check = check_nik(digits, today)
    return check.problem is None and not check.under_age


def _name(lines: Sequence[str]) -> str | None:
    """Return the name beside its label, or on the line after a label that stands alone."""
    for index, line in enumerate(lines):
        label = _NAME_LABEL.match(line)
        if label is None:
            continue
        beside = label["name"] or (lines[index + 1] if index + 1 < len(lines) else "")
        name = beside.strip(" :.,-'")
        return name if _NAME.fullmatch(name) else None
    return None
