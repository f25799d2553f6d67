"""What an officer's words in a linked chat ask for. Pure.

``TERIMA``, ``DRAF`` with or without a number, ``LEPAS``; a quoted notice needs no word at all:
what is written is the draft.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_FIRST: Final = re.compile(r"\s*/?(TERIMA|DRAFT?|LEPAS|BACA)\b[\s.,:;-]*", re.IGNORECASE)
# "Terima kasih …" and "Terima laporan …" begin answers; a bare word or a mark after it orders.
_ACCEPTS: Final = re.compile(r"\s*/?TERIMA\s*(?:[.,:;\n-]|RENCANA\b|$)", re.IGNORECASE)
_BEFORE: Final = re.compile(r"\bsebelum(?:nya)?\b", re.IGNORECASE)


class Wish(StrEnum):
    """What is to be done."""

    ACCEPT = "accept"
    DRAFT = "draft"
    UNLINK = "unlink"
    READ = "read"  # nothing: parked notices leave because somebody wrote
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `words` are the plan or the draft, `ticket` the number that was written."""

    wish: Wish
    ticket: str | None = None
    words: str = ""


def read_order(text: str, *, quoted: bool) -> Order:
    """Return what `text` asks for; `quoted` says that it answers one of our notices."""
    first = _FIRST.match(text)
    word = first[1].upper() if first else ""
    rest = text[first.end() :].strip() if first else text.strip()
    if word in {"LEPAS", "BACA"} and not rest:
        return Order(Wish.UNLINK if word == "LEPAS" else Wish.READ)
    ticket, words = _split(rest)
    if word == "TERIMA" and (ticket or _ACCEPTS.match(text)):
        return Order(Wish.ACCEPT, ticket, _plan(words))
    if word.startswith("DRAF"):
        return Order(Wish.DRAFT, ticket, words)
    return Order(Wish.DRAFT, None, text.strip()) if quoted else Order(Wish.HELP)


def shows_before(text: str) -> bool:
    """Whether the words beside a photo say that it was taken before the work."""
    return _BEFORE.search(text) is not None


def _split(rest: str) -> tuple[str | None, str]:
    """Return the number at the beginning, if one stands there, and what follows it."""
    found = re.match(r"\d{2}-\d{5}-\d\b", rest)
    if found is None:
        return None, rest
    return found[0], rest[found.end() :].lstrip(" \t\n.,:;-")


def _plan(words: str) -> str:
    return re.sub(r"^RENCANA\b[\s.,:;-]*", "", words, flags=re.IGNORECASE).strip()
