"""Arahan: the leadership writes them, PDs take them up, Diskominfo reads them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.answering.marks import marked
from gateway.casework import directives
from gateway.casework.directives import LONGEST, NewDirective
from gateway.errors import InvalidInputError
from gateway.reading import directive_views
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("directives", __name__, url_prefix="/arahan")


@blueprint.get("/")
@staff(Permission.SEE_DIRECTIVES)
def index() -> str:
    """The open ones, or those that have ended."""
    ended = request.args.get("keadaan") == "selesai"
    before = request.args.get("sebelum", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = directive_views.page(runtime(), me(), older, ended=ended)
    here = "monitor" if me().may(Permission.GIVE_DIRECTIVES) else "kotak"
    return render_template("arahan/daftar.html", page=page, here=here)


@blueprint.get("/baru")
@staff(Permission.GIVE_DIRECTIVES)
def new() -> str:
    """The form: about a case, or to a PD about none."""
    filled = {"pd_code": request.args.get("pd", "")}
    return _form(request.args.get("aduan", ""), filled, {})


@blueprint.post("/baru")
@staff(Permission.GIVE_DIRECTIVES)
def give() -> Any:
    """Write it; what looks as if it named somebody is asked about first."""
    ticket = forms.text("ticket")
    asked = NewDirective(
        body=forms.text("body"),
        due_on=forms.day("due_on"),
        ticket=ticket,
        pd_code=forms.text("pd_code"),
        form_key=forms.text("key"),
    )
    try:
        _look_for_names(asked.body)
        directives.give(runtime(), me(), asked)
    except InvalidInputError as error:
        return _form(ticket, request.form, error.problems), 422
    toast("Arahan dikirim kepada kepala Perangkat Daerah.")
    return redirect(url_for("monitor.index"))


@blueprint.post("/<int:directive_id>/tindak-lanjut")
@staff(Permission.WORK_AT_PD)
def acknowledge(directive_id: int) -> Response:
    """Saya tindak lanjuti."""
    ticket = directives.acknowledge(runtime(), me(), directive_id)
    toast("Tercatat: arahan Anda tindak lanjuti.")
    return redirect(url_for("pd.case", ticket=ticket) if ticket else url_for("directives.index"))


@blueprint.post("/<int:directive_id>/tutup")
@staff(Permission.GIVE_DIRECTIVES)
def close(directive_id: int) -> Response:
    """Take it off the list."""
    directives.close(runtime(), me(), directive_id)
    toast("Arahan ditutup.")
    return redirect(url_for("directives.index"))


def _form(ticket: str, filled: Any, problems: dict[str, str]) -> str:
    case = directive_views.case_asked(runtime(), me(), ticket) if ticket else None
    return render_template(
        "arahan/tulis.html",
        case=case,
        filled=filled,
        problems=problems,
        longest=LONGEST,
        form_key=filled.get("key") or forms.new_key(),
        here="monitor",
    )


def _look_for_names(body: str) -> None:
    """Ask once whether what looks as if it named a person shall stand there.

    Raises:
        InvalidInputError: something does, and nobody said that it was looked at.
    """
    if not forms.flag("checked") and any(piece.why for piece in marked(body)):
        words = "Ada bagian yang tampak menyebut orang. Periksa, lalu centang di bawah isian."
        raise InvalidInputError({"checked": words})
