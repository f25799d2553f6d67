"""Times that begin with figures or number words: dates and elapsed times."""

import re

from normalizer.chronology import lexicon as lx
from normalizer.chronology.walk import Atom, AtomKind, Walk, Word

_NUMERIC = re.compile(r"(\d{1,2})\s?([/.\-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?![\d/]|\.\d)")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_ZONED = re.compile(r"(\d{1,2})[.:](\d{2})\s?(?:wib|wita|wit)\b")
_CENTURY = 2000
_LONGEST_DAY = 2
_LONGEST_AMOUNT = 3


def read_number(walk: Walk) -> Atom | None:
    """Read a date, a clock time with its zone, or an elapsed time that begins with figures."""
    word = walk.word()
    if len(word.text) > _LONGEST_AMOUNT:
        return _iso_date(walk, word)
    if len(word.text) > _LONGEST_DAY:
        return _elapsed(walk, int(word.text))
    return (
        _zoned_clock(walk, word)
        or _numeric_date(walk, word, prefixed=False)
        or _day_and_month(walk, word)
        or _elapsed(walk, int(word.text))
    )


def _iso_date(walk: Walk, word: Word) -> Atom | None:
    match = _ISO.match(walk.text, word.start)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return Atom(AtomKind.DATE, word.start, match.end(), day, month, year)


def _zoned_clock(walk: Walk, word: Word) -> Atom | None:
    match = _ZONED.match(walk.text, word.start)
    if match is None or int(match.group(1)) > 24:
        return None
    return Atom(
        AtomKind.CLOCK, word.start, match.end(), int(match.group(1)), minute=int(match.group(2))
    )


def _numeric_date(walk: Walk, word: Word, *, prefixed: bool) -> Atom | None:
    """Read 23/02/23, 1-7-26, 30/9; without a year only "/" counts, or "tgl" before it."""
    match = _NUMERIC.match(walk.text, word.start)
    if match is None or match.group() == "24/7":
        return None
    day, month = int(match.group(1)), int(match.group(3))
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    year = match.group(4)
    if not prefixed and not _looks_like_date(walk, match):
        return None
    return Atom(AtomKind.DATE, word.start, match.end(), day, month, _full_year(year))


def _looks_like_date(walk: Walk, match: re.Match[str]) -> bool:
    """Whether figures without "tgl" are a date: not RT/RW, a house number, or "1.5.20"."""
    separator, year = match.group(2), match.group(4)
    if year is not None:
        return len(year) == 4 or separator != "."
    if separator != "/":
        return False
    return walk.peek(-1) not in {"rt", "rw", "no", "nomor", "blok", "gg", "gang", "km", "kav"}


def _full_year(text: str | None) -> int:
    if text is None:
        return 0
    return int(text) if len(text) == 4 else _CENTURY + int(text)


def _day_and_month(walk: Walk, word: Word) -> Atom | None:
    """Read "12 mei 2026", "7agustus", "13 june"."""
    day = int(word.text) if len(word.text) <= 2 else 0
    month = lx.MONTHS.get(walk.peek(1), 0)
    step = 1
    if not month and walk.peek(1) in lx.MONTH_WORDS:
        month, step = lx.MONTHS.get(walk.peek(2), 0), 2
    if not month or not 1 <= day <= 31 or walk.word(step).start - word.end > 8:
        return None
    end, year = year_after(walk, step)
    return Atom(AtomKind.DATE, word.start, end, day, month, year)


def year_after(walk: Walk, step: int) -> tuple[int, int]:
    """Return where a month ends, with the year behind it, and that year or 0."""
    here = walk.word(step)
    following = step + 2 if walk.peek(step + 1) in lx.YEAR_WORDS else step + 1
    text = walk.peek(following)
    if text.isdigit() and len(text) == 4 and text.startswith("20"):
        word = walk.word(following)
        if word.start - here.end <= 8:
            return word.end, int(text)
    return here.end, 0


def _elapsed(walk: Walk, amount: int, *, first: int = 0) -> Atom | None:
    """Read "3 minggu", "5 hari lalu", "2 mlm"; "10 hari kerja" and "2 hari sekali" are none."""
    step = 2 if walk.peek(1) in lx.BETWEEN else 1
    unit = lx.UNITS.get(walk.peek(step))
    if unit is None or amount == 0 or walk.word(step).start - walk.word().end > 6:
        return None
    return _ago(walk, amount, unit, first, step)


def _ago(walk: Walk, amount: int, unit: str, first: int, last: int) -> Atom | None:
    after = walk.peek(last + 1)
    if after in {"kerja", "sekali", "kedepan", "lagi", "depan", "sebelum", "per", "kemudian"}:
        return None
    end = walk.word(last).end
    step = last + 1
    if walk.peek(step) in {"yang", "yg", "nya", "an", "lebih", "lbh"}:
        step += 1
    past = walk.peek(step) in lx.PAST or walk.peek(step) in lx.THIS | {"terakhir", "ago", "lebih"}
    if past:
        end = walk.word(step).end
    return Atom(AtomKind.AGO, walk.word(first).start, end, amount, unit=unit, edge=1 if past else 0)


def read_number_word(walk: Walk) -> Atom | None:
    """Read "tiga hari"."""
    return _elapsed(walk, lx.NUMBERS[walk.peek()])


def read_one_unit(walk: Walk) -> Atom | None:
    """Read "seminggu", "sebulan"."""
    return _ago(walk, 1, lx.ONE_UNIT[walk.peek()], 0, 0)


def read_date_word(walk: Walk) -> Atom | None:
    """Read what follows "tgl" or "tanggal"."""
    start = walk.word().start
    if not walk.peek(1).isdigit() or walk.word(1).start - walk.word().end > 4:
        return None
    walk.index += 1
    word = walk.word()
    found = (
        _iso_date(walk, word)
        or _numeric_date(walk, word, prefixed=True)
        or _day_and_month(walk, word)
    )
    if found is None and len(word.text) <= 2 and 1 <= int(word.text) <= 31:
        found = Atom(AtomKind.DAY, word.start, word.end, int(word.text))
    if found is None:
        return None
    return Atom(found.kind, start, found.end, found.number, found.month, found.year)
