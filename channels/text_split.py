"""Cutting a long answer into parts where a reader would cut it."""

from collections.abc import Callable

import regex

from channels.adapter import ChannelLimits
from channels.gsm7 import to_gsm7

# Best place first: between paragraphs, between lines, after a sentence, between words.
_BREAKS = (
    regex.compile(r"\n[ \t]*\n+"),
    regex.compile(r"\n"),
    regex.compile(r"(?<=[.!?;:…])\s+"),
    regex.compile(r"\s+"),
)
_GRAPHEMES = regex.compile(r"\X")


def split_text(text: str, limits: ChannelLimits) -> list[str]:
    """Return the text as parts that the platform takes, in order; empty for a blank text.

    A part ends between paragraphs, lines, sentences or words, whichever comes first and still
    fills at least half of it; a longer word is cut between graphemes, so that no emoji or letter
    with its marks is torn. Where the channel is SMS the text is put into GSM-7 characters first.

    Raises:
        ValueError: `limits.text_units` is not positive.
    """
    if limits.text_units < 1:
        raise ValueError("text_units must be positive")
    size = _measure(limits)
    rest = (to_gsm7(text) if limits.gsm7 else text).strip()
    parts: list[str] = []
    while rest:
        part, rest = _cut(rest, limits.text_units, size)
        parts.append(part)
    return parts


def text_size(text: str, limits: ChannelLimits) -> int:
    """Return the length of the text in the units of the channel."""
    return _measure(limits)(text)


def _measure(limits: ChannelLimits) -> Callable[[str], int]:
    if limits.text_in_bytes:
        return lambda text: len(text.encode("utf-8", "surrogatepass"))
    if limits.text_in_utf16:
        return lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len


def _cut(text: str, limit: int, size: Callable[[str], int]) -> tuple[str, str]:
    if size(text) <= limit:
        return text, ""
    window = _fitting(text, limit, size)
    for pattern in _BREAKS:
        # One character more: a space right behind the window is a good place as well.
        places = [m for m in pattern.finditer(text, 0, len(window) + 1) if m.start() > 0]
        if places and (place := places[-1]).start() >= len(window) // 2:
            return text[: place.start()].rstrip(), text[place.end() :].lstrip()
    return window, text[len(window) :].lstrip()


def _fitting(text: str, limit: int, size: Callable[[str], int]) -> str:
    """Return the longest beginning in whole graphemes; in code points if not even one fits."""
    end = used = 0
    # No unit is smaller than a character, so nothing beyond `limit` characters can fit.
    for match in _GRAPHEMES.finditer(text, 0, limit + 64):
        used += size(match.group())
        if used > limit or match.end() > limit:
            break
        end = match.end()
    if end:
        return text[:end]
    while end < len(text) and size(text[: end + 1]) <= limit:
        end += 1
    return text[: max(end, 1)]
