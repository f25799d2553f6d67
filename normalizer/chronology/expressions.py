"""Pieces of time that belong together: "kemarin | dari | jam 3 sore" is one expression."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normalizer.chronology import lexicon as lx
from normalizer.chronology.walk import Atom, AtomKind
from normalizer.wordlists import words


@dataclass(frozen=True, slots=True)
class Expression:
    """One time as told.

    Attributes:
        atoms: its pieces in order.
        start: begin of its cue ("sejak") or its first piece.
        end: end of its last piece.
        since: a word such as "sejak" stands before it.
        discounted: it is the end of a range, a habit, a deadline, a birth date.
        approximate: "sekitar", "kira-kira".
    """

    atoms: tuple[Atom, ...]
    start: int
    end: int
    since: bool = False
    discounted: bool = False
    approximate: bool = False

    def first(self, *kinds: AtomKind) -> Atom | None:
        """Return the first piece of one of the kinds."""
        return next((atom for atom in self.atoms if atom.kind in kinds), None)


_LINK = re.compile(
    r"[\s,.(:/\-]*(?:(?:sekitar|skitar|sekira|kira|kira2|kurang|lebih|kurleb|pada|pd|di|jam|hari|"
    r"hr|"
    r"tgl|tanggal|sejak|sjk|dari|dr|mulai|saat|waktu|pas|yaitu|yakni|tepatnya|nya|itu|bulan|bln|"
    r"wib|wita|"
    r"wit|tahun|thn|yang|yg|ini|an|antara|awal|akhir|tengah|pertengahan)\b[\s,.(:/\-]*)*\)?\s*"
)
_LINK_LENGTH = 30
_BREAKS_SENTENCE = re.compile(r"[.!?\n]\s*$|\n")
_CUE_REACH = 34
_WORD = re.compile(r"[a-z]+2?")
_FILLERS = (
    lx.APPROXIMATE
    | lx.DATE_WORDS
    | lx.MONTH_WORDS
    | lx.YEAR_WORDS
    | lx.CLOCK_WORDS
    | frozenset(lx.EDGES)
    | words(
        "hari hr pada pd di sudah sdh udah udh dah lah la tos selama saat waktu pas yang yg ini "
        "itu kira nya ada hampir lebih paling itu-an"
    )
)
_DISCOUNT = lx.UNTIL | lx.HABIT | lx.AHEAD
_BIRTH = words("lahir ttl kelahiran umur usia berumur berusia berlaku paling lambat batas")
_AFTERWARDS = words("depan mendatang nanti besok")
# The slots that an expression can fill once.
_SLOT: dict[AtomKind, str] = {
    AtomKind.DATE: "date",
    AtomKind.DAY: "day",
    AtomKind.MONTH: "month",
    AtomKind.YEAR: "year",
    AtomKind.WEEKDAY: "weekday",
    AtomKind.EVE: "weekday",
    AtomKind.RELATIVE: "relative",
    AtomKind.AGO: "ago",
    AtomKind.PERIOD: "period",
    AtomKind.CLOCK: "clock",
    AtomKind.PART: "part",
    AtomKind.PAST: "past",
    AtomKind.NOW: "now",
}
_ALONE = frozenset({AtomKind.PART, AtomKind.PAST, AtomKind.CLOCK})


def find_expressions(text: str, atoms: Sequence[Atom]) -> list[Expression]:
    """Group pieces of time into expressions, in order of the text."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        if groups and _belongs(text, groups[-1], atom):
            groups[-1].append(atom)
        else:
            groups.append([atom])
    return [_expression(text, group) for group in groups]


def _belongs(text: str, group: list[Atom], atom: Atom) -> bool:
    last = group[-1]
    gap = text[last.end : atom.start]
    if len(gap) > _LINK_LENGTH or _LINK.fullmatch(gap) is None or "\n" in gap:
        return False
    slots = {_SLOT[other.kind] for other in group}
    if _SLOT[atom.kind] in slots or atom.kind is AtomKind.NOW or "now" in slots:
        return False
    if ". " in gap and atom.kind not in _ALONE:
        return False
    return not (atom.kind is AtomKind.AGO and slots - {"past"})


def _expression(text: str, group: list[Atom]) -> Expression:
    start, end = group[0].start, group[-1].end
    before = _words_before(text, start)
    cue_start, since, discounted, approximate = start, False, False, False
    for word, position in before:
        if word in lx.SINCE:
            since, cue_start = True, position
            continue
        if word in _DISCOUNT or word in _BIRTH:
            discounted = True
        if word not in _FILLERS:
            break
        cue_start = position
        approximate = approximate or word in lx.APPROXIMATE
    inside = text[start:end]
    since = since or any(word in lx.SINCE for word in _WORD.findall(inside))
    approximate = approximate or any(word in lx.APPROXIMATE for word in _WORD.findall(inside))
    after = _WORD.match(text, end + 1)
    if after and after.group() in _AFTERWARDS:
        discounted = True
    return Expression(tuple(group), cue_start, end, since, discounted and not since, approximate)


def _words_before(text: str, start: int) -> list[tuple[str, int]]:
    """Return the words of the same sentence before a position, nearest first."""
    begin = max(0, start - _CUE_REACH)
    window = text[begin:start]
    cut = max(window.rfind(mark) for mark in ("\n", "! ", "? ", ", ", ". "))
    words = [(m.group(), begin + m.start()) for m in _WORD.finditer(window, cut + 1)]
    if begin and words and not text[begin - 1].isspace() and words[0][1] == begin:
        words = words[1:]
    return words[::-1]
