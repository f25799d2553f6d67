"""Wishes for secrecy, and every identity word that must not stand in a public text.

A wish that is missed leaks; so wording is read generously, and "dirahasiakan" that names no object
hides both the identity and the report.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from normalizer.names import Name, name_ranges
from normalizer.numbers import Number, NumberKind
from normalizer.wordlists import words

_IDENTITY = re.compile(
    r"\b(?:identitas\w*|nama(?:nya|ku)?|nm|data (?:diri|pribadi)|nomor (?:saya|hp)|no hp|pelapor|"
    r"jati ?diri)\b"
)
_REPORT = re.compile(
    r"\b(?:laporan(?:nya)?|aduan(?:nya)?|pengaduan|pesan|chat|keluhan|info|informasi|isi(?:nya)?)\b"
)
_SECRET_WORD = re.compile(
    r"\b(?:rahasia\w*|dirahasia\w*|dirahasikan|dirahasiain|merahasia\w*|confidential|tertutup|"
    r"dijaga kerahasiaan\w*|kerahasiaan\w*|sembunyi\w*|disembunyi\w*|samar\w*|disamar\w*)\b"
)
_KEEP_BACK = re.compile(
    r"\b(?:jangan(?:lah)?|jgn|jngn|jng|tidak (?:usah|perlu|mau|ingin|boleh|untuk)?|tdk (?:mau|"
    r"usah|perlu)?|"
    r"gak (?:mau|usah)|ga (?:mau|usah)|nggak (?:mau|usah)|enggan|tanpa|ulah|jan|"
    r"bukan untuk)\b[^.\n!?]{0,24}?"
    r"\b(?P<verb>(?:di)?(?:se)?sebar\w*|(?:di|me)?sebut\w*|nyebut\w*|(?:di|men)?cantum\w*|"
    r"(?:di)?tulis\w*|"
    r"(?:di)?tampil\w*|menampilkan|(?:di)?publik\w*|publish|(?:di)?bocor\w*|(?:di)?ekspos\w*|"
    r"(?:di)?"
    r"tayang\w*|(?:di)?posting\w*|(?:di)?muat\w*|(?:di)?umum\w*|(?:di)?kasih ?tau\w*|"
    r"(?:di)?ketahu\w*|"
    r"(?:di)?buka\w*|(?:di)?viral\w*|(?:di)?bagi\w*|(?:di)?share\w*|bilang\w*|nama|identitas)\b"
)
_PUBLIC = re.compile(
    r"\b(?:web(?:site)?|situs|publik|umum|medsos|sosmed|media sosial|facebook|fb|ig|instagram|"
    r"internet)\b"
)
_ANONYMOUS = re.compile(r"\b(?:anonim\w*|anonym\w*|inisial(?:nya)? saja|hamba allah|tanpa nama)\b")
_ONLY_OFFICERS = re.compile(
    r"\b(?:hanya|cukup|khusus|cuma) (?:untuk )?(?:petugas|admin|bapak|pak bupati|diskominfo|"
    r"inspektorat|internal)\b"
    r"[^.\n]{0,20}\b(?:tahu|tau|baca|lihat|liat|membaca|mengetahui)\b"
)
_FORM = re.compile(r"\b(?P<field>anonim|rahasia)\s*[:=]\s*(?P<value>\w+)")
_YES = words("ya iya y yes true 1 benar betul")
_NEGATED = re.compile(r"\b(?:tidak|tdk|gak|ga|nggak) (?:perlu|usah|harus|mau|minta)? ?(?:di)?$")
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


def read_wishes(low: str) -> tuple[bool, bool]:
    """Return (identity hidden, report not public) as asked for in the words of the citizen.

    Args:
        low: the transcript in lower case.
    """
    anonymous = secret = False
    stated: dict[str, bool] = {}
    for match in _FORM.finditer(low):
        stated[match.group("field")] = match.group("value") in _YES
    body = _FORM.sub(" ", low)
    for match in _ANONYMOUS.finditer(body):
        anonymous = anonymous or not _is_negated(body, match)
    for pattern in (_SECRET_WORD, _KEEP_BACK, _ONLY_OFFICERS):
        for match in pattern.finditer(body):
            hides, closes = _object_of(body, match, pattern)
            anonymous, secret = anonymous or hides, secret or closes
    return stated.get("anonim", anonymous), stated.get("rahasia", secret)


def _object_of(body: str, match: re.Match[str], pattern: re.Pattern[str]) -> tuple[bool, bool]:
    """Say what a wish is about: the identity, the report, or both."""
    if _is_negated(body, match):
        return False, False
    start = max(0, match.start() - _AROUND)
    before = re.split(r"[.!?\n]", body[start : match.start()])[-1]
    after = re.split(r"[.!?\n]", body[match.end() : match.end() + _AROUND])[0]
    around = f"{before}{match.group()}{after}"
    identity = _IDENTITY.search(around) is not None
    report = _REPORT.search(around) is not None
    if pattern is _ONLY_OFFICERS:
        return identity, not identity or report
    if pattern is _KEEP_BACK:
        public = _PUBLIC.search(around) is not None
        return identity, (report or public) and not identity
    if identity or report:
        return identity, report and not (identity and "laporan" not in before)
    return True, True


def _is_negated(body: str, match: re.Match[str]) -> bool:
    return _NEGATED.search(body[max(0, match.start() - 20) : match.start()]) is not None


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
    marks += [Mark(*match.span(), "email") for match in _EMAIL.finditer(text)]
    marks += [Mark(*match.span(), "plate") for match in _PLATE.finditer(text)]
    marks += [Mark(*match.span("plate"), "plate") for match in _SMALL_PLATE.finditer(text)]
    marks += [Mark(start, end, "name") for start, end in name_ranges(text, names)]
    return tuple(_apart(sorted(marks, key=lambda mark: (mark.start, -mark.end))))


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
    lines = ("".join(parts) + text[position:]).split("\n")
    return "\n".join(line for line in lines if not _is_identity_line(line)).strip()


def _is_identity_line(line: str) -> bool:
    return bool(line.strip()) and _LABELS_ONLY.fullmatch(line.lower()) is not None
