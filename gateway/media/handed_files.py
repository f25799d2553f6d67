"""A file as it is handed out to a browser."""

from dataclasses import dataclass
from pathlib import Path

_DRAWN_ANEW = {"jpg": "image/jpeg", "png": "image/png"}
# Shown in the page; everything else is downloaded. HTML and SVG are in neither list.
INLINE = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf",
        "audio/ogg", "audio/mpeg", "audio/mp4", "audio/amr", "audio/wav", "audio/aac",
        "audio/x-wav", "audio/opus", "video/mp4", "video/webm", "video/3gpp", "video/quicktime",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file to send: where it lies, what it is, under which name, and whether it is shown."""

    path: Path
    mime: str
    filename: str
    inline: bool


def drawn_mime(key: str, otherwise: str = "image/jpeg") -> str:
    """Return the type of a picture that was drawn here."""
    return _DRAWN_ANEW.get(key.rpartition(".")[2], otherwise)
