"""Word lists are written as plain text, one after the other, and read as sets."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())
