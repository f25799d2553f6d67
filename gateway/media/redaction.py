"""Black boxes burned into a picture: what lies under them is in no byte of the copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.media.media_copies import blackened

WHOLE: Final = 1000  # boxes are counted in per mille of the picture
MOST_BOXES: Final = 40


@dataclass(frozen=True, slots=True)
class Box:
    """An area in per mille of the picture's width and height, from its upper left corner."""

    left: int
    top: int
    width: int
    height: int

    @property
    def is_drawable(self) -> bool:
        """Whether it covers something of the picture."""
        inside = 0 <= self.left < WHOLE and 0 <= self.top < WHOLE
        return inside and self.width > 0 and self.height > 0


def burn(content: bytes, boxes: Sequence[Box]) -> tuple[bytes, bytes]:
    """Return a copy of a picture with these areas black, and its small picture, both JPEG.

    Raises:
        OSError: the content is no picture.
    """
    return blackened(content, lambda width, height: [_corners(one, width, height) for one in boxes])


def _corners(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the pixels of a box, rounded outwards so that no edge shows through."""
    right, bottom = min(box.left + box.width, WHOLE), min(box.top + box.height, WHOLE)
    return (
        box.left * width // WHOLE,
        box.top * height // WHOLE,
        -(-right * width // WHOLE),
        -(-bottom * height // WHOLE),
    )
