"""Kotak Masuk of Diskominfo: every step on a case, each one form and one use case.

Steps on a conversation, a message or an outgoing part are in `gateway.web.inbox_conversations`.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask import redirect, request, url_for

from gateway.answering import (
    answer_templates,
    answers,
    correspondence,
    personal_answers,
    reply_previews,
)
from gateway.answering.correspondence import Reply
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal, mending, pdwork
from gateway.casework.casework import ARCHIVE_REASONS, Referral
from gateway.casework.disposal import Disposal
from gateway.casework.mending import Mend
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import blueprint, render_case
from gateway.web.stale import changed_words
from gateway.web.toasts import toast, undoable

__all__ = ["blueprint"]

_DIALOGS = frozenset(
    {
        "disposisi", "bukan-aduan", "bukan-kewenangan", "tanya", "identitas", "jawab",
        "sampaikan", "perbaiki", "pecah", "prioritas", "konflik", "cabut-konflik",
        "isi-publik",
    }
)  # fmt: skip
_OPERATOR_DIALOGS = frozenset({"bukan-aduan", "tanya", "identitas", "sampaikan", "perbaiki"})


@blueprint.get("/aduan/<ticket>/<dialog>")
@staff(Permission.OPEN_INBOX)
def dialog(ticket: str, dialog: str) -> str:
    """The case with one dialog over it."""
    allowed = _DIALOGS if me().may(Permission.DECIDE_CASES) else _OPERATOR_DIALOGS
    if dialog not in allowed:
        raise NotFoundError("dialog")
    return _with_dialog(ticket, dialog)


@blueprint.post("/aduan/<ticket>/disposisi")
@staff(Permission.DECIDE_CASES)
def dispose(ticket: str) -> Any:
    """Route the case to a PD."""
    form = Disposal(
        pd_code=forms.text("pd_code"),
        category=forms.text("category"),
        priority=forms.text("priority"),
        note=forms.text("note"),
        due_on=forms.day("due_on"),
        publish=forms.flag("publish"),
        title=forms.text("title"),
        public_text=forms.text("public_text"),
        notify=forms.flag("notify"),
        conflict=forms.text("conflict"),
    )

    def step() -> None:
        until = disposal.dispose(runtime(), me(), _ref(ticket), form)
        names = {agency.code: agency.name for agency in runtime().tenant.agencies}
        where = "Inspektorat" if form.conflict else names[form.pd_code]
        words = f"Aduan {ticket} didisposisikan ke {where}."
        undoable(words, url_for("inbox.undo", ticket=ticket), until)

    return _do(ticket, "disposisi", step, back_to_list=True)


@blueprint.post("/aduan/<ticket>/urungkan")
@staff(Permission.DECIDE_CASES)
def undo(ticket: str) -> Any:
    """Take the disposisi back within ten seconds."""
    words = f"Disposisi {ticket} diurungkan. Pelapor tidak dikabari."
    return _do(
        ticket, None, lambda: disposal.undo_disposal(runtime(), me(), CaseRef(ticket)), words
    )


@blueprint.post("/aduan/<ticket>/bukan-aduan")
@staff(Permission.HANDLE_CASES)
def archive(ticket: str) -> Any:
    """Put away what is no complaint."""
    reason = forms.text("reason")
    words = f"{ticket} diarsipkan: {ARCHIVE_REASONS.get(reason, '')}."
    return _do(
        ticket,
        "bukan-aduan",
        lambda: casework.archive(runtime(), me(), _ref(ticket), reason),
        words,
        back_to_list=True,
    )


@blueprint.post("/aduan/<ticket>/bukan-kewenangan")
@staff(Permission.DECIDE_CASES)
def refer(ticket: str) -> Any:
    """Tell the citizen which other body is competent."""
    referral = Referral(forms.text("body"), forms.text("contact"), forms.text("reason"))
    return _do(
        ticket,
        "bukan-kewenangan",
        lambda: casework.refer(runtime(), me(), _ref(ticket), referral),
        f"{ticket}: Bukan Kewenangan. Pelapor dikabari.",
    )


@blueprint.post("/aduan/<ticket>/tanya")
@staff(Permission.HANDLE_CASES)
def ask(ticket: str) -> Any:
    """Ask the citizen something."""
    question = forms.text("question") or forms.text("words")
    return _do(
        ticket,
        "tanya",
        lambda: pdwork.ask(runtime(), me(), CaseRef(ticket), question),
        "Pertanyaan dikirim. Jam draf berhenti sampai warga menjawab.",
    )


@blueprint.post("/aduan/<ticket>/identitas")
@staff(Permission.OPEN_IDENTITY)
def unmask(ticket: str) -> Any:
    """Open the identity for ten minutes."""
    return _do(
        ticket,
        "identitas",
        lambda: casework.unmask(runtime(), me(), CaseRef(ticket), forms.text("reason")),
        "Identitas terbuka 10 menit. Pembukaan ini tercatat.",
    )


@blueprint.post("/aduan/<ticket>/perbaiki")
@staff(Permission.HANDLE_CASES)
def mend(ticket: str) -> Any:
    """Mend what was read out of the complaint."""
    form = Mend(**{field.name: forms.text(field.name).strip() for field in fields(Mend)})
    return _do(
        ticket,
        "perbaiki",
        lambda: mending.mend(runtime(), me(), _ref(ticket), form),
        f"Data {ticket} diperbaiki.",
    )


@blueprint.post("/aduan/<ticket>/jawab")
@staff(Permission.ANSWER_CASES)
def answer(ticket: str) -> Any:
    """Answer a request for information at once."""
    return _do(
        ticket,
        "jawab",
        lambda: answers.answer_directly(runtime(), me(), _ref(ticket), forms.text("body")),
        f"Jawaban {ticket} dikirim. Aduan Selesai.",
    )


@blueprint.post("/aduan/<ticket>/balas")
@staff(Permission.HANDLE_CASES)
def reply(ticket: str) -> Any:
    """Write to the citizen, or put a ready-made text into what is written."""
    if "sisip" in request.form:
        return _with_ready_texts(ticket)
    if "lihat" in request.form:
        return _with_preview(ticket)
    words = Reply(forms.text("text"), forms.text("key"))
    return _do(
        ticket,
        None,
        lambda: correspondence.reply_to_case(runtime(), me(), CaseRef(ticket), words),
        "Balasan dikirim.",
        writing="balas",
    )


@blueprint.post("/aduan/<ticket>/catatan")
@staff(Permission.HANDLE_CASES)
def note(ticket: str) -> Any:
    """Keep an internal note."""
    body, for_pd = forms.text("text"), forms.flag("for_pd")
    return _do(
        ticket,
        None,
        lambda: casework.add_note(runtime(), me(), CaseRef(ticket), body, for_pd=for_pd),
        "Catatan disimpan.",
        writing="catatan",
    )


_SMALL_STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "bukan-darurat": (casework.not_an_emergency, "Tanda mendesak dilepas."),
    "dibaca": (casework.mark_read, "Ditandai sudah dibaca."),
    "pulihkan": (casework.restore, "Aduan kembali ke Verifikasi."),
    "terima-keberatan": (casework.accept_objection, "Keberatan diterima. Aduan kembali ke Masuk."),
    "diperiksa": (personal_answers.settle_dispute, "Ditandai sudah diperiksa."),
    "lanjutkan": (pdwork.take_up_again, "Penanganan dilanjutkan."),
}


@blueprint.post("/aduan/<ticket>/langkah/<step>")
@staff(Permission.HANDLE_CASES)
def small_step(ticket: str, step: str) -> Any:
    """One of the steps that need no form."""
    if step not in _SMALL_STEPS:
        raise NotFoundError("step")
    act, words = _SMALL_STEPS[step]
    return _do(ticket, None, lambda: act(runtime(), me(), CaseRef(ticket)), words)


def _do(
    ticket: str,
    dialog: str | None,
    step: Callable[[], Any],
    words: str = "",
    *,
    back_to_list: bool = False,
    writing: str = "",
) -> Any:
    """Do a step; on refusal show the same form again with all that was written."""
    try:
        step()
    except InvalidInputError as error:
        return _with_dialog(ticket, dialog, error.problems, writing), 422
    except MoveNotAllowedError:
        toast("Langkah ini tidak berlaku lagi: aduan sudah berubah.", bad=True)
        return redirect(url_for("inbox.case", ticket=ticket, **_queue()))
    except ConflictError:
        return _with_dialog(ticket, dialog, {"": changed_words(ticket)}, writing, stale=True), 409
    if words:
        toast(words)
    if back_to_list:
        return redirect(url_for("inbox.index", **_queue()))
    return redirect(url_for("inbox.case", ticket=ticket, **_queue()))


def _with_dialog(
    ticket: str,
    dialog: str | None,
    problems: dict[str, str] | None = None,
    writing: str = "",
    *,
    stale: bool = False,
) -> str:
    more: dict[str, Any] = {"problems": problems or {}, "filled": request.form, "stale": stale}
    if writing:
        more["writing_now"] = writing
    if dialog == "perbaiki":
        more |= {"mend": mending.form(runtime(), me(), ticket), "mend_kinds": mending.KINDS}
        more["mend_precisions"] = mending.PRECISIONS
    return render_case(ticket, dialog=dialog, **more)


def _with_ready_texts(ticket: str) -> str:
    """Show the composer with the ready-made texts, one of them put in if it was chosen."""
    text, chosen = forms.text("text"), forms.number("sisip")
    if chosen is not None:
        text = answer_templates.inserted(runtime(), me(), ticket, chosen, text)
    texts = answer_templates.offered(runtime(), me(), ticket)
    return render_case(ticket, filled={"text": text}, writing_now="balas", texts=texts, problems={})


def _with_preview(ticket: str) -> str:
    """Show the composer with how its words will read."""
    shown = reply_previews.of_reply(runtime(), me(), ticket, forms.text("text"))
    filled = {"text": forms.text("text")}
    return render_case(ticket, filled=filled, writing_now="balas", previews=shown, problems={})


def _ref(ticket: str) -> CaseRef:
    return CaseRef(ticket, forms.number("version"))


def _queue() -> dict[str, Any]:
    """Keep the list in which one works."""
    code = request.args.get("antrean")
    return {"antrean": code} if code else {}
