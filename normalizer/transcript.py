"""The messages of a draft as one text, so that a thought cut into five messages reads as one.

All rules scan `Transcript.low`; it has the same length as `text`, so every hit points back to the
message and the characters that it came from.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from normalizer.draft import SourceMessage, Span
from normalizer.memo import line_by_line

# Texts pasted through broken systems carry a visible backslash-n; same length keeps the spans.
_LITERAL_BREAK = re.compile(r"\\[nrt]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


@dataclass(frozen=True)
class Transcript:
    """The messages, oldest first, joined by line breaks.

    Attributes:
        messages: in the order in which they were written.
        text: cleaned of invisible characters, same length as the originals put together.
        starts: where in `text` each message begins.
    """

    messages: tuple[SourceMessage, ...]
    text: str
    starts: tuple[int, ...]

    @cached_property
    def low(self) -> str:
        """The text in lower case, character for character."""
        return lower(self.text)

    def message_at(self, position: int) -> SourceMessage:
        """Return the message that holds a position of `text`."""
        return self.messages[self.index_at(position)]

    def index_at(self, position: int) -> int:
        """Return the index of the message that holds a position of `text`."""
        return max(bisect_right(self.starts, position) - 1, 0)

    def span(self, start: int, end: int) -> Span:
        """Turn a range of `text` into a range of the message in which it begins."""
        index = self.index_at(start)
        message = self.messages[index]
        offset = self.starts[index]
        return Span(message.id, start - offset, min(end - offset, len(message.text)))

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Turn a range of `text` into its ranges in all messages that it touches."""
        first = self.index_at(start)
        found = []
        for message, offset in zip(self.messages[first:], self.starts[first:], strict=True):
            if offset >= end:
                break
            piece = Span(message.id, max(start - offset, 0), min(end - offset, len(message.text)))
            if piece.start < piece.end:
                found.append(piece)
        return tuple(found)

    def written(self, start: int, end: int) -> tuple[tuple[int, datetime], ...]:
        """Return where the messages begin that a range of `text` touches, and when each came."""
        first = self.index_at(start)
        last = max(bisect_left(self.starts, end), first + 1)
        return tuple((self.starts[i], self.messages[i].at) for i in range(first, last))

    def range_of(self, index: int) -> tuple[int, int]:
        """Return where the message with this index stands in `text`."""
        start = self.starts[index]
        return start, start + len(self.messages[index].text)


def lower(text: str) -> str:
    """Lower a text without changing its length (some capitals lower to two characters)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


@line_by_line
def clean(text: str) -> str:
    """Replace invisible characters, curly quotes and literal line breaks, length kept."""
    text = _LITERAL_BREAK.sub("\n ", text.translate(_QUOTES))
    return _INVISIBLE.sub(" ", text)


def read_transcript(messages: Sequence[SourceMessage]) -> Transcript:
    """Join messages, oldest first; messages of the same instant keep the order given."""
    ordered = tuple(sorted(messages, key=attrgetter("at")))
    texts = clean([message.text for message in ordered])
    starts = accumulate([len(text) + 1 for text in texts], initial=0)
    return Transcript(ordered, "\n".join(texts), tuple(starts)[: len(texts)])
