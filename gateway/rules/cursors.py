"""A place in a list, as it stands in an address."""

from datetime import UTC, datetime

from store.queues import Cursor


def write_cursor(cursor: Cursor | None) -> str | None:
    """Return a cursor as it stands in an address."""
    if cursor is None:
        return None
    micros = int(cursor.at.timestamp() * 1_000_000)
    return f"{'s' if cursor.backwards else 'l'}{micros}.{cursor.row_id}"


def read_cursor(text: str | None) -> Cursor | None:
    """Read what `write_cursor` wrote; anything else means the first page."""
    try:
        micros, row_id = (text or "")[1:].split(".")
        at = datetime.fromtimestamp(int(micros) / 1_000_000, UTC)
        return Cursor(at, int(row_id), backwards=(text or "")[0] == "s")
    except (ValueError, IndexError, OverflowError, OSError):
        return None
