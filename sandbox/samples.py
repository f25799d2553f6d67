"""A photo with a GPS position in it, a voice note and a document, made when they are asked for.

Nothing is stored in the repository, so that nobody has to ask where a picture came from.
"""

import io
import math
import struct
import wave
from functools import cache

from PIL import Image, ImageDraw, TiffImagePlugin

from sandbox.draft import RefusedError

# Exif positions are degrees, minutes, seconds. A point in the sea: the photo must not know a home.
PHOTO_LATITUDE_DEG = -5.5
PHOTO_LONGITUDE_DEG = 110.25
_GPS_TAG = 0x8825
_MODEL_TAG = 0x0110
_CAMERA = "Ponsel Latihan"
# Opus: one packet of 20 ms of silence, wide band, one channel.
_OPUS_SILENCE = b"\xf8\xff\xfe"
_OPUS_SAMPLES = 960
_VOICE_PACKETS = 150  # three seconds
_CALL_RATE = 8000
_OGG_POLYNOMIAL = 0x04C11DB7


def sample(kind: str) -> tuple[str, bytes, str]:
    """Return name, content and type of the built-in file of a kind.

    Raises:
        RefusedError: there is none.
    """
    if kind in ("photo", "image"):
        return "foto.jpg", photo(), "image/jpeg"
    if kind in ("voice", "audio"):
        return "suara.ogg", voice(), "audio/ogg"
    if kind == "call":
        return "rekaman.wav", call(), "audio/x-wav"
    if kind == "document":
        return "surat.pdf", document(), "application/pdf"
    if kind == "sticker":
        return "stiker.webp", sticker(), "image/webp"
    raise RefusedError(f"Tidak ada contoh untuk {kind}.")


@cache
def photo() -> bytes:
    """A JPEG of a drawn street with a hole in it, 1280 x 960, with Exif camera and position."""
    picture = Image.new("RGB", (1280, 960), "#b9cfdb")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 520, 1280, 960), fill="#6f6a62")
    pen.polygon(((560, 520), (720, 520), (1080, 960), (200, 960)), fill="#57534c")
    pen.polygon(((632, 540), (648, 540), (680, 940), (600, 940)), fill="#d9d3c4")
    pen.ellipse((690, 690, 900, 790), fill="#2e2b26", outline="#1e1c18", width=8)
    pen.ellipse((730, 715, 850, 765), fill="#7d8d93")
    pen.rectangle((150, 240, 170, 560), fill="#4a463e")
    pen.rectangle((150, 240, 270, 256), fill="#4a463e")
    pen.ellipse((250, 250, 300, 290), fill="#8a8273")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=82, exif=_exif())
    return target.getvalue()


@cache
def sticker() -> bytes:
    """A round WebP sticker with a transparent edge."""
    picture = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((8, 8, 248, 248), fill="#e8c263", outline="#755000", width=6)
    pen.ellipse((80, 90, 104, 122), fill="#43380f")
    pen.ellipse((152, 90, 176, 122), fill="#43380f")
    pen.arc((80, 120, 176, 196), 10, 170, fill="#43380f", width=8)
    target = io.BytesIO()
    picture.save(target, "WEBP")
    return target.getvalue()


@cache
def voice() -> bytes:
    """A valid Ogg Opus file: three seconds of silence."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    vendor = b"sandbox"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, first=True), _ogg_page([tags], 1, 0)]
    packets = [_OPUS_SILENCE] * _VOICE_PACKETS
    pages.append(_ogg_page(packets, 2, _VOICE_PACKETS * _OPUS_SAMPLES, last=True))
    return b"".join(pages)


@cache
def call() -> bytes:
    """A WAV file as Twilio records calls: 8 kHz, 16 bits, one channel; a quiet tone of 3 s."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_CALL_RATE)
        samples = (
            int(1500 * math.sin(2 * math.pi * 330 * number / _CALL_RATE))
            for number in range(3 * _CALL_RATE)
        )
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return target.getvalue()


@cache
def document() -> bytes:
    """A valid PDF of one page with a line of text."""
    text = b"BT /F1 18 Tf 72 760 Td (Surat pengantar RT - contoh untuk latihan) Tj ET"
    layout = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R %s >>" % layout,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return body + b"startxref\n%d\n%%%%EOF\n" % start


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[_MODEL_TAG] = _CAMERA
    exif[_GPS_TAG] = {
        1: "S" if PHOTO_LATITUDE_DEG < 0 else "N",
        2: _sexagesimal(abs(PHOTO_LATITUDE_DEG)),
        3: "E",
        4: _sexagesimal(PHOTO_LONGITUDE_DEG),
    }
    return exif


def _sexagesimal(degrees: float) -> tuple[TiffImagePlugin.IFDRational, ...]:
    minutes = (degrees % 1) * 60
    parts = (int(degrees), int(minutes), round((minutes % 1) * 60))
    return tuple(TiffImagePlugin.IFDRational(part, 1) for part in parts)


def _ogg_page(
    packets: list[bytes], number: int, position: int, *, first: bool = False, last: bool = False
) -> bytes:
    """One Ogg page (RFC 3533). `position` counts samples at 48 kHz."""
    flags = (2 if first else 0) | (4 if last else 0)
    header = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 1, number, 0, len(packets))
    page = header + bytes(len(packet) for packet in packets) + b"".join(packets)
    return page[:22] + ogg_checksum(page) + page[26:]


def ogg_checksum(page: bytes) -> bytes:
    """CRC-32 of RFC 3533 over a page whose own checksum is zero: not reflected, no inversion."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (_OGG_POLYNOMIAL if crc & 0x80000000 else 0)
            crc &= 0xFFFFFFFF
    return struct.pack("<I", crc)
