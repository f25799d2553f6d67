"""The attachments of X's messages and posts, each in its best rendition."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from channels.message import MediaKind, MediaRef
from channels.payload import MalformedError, get_int, get_list, get_object, get_text

# Attachments of direct messages open only with the account's signature; those of posts are public.
PRIVATE_HOSTS = frozenset({"ton.x.com", "ton.twitter.com"})
PUBLIC_HOSTS = frozenset({"pbs.twimg.com", "video.twimg.com"})


def media_of(rows: Sequence[object]) -> tuple[MediaRef, ...]:
    """Return one reference for each attachment, in order, none twice.

    Raises:
        MalformedError: something attached has no address or is of the wrong type.
    """
    refs: dict[str, MediaRef] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise MalformedError("the medium is not an object")
        ref = _reference(row)
        refs.setdefault(ref.source, ref)
    return tuple(refs.values())


def without_media_links(source: Mapping[str, Any], text: str) -> str:
    """Return the text without the short links that X puts behind it, one for each attachment."""
    entities = get_object(source, "entities") or {}
    attached = [*get_list(entities, "urls"), *get_list(entities, "media")]
    for link in reversed([one for one in attached if isinstance(one, dict)]):
        short = get_text(link, "url")
        if short and _leads_to_attachment(link) and text.rstrip().endswith(short):
            text = text.rstrip().removesuffix(short).rstrip()
    return text


def _leads_to_attachment(link: Mapping[str, Any]) -> bool:
    if "media_url_https" in link:
        return True
    try:
        path = urlsplit(get_text(link, "expanded_url") or "").path
    except ValueError:  # a citizen may write "http://[", and X calls it a link
        return False
    return path.startswith("/messages/media/")


def _reference(medium: Mapping[str, Any]) -> MediaRef:
    if medium.get("type") in ("video", "animated_gif"):
        variant = _best_variant(get_object(medium, "video_info") or {})
        if variant is not None:
            return MediaRef(MediaKind.VIDEO, variant, "video/mp4")
    address = get_text(medium, "media_url_https")
    if address is None:
        raise MalformedError("the medium has no address")
    return MediaRef(MediaKind.IMAGE, address)


def _best_variant(info: Mapping[str, Any]) -> str | None:
    films = [
        (get_int(one, "bitrate") or 0, address)
        for one in get_list(info, "variants")
        if isinstance(one, dict) and one.get("content_type") == "video/mp4"
        if (address := get_text(one, "url")) is not None
    ]
    return max(films)[1] if films else None
