"""Salinan lapangan: one case as a PDF to take along.

Set in the fonts that every reader of PDF brings along: they have all letters of Indonesian. What
they lack is written as the letter below its marks, or as a word for what stood there.
"""

import io
import unicodedata
from html import escape
from typing import Any, Final

import regex
import segno
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from gateway.showing.field_views import FieldPaper

rl_config.useA85 = 0  # bytes as they are: a quarter smaller

_ALPHABET: Final = "cp1252"  # what the fonts know
_MARGIN: Final = 18 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN - 12  # the frame keeps 6 points on either side
_QR: Final = 30 * mm
_PHOTO_WIDTH: Final = _WIDTH / 2 - 4 * mm
_PHOTO_HEIGHT: Final = 62 * mm
_NOTE_LINES: Final = 8
_LONGEST_TEXT: Final = 6000  # letters; what is longer is read on the screen
_LONGEST_LINE: Final = 300
_INK, _GREY = colors.HexColor("#1b1d22"), colors.HexColor("#5b6270")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10.5, leading=15, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=8.5, leading=11, textColor=_GREY)
_HEAD = ParagraphStyle("head", _BODY, fontName="Helvetica-Bold", spaceBefore=9, spaceAfter=3)
_TITLE = ParagraphStyle("title", _HEAD, fontSize=15, leading=19)
_TOP = ("VALIGN", (0, 0), (-1, -1), "TOP")
_FLUSH = ("LEFTPADDING", (0, 0), (-1, -1), 0)


def draw(paper: FieldPaper) -> bytes:
    """Return the paper as a PDF; the same paper twice is the same file."""
    target = io.BytesIO()
    page = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN + 6 * mm,
        title=printable(f"Salinan lapangan {paper.ticket}"),
        author=printable(paper.app),
        lang="id",
        invariant=1,  # no date but the one that stands on it
    )

    def foot(canvas: Any, _page: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, _MARGIN, printable(f"Salinan lapangan {paper.ticket}"))
        canvas.drawRightString(A4[0] - _MARGIN, _MARGIN, f"Halaman {canvas.getPageNumber()}")

    page.build(_story(paper), onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def printable(text: str) -> str:
    """Return a text in letters that the fonts have; line breaks stay."""
    signs = [_printable(sign) for sign in regex.findall(r"\X", unicodedata.normalize("NFC", text))]
    kept = [sign for place, sign in enumerate(signs) if sign != _EMOJI or signs[place - 1] != sign]
    return "".join(kept if signs else [])


_EMOJI: Final = "[emoji]"


def _printable(sign: str) -> str:
    """Return one sign as a reader sees it, or what stands for it."""
    if sign in {"\n", "\r\n", "\r"}:
        return "\n"
    shown = "".join(" " if one == "\t" else one for one in sign if _visible(one))
    if _known(shown):
        return shown
    bare = "".join(one for one in unicodedata.normalize("NFKD", shown) if _known(one))
    if bare:
        return bare
    is_picture = any(unicodedata.category(one) == "So" for one in shown)
    return _EMOJI if is_picture else "?"


def _visible(sign: str) -> bool:
    return sign == "\t" or not unicodedata.category(sign).startswith("C")


def _known(text: str) -> bool:
    try:
        text.encode(_ALPHABET)
    except UnicodeEncodeError:
        return False
    return True


def _story(paper: FieldPaper) -> list[Any]:
    deadlines = [f"{name}: sebelum {until}" for name, until in paper.deadlines]
    return [
        _top(paper),
        *_block("Isi aduan (tanpa identitas pelapor)", _cut(paper.text, _LONGEST_TEXT)),
        _place(paper),
        *_block("Batas waktu", "\n".join(deadlines) or "Tidak ada batas yang berjalan."),
        *_photos(paper),
        _notes(),
        Spacer(1, 4 * mm),
        _line(paper.made, _SMALL),
        _line("Milik pemerintah. Musnahkan setelah pekerjaan selesai.", _SMALL),
    ]


def _line(text: str, style: ParagraphStyle = _BODY) -> Any:
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)


def _cut(text: str, longest: int) -> str:
    """Return a text that fits on the paper, and says so where the rest stands."""
    return text if len(text) <= longest else f"{text[:longest]} … (selengkapnya di sistem)"


def _block(heading: str, text: str) -> list[Any]:
    return [_line(heading, _HEAD), *(_line(part) for part in text.split("\n") if part.strip())]


def _top(paper: FieldPaper) -> Any:
    words = [
        _line(f"{paper.app} · {paper.government}", _SMALL),
        _line(f"Salinan lapangan {paper.ticket}", _HEAD),
        _line(_cut(paper.title, _LONGEST_LINE), _TITLE),
        _line(paper.facts),
    ]
    return _beside(words, _code(paper.address, "Buka aduan (perlu masuk)"))


def _place(paper: FieldPaper) -> Any:
    words = _block("Lokasi", _cut(paper.place, _LONGEST_LINE) or "Tempat belum disebut.")
    if not paper.geo:
        return KeepTogether(words)
    words += [_line(f"Koordinat: {paper.coordinates}"), _line(f"Peta: {paper.geo}")]
    return KeepTogether([_beside(words, _code(paper.geo, "Buka di peta ponsel"))])


def _beside(words: list[Any], code: list[Any]) -> Any:
    widths = [_WIDTH - _QR - 6 * mm, _QR + 6 * mm]
    return Table(
        [[words, code]], colWidths=widths, style=[_TOP, ("LEFTPADDING", (0, 0), (0, 0), 0)]
    )


def _code(address: str, words: str) -> list[Any]:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="png", scale=8, border=2)
    return [Image(drawn, _QR, _QR), _line(words, _SMALL)]


def _photos(paper: FieldPaper) -> list[Any]:
    story: list[Any] = []
    cells = [
        [_fitted(photo), _line(f"Foto {number} dari {len(paper.photos)}", _SMALL)]
        for number, photo in enumerate(paper.photos, 1)
    ]
    for place in range(0, len(cells), 2):
        pair = [*cells[place : place + 2], ""][:2]
        row = Table([pair], colWidths=[_WIDTH / 2] * 2, style=[_TOP, _FLUSH])
        story.append(KeepTogether([_line("Foto", _HEAD), row] if place == 0 else [row]))
    return [*story, _line(paper.more_files, _SMALL)] if paper.more_files else story


def _fitted(photo: bytes) -> Any:
    image = Image(io.BytesIO(photo))
    scale = min(_PHOTO_WIDTH / image.imageWidth, _PHOTO_HEIGHT / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    return image


def _notes() -> Any:
    """Room to write by hand, and to sign."""
    under = ("LINEBELOW", (0, 0), (-1, -1), 0.4, _GREY)
    rows = Table([[""]] * _NOTE_LINES, colWidths=[_WIDTH], rowHeights=9 * mm, style=[under])
    names = [_line(words, _SMALL) for words in ("Nama petugas", "Tanggal dan jam", "Tanda tangan")]
    signed = Table([["", "", ""], names], colWidths=[_WIDTH / 3] * 3, rowHeights=[14 * mm, 6 * mm],
                   style=[_FLUSH, ("LINEBELOW", (0, 0), (-1, 0), 0.4, _GREY)])  # fmt: skip
    return KeepTogether([_line("Catatan di lapangan", _HEAD), rows, Spacer(1, 4 * mm), signed])
