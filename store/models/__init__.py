"""Tables. Importing this package knows them all."""

from store.models import (
    calls,
    complaint,
    feedback,
    messaging,
    recording,
    second_channel,
    staff,
)

__all__ = ["calls", "complaint", "feedback", "messaging", "recording", "second_channel", "staff"]
