"""The attachments of a Messenger or Instagram message, each once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.message import Location, MediaKind, MediaRef
from channels.payload import MalformedError, get_list, get_object, get_text, location

_FILES = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "file": MediaKind.DOCUMENT,
    "sticker": MediaKind.STICKER,
}
# They hold nothing that we could miss: a heart, and media that Meta forbids to keep.
_EMPTY = frozenset({"like_heart"})
_NAMED_FILES = frozenset({*_FILES, "ephemeral"})


@dataclass(frozen=True, slots=True)
class Attachments:
    """What was read. `unreadable`: something was attached and nothing of it could be read.

    `story_mention`: the citizen's own story names us; Meta forbids to keep it. `lost`: a file
    among them came without an address, so somebody must ask for it, whatever the text says.
    """

    media: tuple[MediaRef, ...] = ()
    location: Location | None = None
    unreadable: bool = False
    story_mention: bool = False
    lost: bool = False


def read_attachments(content: Mapping[str, Any]) -> Attachments:
    """Return the attachments of a message.

    Raises:
        MalformedError: an attachment or its payload is of the wrong type.
    """
    refs: list[MediaRef] = []
    seen: set[str] = set()
    pin: Location | None = None
    lost = False
    attached = get_list(content, "attachments")
    for attachment in attached:
        if not isinstance(attachment, dict):
            raise MalformedError("attachment is not an object")
        payload = get_object(attachment, "payload") or {}
        if attachment.get("type") == "location":
            pin = _pin(payload) or pin
        elif ref := _ref(attachment, payload):
            # A sticker comes twice while Meta changes its type: as image and as sticker.
            names = {ref.source, f"sticker {payload.get('sticker_id') or ref.source}"}
            if seen.isdisjoint(names):
                refs.append(ref)
            seen |= names
        elif attachment.get("type") in _NAMED_FILES:
            lost = True
    kinds = {str(attachment.get("type")) for attachment in attached}
    nothing = not refs and pin is None
    unreadable = nothing and bool(kinds - _EMPTY)
    return Attachments(tuple(refs), pin, unreadable, "story_mention" in kinds, lost)


def _pin(payload: Mapping[str, Any]) -> Location | None:
    coordinates = get_object(payload, "coordinates") or {}
    return location(coordinates.get("lat"), coordinates.get("long"))


def _ref(attachment: Mapping[str, Any], payload: Mapping[str, Any]) -> MediaRef | None:
    """Return where the attachment is; None where it has no address."""
    source = get_text(payload, "url") or get_text(attachment, "url")
    if source is None:
        return None
    kind = str(attachment.get("type"))
    if payload.get("sticker_id") is not None:
        return MediaRef(MediaKind.STICKER, source)
    if kind in _FILES:
        return MediaRef(_FILES[kind], source)
    # Shared posts, reels, link previews: the address is kept, the content is not ours to take.
    return MediaRef(MediaKind.LINK, source, fetchable=False)
