"""The *bold* of our texts, written as WhatsApp reads it, for platforms that read it otherwise."""

import re

_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")


def without_emphasis(text: str) -> str:
    """Return the text without the asterisks that mark bold words."""
    return _BOLD.sub(r"\1", text)


def bold_spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its asterisks, and where it was bold.

    Returns:
        The plain text, and (offset, length) of each bold stretch in UTF-16 units, as Telegram
        counts them.
    """
    plain: list[str] = []
    spans: list[tuple[int, int]] = []
    end = offset = 0
    for match in _BOLD.finditer(text):
        before, bold = text[end : match.start()], match.group(1)
        offset += _utf16(before)
        spans.append((offset, _utf16(bold)))
        offset += _utf16(bold)
        plain += [before, bold]
        end = match.end()
    return "".join([*plain, text[end:]]), spans


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
