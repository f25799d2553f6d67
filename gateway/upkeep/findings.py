"""What providers said when they were asked, as it is remembered and as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.admin import Finding, Health
from gateway.rules.dates import local, long_day
from store import states

_HEALTH_WORDS = {Health.GOOD: "Baik", Health.NOTE: "Perhatikan", Health.BAD: "Bermasalah"}
_TONES = {Health.GOOD: "good", Health.NOTE: "near", Health.BAD: "late"}
_SUBJECT_WORDS = {
    "credentials": "Kredensial",
    "webhook": "Webhook",
    "subscription": "Langganan",
    "token": "Token",
    "account": "Akun",
    "templates": "Templat",
}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding on the page; `tone` also chooses the drawing."""

    subject: str
    words: str
    health: str
    tone: str
    expires: str


@dataclass(frozen=True, slots=True)
class Check:
    """What was found when a provider was last asked, `at` (aware UTC); None: never."""

    at: datetime | None
    findings: Sequence[Finding]


def to_state(findings: Sequence[Finding], at: datetime) -> dict[str, Any]:
    """Return findings as a JSON value."""
    rows = [
        {
            "subject": one.subject,
            "health": one.health.value,
            "words": one.words,
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        }
        for one in findings
    ]
    return {"at": at.isoformat(), "findings": rows}


def remembered(value: Any) -> Check:
    """Read what `to_state` wrote; nothing for None."""
    rows = value.get("findings", ()) if isinstance(value, dict) else ()
    found = [
        Finding(
            row["subject"], Health(row["health"]), row["words"], states.instant(row, "expires_at")
        )
        for row in rows
    ]
    return Check(states.instant(value, "at"), found)


def views_of(findings: Sequence[Finding], timezone: str) -> list[FindingView]:
    """Return findings as the page shows them."""
    return [
        FindingView(
            subject=_SUBJECT_WORDS.get(one.subject, one.subject),
            words=one.words,
            health=_HEALTH_WORDS[one.health],
            tone=_TONES[one.health],
            expires=long_day(local(one.expires_at, timezone).date()) if one.expires_at else "",
        )
        for one in findings
    ]
