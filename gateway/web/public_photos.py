"""Photos for the public: black boxes drawn in the browser or typed, burned in by the server."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from gateway.answering import public_photos
from gateway.answering.public_photos import Source
from gateway.cases.casefile import CaseRef
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.media.redaction import Box
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, public, runtime, staff
from gateway.web.files import handed_out
from gateway.web.toasts import toast

blueprint = Blueprint("public_photos", __name__)

_NEW = Box(400, 400, 200, 200)


@blueprint.get("/kotak/aduan/<ticket>/foto")
@staff(Permission.DECIDE_CASES)
def index(ticket: str) -> str:
    """The pictures of a case and what the public sees of them."""
    page = public_photos.photos(runtime(), me(), ticket)
    return render_template("foto/daftar.html", page=page, here="kotak")


@blueprint.get("/kotak/aduan/<ticket>/foto/<kind>/<int:source_id>")
@staff(Permission.DECIDE_CASES)
def show(ticket: str, kind: str, source_id: int) -> str:
    """One picture with its boxes."""
    return _page(ticket, Source(kind, source_id))


@blueprint.post("/kotak/aduan/<ticket>/foto/<kind>/<int:source_id>")
@staff(Permission.DECIDE_CASES)
def act(ticket: str, kind: str, source_id: int) -> Any:
    """Add a box, look at the result, show it to the public, or take it back."""
    source, step = Source(kind, source_id), forms.text("step")
    boxes = _boxes()
    if step in {"tambah", ""}:
        return _page(ticket, source, boxes=[*boxes, _NEW] if step else boxes)
    try:
        if step == "turun":
            public_photos.withdraw(runtime(), me(), CaseRef(ticket), source)
        else:
            approve = step == "tayang"
            public_photos.draw(runtime(), me(), CaseRef(ticket), source, boxes, approve=approve)
    except InvalidInputError as error:
        return _page(ticket, source, boxes=boxes, problems=error.problems), 422
    except MoveNotAllowedError:
        toast("Aduan Rahasia: fotonya tidak tampil ke publik.", bad=True)
    else:
        toast(_DONE.get(step, "Salinan dibuat, belum tampil ke publik."))
    return redirect(url_for("public_photos.show", ticket=ticket, kind=kind, source_id=source_id))


@blueprint.get("/foto/<kind>/<int:photo_id>/<int:expires>/<signature>/<variant>")
@public
def photo(kind: str, photo_id: int, expires: int, signature: str, variant: str) -> Response:
    """A photo behind an address that one of our pages gave out."""
    address = (kind, photo_id, expires, signature)
    return handed_out(public_photos.open_link(runtime(), address, variant))


_DONE = {
    "tayang": "Foto tampil ke publik dengan bagian yang ditutup.",
    "turun": "Foto tidak tampil lagi ke publik.",
}


def _boxes() -> list[Box]:
    """Read the rows of the form: four percentages each; a row that is struck out is left."""
    rows = zip(*(request.form.getlist(name) for name in ("x", "y", "w", "h")), strict=False)
    struck = forms.numbers("hapus")
    return [
        Box(*(_per_mille(one) for one in row))
        for place, row in enumerate(rows)
        if place not in struck
    ]


def _per_mille(words: str) -> int:
    """Return a percentage as per mille; what is no number covers nothing."""
    try:
        return max(-1, min(round(float(words.replace(",", ".")) * 10), 1000))
    except (ValueError, OverflowError):
        return -1


def _page(
    ticket: str,
    source: Source,
    *,
    boxes: list[Box] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    page = public_photos.photos(runtime(), me(), ticket, source)
    saved = page.open.boxes if page.open else []
    return render_template(
        "foto/sensor.html",
        page=page,
        boxes=saved if boxes is None else boxes,
        problems=problems or {},
        here="kotak",
    )
