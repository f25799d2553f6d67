"""The message catalogue: what the service says to citizens, one row per occasion.

The rows come from `config/messages.csv`. SMS has its own short GSM-7 wording; all other channels
share one, in which ``*stars*`` mean bold; each adapter writes that as its platform reads it.
"""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from channels.message import ChannelName

_WRITTEN_FOR = "Pemkab"
_PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9]*)\}")


class Catalogue:
    """The texts by key, in both wordings.

    Raises:
        KeyError: an unknown key, or a placeholder without a value (a mistake in the program).
    """

    def __init__(self, rows: Mapping[str, tuple[str, str]]) -> None:
        self._rows = dict(rows)

    @classmethod
    def read(cls, path: Path, government: str = _WRITTEN_FOR) -> "Catalogue":
        """Read the catalogue from its CSV file.

        The texts are written for a kabupaten; `government` is what this one calls itself (Pemkot).
        """
        text = path.read_text(encoding="utf-8").replace(_WRITTEN_FOR, government)
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return cls({row["key"]: (row["sms"], row["wa_telegram"]) for row in rows})

    @property
    def keys(self) -> frozenset[str]:
        """All known keys."""
        return frozenset(self._rows)

    def render(self, key: str, channel: ChannelName, values: Mapping[str, str]) -> str:
        """Return the text of `key` for `channel`, with its placeholders filled.

        ``{PIN}`` stays as it is: its value joins only when the part is sent (decision 3).
        """
        short, rich = self._rows[key]
        text = short if channel is ChannelName.SMS else rich

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            return match.group(0) if name == "PIN" else values[name]

        return _PLACEHOLDER.sub(fill, text)
