"""Tables. Importing this package knows them all."""

from store.models import (
    answering,
    calls,
    card,
    complaint,
    feedback,
    messaging,
    outbox,
    recording,
    search,
    second_channel,
    setting,
    staff,
    triage,
)

__all__ = [
    "answering",
    "calls",
    "card",
    "complaint",
    "feedback",
    "messaging",
    "outbox",
    "recording",
    "search",
    "second_channel",
    "setting",
    "staff",
    "triage",
]
