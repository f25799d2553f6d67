"""Tables. Importing this package knows them all."""

from store.models import complaint, messaging, recording, second_channel, staff

__all__ = ["complaint", "messaging", "recording", "second_channel", "staff"]
