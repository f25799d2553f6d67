"""How often a NIK is read exactly off a photographed card, by what is wrong with the photo.

The cards are drawn here, with invented people and serials from 9000; they are not real designs.
Needs the optional recogniser: ``make ocr``. Run: ``python -m benchmarks.ktp [cards per line]``.
"""

import io
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from gateway.errors import CardReaderError
from gateway.media.ktp_reader import INSTALL, ProcessReader, is_installed
from normalizer.ktp import read_card

TODAY: Final = date(2026, 11, 21)
_CARD: Final = (1012, 638)
_GROUND: Final = (178, 206, 230)
_INK: Final = (24, 26, 34)
_CARDS: Final = 10
_SEED: Final = 16
_FIRST: Final = ("AMIR", "SITI", "BAYU", "RATNA", "DEWI", "HENDRA")
_LAST: Final = ("HAMZAH", "NURAINI", "PRATAMA", "LESTARI", "SAPUTRA")

Disturbance = Callable[[Image.Image], Image.Image]


def invented_person(chance: random.Random) -> tuple[str, str]:
    """Return NIK and name of nobody."""
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(60, 99)
    woman = chance.random() < 0.5
    serial = chance.randint(9000, 9999)
    nik = f"140301{day + 40 * woman:02d}{month:02d}{year:02d}{serial}"
    return nik, f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def draw_card(nik: str, name: str) -> Image.Image:
    """Draw a card with the rows of an Indonesian identity card."""
    card = Image.new("RGB", _CARD, _GROUND)
    pen = ImageDraw.Draw(card)
    for x in range(0, _CARD[0], 14):  # a guilloche of a kind
        pen.line((x, 0, _CARD[0] - x, _CARD[1]), fill=(168, 198, 224))
    pen.text((360, 18), "PROVINSI RIAU", font=ImageFont.load_default(34), fill=_INK)
    pen.text((310, 58), "KABUPATEN BENGKALIS", font=ImageFont.load_default(34), fill=_INK)
    pen.text((36, 118), "NIK", font=ImageFont.load_default(38), fill=_INK)
    pen.text((230, 114), f": {nik}", font=ImageFont.load_default(44), fill=_INK)
    rows = (
        ("Nama", name),
        ("Tempat/Tgl Lahir", "BENGKALIS, 01-01-1990"),
        ("Alamat", "JL ANTARA"),
        ("RT/RW", "003/002"),
        ("Kel/Desa", "DAMON"),
        ("Agama", "ISLAM"),
        ("Pekerjaan", "WIRASWASTA"),
        ("Berlaku Hingga", "SEUMUR HIDUP"),
    )
    for index, (label, value) in enumerate(rows):
        height = 184 + 48 * index
        pen.text((36, height), label, font=ImageFont.load_default(27), fill=_INK)
        pen.text((290, height), f": {value}", font=ImageFont.load_default(27), fill=_INK)
    pen.rectangle((770, 150, 970, 420), fill=(190, 60, 60))
    return card


def tilt(card: Image.Image) -> Image.Image:
    """Lay the card eight degrees askew on a table."""
    return card.rotate(8, expand=True, fillcolor=(96, 72, 52), resample=Image.Resampling.BICUBIC)


def sideways(card: Image.Image) -> Image.Image:
    """Turn the card by a quarter."""
    return card.rotate(90, expand=True)


def blur(card: Image.Image) -> Image.Image:
    """Take it out of focus."""
    return card.filter(ImageFilter.GaussianBlur(3))


def low_light(card: Image.Image) -> Image.Image:
    """Take it in the evening: dark, and with the grain of a small sensor."""
    dark = ImageEnhance.Brightness(card).enhance(0.3)
    return Image.blend(dark, Image.effect_noise(card.size, 40).convert("RGB"), 0.15)


def coarse(card: Image.Image) -> Image.Image:
    """Send it through a messenger twice: small, and strongly compressed."""
    target = io.BytesIO()
    card.resize((640, 403)).save(target, "JPEG", quality=18)
    return Image.open(target).convert("RGB")


def far(card: Image.Image) -> Image.Image:
    """Let the card fill a third of the width of the picture."""
    table = Image.new("RGB", (1600, 1200), (96, 72, 52))
    table.paste(card.resize((540, 340)), (520, 430))
    return table


DISTURBANCES: Final[dict[str, Disturbance]] = {
    "none": lambda card: card,
    "tilt": tilt,
    "sideways": sideways,
    "blur": blur,
    "low light": low_light,
    "coarse": coarse,
    "far": far,
}


def as_photo(card: Image.Image) -> bytes:
    """Return the picture as a JPEG."""
    target = io.BytesIO()
    card.save(target, "JPEG", quality=85)
    return target.getvalue()


def measure(reader: ProcessReader, disturb: Disturbance, count: int) -> tuple[int, int, float]:
    """Return how many NIKs were exact, how many wrong, and the seconds per picture."""
    chance = random.Random(_SEED)
    exact = wrong = 0
    took_s = 0.0
    for _ in range(count):
        nik, name = invented_person(chance)
        photo = as_photo(disturb(draw_card(nik, name)))
        began_s = time.monotonic()
        try:
            card = read_card(reader.read(photo), TODAY)
        except CardReaderError:
            card = None
        took_s += time.monotonic() - began_s
        exact += card is not None and card.nik == nik
        wrong += card is not None and card.nik != nik
    return exact, wrong, took_s / count


def main() -> None:
    """Print one line for each disturbance."""
    if not is_installed():
        print(f"The recogniser is not installed: {INSTALL}")
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _CARDS
    reader = ProcessReader()
    measure(reader, DISTURBANCES["none"], 1)  # loads the models
    print(f"{'photo':<12}{'exact':>8}{'wrong':>8}{'s each':>8}   of {count}")
    for name, disturb in DISTURBANCES.items():
        exact, wrong, each_s = measure(reader, disturb, count)
        print(f"{name:<12}{exact / count:>8.0%}{wrong / count:>8.0%}{each_s:>8.1f}", flush=True)
    reader.close()


if __name__ == "__main__":
    main()
