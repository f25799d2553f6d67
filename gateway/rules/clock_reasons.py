"""Why a deadline falls when it does ("Kenapa batas ini?"): the stored explanation of a clock.

An explanation is a JSON object: ``rule`` in words, ``start`` and ``due`` (the first deadline, in
the office's zone), the ``days`` counted and skipped, then ``pauses`` and ``stops`` with what each
added. First deadline and additions together are the stored one.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from gateway.rules.dates import short_day

_WORDS = {"pauses": "Jeda menunggu warga", "stops": "Berhenti sampai dilanjutkan"}


def first_due(explanation: Mapping[str, Any], due_there: datetime) -> dict[str, Any]:
    """Return the explanation with the first deadline (`due_there`, aware, in the office's zone)."""
    return {**explanation, "due": due_there.isoformat()}


def added(explanation: Any, kind: str, since: datetime, length: timedelta) -> dict[str, Any]:
    """Return the explanation with one more addition.

    Args:
        explanation: as stored, None for none.
        kind: ``pauses`` (a citizen was asked) or ``stops`` (the clock was stopped and runs on).
        since: when it began, aware.
        length: what was added to the deadline.
    """
    kept = dict(explanation or {})
    entry = {"from": since.isoformat(), "seconds": length.total_seconds()}
    return {**kept, kind: [*kept.get(kind, ()), entry]}


def summed(explanation: Mapping[str, Any]) -> datetime:
    """Return the deadline (aware) that first deadline and additions make together."""
    seconds = sum(entry["seconds"] for kind in _WORDS for entry in explanation.get(kind, ()))
    return datetime.fromisoformat(explanation["due"]) + timedelta(seconds=seconds)


def explain(explanation: Mapping[str, Any] | None) -> list[str]:
    """Return the explanation as sentences."""
    known = explanation or {}
    lines = [f"Aturan: {known.get('rule', '-')}."]
    for entry in known.get("days", ()):
        day = short_day(date.fromisoformat(entry["day"]))
        lines.append(f"{day}: {'dihitung' if entry['counted'] else 'dilewati, ' + entry['why']}.")
    additions = [
        f"{words}: {length_words(timedelta(seconds=entry['seconds']))} ditambahkan."
        for kind, words in _WORDS.items()
        for entry in known.get(kind, ())
    ]
    if additions and "due" in known:
        due_there = summed(known)
        additions.append(f"Batas menjadi {short_day(due_there.date())} {due_there:%H.%M}.")
    return lines + additions


def length_words(length: timedelta) -> str:
    """Return e.g. ``1 hr 4 jam``, ``6 jam`` or ``40 mnt``."""
    minutes = int(length.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} hr {hours} jam" if hours else f"{days} hr"
    if hours:
        return (
            f"{hours} jam" if hours >= 10 or not minutes % 60 else f"{hours} jam {minutes % 60} mnt"
        )
    return f"{minutes} mnt"
