"""Copies that others may see: without the place, device and time that a phone writes into them."""

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from gateway.media.media_types import PICTURES, FileType

LONGEST_EDGE_PX: Final = 2560
THUMBNAIL_EDGE_PX: Final = 320
_PAPER_EDGE_PX = 1000
# A JPEG is decoded at a fraction of its size; other formats cost four bytes a pixel.
_MAX_JPEG_PIXELS = 200_000_000
_MAX_PIXELS = 40_000_000
_BOX_FILES = frozenset({"video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"})
_BOX_FOLDERS = frozenset({b"moov", b"trak"})
_BOX_METADATA = frozenset({b"udta", b"meta", b"uuid"})
# What Pillow raises on damaged content; passed on from None, it may quote the content.
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)

Image.MAX_IMAGE_PIXELS = _MAX_JPEG_PIXELS
# A picture that unfolds to more than that is an attack on our memory.
warnings.simplefilter("error", Image.DecompressionBombWarning)


class UnreadablePictureError(Exception):
    """The content claims to be a picture and is none, or unfolds beyond all measure."""


@dataclass(frozen=True, slots=True)
class Copies:
    """`shared` is what others may see (None: nothing), `thumbnail` its small picture."""

    shared: tuple[bytes, str] | None
    thumbnail: bytes | None = None


def make_copies(content: bytes, kind: FileType) -> Copies:
    """Return the copies of a file; each with the ending of its format.

    Pictures are drawn anew. Films and voice notes keep their sound and image, their boxes of
    metadata are blanked. HEIC, which cannot be drawn here, gets no copy.

    Raises:
        UnreadablePictureError: the picture cannot be drawn.
    """
    if kind.mime in PICTURES:
        return _picture_copies(content)
    if kind.mime in _BOX_FILES:
        return Copies((blank_metadata(content), kind.extension))
    if kind.mime == "image/heic":
        return Copies(None)
    return Copies((content, kind.extension))


def _picture_copies(content: bytes) -> Copies:
    try:
        with Image.open(io.BytesIO(content)) as opened:
            _check_size(opened)
            opened.draft("RGB", (LONGEST_EDGE_PX, LONGEST_EDGE_PX))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_EDGE_PX, LONGEST_EDGE_PX))
            return _drawn(picture)
    except UnreadablePictureError:
        raise
    except _DAMAGED:
        raise UnreadablePictureError("not a picture that can be drawn") from None


def _check_size(picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    if pixels > (_MAX_JPEG_PIXELS if picture.format == "JPEG" else _MAX_PIXELS):
        raise UnreadablePictureError("too many pixels")


def _drawn(picture: Image.Image) -> Copies:
    transparent = picture.has_transparency_data
    clean = picture.convert("RGBA" if transparent else "RGB")
    clean.info.clear()  # comments, profiles and EXIF would travel along
    ending = "png" if transparent else "jpg"
    shared = _saved(clean, ending)
    small = clean.copy()
    small.thumbnail((THUMBNAIL_EDGE_PX, THUMBNAIL_EDGE_PX))
    return Copies((shared, ending), _saved(_on_white(small), "jpg"))


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _saved(picture: Image.Image, ending: str) -> bytes:
    target = io.BytesIO()
    if ending == "png":
        picture.save(target, "PNG", optimize=True)
    else:
        picture.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return target.getvalue()


def blank_metadata(content: bytes) -> bytes:
    """Return an MP4-like file whose metadata boxes are empty; every offset stays as it was.

    Phones write the place (``©xyz``) and the device into ``udta`` and ``meta`` boxes, other
    programs into ``uuid`` boxes. A box that is cut off ends the walk.
    """
    blanked = bytearray(content)
    _walk_boxes(blanked, 0, len(blanked))
    return bytes(blanked)


def _walk_boxes(blanked: bytearray, start: int, end: int) -> None:
    while start + 8 <= end:
        size = int.from_bytes(blanked[start : start + 4], "big")
        name = bytes(blanked[start + 4 : start + 8])
        head = 8
        if size == 1:
            size, head = int.from_bytes(blanked[start + 8 : start + 16], "big"), 16
        stop = end if size == 0 else start + size
        if stop > end or stop < start + head:
            return
        if name in _BOX_FOLDERS:
            _walk_boxes(blanked, start + head, stop)
        elif name in _BOX_METADATA:
            blanked[start + 4 : start + 8] = b"free"
            blanked[start + head : stop] = bytes(stop - start - head)
        start = stop


def blackened(
    content: bytes, areas: Callable[[int, int], Sequence[tuple[int, int, int, int]]]
) -> tuple[bytes, bytes]:
    """Return a copy of a picture with areas drawn black, and its small picture, both JPEG.

    Args:
        content: one of our copies, whose size was looked at when it was made.
        areas: takes width and height in pixels; gives left, top, right, bottom of each area.

    Raises:
        OSError: the content is no picture.
    """
    with Image.open(io.BytesIO(content)) as opened:
        picture = Image.new("RGB", opened.size, "white")
        drawn = opened.convert("RGBA")
        picture.paste(drawn, mask=drawn.getchannel("A"))
    pen = ImageDraw.Draw(picture)
    for corners in areas(picture.width, picture.height):
        pen.rectangle(corners, fill="black")
    small = picture.copy()
    small.thumbnail((THUMBNAIL_EDGE_PX, THUMBNAIL_EDGE_PX))
    return _as_jpeg(picture), _as_jpeg(small)


def for_paper(content: bytes) -> bytes:
    """Return one of our copies as a JPEG on white, small enough for half a page.

    Raises:
        UnreadablePictureError: the content is no picture that can be drawn.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            _check_size(opened)
            opened.draft("RGB", (_PAPER_EDGE_PX, _PAPER_EDGE_PX))
            clean = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        clean.info.clear()
        clean.thumbnail((_PAPER_EDGE_PX, _PAPER_EDGE_PX))
        return _as_jpeg(_on_white(clean))
    except UnreadablePictureError:
        raise
    except _DAMAGED:
        raise UnreadablePictureError("not a picture that can be drawn") from None


def _as_jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return target.getvalue()
