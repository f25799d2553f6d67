"""One step on many cases of Kotak Masuk or of the list Aduan.

Works as plain forms; keys and a bar come from a script.
"""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.cases.casefile import CaseRef
from gateway.casework import bulk
from gateway.casework.bulk import BulkForm, Outcome
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.listing.list_filter import Criteria, read_criteria
from gateway.rules.people import Permission
from gateway.settings import setting_labels
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast, undoable

blueprint = Blueprint("inbox_bulk", __name__, url_prefix="/kotak/massal")


@blueprint.get("/")
@staff(Permission.DECIDE_CASES)
def show() -> Any:
    """What would be done, with which cases, before it is done."""
    return _page(request.args.get("aksi", "disposisi"), request.args.getlist("pilih"), {})


@blueprint.post("/")
@staff(Permission.DECIDE_CASES)
def act() -> Any:
    """Do it."""
    form = BulkForm(
        kind=forms.text("aksi"),
        pd_code=forms.text("pd_code"),
        note=forms.text("note"),
        publish=forms.flag("publish"),
        reason=forms.text("reason"),
        priority=forms.text("priority"),
        label=forms.text("label"),
        take_off=forms.text("ubah") == "lepas",
    )
    chosen = request.form.getlist("pilih")
    refs = [CaseRef(ticket, forms.number(f"version-{ticket}")) for ticket in dict.fromkeys(chosen)]
    try:
        outcome = bulk.act(runtime(), me(), form, refs, forms.text("key"))
    except InvalidInputError as error:
        return _page(form.kind, chosen, error.problems)
    _tell(outcome)
    return redirect(_back())


@blueprint.post("/<int:action_id>/urungkan")
@staff(Permission.DECIDE_CASES)
def undo(action_id: int) -> Response:
    """Take it back within ten seconds."""
    try:
        count = bulk.undo(runtime(), me(), action_id)
        toast(f"Diurungkan: {count} aduan kembali seperti semula.")
    except MoveNotAllowedError:
        toast("Sudah lewat 10 detik, tidak dapat diurungkan lagi.", bad=True)
    return redirect(_back())


def _page(kind: str, tickets: list[str], problems: dict[str, str]) -> Any:
    try:
        lines = bulk.summary(runtime(), me(), kind, tickets)
    except InvalidInputError as error:
        toast(error.problems[""], bad=True)
        return redirect(_back())
    page = render_template(
        "kotak/massal.html",
        kind=kind,
        kinds=bulk.KINDS,
        labels=setting_labels.names(runtime()),
        lines=lines,
        ready=sum(not line.problem for line in lines),
        problems=problems,
        filled=request.form,
        form_key=forms.new_key(),
        origin=_origin(),
        back=_back(),
        here="aduan" if "saringan" in request.values else "kotak",
    )
    return page, 422 if problems else 200


def _tell(outcome: Outcome) -> None:
    if outcome.left_out:
        first = ", ".join(f"{ticket} ({why})" for ticket, why in outcome.left_out[:3])
        more = len(outcome.left_out) - 3
        rest = f" dan {more} lagi" if more > 0 else ""
        toast(f"Dilewati: {first}{rest}.", bad=True)
    if outcome.done:
        words = f"{len(outcome.done)} aduan selesai diproses."
        origin: dict[str, Any] = _origin()
        address = url_for("inbox_bulk.undo", action_id=outcome.action_id, **origin)
        if outcome.until is None:
            toast(words)
        else:
            undoable(words, address, outcome.until)


def _origin() -> dict[str, str]:
    """Return the fields that name the list in which one works: a queue, or a filter of Aduan."""
    if "saringan" in request.values:
        return {"saringan": _asked().address()}
    code = request.values.get("antrean")
    return {"antrean": code} if code else {}


def _back() -> str:
    """Return the address of that list."""
    if "saringan" in request.values:
        query: dict[str, Any] = _asked().query()
        return url_for("cases_list.index", **query)
    queue: dict[str, Any] = _origin()
    return url_for("inbox.index", **queue)


def _asked() -> Criteria:
    """Read the filter anew: only what a list can be asked for comes back."""
    return read_criteria(runtime(), dict(parse_qsl(request.values["saringan"])))
