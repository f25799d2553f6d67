"""A ticket that a citizen asks about: ours, the older systems', or a bare LAPOR! id."""

import re

from normalizer.memo import line_by_line, lines_of
from normalizer.ticket import parse_ticket

_OLD = re.compile(r"\b(spd|bsd|btn)[\s.\-/]{0,3}(20\d{2})[\s.\-/]{0,3}(\d{5})\b")
_OLD_NAMES = ("spd", "bsd", "btn")
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
    old = _OLD.search(low) if any(name in low for name in _OLD_NAMES) else None
    if old:
        return f"{old.group(1).upper()}-{old.group(2)}-{old.group(3)}"
    lines = lines_of(low)
    if not any(_asks(lines)):
        return None
    foreign = _LAPOR_ID.search(low)
    if foreign:
        return foreign.group(1)
    return next(filter(None, _tickets(lines)), None)


# Neither the words that ask nor a ticket's number run over the end of a line.
_tickets = line_by_line(parse_ticket)


@line_by_line
def _asks(line: str) -> bool:
    return _ASKS.search(line) is not None
