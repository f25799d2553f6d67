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
    second_channel,
    setting,
    staff,
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
    "second_channel",
    "setting",
    "staff",
]
