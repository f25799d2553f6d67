"""Working together: "Untuk saya", following a case, giving it to a colleague."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from gateway.cases.casefile import CaseRef
from gateway.casework import assignments
from gateway.errors import InvalidInputError
from gateway.rules.permissions import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("teamwork", __name__, url_prefix="/untuk-saya")

_ON_CASES = (Permission.OPEN_INBOX, Permission.WORK_AT_PD)


@blueprint.get("/")
@staff(*_ON_CASES)
def index() -> str:
    """What colleagues called one for, and what happened to cases that one follows."""
    lines = assignments.lines(runtime(), me(), forms.asked("sebelum"))
    return render_template("akun/untuk_saya.html", lines=lines, here="saya")


@blueprint.post("/dibaca")
@staff(*_ON_CASES)
def read() -> Any:
    """Say that one has read all lines."""
    assignments.mark_read(runtime(), me())
    return redirect(url_for("teamwork.index"))


@blueprint.post("/aduan/<ticket>/ikuti")
@staff(*_ON_CASES)
def follow(ticket: str) -> Any:
    """Follow a case, or no more."""
    wanted = forms.text("ikuti") == "ya"
    assignments.set_following(runtime(), me(), CaseRef(ticket), follow=wanted)
    toast("Aduan ini Anda ikuti." if wanted else "Aduan ini tidak Anda ikuti lagi.", saved=False)
    return _back(ticket)


@blueprint.post("/aduan/<ticket>/tugaskan")
@staff(Permission.HANDLE_CASES, Permission.WORK_AT_PD)
def assign(ticket: str) -> Any:
    """Give a case to a colleague of one's own office."""
    chosen = forms.number("petugas")
    try:
        name = assignments.assign(runtime(), me(), CaseRef(ticket), chosen)
    except InvalidInputError as error:
        toast(error.problems["petugas"], bad=True)
    else:
        toast(
            "Aduan Anda ambil." if chosen == me().id else f"Ditugaskan kepada {name}.", saved=False
        )
    return _back(ticket)


def _back(ticket: str) -> Any:
    page = "inbox.case" if me().may(Permission.OPEN_INBOX) else "pd.case"
    return redirect(url_for(page, ticket=ticket))
