"""Tables. Importing this package knows them all."""

from store.models import (
    calls,
    card,
    complaint,
    feedback,
    messaging,
    outbox,
    recording,
    second_channel,
    staff,
)

__all__ = [
    "calls",
    "card",
    "complaint",
    "feedback",
    "messaging",
    "outbox",
    "recording",
    "second_channel",
    "staff",
]
