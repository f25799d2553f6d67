"""The message catalogue: what the service says to citizens, one row per occasion.

The rows come from `config/messages.csv`. SMS has its own short GSM-7 wording; all other channels
share one, in which ``*stars*`` mean bold; each adapter writes that as its platform reads it.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from channels.message import ChannelName

_WRITTEN_FOR = "Pemkab"
_PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9]*)\}")


def placeholders(text: str) -> frozenset[str]:
    """Return the names that stand in curly brackets."""
    return frozenset(_PLACEHOLDER.findall(text))


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said on one occasion: short for SMS, rich for all other channels."""

    sms: str
    rich: str
    occasion: str = ""
    buttons: tuple[str, ...] = ()

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that either text is filled with."""
        return placeholders(self.sms) | placeholders(self.rich)


class Catalogue:
    """The texts by key, in both wordings.

    Raises:
        KeyError: an unknown key, or a placeholder without a value (a mistake in the program).
    """

    def __init__(
        self, rows: Mapping[str, Wording], own: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self.originals = dict(rows)
        self._rows = {key: _reworded(row, (own or {}).get(key)) for key, row in rows.items()}

    @classmethod
    def read(cls, path: Path, government: str = _WRITTEN_FOR) -> "Catalogue":
        """Read the catalogue from its CSV file.

        The texts are written for a kabupaten; `government` is what this one calls itself (Pemkot).
        """
        text = path.read_text(encoding="utf-8").replace(_WRITTEN_FOR, government)
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return cls({row["key"]: _wording(row) for row in rows})

    def with_own(self, own: Mapping[str, Mapping[str, str]]) -> "Catalogue":
        """Return the catalogue with this government's own wordings (``sms``, ``rich``) by key."""
        return Catalogue(self.originals, own)

    def wording(self, key: str) -> Wording:
        """Return what is said now on this occasion."""
        return self._rows[key]

    @property
    def keys(self) -> frozenset[str]:
        """All known keys."""
        return frozenset(self._rows)

    def render(self, key: str, channel: ChannelName, values: Mapping[str, str]) -> str:
        """Return the text of `key` for `channel`, with its placeholders filled.

        ``{PIN}`` stays as it is: its value joins only when the part is sent (decision 3).
        """
        said = self._rows[key]
        text = said.sms if channel is ChannelName.SMS else said.rich
        if not placeholders(text) <= {*values, "PIN"} and said is not self.originals[key]:
            # An own wording asks for something that is not known here: nobody shall go unanswered.
            original = self.originals[key]
            text = original.sms if channel is ChannelName.SMS else original.rich

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            return match.group(0) if name == "PIN" else values[name]

        return _PLACEHOLDER.sub(fill, text)


def _wording(row: Mapping[str, str]) -> Wording:
    buttons = tuple(words.strip() for words in row["tombol"].split("|") if words.strip())
    return Wording(row["sms"], row["wa_telegram"], row["kapan"], buttons)


def _reworded(row: Wording, own: Mapping[str, str] | None) -> Wording:
    return row if own is None else replace(row, sms=own["sms"], rich=own["rich"])
