"""What a caller hears: prompts that are played or read out, and numbers digit by digit.

Pure values. The texts come from the catalogue of prompts, already filled for the government.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


class CallPrompt(StrEnum):
    """The occasions; the values are the keys of the catalogue."""

    GREETING = "greeting"
    UNHEARD = "unheard"
    STILL_UNHEARD = "still_unheard"
    RECORDED = "recorded"
    WAITING = "waiting"
    NUMBER = "number"
    NUMBER_AGAIN = "number_again"
    PIN = "pin"
    NOT_READY = "not_ready"
    SMS_OFFER = "sms_offer"
    SMS_FOLLOWS = "sms_follows"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to say; `audio_url` is a recorded file that is played instead."""

    text: str
    audio_url: str | None = None


CallPrompts = Mapping[CallPrompt, Prompt]


def spoken_digits(digits: str) -> str:
    """Return digits as they are said: ``nol satu dua``."""
    return " ".join(_DIGITS[int(digit)] for digit in digits)


def spoken_ticket(ticket: str) -> tuple[str, ...]:
    """Return a number in the breaths in which it is said, so that it can be written down.

    ``26-00421-3``: "dua enam", "strip, nol nol empat dua satu", "strip tiga".
    """
    year, number, check = (spoken_digits(group) for group in ticket.split("-"))
    return year, f"strip, {number}", f"strip {check}"
