"""What somebody typed into the search box, and which words they may have meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from gateway.cases.recording_form import read_phone
from gateway.listing.list_filter import clean_words, holds_identity
from normalizer.ticket import looks_like_ticket, parse_ticket
from store import terms
from store.search import Term

_NIK_LENGTH = 16
_MOST_TERMS = 12
_MOST_MISTYPED = 4
_LONG_WORD = 8
_ALTERNATIVES = 3
_RARE = 3
_COMMONER = 10
_TOKEN = re.compile(r'-?"([^"]*)"|(\S+)')
_WORD = re.compile(r"[a-z]{4,24}")
_DIGITS = re.compile(r"\d")
_PD = re.compile(r"\bpd:(\S+)", re.IGNORECASE)


class What(StrEnum):
    """What kind of thing was typed."""

    NOTHING = "nothing"
    TICKET = "ticket"
    WRONG_TICKET = "wrong_ticket"  # shaped like one; its check digit is wrong
    NIK = "nik"
    PHONE = "phone"
    NUMBER = "number"  # many digits, but neither NIK nor phone
    WORDS = "words"


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """What was typed; `value` is a ticket, a NIK, an E.164 number or words. Never printed."""

    what: What
    value: str = ""
    pd_hint: str = ""


def read_typed(typed: str) -> Typed:
    """Say what was typed. Separators may be wrong or missing, as people dictate numbers."""
    text = " ".join(typed.replace("\0", " ").split())
    if not text:
        return Typed(What.NOTHING)
    ticket = parse_ticket(text)
    if ticket is not None:
        return Typed(What.TICKET, ticket)
    digits = "".join(_DIGITS.findall(text))
    if holds_identity(text):
        return _number(text, digits)
    if looks_like_ticket(text):
        return Typed(What.WRONG_TICKET)
    hint = _PD.search(text)
    words = clean_words(_PD.sub(" ", text))
    return Typed(What.WORDS, words, hint[1] if hint else "")


def terms_of(words: str) -> list[Term]:
    """Return the parts of a search: words, "phrases", and -left-out ones; none means no search."""
    found = []
    for match in list(_TOKEN.finditer(words))[:_MOST_TERMS]:
        phrase, word = match[1], match[2]
        text = (phrase if phrase is not None else word or "").strip()
        excluded = match[0].startswith("-")
        if any(character.isalnum() for character in text):
            found.append(Term([text.lstrip("-")], phrase=phrase is not None, excluded=excluded))
    return found if any(not term.excluded for term in found) else []


def forgiving(session: Session, searched: Sequence[Term]) -> tuple[list[Term], bool]:
    """Return the search with the words that mistyped ones may mean; whether any was added.

    A word counts as mistyped when the texts do not know it or hardly ever have it.
    """
    words = [_plain(term) for term in searched]
    uses = terms.uses_of(session, [word for word in words if word])
    doubtful = [word for word in words if word and uses.get(word, 0) <= _RARE][:_MOST_MISTYPED]
    if not doubtful:
        return list(searched), False
    lengths = [(len(word) - 2, len(word) + 2) for word in doubtful]
    known = terms.of_lengths(session, lengths)
    more = {word: _alike(word, known, uses.get(word, 0)) for word in doubtful}
    expanded = [
        Term([*term.forms, *more.get(word, ())], term.phrase, term.excluded)
        for term, word in zip(searched, words, strict=True)
    ]
    return expanded, any(more.values())


def _plain(term: Term) -> str:
    """Return the word of a term if typing errors in it may be forgiven, else nothing."""
    word = term.forms[0].lower()
    return word if not term.phrase and not term.excluded and _WORD.fullmatch(word) else ""


def _alike(word: str, known: Mapping[str, int], own_uses: int) -> list[str]:
    """Return the words that are one typing error away (two in long words), the likeliest first."""
    allowed = 2 if len(word) >= _LONG_WORD else 1
    found = []
    for other, uses in known.items():
        if other == word or uses < own_uses * _COMMONER:
            continue
        distance = OSA.distance(word, other, score_cutoff=allowed)
        if distance <= allowed:
            found.append((distance, -uses, other))
    return [other for _, _, other in sorted(found)[:_ALTERNATIVES]]


def _number(text: str, digits: str) -> Typed:
    if len(digits) == _NIK_LENGTH and not text.lstrip().startswith("+"):
        return Typed(What.NIK, digits)
    phone = read_phone(text)
    return Typed(What.PHONE, phone) if phone else Typed(What.NUMBER)
