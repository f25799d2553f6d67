"""Made-up attachments of the demo: drawn, never photographed."""

import io

from PIL import Image, ImageDraw


def picture(place: int) -> bytes:
    """Draw an evening street with a lamp, each a little different."""
    drawn = Image.new("RGB", (960, 720), (26 + 60 * place, 34 + 50 * place, 52 + 40 * place))
    draw = ImageDraw.Draw(drawn)
    draw.polygon([(0, 720), (340, 420), (620, 420), (960, 720)], fill=(58, 62, 70))
    draw.rectangle([640, 150, 656, 470], fill=(120, 128, 140))
    draw.line([(648, 152), (760, 120 + 40 * place)], fill=(120, 128, 140), width=10)
    draw.ellipse([110, 90, 170, 150], fill=(226, 222, 200))
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=80)
    return target.getvalue()


def silence() -> bytes:
    """Return one second of a WAV file without sound."""
    rate, samples = 8000, bytes([128]) * 8000
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt "
    shape = (16).to_bytes(4, "little") + b"\x01\x00\x01\x00" + rate.to_bytes(4, "little") * 2
    return head + shape + b"\x01\x00\x08\x00data" + len(samples).to_bytes(4, "little") + samples
