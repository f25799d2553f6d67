"""Koreksi jawaban: the PD's draft beside Diskominfo's text."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.answering import answer_templates, answers
from gateway.answering.answers import RETURN_REASONS, Correction
from gateway.answering.drafting import StaleTextError
from gateway.cases.casefile import CaseRef
from gateway.errors import InvalidInputError
from gateway.reading import correction_view
from gateway.reading.correction_view import Unsaved
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("correction", __name__, url_prefix="/koreksi")


@blueprint.get("/<ticket>")
@staff(Permission.ANSWER_CASES)
def show(ticket: str) -> str:
    """Both texts, the difference, the previews."""
    return _page(ticket)


@blueprint.post("/<ticket>")
@staff(Permission.ANSWER_CASES)
def act(ticket: str) -> Any:
    """Save, preview, send, return or agree, by the button that was pressed."""
    form = Correction(
        forms.text("body"),
        forms.text("final") == "ya",
        forms.number("version") or 0,
        no_photo=forms.text("no_photo"),
        to_citizen=forms.numbers("to_citizen"),
        to_public=forms.numbers("to_public"),
    )
    step = forms.text("step")
    if step == "lihat" or "sisip" in request.form:
        return _page(ticket, unsaved=_typed(ticket))
    try:
        done = _STEPS[step](ticket, form) if step in _STEPS else _save(ticket, form)
    except InvalidInputError as error:
        return _page(ticket, problems=error.problems, unsaved=_typed(ticket)), 422
    except StaleTextError as error:
        return _page(ticket, unsaved=_typed(ticket), theirs=error), 409
    toast(done)
    if step in _STEPS:
        return redirect(url_for("inbox.index", antrean="koreksi"))
    return redirect(url_for("correction.show", ticket=ticket))


def _typed(ticket: str) -> Unsaved:
    """Return what stands in the form, a ready-made text behind it if one was chosen."""
    body, chosen = forms.text("body"), forms.number("sisip")
    if chosen is not None:
        body = answer_templates.inserted(runtime(), me(), ticket, chosen, body)
    return Unsaved(
        body, forms.text("no_photo"), forms.numbers("to_citizen"), forms.numbers("to_public")
    )


def _save(ticket: str, form: Correction) -> str:
    answers.save_correction(runtime(), me(), CaseRef(ticket), form)
    return "Koreksi disimpan."


def _send(ticket: str, form: Correction) -> str:
    answers.send_answer(runtime(), me(), CaseRef(ticket), form)
    end = "Aduan Selesai." if form.final else "Aduan tetap Penanganan."
    return f"Jawaban {ticket} dikirim kepada warga. {end}"


def _return(ticket: str, form: Correction) -> str:
    reason, note = forms.text("reason"), forms.text("return_note")
    answers.return_draft(runtime(), me(), CaseRef(ticket), reason, note, form)
    return f"Draf {ticket} dikembalikan: {RETURN_REASONS[reason]}."


def _agree(ticket: str, _form: Correction) -> str:
    answers.approve_noted(
        runtime(), me(), CaseRef(ticket), forms.text("body"), forms.day("review_on")
    )
    return f"{ticket}: Pending - Catatan. Pelapor dikabari."


_STEPS = {"kirim": _send, "kembalikan": _return, "setujui": _agree}


def _page(ticket: str, **more: Any) -> str:
    view = correction_view.correction(runtime(), me(), ticket, more.pop("unsaved", None))
    return render_template(
        "koreksi/koreksi.html",
        view=view,
        reasons=RETURN_REASONS,
        filled=request.form,
        texts=answer_templates.offered(runtime(), me(), ticket),
        here="kotak",
        **{"problems": {}, "theirs": None, **more},
    )
