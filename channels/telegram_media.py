"""The attachments of a Telegram message, each once and in its best rendition."""

from collections.abc import Mapping
from typing import Any

from channels.message import MediaKind, MediaRef
from channels.payload import MalformedError, get_int, get_list, get_object, get_text

# The Bot API hands over no larger file (server constant 20 << 20).
DOWNLOAD_LIMIT_BYTES = 20 << 20
_LARGEST = 2**63 - 1

# An animation is announced a second time as `document`, a live photo a second time as `photo`:
# the first of a line that is present stands for all.
_ALTERNATIVES: tuple[tuple[tuple[str, MediaKind, str | None], ...], ...] = (
    (
        ("animation", MediaKind.VIDEO, "video/mp4"),
        ("document", MediaKind.DOCUMENT, None),
    ),
    (("video", MediaKind.VIDEO, "video/mp4"),),
    (("video_note", MediaKind.VIDEO, "video/mp4"),),
    (("voice", MediaKind.AUDIO, "audio/ogg"),),
    (("audio", MediaKind.AUDIO, None),),
    (("sticker", MediaKind.STICKER, None),),
)


def attachments(source: Mapping[str, Any]) -> tuple[MediaRef, ...]:
    """Return what is attached to a message.

    Raises:
        MalformedError: something attached has no file id or is of the wrong type.
    """
    found = [_largest_photo(source), *(_first(source, kinds) for kinds in _ALTERNATIVES)]
    return tuple(ref for ref in found if ref is not None)


def _first(
    source: Mapping[str, Any], alternatives: tuple[tuple[str, MediaKind, str | None], ...]
) -> MediaRef | None:
    for key, kind, usual_mime in alternatives:
        file = get_object(source, key)
        if file is not None:
            return _ref(file, kind, usual_mime)
    return None


def _largest_photo(source: Mapping[str, Any]) -> MediaRef | None:
    sizes = get_list(source, "photo")
    if not all(isinstance(size, dict) for size in sizes):
        raise MalformedError("photo is not a list of sizes")
    if not sizes:
        return None
    return _ref(max(sizes, key=_area), MediaKind.IMAGE, "image/jpeg")


def _area(size: Mapping[str, Any]) -> tuple[int, int]:
    pixels = (get_int(size, "width") or 0) * (get_int(size, "height") or 0)
    return pixels, get_int(size, "file_size") or 0


def _ref(file: Mapping[str, Any], kind: MediaKind, usual_mime: str | None) -> MediaRef:
    file_id = get_text(file, "file_id")
    if file_id is None:
        raise MalformedError("file_id is missing")
    size_bytes = get_int(file, "file_size")
    if size_bytes is not None and not 0 <= size_bytes <= _LARGEST:
        size_bytes = None  # no file has it, and no column holds it
    return MediaRef(
        kind=kind,
        source=file_id,
        mime=get_text(file, "mime_type") or usual_mime,
        filename=get_text(file, "file_name"),
        size_bytes=size_bytes,
        fetchable=size_bytes is None or size_bytes <= DOWNLOAD_LIMIT_BYTES,
    )
