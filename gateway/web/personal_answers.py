"""The step of an officer who phoned back, or answered where something had been posted."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from gateway.answering import personal_answers
from gateway.cases.casefile import CaseRef
from gateway.errors import ConflictError, InvalidInputError
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import render_case
from gateway.web.toasts import toast

blueprint = Blueprint("personal", __name__, url_prefix="/kotak")

_DIALOG = "sampaikan"
_CHANGED = "Aduan ini baru saja berubah. Baca lagi yang perlu disampaikan, lalu tandai."


@blueprint.post("/aduan/<ticket>/sampaikan")
@staff(Permission.HANDLE_CASES)
def hand_over(ticket: str) -> Any:
    """Note that an officer told the reporter what no channel carries."""
    ref = CaseRef(ticket, forms.number("version"))
    how, note = forms.text("how"), forms.text("note")
    try:
        personal_answers.hand_over(runtime(), me(), ref, how, note)
    except InvalidInputError as error:
        problems, code = error.problems, 422
    except ConflictError:
        problems, code = {"": _CHANGED}, 409
    else:
        toast(f"{ticket}: ditandai sudah disampaikan.")
        return redirect(url_for("inbox.case", ticket=ticket))
    return render_case(ticket, dialog=_DIALOG, problems=problems, filled=request.form), code
