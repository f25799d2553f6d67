"""The process that reads cards: a picture in, the lines on it out, until its input ends.

Each picture comes behind four bytes with its length; each answer likewise, as JSON: the lines from
top to bottom, or null for a picture that cannot be read.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Sequence
from typing import IO, Any, Final

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

# Models, libraries and one picture take 1.6 GB of addresses (0.6 GB resident).
_MEMORY_BYTES: Final = 3 * 1024**3
_NICE: Final = 10  # answers to other citizens go first
_LENGTH_BYTES: Final = 4
# Larger pictures cost time and are read no better.
_LONGEST_EDGE_PX: Final = 1600
_SAME_LINE: Final = 0.5  # of a line's height


def main() -> None:
    """Answer every picture on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    os.nice(_NICE)
    # Libraries print to standard output; only answers may go there.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    recogniser = RapidOCR()
    while True:
        picture = _next(sys.stdin.buffer)
        if picture is None:
            return
        answer = json.dumps(read(recogniser, picture)).encode()
        answers.write(len(answer).to_bytes(_LENGTH_BYTES, "big") + answer)
        answers.flush()


def _next(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH_BYTES)
    return stream.read(int.from_bytes(head, "big")) if len(head) == _LENGTH_BYTES else None


def read(recogniser: RapidOCR, picture: bytes) -> list[str] | None:
    """Return the lines on a picture from top to bottom and left to right, None if it is none."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            opened.thumbnail((_LONGEST_EDGE_PX, _LONGEST_EDGE_PX))
            pixels = np.asarray(opened.convert("RGB"))[:, :, ::-1]
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    result = recogniser(pixels)
    if result.txts is None or result.boxes is None:
        return []
    return _in_order(result.boxes, result.txts)


def _in_order(boxes: Any, texts: Sequence[str]) -> list[str]:
    """Sort texts as people read: lines by height, and within a line from the left."""
    placed = sorted(
        (float(box[:, 1].mean()), float(box[:, 0].min()), float(np.ptp(box[:, 1])), text)
        for box, text in zip(boxes, texts, strict=True)
    )
    lines: list[list[tuple[float, float, float, str]]] = []
    for piece in placed:
        if lines and piece[0] - lines[-1][0][0] < piece[2] * _SAME_LINE:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [piece[3] for line in lines for piece in sorted(line, key=lambda piece: piece[1])]


if __name__ == "__main__":
    main()
