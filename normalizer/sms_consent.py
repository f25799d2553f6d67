"""What a citizen writes about hearing from us by SMS too: agreement, number, code, end of it.

Only a whole message counts, never a word inside a story.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 60
_MOBILE = re.compile(r"(?:\+?62|0)?(8[0-9]{8,11})")
_BETWEEN = re.compile(r"[\s().\-]+")
_AGREES = re.compile(
    r"(?:ya[, ]+)?(?:boleh |mau |lewat |via )*sms(?: saja| ya| boleh)?"
    r"(?: ke)?(?: nomor)?(?: ini)?(?P<rest>[: ]*[+0-9][0-9 ().\-]*)?[.!]?",
    re.IGNORECASE,
)
_STOPS = re.compile(r"(?:berhenti|stop|batal)[ ]+sms|sms[ ]+(?:berhenti|stop|batal)", re.IGNORECASE)
_CODE = re.compile(r"(?:kode[: ]*)?([0-9]{3})[ -]?([0-9]{3})[.!]?", re.IGNORECASE)


class Wish(StrEnum):
    """What the citizen wants of the SMS."""

    AGREE = "agree"
    STOP = "stop"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Consent:
    """A wish. `number` is E.164; `wrong` says that one was written that is no mobile number."""

    wish: Wish
    number: str | None = None
    wrong: bool = False
    code: str = ""


def read_consent(text: str) -> Consent | None:
    """Read a whole message, or the payload of a button, as a word about the SMS; None otherwise."""
    words = " ".join(text.split()) if len(text) <= _LONGEST else ""
    if _STOPS.fullmatch(words):
        return Consent(Wish.STOP)
    if code := _CODE.fullmatch(words):
        return Consent(Wish.CODE, code=code[1] + code[2])
    agreed = _AGREES.fullmatch(words)
    if agreed is None:
        return None
    written = agreed["rest"]
    number = mobile_number(written.lstrip(": ")) if written else None
    return Consent(Wish.AGREE, number=number, wrong=bool(written) and number is None)


def mobile_number(written: str) -> str | None:
    """Return an Indonesian mobile number as E.164 (``+62812…``), None if it is none."""
    found = _MOBILE.fullmatch(_BETWEEN.sub("", written))
    return None if found is None else f"+62{found[1]}"
