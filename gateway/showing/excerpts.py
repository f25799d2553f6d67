"""What a list says of a text beside its title."""

import re

_LONGEST_GREETING = 60


def untold(title: str, text: str, length: int) -> str:
    """Return what `text` says beyond `title`; empty where the title says it all.

    A title is mostly the text's own first sentence without its greeting
    (`normalizer.summary.make_title`); saying it twice fills a list and tells nothing.

    Args:
        title: as it stands above; its three dots at the end are no words of the text.
        text: redacted.
        length: the most characters that are returned.
    """
    words = " ".join(text.split())
    said = title.removesuffix("...").strip()
    found = re.search(re.escape(said), words[: _LONGEST_GREETING + len(title)], re.IGNORECASE)
    if not said or found is None:
        return words[:length]
    rest = words[found.end() :].lstrip(" .,;:!?-")
    return f"… {rest}"[:length] if rest else ""
