"""What callers hear: the catalogue of prompts, filled with the government's own names."""

import csv
from collections.abc import Mapping
from pathlib import Path

from channels.call_prompts import CallPrompt, CallPrompts, Prompt, spoken_digits
from gateway.runtime import Profile


def read_call_prompts(path: Path, profile: Profile, audio: Mapping[str, str]) -> CallPrompts:
    """Read every prompt of a call.

    Args:
        path: the catalogue, with the columns ``key`` and ``teks``.
        profile: of the government.
        audio: public addresses of recorded prompts by key; those are played instead.

    Raises:
        ValueError: `audio` names an unknown key, or an address that is not https.
        KeyError: the catalogue lacks an occasion (a mistake in the program).
    """
    known = {occasion.value for occasion in CallPrompt}
    for key, url in audio.items():
        if key not in known or not url.startswith("https://"):
            raise ValueError(f"voice prompt {key}: not a known prompt with an https address")
    with path.open(encoding="utf-8", newline="") as file:
        texts = {row["key"]: row["teks"] for row in csv.DictReader(file)}
    values = {
        "APP": profile.app,
        "KAB": profile.kabupaten,
        "DARURAT": _spoken_emergency(profile),
    }
    return {
        occasion: Prompt(texts[occasion].format_map(values), audio.get(occasion.value))
        for occasion in CallPrompt
    }


def _spoken_emergency(profile: Profile) -> str:
    """Return the numbers as they are said: ``polisi satu satu nol, atau ambulans …``."""
    said = [
        f"{label.lower()} {spoken_digits(number)}"
        for label, number in profile.emergency_numbers
        if number.isascii() and number.isdigit()
    ]
    return ", atau ".join(said) or profile.emergency_number
