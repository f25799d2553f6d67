"""Wishes for secrecy, and every identity word that must not stand in a public text.

A wish that is missed leaks; so wording is read generously, and "dirahasiakan" that names no object
hides both the identity and the report.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from normalizer.memo import line_by_line, lines_of, placed
from normalizer.names import Name, name_ranges
from normalizer.numbers import Number, NumberKind
from normalizer.wordlists import words

_NOT = r"(?:tidak|tdk|gak|ga|nggak|tak|ndak)"
_WHO = r"(?:saya|sy|sya|aku|ak|kami|ane|gue|gw|awak|sayo|saye|kamek|abdi|ambo)"
_TELLS = r"(?:(?:me)?lapor\w*|(?:nge|me)?(?:ng)?adu\w*|pelapor\w*)"
_IDENTITY = re.compile(
    r"\b(?:identitas\w*|nama(?:nya|ku)?|nm|data (?:diri|pribadi)|nomor (?:saya|hp)|no hp|"
    rf"pelapor\w*|jati ?diri|privasi\w*|pengadu|{_WHO}(?:nya)? (?:ini )?(?:yang |yg )?{_TELLS}|"
    rf"(?:siapa|yang|yg) (?:yang |yg )?{_TELLS}|siapa {_WHO}|dari {_WHO}|nami)\b"
)
_REPORT = re.compile(
    r"\b(?:laporan(?:nya)?|aduan(?:nya)?|pengaduan|pesan|chat|keluhan|info|informasi|isi(?:nya)?)\b"
)
_SECRET_WORD = re.compile(
    r"\b(?:rahasia\w*|dirahasia\w*|dirahasikan|dirahasiain|merahasia\w*|confidential|"
    r"dijaga kerahasiaan\w*|kerahasiaan\w*|"
    r"(?:(?:laporan|aduan|pengaduan|pesan|bersifat|secara)(?: (?:ini|saya|kami|yang|yg))? "
    r"tertutup)|"
    r"ditutup (?:untuk|dari|bagi) (?:umum|publik)|bukan (?:untuk )?konsumsi (?:publik|umum))\b"
)
# Hiding needs an object: "kepala desa sembunyikan dana" is no wish.
_HIDE = re.compile(
    r"\b(?:(?:di|me)?(?:sem|ny|nyem)bunyi\w*|(?:di|me)?samar\w*|(?:di|men|me)?jaga\w*|"
    r"(?:di|me)?lindung\w*|(?:di|meng)?aman\w*|(?:di)?hapus\w*)\b"
)
_VERB = (
    r"(?:(?:di)?(?:se)?sebar\w*|(?:di)?sebarluas\w*|(?:di|me)?sebut\w*|nyebut\w*|"
    r"(?:di|men)?cantum\w*|(?:di)?tulis\w*|(?:di|me)?tampil\w*|menampilkan|muncul\w*|"
    r"(?:di|mem)?publi[ks]\w*|nyebat\w*|keluar\w*|(?:di|mem)?bocor\w*|(?:di|meng)?ekspos\w*|(?:di|meng)?ungkap\w*|"
    r"(?:di|me)?tayang\w*|(?:di|me)?posting\w*|(?:di|me)?muat\w*|(?:di|meng)?umum\w*|"
    r"(?:di)?ka?sih ?ta(?:h)?u\w*|(?:di|mem)?beri ?tahu\w*|(?:di)?ketahu\w*|(?:di)?kenal\w*|"
    r"keta(?:h)?uan|ta(?:h)?u|(?:di|mem)?buka\w*|(?:di)?viral\w*|(?:di|mem)?bagi\w*|(?:di)?share\w*|"
    r"(?:di)?bilang\w*)"
)
# Who asks in the imperative, asks us; who tells what somebody "tidak mau", may tell about others.
_IMPERATIVE = (
    r"(?:jangan(?:lah)?|jgn|jngn|jng|jan|ulah|tanpa|(?:tidak|tdk|gak|ga|nggak|tak|ndak)? ?"
    r"(?:usah|perlu)|gausah|bukan untuk|enggan)"
)
_KEEP_BACK = re.compile(
    rf"\b{_IMPERATIVE}\b[^.\n!?]{{0,24}}?\b(?P<verb>{_VERB}|nama|identitas|ka?sih)\b"
)
_UNWILLING = re.compile(
    rf"\b{_NOT} (?:(?:mau|ingin|boleh|untuk|akan|pengen) (?:\w+ )?)?(?=di|se|muncul|tampil|me?n)"
    rf"(?P<verb>{_VERB})\b"
)
# "Tidak mau disebut": in the passive it is the speaker who does not want it.
_RELUCTANT = re.compile(rf"{_NOT} (?:mau|ingin|pengen|boleh) (?:\w+ )?(?:di|muncul|tampil)")
_ASKING = re.compile(
    r"\b(?:mohon|mhn|tolong|tlg|harap\w*|minta|agar|supaya|biar|semoga|sebaiknya|ingin|"
    rf"{_WHO})\b"
)
_PUBLIC = re.compile(
    r"\b(?:web(?:site)?|situs|publik|umum|medsos|sosmed|media sosial|facebook|fb|ig|instagram|"
    r"internet)\b"
)
_NAMES_ME = (
    rf"(?:identitas\w*|jati ?diri\w*|data diri|(?:nama|data|profil|foto) {_WHO}|namaku|namanya|"
    r"nama pelapor)"
)
_FILLER = rf"(?:{_WHO}|mohon|mhn|tolong|tlg|minta|harap|agar|supaya|biar|dulu|ini|nya|ya|sebagai)"
# "Identitas ditutup ya": closing is a wish only beside the words for who one is.
_CLOSE = (
    r"(?:(?:di)?(?:tutup|sensor|blur|kunci|umpet|hide|kosong|samar|ganti|privat|private)"
    r"(?:i|in|kan|ken)?)\b"
)
_ANONYMOUS = re.compile(
    r"\b(?:anonim\w*|anonym\w*|inisial(?:nya)?(?: nama)? (?:saja|aja|sj)|hamba allah|tanpa nama|"
    rf"nama samaran|takut keta(?:h)?uan|off the record|{_NAMES_ME} (?:{_FILLER} ){{0,4}}{_CLOSE}|"
    rf"{_CLOSE} (?:{_FILLER} ){{0,2}}{_NAMES_ME}|{_NOT} (?:mau|ingin|pengen) (?:dikenal\w*|"
    r"keta(?:h)?uan|nama (?:saya|sy|aku|kami)))\b"
)
_ONLY_OFFICERS = re.compile(
    r"\b(?:hanya|cukup|khusus|cuma) (?:untuk |buat |antara |ke )?(?:petugas|admin|bapak|pak bupati|"
    r"bupati|walikota|diskominfo|inspektorat|internal|kita)\b"
    r"(?:[^.\n]{0,20}\b(?:tahu|tau|baca|lihat|liat|membaca|mengetahui)\b|(?: (?:saja|aja|sj))?$)",
    re.MULTILINE,
)
# One of these stands in every wording above.
_STEMS = (
    *("anon", "inisial", "hamba", "tanpa", "samar", "takut", "off", "tutup", "sensor", "blur"),
    *("kunci", "umpet", "hide", "kosong", "ganti", "priva", "rahas", "confid", "konsumsi"),
    *("bunyi", "jaga", "lindung", "aman", "hapus", "jan", "jgn", "jng", "ulah", "usah", "perlu"),
    *("bukan untuk", "enggan", "tidak ", "tdk ", "gak ", "ga ", "tak ", "ndak "),
    *("hanya", "cukup", "khusus", "cuma"),
)
_FORM = re.compile(r"\b(?P<field>anonim|rahasia)\s*[:=]\s*(?P<value>\w+)")
_YES = words("ya iya y yes true 1 benar betul")
_NEGATED = re.compile(r"\b(?:tidak|tdk|gak|ga|nggak) (?:perlu|usah|harus|mau|minta)? ?(?:di)?$")
_NEGATION_LENGTH = 20
_AROUND = 40

_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{2,24}){1,4}")
_PLATE_AREAS = (
    "A|B|D|E|F|G|H|K|L|M|N|P|R|S|T|W|Z|AA|AB|AD|AE|AG|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|DA|DB|DC|"
    "DD|DE|"
    "DG|DH|DK|DL|DM|DN|DP|DR|DS|DT|DW|EA|EB|ED|KB|KH|KT|KU|PA|PB"
)
_PLATE = re.compile(rf"(?<![\w/.])(?:{_PLATE_AREAS})[ \-]?\d{{2,4}}[ \-]?[A-Z]{{1,3}}(?!\w)")
_SMALL_PLATE = re.compile(
    r"\b(?:plat|pelat|nopol)(?: no(?:mor)?)?[ .:]{1,3}(?P<plate>[a-z]{1,2} ?\d{2,4} ?[a-z]{1,3})\b",
    re.I,
)
_WORDS = {
    "nik": "[NIK disamarkan]",
    "kk": "[nomor KK disamarkan]",
    "phone": "[nomor HP disamarkan]",
    "email": "[email disamarkan]",
    "plate": "[pelat nomor disamarkan]",
    "name": "[nama disamarkan]",
    "number": "[nomor disamarkan]",
}
_NUMBER_WORD = {
    NumberKind.NIK: "nik",
    NumberKind.KK: "kk",
    NumberKind.PHONE: "phone",
}
# What is left of a line that held only an identity.
_LABELS_ONLY = re.compile(
    r"(?:\b(?:nik|no|nomor|ktp|kk|hp|wa|nama|saya|sy|sayo|ini|ni|dan|anonim|rahasia|ya|tidak|"
    r"email|maaf|"
    r"kepotong|name|ibu|bapak|pak|bu|oiya|oh)\b|\[[^\]]{0,40}disamarkan\]|[\s:;=.,()\-/])*"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An identity word in the transcript: range and what it is (see `Redaction.what`)."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """What stands around a wish, inside its sentence."""

    before: str
    identity: bool
    report: bool
    public: bool
    asking: bool


def read_wishes(low: str) -> tuple[bool, bool]:
    """Return (identity hidden, report not public) as asked for in the words of the citizen.

    Args:
        low: the transcript in lower case.
    """
    stated: dict[str, bool] = {}
    body = low
    if "anonim" in low or "rahasia" in low:
        for match in _FORM.finditer(low):
            stated[match.group("field")] = match.group("value") in _YES
        body = _FORM.sub(" ", low)
    lines = lines_of(body)
    # No wish runs over the end of a line, but the word that negates it may stand above.
    wishes = _wishes_in(
        [
            f"{lines[index - 1][-_NEGATION_LENGTH:] if index else ''}\n{line}"
            for index, (line, may_wish) in enumerate(zip(lines, _may_wish(lines), strict=True))
            if may_wish
        ]
    )
    anonymous = any(hides for hides, _ in wishes)
    secret = any(closes for _, closes in wishes)
    return stated.get("anonim", anonymous), stated.get("rahasia", secret)


@line_by_line
def _may_wish(line: str) -> bool:
    return any(map(line.__contains__, _STEMS))


@line_by_line
def _wishes_in(text: str) -> tuple[bool, bool]:
    """Read the wishes of the second of two lines."""
    begin = text.index("\n") + 1
    anonymous = secret = False
    for match in _ANONYMOUS.finditer(text, begin):
        anonymous = anonymous or not _is_negated(text, match)
    for pattern, judge in _WISHES:
        for match in pattern.finditer(text, begin):
            if not _is_negated(text, match):
                hides, closes = judge(_clause(text, match))
                anonymous, secret = anonymous or hides, secret or closes
    return anonymous, secret


def _clause(body: str, match: re.Match[str]) -> _Clause:
    start = max(0, match.start() - _AROUND)
    before = re.split(r"[.!?\n]", body[start : match.start()])[-1]
    after = re.split(r"[.!?\n]", body[match.end() : match.end() + _AROUND])[0]
    whole = f"{before}{match.group()}{after}"
    return _Clause(
        before=before,
        identity=_IDENTITY.search(whole) is not None,
        report=_REPORT.search(whole) is not None,
        public=_PUBLIC.search(whole) is not None,
        asking=_ASKING.search(whole) is not None or _RELUCTANT.match(match.group()) is not None,
    )


def _of_secrecy(clause: _Clause) -> tuple[bool, bool]:
    """Judge "rahasia": without an object it hides both."""
    if clause.identity or clause.report:
        both = clause.identity and "laporan" not in clause.before
        return clause.identity, clause.report and not both
    return True, True


def _of_hiding(clause: _Clause) -> tuple[bool, bool]:
    return clause.identity and clause.asking, False


def _of_keeping_back(clause: _Clause) -> tuple[bool, bool]:
    return clause.identity, (clause.report or clause.public) and not clause.identity


def _of_unwillingness(clause: _Clause) -> tuple[bool, bool]:
    return _of_keeping_back(clause) if clause.asking else (False, False)


def _of_readers(clause: _Clause) -> tuple[bool, bool]:
    return clause.identity, not clause.identity or clause.report


_WISHES: tuple[tuple[re.Pattern[str], Callable[[_Clause], tuple[bool, bool]]], ...] = (
    (_SECRET_WORD, _of_secrecy),
    (_HIDE, _of_hiding),
    (_KEEP_BACK, _of_keeping_back),
    (_UNWILLING, _of_unwillingness),
    (_ONLY_OFFICERS, _of_readers),
)


def _is_negated(body: str, match: re.Match[str]) -> bool:
    before = body[max(0, match.start() - _NEGATION_LENGTH) : match.start()]
    return _NEGATED.search(before) is not None


def find_marks(text: str, numbers: Sequence[Number], names: Sequence[Name]) -> tuple[Mark, ...]:
    """Find every identity word, in order, none inside another.

    Args:
        text: the transcript's text.
        numbers: long numbers found in it.
        names: names of persons found in it.
    """
    marks = [
        Mark(number.start, number.end, _NUMBER_WORD.get(number.kind, "number"))
        for number in numbers
    ]
    marks += _marks_in(text)
    marks += [Mark(start, end, "name") for start, end in name_ranges(text, names)]
    return tuple(_apart(sorted(marks, key=lambda mark: (mark.start, -mark.end))))


@placed
def _marks_in(line: str, position: int) -> tuple[Mark, ...]:
    """Find addresses and plates; none runs over the end of a line."""
    spans = [(match.span(), "email") for match in _EMAIL.finditer(line)]
    spans += [(match.span(), "plate") for match in _PLATE.finditer(line)]
    spans += [(match.span("plate"), "plate") for match in _SMALL_PLATE.finditer(line)]
    return tuple(Mark(position + start, position + end, what) for (start, end), what in spans)


def _apart(marks: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in marks:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def redact(text: str, marks: Sequence[Mark], offset: int = 0) -> str:
    """Replace marked ranges by a word for what stood there; drop lines that held nothing else.

    Args:
        text: one message.
        marks: those that lie in it, in order.
        offset: where the message begins in the transcript.
    """
    parts: list[str] = []
    position = 0
    for mark in marks:
        start, end = max(mark.start - offset, position), min(mark.end - offset, len(text))
        parts.append(text[position:start] + _WORDS[mark.what])
        position = end
    return without_identity_lines(["".join(parts) + text[position:]])[0]


@line_by_line
def without_identity_lines(text: str) -> str:
    """Return a redacted text without the lines that hold nothing but an identity and its label."""
    if "\n" not in text:
        return "" if _is_identity_line(text) else text.strip()
    return "\n".join(line for line in text.split("\n") if not _is_identity_line(line)).strip()


def _is_identity_line(line: str) -> bool:
    return bool(line.strip()) and _LABELS_ONLY.fullmatch(line.lower()) is not None
