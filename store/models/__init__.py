"""Tables. Importing this package knows them all."""

from store.models import complaint, messaging, staff

__all__ = ["complaint", "messaging", "staff"]
