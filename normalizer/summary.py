"""The short forms of a complaint: its title, and what the confirmation shows."""

import re
from collections import Counter

from normalizer.draft import ComplaintDraft

_TITLE_LENGTH = 80
_SUMMARY_LENGTH = 60
_PLACE_LENGTH = 50
_OPENING = re.compile(
    r"^(?:\W|(?:assalamu?'?alaikum|wr|wb|selamat|pagi|siang|sore|malam|met|halo|hallo|hai|yth|"
    r"bapak|"
    r"ibu|pak|bu|min|admin|kak|permisi|punten|tabek|mohon maaf|lapor|izin|ijin|mau|saya|kami|ingin|"
    r"melapor(?:kan)?|mengadu(?:kan)?|menyampaikan|bupati|wali ?kota)\b)+",
    re.IGNORECASE,
)
# The full stop of "Kec." or "Jl." ends no sentence.
_ABBREVIATIONS = ("kec", "kel", "kab", "jl", "jln", "gg", "no", "ds", "dsn", "rt", "rw", "bpk")
_SENTENCE_END = re.compile(
    "".join(rf"(?<!\b{word})" for word in _ABBREVIATIONS) + r"[.](?:\s|$)|[!?](?:\s|$)|\n",
    re.IGNORECASE,
)
# A title shorter than this says too little ("Lapor.").
_SHORTEST_TITLE = 12
_MEDIA_WORDS = {
    "foto": "foto",
    "video": "video",
    "audio": "pesan suara",
    "dokumen": "dokumen",
    "lokasi": "lokasi",
}


def make_title(public_text: str) -> str:
    """Return the first sentence of a redacted text without its greetings, at most 80 characters."""
    body = _OPENING.sub("", public_text[:1000]).strip() or public_text[:1000].strip()
    end = _SENTENCE_END.search(body, _SHORTEST_TITLE)
    sentence = body[: end.start()] if end else body
    title = shorten(" ".join(sentence.split()), _TITLE_LENGTH)
    return title[:1].upper() + title[1:]


def shorten(text: str, length: int) -> str:
    """Cut a text at a word so that it has at most ``length`` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 3]
    return cut[: cut.rfind(" ")].rstrip(" ,.;:-") + "..." if " " in cut else cut + "..."


def confirmation_values(draft: ComplaintDraft, privacy: str | None) -> dict[str, str]:
    """Return what the citizen checks: RINGKAS, LOK, PRIVASI, JML.

    Args:
        draft: all that was found.
        privacy: anonymous, secret or named, once chosen.
    """
    return {
        "RINGKAS": shorten(draft.title or "(belum ada cerita)", _SUMMARY_LENGTH),
        "LOK": shorten(_place_line(draft), _PLACE_LENGTH),
        "PRIVASI": _privacy_line(draft, privacy),
        "JML": _attachment_line(draft.attachments),
    }


def _place_line(draft: ComplaintDraft) -> str:
    if draft.place is None:
        return "tidak disebut"
    place = draft.place.value
    if place.text:
        return " ".join(place.text.split())
    return "titik lokasi terkirim" if place.pin else "tidak disebut"


def _privacy_line(draft: ComplaintDraft, privacy: str | None) -> str:
    if draft.secret:
        return "Rahasia"
    return "Dengan nama" if privacy == "named" else "Anonim"


def _attachment_line(attachments: tuple[str, ...]) -> str:
    counts = Counter(kind for kind in attachments if kind in _MEDIA_WORDS)
    if not counts:
        return "tidak ada"
    return ", ".join(f"{count} {_MEDIA_WORDS[kind]}" for kind, count in counts.items())
