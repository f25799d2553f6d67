"""A ticket that a citizen asks about: ours, the older systems', or a bare LAPOR! id."""

import re

from normalizer.ticket import parse_ticket

_OLD = re.compile(r"\b(spd|bsd|btn)[\s.\-/]{0,3}(20\d{2})[\s.\-/]{0,3}(\d{5})\b")
_LAPOR_ID = re.compile(
    r"\blapor\s?!?[\s,]*(?:sp4n\s*)?(?:dengan\s*)?(?:no(?:mor|mer)?|id|tracking(?: id)?|"
    r"kode)[.\s:#]{0,3}(\d{6,8})\b"
)
_ASKS = re.compile(
    r"\b(?:status|cek|tiket|ticket|kabar|kelanjutan|perkembangan|progres\w*|gimana|bagaimana|"
    r"sampai mana|"
    r"tindak lanjut)\b"
)


def read_ticket_query(low: str) -> str | None:
    """Return the ticket in its canonical form, or None.

    Args:
        low: the transcript in lower case.
    """
    old = _OLD.search(low)
    if old:
        return f"{old.group(1).upper()}-{old.group(2)}-{old.group(3)}"
    foreign = _LAPOR_ID.search(low)
    if foreign and _ASKS.search(low):
        return foreign.group(1)
    if _ASKS.search(low):
        return parse_ticket(low)
    return None
