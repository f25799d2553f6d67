"""What the citizen wrote, as the officer reads it (story) and as the public may (public text)."""

import re
from collections.abc import Sequence

from normalizer.draft import Kind, Redaction, SourceMessage
from normalizer.memo import remembered
from normalizer.privacy import Mark, redact
from normalizer.reading import Reading
from normalizer.roles import Roles
from normalizer.routing import suggest

# Keys whose answers are fields, not story.
_ANSWERED = frozenset({"minta_lokasi", "minta_waktu", "konfirmasi", "ubah_apa"})
_ANSWER_WORDS = 12
_A_WORD = re.compile(r"[^\W\d_]{3}")
_IDENTITY_ONLY = re.compile(
    r"(?:\b(?:nik|no|nomor|nomer|ktp|kk|hp|wa|saya|sy|sayo|ini|ni|maaf|kepotong|pak|bu|ibu)\b|"
    r"[\d\sol:;=.,()\-/+])*"
)


def story_of(reading: Reading) -> str:
    """Return the citizen's words without orders, greetings, bare numbers and bare answers."""
    messages = reading.transcript.messages
    texts = [_own_words(messages[index].text) for index in _told(reading)]
    return "\n".join(text for text in texts if text)


def _told(reading: Reading) -> list[int]:
    """Indexes of the messages that tell the matter.

    Short answers to our questions are fields, unless nothing else says what is the matter: "Di mana
    lokasinya?" may well be answered with the whole complaint.
    """
    content = [
        index
        for index, message in enumerate(reading.transcript.messages)
        if reading.roles.is_content(message)
    ]
    told = [
        index
        for index in content
        if not _is_bare_answer(reading.transcript.messages[index], reading.roles)
    ]
    return told if told == content or _name_a_matter(reading, told) else content


def _name_a_matter(reading: Reading, told: Sequence[int]) -> bool:
    ranges = (reading.transcript.range_of(index) for index in told)
    words = "\n".join(reading.masked[start:end] for start, end in ranges)
    return suggest(words, reading.context.tenant)[0] is not None


@remembered
def _own_words(text: str) -> str:
    """Return a message's own words, or "" when it holds nothing but figures and their labels."""
    stripped = text.strip()
    if not _A_WORD.search(stripped):
        return ""
    return "" if _IDENTITY_ONLY.fullmatch(stripped.lower()) else stripped


def _is_bare_answer(message: SourceMessage, roles: Roles) -> bool:
    return roles.awaited[message.id] in _ANSWERED and len(message.text.split()) <= _ANSWER_WORDS


def public_text_of(reading: Reading, marks: Sequence[Mark], kind: Kind) -> str:
    """Return what may be published: every identity replaced; empty for spam and greetings."""
    if kind in (Kind.SPAM, Kind.GREETING):
        return ""
    transcript = reading.transcript
    parts: list[str] = []
    for index in _told(reading):
        start, end = transcript.range_of(index)
        inside = [mark for mark in marks if mark.start < end and mark.end > start]
        parts.append(redact(transcript.text[start:end], inside, start))
    return "\n".join(part for part in parts if part)


def redactions_of(reading: Reading, marks: Sequence[Mark]) -> tuple[Redaction, ...]:
    """Return the identity words as ranges of their messages.

    A word that runs over several messages (a NIK sent in two pieces) is a range in each of them.
    """
    return tuple(
        Redaction(span, mark.what)
        for mark in marks
        for span in reading.transcript.spans(mark.start, mark.end)
    )
