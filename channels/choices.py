"""Offering quick answers where the platform has no buttons: in plain words below the text.

The words are for citizens and therefore Indonesian.
"""

from collections.abc import Sequence

from channels.outbound import Button

_LOCATION_HINT = (
    "Cara kirim lokasi: tekan tanda klip atau +, pilih Lokasi, lalu kirim lokasi saat ini."
)


def with_choices(
    text: str, buttons: Sequence[Button], *, location_request: bool = False, limit: int
) -> str:
    """Return the text followed by what the citizen may answer.

    Choices that the text itself already names are not repeated. Nothing is added that would make
    the text longer than `limit` characters: the question matters more than the hint.
    """
    hint = _LOCATION_HINT if location_request else ""
    hints = [line for line in (_reply_line(text, buttons), hint) if line]
    for count in range(len(hints), 0, -1):
        longer = "\n\n".join([text, "\n".join(hints[:count])])
        if len(longer) <= limit:
            return longer
    return text


def _reply_line(text: str, buttons: Sequence[Button]) -> str:
    folded = text.casefold()
    if all(button.title.casefold() in folded for button in buttons):
        return ""
    titles = [button.title.upper() for button in buttons]
    if len(titles) == 1:
        return f"Balas: {titles[0]}"
    return f"Balas: {', '.join(titles[:-1])} atau {titles[-1]}"
