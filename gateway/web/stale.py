"""What a page says that was sent after somebody else had changed the case (409)."""

from gateway.reading import presence
from gateway.web.access import me, runtime

STAYS = "Tulisan Anda tetap ada di bawah."


def changed_words(ticket: str) -> str:
    """Return who changed the case and when, and that nothing written is lost."""
    return f"{presence.last_change(runtime(), me(), ticket)} {STAYS}"
