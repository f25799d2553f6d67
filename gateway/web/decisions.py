"""Kotak Masuk: decisions on a case in work: conflict of interest, its public text."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for

from gateway.cases.casefile import CaseRef
from gateway.casework import conflicts, public_text
from gateway.casework.public_text import PublicText
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import render_case
from gateway.web.stale import changed_words
from gateway.web.toasts import toast

blueprint = Blueprint("decisions", __name__, url_prefix="/kotak")


@blueprint.post("/aduan/<ticket>/konflik")
@staff(Permission.DECIDE_CASES)
def divert(ticket: str) -> Any:
    """Take the case from its PD and give it to the Inspektorat."""
    about, reason = forms.text("conflict"), forms.text("reason")
    return _do(
        ticket,
        "konflik",
        lambda ref: conflicts.divert(runtime(), me(), ref, about, reason),
        f"{ticket} dialihkan ke Inspektorat.",
    )


@blueprint.post("/aduan/<ticket>/cabut-konflik")
@staff(Permission.DECIDE_CASES)
def lift(ticket: str) -> Any:
    """Let the case wait in Masuk again, as any other."""
    reason = forms.text("reason")
    return _do(
        ticket,
        "cabut-konflik",
        lambda ref: conflicts.lift(runtime(), me(), ref, reason),
        f"Konflik kepentingan {ticket} dicabut. Aduan kembali ke Masuk.",
    )


@blueprint.post("/aduan/<ticket>/isi-publik")
@staff(Permission.DECIDE_CASES)
def edit_public_text(ticket: str) -> Any:
    """Put right what the public reads, or take the case from it."""
    form = PublicText(
        forms.text("title"),
        forms.text("public_text"),
        forms.flag("publish"),
        forms.text("reason"),
    )
    return _do(
        ticket,
        "isi-publik",
        lambda ref: public_text.edit(runtime(), me(), ref, form),
        f"Isi publik {ticket} tersimpan.",
    )


def _do(ticket: str, dialog: str, step: Callable[[CaseRef], None], words: str) -> Any:
    """Do a step; on refusal show the same dialog again with all that was written."""
    try:
        step(CaseRef(ticket, forms.number("version")))
        toast(words)
    except InvalidInputError as error:
        return _dialog(ticket, dialog, error.problems), 422
    except ConflictError:
        return _dialog(ticket, dialog, {"": changed_words(ticket)}, stale=True), 409
    except MoveNotAllowedError:
        toast("Langkah ini tidak berlaku lagi: aduan sudah berubah.", bad=True)
    return redirect(url_for("inbox.case", ticket=ticket, antrean=request.args.get("antrean")))


def _dialog(ticket: str, dialog: str, problems: dict[str, str], *, stale: bool = False) -> str:
    filled = request.form
    return render_case(ticket, dialog=dialog, problems=problems, filled=filled, stale=stale)
