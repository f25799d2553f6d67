"""What the citizen wrote, as the officer reads it (story) and as the public may (public text)."""

import re
from collections.abc import Sequence

from normalizer.draft import Kind, Redaction
from normalizer.memo import line_by_line
from normalizer.privacy import Mark, redact, without_identity_lines
from normalizer.reading import Reading
from normalizer.transcript import clean

_A_WORD = re.compile(r"[^\W\d_]{3}")
_IDENTITY_ONLY = re.compile(
    r"(?:\b(?:nik|no|nomor|nomer|ktp|kk|hp|wa|saya|sy|sayo|ini|ni|maaf|kepotong|pak|bu|ibu)\b|"
    r"[\d\sol:;=.,()\-/+])*"
)


def story_of(reading: Reading) -> str:
    """Return the citizen's words without orders, greetings, bare numbers and bare answers."""
    shown = _shown([message.text for _, message in reading.told])
    return "\n".join([own for own, _ in shown if own])


@line_by_line
def _shown(text: str) -> tuple[str, str]:
    """Return a message's own words, and what of them is public where no identity is marked.

    There are no own words where it holds nothing but figures and their labels.
    """
    (public,) = without_identity_lines(clean([text]))
    own = text.strip()
    if not _A_WORD.search(own) or _IDENTITY_ONLY.fullmatch(own.lower()):
        own = ""
    return own, public


def public_text_of(reading: Reading, marks: Sequence[Mark], kind: Kind) -> str:
    """Return what may be published: every identity replaced; empty for spam and greetings."""
    if kind in (Kind.SPAM, Kind.GREETING):
        return ""
    transcript = reading.transcript
    parts = [public for _, public in _shown([message.text for _, message in reading.told])]
    marked = {start for mark in marks for start, _ in transcript.written(mark.start, mark.end)}
    for index, (start, message) in enumerate(reading.told):
        if start in marked:
            end = start + len(message.text)
            inside = [mark for mark in marks if mark.start < end and mark.end > start]
            parts[index] = redact(transcript.text[start:end], inside, start)
    return "\n".join(filter(None, parts))


def redactions_of(reading: Reading, marks: Sequence[Mark]) -> tuple[Redaction, ...]:
    """Return the identity words as ranges of their messages.

    A word that runs over several messages (a NIK sent in two pieces) is a range in each of them.
    """
    return tuple(
        Redaction(span, mark.what)
        for mark in marks
        for span in reading.transcript.spans(mark.start, mark.end)
    )
