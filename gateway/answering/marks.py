"""What in a text for the public looks as if it named a person: marked for the officer who decides.

Numbers that must not stay are refused by `gateway.casework.disposal`; a mark is a hint, no verdict.
"""

import re
from dataclasses import dataclass

_TITLE = r"\b(?:[Pp]ak|[Bb]u|[Bb]apak|[Ii]bu|[Ss]dri?\.?|[Hh]j?\.)\s"
_OFFICE = r"(?!RT\b|RW\b|Camat\b|Lurah\b|Kades\b|Bupati\b|Kepala\b)"
_NAME = r"[A-Z][\w'.-]{1,40}(?:\s[A-Z][\w'.-]{1,40})?"
_SIGNS = (
    ("nomor panjang", r"(?<!\d)(?:\+?62|0)8(?:[ .-]?\d){7,11}(?!\d)"),
    ("nomor panjang", r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)"),
    ("alamat surel", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{1,63}"),
    ("pelat nomor", r"\b(?!R[TW]\b)[A-Z]{1,2} ?\d{1,4} ?[A-Z]{1,3}\b"),
    ("nama orang", _TITLE + _OFFICE + _NAME),
    ("nama orang", rf"\b(?:nama(?:nya)?|atas nama|a\.?n\.?)\s(?:saya\s)?{_NAME}"),
    ("rumah seseorang", r"\b(?:rumah|[Nn]o(?:mor|\.)?)\s?\d{1,4}[A-Za-z]?\b"),
    ("akun", r"(?<![\w@])@\w{3,40}"),
)
_ALL = re.compile("|".join(f"(?P<s{place}>{pattern})" for place, (_, pattern) in enumerate(_SIGNS)))


@dataclass(frozen=True, slots=True)
class Marked:
    """A run of text; `why` says what it looks like, empty where it is nothing."""

    text: str
    why: str = ""


def marked(text: str) -> list[Marked]:
    """Return the text cut where something looks as if it named a person."""
    pieces, place = [], 0
    for found in _ALL.finditer(text):
        if found.start() > place:
            pieces.append(Marked(text[place : found.start()]))
        pieces.append(Marked(found[0], _SIGNS[int((found.lastgroup or "s0")[1:])][0]))
        place = found.end()
    return [*pieces, Marked(text[place:])] if place < len(text) else pieces
