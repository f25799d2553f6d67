"""The reporter's NIK: read from any typing, checked offline, told apart from everything alike.

PPKKCC DDMMYY SSSS: region of first registration, birth date (day + 40 for women), serial. There is
no check digit, so "valid" means plausible; only Dukcapil knows whether it exists (`NikVerifier`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from normalizer.draft import NikProblem
from normalizer.numbers import Number, NumberKind
from normalizer.regions import is_known_kecamatan, kabupaten_name

_ADULT_YEARS = 17


class NikVerifier(Protocol):
    """Asks Dukcapil, where the government has an agreement (UU 24/2013 art. 58)."""

    def exists(self, nik: str) -> bool | None:
        """Whether the NIK is registered; None when the service does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class NikCheck:
    """What the sixteen digits say.

    `doubts` are soft: unknown kecamatan, under 17, serial 0000.
    """

    problem: NikProblem | None
    sex: str | None = None
    birth_date: date | None = None
    doubts: tuple[str, ...] = ()

    @property
    def under_age(self) -> bool:
        """Whether the birth date makes the holder younger than 17: a child, or a KK number."""
        return "under_age" in self.doubts


@dataclass(frozen=True, slots=True)
class NikReading:
    """The reporter's NIK, or why there is none."""

    number: Number | None
    problem: NikProblem | None
    check: NikCheck | None = None
    confidence: float = 0.0


def check_nik(digits: str, today: date) -> NikCheck:
    """Check the structure of a NIK.

    Args:
        digits: only figures.
        today: the date at the tenant; decides the century and the age.
    """
    if len(digits) != 16:
        return NikCheck(NikProblem.INVALID_LENGTH)
    if kabupaten_name(digits[:4]) is None:
        return NikCheck(NikProblem.INVALID_REGION)
    day = int(digits[6:8])
    sex = "P" if day > 40 else "L"
    birth_date = _birth_date(day % 40 if day > 40 else day, digits, today)
    if day > 71 or birth_date is None:
        return NikCheck(NikProblem.INVALID_DATE)
    return NikCheck(None, sex, birth_date, _doubts(digits, birth_date, today))


def _birth_date(day: int, digits: str, today: date) -> date | None:
    """Return the birth date: 20YY unless that lies ahead, then 19YY."""
    month, year = int(digits[8:10]), int(digits[10:12])
    for century in (2000, 1900):
        try:
            birth_date = date(century + year, month, day)
        except ValueError:
            continue
        if birth_date <= today:
            return birth_date
    return None


def _doubts(digits: str, birth_date: date, today: date) -> tuple[str, ...]:
    birthday_to_come = (today.month, today.day) < (birth_date.month, birth_date.day)
    years = today.year - birth_date.year - birthday_to_come
    checks = (
        (not is_known_kecamatan(digits[:6]), "unknown_kecamatan"),
        (years < _ADULT_YEARS, "under_age"),
        (digits.endswith("0000"), "serial_zero"),
    )
    return tuple(name for holds, name in checks if holds)


def read_nik(
    numbers: Sequence[Number], today: date, *, answer_from: int | None = None, photo: bool = False
) -> NikReading:
    """Choose the reporter's NIK among the numbers of a draft.

    Args:
        numbers: from `find_numbers`, in order.
        today: see `check_nik`.
        answer_from: position from which numbers answer the question which NIK is the reporter's.
        photo: a KTP photo was sent.
    """
    candidates = [number for number in numbers if _may_be_reporter(number)]
    checked = [(number, check_nik(number.digits, today)) for number in candidates]
    good = _good(checked, answer_from)
    if len({number.digits for number, _ in good}) == 1:
        number, check = good[-1]
        return NikReading(number, None, check, 0.98 if number.labelled else 0.9)
    if good:
        return NikReading(None, NikProblem.MULTIPLE)
    return NikReading(None, _problem(numbers, checked, photo=photo))


def _may_be_reporter(number: Number) -> bool:
    if number.owner == "else":
        return False
    return number.kind is NumberKind.NIK or (
        number.kind is NumberKind.BARE and 14 <= len(number.digits) <= 17
    )


def _good(
    checked: Sequence[tuple[Number, NikCheck]], answer_from: int | None
) -> list[tuple[Number, NikCheck]]:
    """Keep the plausible ones; of several, those that the reporter calls their own."""
    good = [pair for pair in checked if pair[1].problem is None and not pair[1].under_age]
    if answer_from is not None:
        answered = [pair for pair in good if pair[0].start >= answer_from]
        good = answered or good
    own = [pair for pair in good if pair[0].owner == "self"]
    return own or good


def _problem(
    numbers: Sequence[Number], checked: Sequence[tuple[Number, NikCheck]], *, photo: bool
) -> NikProblem:
    """Name the most useful reason: what the reporter can put right with the next message."""
    problems = {check.problem for _, check in checked}
    for problem in (NikProblem.INVALID_DATE, NikProblem.INVALID_REGION, NikProblem.INVALID_LENGTH):
        if problem in problems:
            return problem
    kk = any(number.kind is NumberKind.KK for number in numbers)
    if kk or any(check.under_age for _, check in checked):
        return NikProblem.KK_ONLY
    return NikProblem.PHOTO_ONLY if photo else NikProblem.MISSING
