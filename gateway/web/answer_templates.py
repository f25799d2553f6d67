"""Templat jawaban: the ready-made texts and macros of one's own office, listed and edited."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.answering import answer_templates
from gateway.answering.template_checks import TemplateForm
from gateway.answering.template_values import PLACES
from gateway.errors import ConflictError, InvalidInputError
from gateway.rules.macro_steps import Acts, steps_of
from gateway.rules.people import Permission
from gateway.rules.statuses import WORDS
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("answer_templates", __name__, url_prefix="/templat-jawaban")

_kept = staff(Permission.KEEP_TEXTS)
_CHANGED = "Templat ini baru saja diubah petugas lain. Isian Anda tetap ada; periksa lalu simpan."


@blueprint.get("/")
@_kept
def index() -> str:
    """All texts."""
    lines = answer_templates.all_lines(runtime(), me())
    return render_template("templat/daftar.html", lines=lines, here="kotak", words=WORDS)


@blueprint.get("/baru", defaults={"template_id": None})
@blueprint.get("/<int:template_id>")
@_kept
def show(template_id: int | None) -> str:
    """One text, or an empty form."""
    if template_id is None:
        return _page(None, TemplateForm(owner=me().unit))
    return _page(template_id, answer_templates.one_line(runtime(), me(), template_id).form)


@blueprint.post("/baru", defaults={"template_id": None})
@blueprint.post("/<int:template_id>")
@_kept
def act(template_id: int | None) -> Any:
    """Show how a text reads, or keep it."""
    form = TemplateForm(
        name=forms.text("name"),
        body=forms.text("body"),
        statuses=request.form.getlist("statuses"),
        categories=request.form.getlist("categories"),
        owner=forms.text("owner"),
        review_on=forms.day("review_on"),
        active=forms.flag("active"),
        version=forms.number("version") or 0,
        acts=_acts(),
    )
    if forms.text("step") != "simpan":
        return _page(template_id, form)
    try:
        answer_templates.save(runtime(), me(), form, template_id)
    except InvalidInputError as error:
        return _page(template_id, form, problems=error.problems), 422
    except ConflictError:
        return _page(template_id, form, problems={"": _CHANGED}), 409
    toast(f"Templat “{form.name.strip()}” disimpan.")
    return redirect(url_for("answer_templates.index"))


@blueprint.post("/<int:template_id>/versi/<int:change_id>")
@_kept
def restore(template_id: int, change_id: int) -> Any:
    """Kembalikan ke versi ini."""
    line = answer_templates.one_line(runtime(), me(), template_id)
    try:
        version = forms.number("version") or 0
        answer_templates.restore(runtime(), me(), template_id, change_id, version)
    except InvalidInputError as error:
        return _page(template_id, line.form, problems=error.problems), 422
    except ConflictError:
        return _page(template_id, line.form, problems={"": _CHANGED}), 409
    toast("Dikembalikan.")
    return redirect(url_for("answer_templates.show", template_id=template_id))


def _acts() -> Acts:
    return Acts(
        step=forms.text("act_step"),
        words=forms.text("act_words").strip(),
        days=forms.number("act_days"),
        body=forms.text("act_body"),
        priority=forms.text("act_priority"),
        note=forms.text("act_note").strip(),
        note_for_pd=forms.flag("act_note_for_pd"),
    )


def _page(template_id: int | None, form: TemplateForm, **more: Any) -> str:
    version = form.version
    if more and template_id is not None:  # the next save takes what stands now into account
        version = answer_templates.one_line(runtime(), me(), template_id).form.version
    return render_template(
        "templat/ubah.html",
        form=form,
        version=version,
        template_id=template_id,
        example=answer_templates.example(runtime(), form.body),
        places=PLACES,
        words=WORDS,
        steps=steps_of(at_pd=me().pd_code is not None),
        history=answer_templates.history(runtime(), me(), template_id) if template_id else [],
        here="kotak",
        **{"problems": {}, **more},
    )
