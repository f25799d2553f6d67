"""Catat aduan and Catat dari media sosial: the forms in which officers write for others."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.cases.recording_form import CALL, FIELDS, KINDS, PRIVACIES, SOCIAL, SOURCES
from gateway.errors import InvalidInputError, NotFoundError
from gateway.recording import recording, recording_drafts
from gateway.recording.recording_drafts import DraftView
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("recording", __name__, url_prefix="/catat")

# Ten files as large as we take would be 250 MB; nobody has so many at the counter.
LARGEST_FORM_BYTES = 64 * 1024 * 1024
_DEFAULTS = {"kind": "complaint", "privacy": "anonymous", "source": "phone"}
_FORM_OF_PATH = {"": CALL, "medsos": SOCIAL}


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/medsos", defaults={"path": "medsos"})
@staff(Permission.RECORD_CASES)
def show(path: str) -> Any:
    """An empty form, or one of one's own as it was left."""
    key = request.args.get("konsep", "")
    if not key:
        return _page(DraftView(forms.new_key(), _FORM_OF_PATH[path], _DEFAULTS, []))
    draft = recording_drafts.draft(runtime(), me(), key)
    checked = recording.findings(runtime(), me(), draft.fields)
    return _page(draft, checked=checked)


@blueprint.post("/", defaults={"path": ""})
@blueprint.post("/medsos", defaults={"path": "medsos"})
@staff(Permission.RECORD_CASES)
def act(path: str) -> Any:
    """Keep what was typed, whatever the button; then look at it, put it aside, or save it."""
    draft = DraftView(forms.text("key"), _FORM_OF_PATH[path], _typed(), [])
    step = forms.text("step")
    try:
        draft = recording_drafts.keep_draft(runtime(), me(), draft, forms.uploads("files"))
        if step.startswith("hapus-"):
            place = step.removeprefix("hapus-")
            return _without_file(draft, int(place) if place.isdecimal() else -1)
        if step == "simpan":
            return _saved(recording.save(runtime(), me(), draft.key), draft)
    except InvalidInputError as error:
        draft = recording_drafts.draft(runtime(), me(), draft.key)
        return _page(draft, problems=error.problems, checked=_checked(draft)), 422
    if step == "sementara":
        toast("Disimpan sementara. Lanjutkan dari daftar di bawah formulir, paling lama sehari.")
        return redirect(url_for("recording.show", path=path))
    return _page(draft, checked=_checked(draft))


@blueprint.post("/periksa")
@staff(Permission.RECORD_CASES)
def check() -> Any:
    """Keep what is typed so far and say what was read in it; a script asks while one types."""
    form = forms.text("form")
    draft = DraftView(forms.text("key"), form if form == SOCIAL else CALL, _typed(), [])
    recording_drafts.keep_draft(runtime(), me(), draft)
    return render_template("catat/_temuan.html", checked=_checked(draft))


@blueprint.post("/konsep/<key>/buang")
@staff(Permission.RECORD_CASES)
def drop(key: str) -> Response:
    """Throw an unfinished form away."""
    recording_drafts.drop_draft(runtime(), me(), key)
    toast("Catatan sementara dibuang.")
    return redirect(url_for("recording.show", path=""))


@blueprint.post("/pin")
@staff(Permission.RECORD_CASES)
def renew_pin() -> Any:
    """Make another PIN where nobody heard the first."""
    key = forms.text("key")
    try:
        receipt = recording.renew_pin(runtime(), me(), key)
    except NotFoundError:
        toast("PIN aduan ini tidak dapat dibuat ulang di sini.", bad=True)
        return redirect(url_for("recording.show", path=""))
    return render_template("catat/tersimpan.html", receipt=receipt, key=key, here="catat")


def _saved(receipt: recording.Receipt, draft: DraftView) -> str:
    return render_template("catat/tersimpan.html", receipt=receipt, key=draft.key, here="catat")


def _without_file(draft: DraftView, place: int) -> str:
    recording_drafts.drop_file(runtime(), me(), draft.key, place)
    draft = recording_drafts.draft(runtime(), me(), draft.key)
    return _page(draft, checked=_checked(draft))


def _checked(draft: DraftView) -> Any:
    return recording.findings(runtime(), me(), draft.fields)


def _page(draft: DraftView, **more: Any) -> str:
    others = [item for item in recording_drafts.drafts(runtime(), me()) if item.key != draft.key]
    shown = {"problems": {}, "checked": None, **more}
    return render_template(
        "catat/catat.html",
        draft=draft,
        others=others,
        social=draft.form == SOCIAL,
        sources={code: words for code, words in SOURCES.items() if code != SOCIAL},
        kinds=KINDS,
        privacies=PRIVACIES,
        sms=recording.sms_is_offered(runtime()),
        here="catat",
        **shown,
    )


def _typed() -> dict[str, str]:
    return {name: forms.text(name) for name in FIELDS}
