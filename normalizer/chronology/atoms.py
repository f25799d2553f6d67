"""The smallest pieces of time in a text: dates, weekdays, clock times, "kemarin", "3 minggu".

One walk over the words; each word is looked up once, and only words of time are looked at closer.
So the time taken grows with the length of the text and with nothing else.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from normalizer.chronology import lexicon as lx


class AtomKind(StrEnum):
    """What a piece of time says."""

    DATE = "date"  # day, month and perhaps year
    DAY = "day"  # day of a month
    MONTH = "month"
    YEAR = "year"
    WEEKDAY = "weekday"
    EVE = "eve"  # "malam minggu": the night before
    RELATIVE = "relative"  # days back from the message
    AGO = "ago"  # elapsed time
    PERIOD = "period"  # "minggu lalu", "bulan ini"
    CLOCK = "clock"
    PART = "part"
    PAST = "past"  # "lalu": belongs to the piece before it
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of time; which numbers are set depends on its kind.

    `number`: day of month, weekday (Monday 0), days back, or amount. `unit`: unit of AGO and
    PERIOD, or the part of the day. `edge`: day of the month for "awal", "akhir".
    """

    kind: AtomKind
    start: int
    end: int
    number: int = 0
    month: int = 0
    year: int = 0
    minute: int | None = None
    unit: str = ""
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a row of figures with its place."""

    text: str
    start: int
    end: int


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?2?|\d+")
_NUMERIC = re.compile(r"(\d{1,2})\s?([/.\-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?![\d/]|\.\d)")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_CLOCK = re.compile(r"(\d{1,2})(?:\s?[.:]\s?(\d{2}))?(?!\d)(?:\s?(?:wib|wita|wit)\b)?")
_ZONED = re.compile(r"(\d{1,2})[.:](\d{2})\s?(?:wib|wita|wit)\b")
_CENTURY = 2000


class Walk:
    """The words of a text and the position that is being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
        self.index = 0

    def peek(self, step: int = 0) -> str:
        """Return a word near the position, or "" beyond either end."""
        index = self.index + step
        return self.words[index].text if 0 <= index < len(self.words) else ""

    def word(self, step: int = 0) -> Word:
        """Return a word near the position; it must exist."""
        return self.words[self.index + step]

    def skip_to(self, position: int) -> None:
        """Go on with the first word at or behind a position of the text."""
        while self.index < len(self.words) and self.words[self.index].start < position:
            self.index += 1


def find_atoms(text: str) -> list[Atom]:
    """Return the pieces of time in a text of lower case, numbers masked, in order."""
    walk = Walk(text)
    atoms: list[Atom] = []
    while walk.index < len(walk.words):
        reader = _READERS.get(walk.peek()) or (_read_number if walk.peek().isdigit() else None)
        atom = reader(walk) if reader else None
        if atom is None:
            walk.index += 1
            continue
        atoms.append(atom)
        walk.skip_to(atom.end)
    return atoms


def _read_number(walk: Walk) -> Atom | None:
    word = walk.word()
    return (
        _iso_date(walk, word)
        or _zoned_clock(walk, word)
        or _numeric_date(walk, word, prefixed=False)
        or _day_and_month(walk, word)
        or _elapsed(walk, int(word.text) if len(word.text) < 4 else 0)
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
    if match is None:
        return None
    day, month = int(match.group(1)), int(match.group(3))
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    year = match.group(4)
    if year is None and not prefixed and not _is_slashed_date(walk, match):
        return None
    if year is not None and len(year) == 2 and match.group(2) == "." and not prefixed:
        return None
    return Atom(AtomKind.DATE, word.start, match.end(), day, month, _full_year(year))


def _is_slashed_date(walk: Walk, match: re.Match[str]) -> bool:
    """Whether d/m without a year is a date and not RT/RW, a house number or "24/7"."""
    if match.group(2) != "/":
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
    end, year = _year_after(walk, step)
    return Atom(AtomKind.DATE, word.start, end, day, month, year)


def _year_after(walk: Walk, step: int) -> tuple[int, int]:
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
    step = 2 if walk.peek(1) in {"an", "x", "kali"} else 1
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


def _read_number_word(walk: Walk) -> Atom | None:
    return _elapsed(walk, lx.NUMBERS[walk.peek()])


def _read_one_unit(walk: Walk) -> Atom | None:
    return _ago(walk, 1, lx.ONE_UNIT[walk.peek()], 0, 0)


def _read_date_word(walk: Walk) -> Atom | None:
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


def _read_month(walk: Walk) -> Atom | None:
    """Read a month without a day; the short names need "bulan" or a year beside them."""
    word = walk.word()
    end, year = _year_after(walk, 0)
    named = walk.peek(-1) in lx.MONTH_WORDS
    if word.text in lx.SHORT_MONTHS and not year and not named:
        return None
    edge = lx.EDGES.get(walk.peek(-2 if named else -1), 0)
    return Atom(AtomKind.MONTH, word.start, end, month=lx.MONTHS[word.text], year=year, edge=edge)


def _read_weekday(walk: Walk) -> Atom | None:
    word = walk.word()
    before = walk.peek(-1)
    if word.text == "minggu" and not _is_sunday(walk, before):
        return _read_period(walk)
    day = lx.WEEKDAYS[word.text]
    if lx.PARTS.get(before) == "evening":
        return Atom(AtomKind.EVE, walk.word(-1).start, word.end, day)
    return Atom(AtomKind.WEEKDAY, word.start, word.end, day)


def _is_sunday(walk: Walk, before: str) -> bool:
    if before in {"hari", "hr", "ari"} or lx.PARTS.get(before) == "evening":
        return True
    after = walk.peek(1)
    return lx.PARTS.get(after) is not None or after in lx.DATE_WORDS or after.isdigit()


def _read_period(walk: Walk) -> Atom | None:
    """Read "minggu lalu", "bulan ini", "tahun kemarin", "tahun 2024"."""
    word = walk.word()
    unit = lx.UNITS[word.text]
    step = 2 if walk.peek(1) in {"yang", "yg"} else 1
    after = walk.peek(step)
    edge = lx.EDGES.get(walk.peek(-1), 0)
    if unit == "year" and after.isdigit() and len(after) == 4 and after.startswith(("19", "20")):
        return Atom(AtomKind.YEAR, word.start, walk.word(step).end, year=int(after))
    if after in lx.PAST or after in lx.THIS:
        back = 1 if after in lx.PAST else 0
        return Atom(AtomKind.PERIOD, word.start, walk.word(step).end, back, unit=unit, edge=edge)
    return None


def _read_since_year(walk: Walk) -> Atom | None:
    """Read a bare year behind "sejak" or "dari"."""
    after = walk.peek(1)
    if not (after.isdigit() and len(after) == 4 and after.startswith("20")):
        return None
    word = walk.word(1)
    return Atom(AtomKind.YEAR, word.start, word.end, year=int(after))


def _read_yesterday(walk: Walk) -> Atom:
    word = walk.word()
    if walk.peek(1) in {"lusa", "dulu"}:
        return Atom(AtomKind.RELATIVE, word.start, walk.word(1).end, 2)
    return Atom(AtomKind.RELATIVE, word.start, word.end, 1)


def _read_day_before_yesterday(walk: Walk) -> Atom | None:
    if walk.peek(1) not in lx.YESTERDAY:
        return None
    return Atom(AtomKind.RELATIVE, walk.word().start, walk.word(1).end, 2)


def _read_last_night(walk: Walk) -> Atom:
    word = walk.word()
    part = lx.PARTS.get(walk.peek(1), "")
    # Riau and Medan: "semalam" is yesterday, so "semalam siang" is yesterday noon.
    if part and part != "evening":
        return Atom(AtomKind.RELATIVE, word.start, walk.word(1).end, 1, unit=part)
    return Atom(AtomKind.RELATIVE, word.start, word.end, 1, unit="evening")


def _read_earlier_today(walk: Walk) -> Atom:
    word = walk.word()
    part = lx.PARTS.get(walk.peek(1), "")
    if not part:
        return Atom(AtomKind.RELATIVE, word.start, word.end, 0)
    back = 1 if part == "evening" and walk.peek(1) not in {"magrib", "maghrib", "isya"} else 0
    return Atom(AtomKind.RELATIVE, word.start, walk.word(1).end, back, unit=part)


def _read_part(walk: Walk) -> Atom | None:
    """Read "pagi ini", "sore tadi", or a bare part of the day."""
    word = walk.word()
    part = lx.PARTS[word.text]
    after = walk.peek(1)
    if word.text == "dini" and after != "hari":
        return None
    if word.text == "dini":
        return Atom(AtomKind.PART, word.start, walk.word(1).end, unit=part)
    if after in lx.EARLIER_TODAY or (after in lx.THIS and walk.peek(-1) not in lx.NUMBERS):
        back = 1 if part == "evening" and after in lx.EARLIER_TODAY else 0
        return Atom(AtomKind.RELATIVE, word.start, walk.word(1).end, back, unit=part)
    if part == "evening" and after in lx.WEEKDAYS:
        walk.index += 1
        return _read_weekday(walk)
    return Atom(AtomKind.PART, word.start, word.end, unit=part)


def _read_today(walk: Walk) -> Atom | None:
    if walk.peek(1) not in lx.THIS:
        return None
    return Atom(AtomKind.RELATIVE, walk.word().start, walk.word(1).end, 0)


def _read_just(walk: Walk) -> Atom | None:
    """Read "baru saja", "baru aja", "barusan"."""
    word = walk.word()
    if word.text in lx.JUST_NOW:
        return Atom(AtomKind.NOW, word.start, word.end, 1)
    if walk.peek(1) in {"saja", "aja", "sj", "ja"}:
        return Atom(AtomKind.NOW, word.start, walk.word(1).end, 1)
    return None


def _read_now(walk: Walk) -> Atom:
    word = walk.word()
    return Atom(AtomKind.NOW, word.start, word.end)


def _read_clock(walk: Walk) -> Atom | None:
    """Read what follows "jam" or "pukul"; "setengah 11" is 10.30."""
    start = walk.word().start
    half = walk.peek(1) in {"setengah", "stengah", "stgh", "1/2"}
    step = 2 if half else 1
    if walk.peek(step) in lx.NUMBERS:
        hour, end, minute = lx.NUMBERS[walk.peek(step)], walk.word(step).end, None
    elif walk.peek(step).isdigit() and walk.word(step).start - walk.word(step - 1).end <= 3:
        match = _CLOCK.match(walk.text, walk.word(step).start)
        if match is None:
            return None
        hour, end = int(match.group(1)), match.end()
        minute = int(match.group(2)) if match.group(2) else None
    else:
        return None
    if half:
        hour, minute = (hour - 1) % 24, 30
    if hour > 24 or (minute or 0) > 59:
        return None
    return Atom(AtomKind.CLOCK, start, end, hour, minute=minute)


def _read_past(walk: Walk) -> Atom:
    word = walk.word()
    return Atom(AtomKind.PAST, word.start, word.end)


_Reader = Callable[[Walk], Atom | None]
_READER_WORDS: tuple[tuple[Iterable[str], _Reader], ...] = (
    (lx.NUMBERS, _read_number_word),
    (lx.ONE_UNIT, _read_one_unit),
    (lx.SINCE, _read_since_year),
    (lx.MONTHS, _read_month),
    (lx.MONTH_WORDS | lx.YEAR_WORDS | {"pekan"}, _read_period),
    (("lalu", "lepas", "lampau", "silam"), _read_past),
    (lx.WEEKDAYS, _read_weekday),
    (lx.PARTS, _read_part),
    (("hari", "hr"), _read_today),
    (lx.YESTERDAY, _read_yesterday),
    (("lusa",), _read_day_before_yesterday),
    (lx.LAST_NIGHT, _read_last_night),
    (lx.EARLIER_TODAY, _read_earlier_today),
    (lx.NOW, _read_now),
    (lx.JUST_NOW | {"baru"}, _read_just),
    (lx.DATE_WORDS, _read_date_word),
    (lx.CLOCK_WORDS, _read_clock),
)
# Where a word stands in two lists, the later one reads it.
_READERS: dict[str, _Reader] = {word: reader for words, reader in _READER_WORDS for word in words}
