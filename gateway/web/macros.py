"""Makro: the ones that fit a case, what the chosen one will do, and doing it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.cases.casefile import CaseRef
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError
from gateway.macros import macros
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.stale import changed_words
from gateway.web.toasts import toast

blueprint = Blueprint("macros", __name__, url_prefix="/makro")

_worked = staff(Permission.HANDLE_CASES, Permission.WORK_AT_PD)
_REFUSED = "Makro tidak dijalankan: ada langkah yang tidak berlaku. Tidak ada yang berubah."


@blueprint.get("/<ticket>")
@_worked
def show(ticket: str) -> str:
    """The macros of a case; with one chosen, what it will do."""
    return _page(ticket, forms.asked("makro"))


@blueprint.post("/<ticket>")
@_worked
def run(ticket: str) -> Any:
    """Do it."""
    chosen = forms.number("makro") or 0
    try:
        name = macros.run(runtime(), me(), CaseRef(ticket, forms.number("version")), chosen)
    except (InvalidInputError, MoveNotAllowedError):
        return _page(ticket, chosen, problems={"": _REFUSED}), 422
    except ConflictError:
        return _page(ticket, chosen, problems={"": changed_words(ticket)}), 409
    toast(f"Makro “{name}” dijalankan.")
    return redirect(_case(ticket, chosen))


def _page(ticket: str, chosen: int | None, **more: Any) -> str:
    offer = macros.offer(runtime(), me(), ticket, chosen)
    shown = {"problems": {}, "back": _case(ticket), "here": "kotak", **more}
    return render_template("makro/makro.html", offer=offer, **shown)


def _case(ticket: str, chosen: int | None = None) -> str:
    """Return the address of the case where this person works on it, with a macro's text in it."""
    text: dict[str, Any] = {} if chosen is None else {"isi": chosen}
    if not me().may(Permission.OPEN_INBOX):
        return url_for("pd.case", ticket=ticket, **text)
    if text:
        text |= {"tulis": "balas", "_anchor": "tulis"}
    return url_for("inbox.case", ticket=ticket, antrean=request.values.get("antrean"), **text)
