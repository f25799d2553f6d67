"""Tables. Importing this package knows them all."""

from store.models import calls, complaint, messaging, recording, second_channel, staff

__all__ = ["calls", "complaint", "messaging", "recording", "second_channel", "staff"]
