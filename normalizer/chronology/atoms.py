"""The smallest pieces of time in a text: dates, weekdays, clock times, "kemarin", "3 minggu".

One walk over the words; each word is looked up once, and only words of time are looked at closer.
So the time taken grows with the length of the text and with nothing else.
"""

import re
from collections.abc import Callable, Container, Iterable

from normalizer.chronology import lexicon as lx
from normalizer.chronology.figures import (
    read_date_word,
    read_number,
    read_number_word,
    read_one_unit,
    year_after,
)
from normalizer.chronology.walk import Atom, AtomKind, Walk, words_of

_CLOCK = re.compile(r"(\d{1,2})(?:\s?[.:]\s?(\d{2}))?(?!\d)(?:\s?(?:wib|wita|wit)\b)?")


def tells_time(line: str) -> bool:
    """Whether a line of lower case may tell a time: by figures or words of time.

    Some words of time tell one only before certain others: "tiga" before "hari", "hari" before
    "ini". At the end of a line anything may follow.
    """
    words = words_of(line)
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word.isdigit():
            return True
        reader = _READERS.get(word)
        if reader is not None and (not after or after in _FOLLOWERS.get(reader, words)):
            return True
    return False


def find_atoms(text: str, begin: int, end: int) -> list[Atom]:
    """Return the pieces of time that begin between two positions, in order.

    Args:
        text: in lower case, numbers masked; may hold words around those positions.
        begin: of the words to be read.
        end: of them.
    """
    walk = Walk(text)
    atoms: list[Atom] = []
    told = [
        index
        for index, (word, start, _) in enumerate(walk.words)
        if (word in _READERS or word.isdigit()) and begin <= start < end
    ]
    for index in told:
        if index < walk.index:
            continue
        walk.index = index
        atom = _READERS.get(walk.peek(), read_number)(walk)
        if atom is None:
            walk.index += 1
            continue
        atoms.append(atom)
        walk.skip_to(atom.end)
    return atoms


def _read_month(walk: Walk) -> Atom | None:
    """Read a month without a day; the short names need "bulan" or a year beside them."""
    word = walk.word()
    end, year = year_after(walk, 0)
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
    (lx.NUMBERS, read_number_word),
    (lx.ONE_UNIT, read_one_unit),
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
    (lx.DATE_WORDS, read_date_word),
    (lx.CLOCK_WORDS, _read_clock),
)
# Where a word stands in two lists, the later one reads it.
_READERS: dict[str, _Reader] = {word: reader for words, reader in _READER_WORDS for word in words}
# What must follow a word for its reader to find a time.
_FOLLOWERS: dict[_Reader, Container[str]] = {
    read_number_word: lx.COUNTED,
    _read_today: lx.THIS,
}
