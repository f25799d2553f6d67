"""Telegram's parse modes: what a reader sees, and the markup that Telegram refuses."""

import re
from html.parser import HTMLParser

_TAGS = frozenset(
    ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "span")
)
_V2_RESERVED = re.compile(r"(?<!\\)[>#+\-=|{}.!]")
_V2_PAIRS = re.compile(r"(?<!\\)(\|\||__|[*_~`])")


class MarkupError(Exception):
    """The text cannot be parsed; the message is Telegram's description."""


def plain_text(text: str, mode: str | None) -> str:
    """Return the text without its markup.

    Raises:
        MarkupError: Telegram would not take it.
    """
    if not mode:
        return text
    match mode.lower():
        case "html":
            return _html(text)
        case "markdownv2":
            return _markdown(text, version=2)
        case "markdown":
            return _markdown(text, version=1)
    raise MarkupError("Bad Request: unsupported parse_mode")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise MarkupError(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise MarkupError(f'Bad Request: can\'t parse entities: Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _html(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise MarkupError(
            f"Bad Request: can't parse entities: Can't find end tag for \"{reader.open[-1]}\""
        )
    return "".join(reader.parts)


def _markdown(text: str, version: int) -> str:
    """A close look at the marks, not a full parser: pairs must close, V2 needs its escapes."""
    if version == 2:
        outside = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        reserved = _V2_RESERVED.search(outside)
        if reserved and reserved[0] != "|":
            raise MarkupError(
                f"Bad Request: can't parse entities: Character '{reserved[0]}' is reserved "
                "and must be escaped with the preceding '\\'"
            )
    marks = [found[1] for found in _V2_PAIRS.finditer(text)]
    for mark in set(marks):
        if marks.count(mark) % 2:
            at = len(text[: text.rfind(mark)].encode())
            raise MarkupError(
                "Bad Request: can't parse entities: Can't find end of the entity starting at "
                f"byte offset {at}"
            )
    return re.sub(r"\\(.)", r"\1", _V2_PAIRS.sub("", text))
