"""Tables. Importing this package knows them all."""

from store.models import (
    answering,
    calls,
    card,
    complaint,
    feedback,
    history,
    messaging,
    outbox,
    recording,
    search,
    second_channel,
    setting,
    staff,
    staff_contact,
    teamwork,
    triage,
)

__all__ = [
    "answering",
    "calls",
    "card",
    "complaint",
    "feedback",
    "history",
    "messaging",
    "outbox",
    "recording",
    "search",
    "second_channel",
    "setting",
    "staff",
    "staff_contact",
    "teamwork",
    "triage",
]
