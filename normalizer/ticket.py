"""Ticket numbers: year, running number, check digit, e.g. ``26-00421-3``.

The check digit is Damm's (H. M. Damm, 2004): it finds every single wrong digit and every swap of
two neighbours, so that a mistyped number is refused without looking it up.
"""

import re

# Damm's totally anti-symmetric quasigroup of order 10.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# Without separators only the usual eight digits count: ten would be a phone number.
_TICKET = re.compile(
    r"(?<!\d)(?<!\d[.\-/])(\d{2})(?:[ .\-/]?(\d{5})[ .\-/]?|[.\-/](\d{6,7})[.\-/])(\d)"
    r"(?!\d|[.\-/]\d)",
    re.ASCII,
)


def _check_digit(digits: str) -> str:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)


def make_ticket(year: int, number: int) -> str:
    """Return the ticket number of the ``number``-th complaint of a year.

    Args:
        year: four digits or two; only the last two are used.
        number: running number from 1; at least five digits are shown.

    Raises:
        ValueError: the number is not positive or has more than seven digits.
    """
    if not 0 < number < 10_000_000:
        raise ValueError("a ticket's running number is between 1 and 9999999")
    head = f"{year % 100:02d}"
    body = f"{number:05d}"
    return f"{head}-{body}-{_check_digit(head + body)}"


def parse_ticket(text: str) -> str | None:
    """Return the first valid ticket number in a text in its written form, or None.

    Separators may be missing or be spaces, dots or slashes, as people type them.
    """
    for match in _TICKET.finditer(text):
        head, check = match.group(1), match.group(4)
        body = match.group(2) or match.group(3)
        if _check_digit(head + body) == check:
            return f"{head}-{body}-{check}"
    return None


def looks_like_ticket(text: str) -> bool:
    """Whether a text holds something shaped like a ticket number, be its check digit wrong."""
    return _TICKET.search(text) is not None
