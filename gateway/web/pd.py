"""Kotak Masuk PD and the page on which a PD works; its own cases only, without identities."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.accounts import own_account
from gateway.answering import answer_photos, answer_templates, drafts
from gateway.answering.answer_photos import NewPhotos
from gateway.answering.drafting import PROPOSALS, StaleTextError
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.casework import assignments, casework, pdwork
from gateway.casework.pdwork import QUESTIONS, RETURN_REASONS, Plan, Return
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.reading import directive_views, pd_reading
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.stale import changed_words
from gateway.web.toasts import toast

blueprint = Blueprint("pd", __name__, url_prefix="/pd")

_pd = staff(Permission.WORK_AT_PD)


@blueprint.get("/")
@_pd
def index() -> str:
    """The list."""
    return render_template("pd/kotak.html", **_left_half(), case=None)


@blueprint.post("/bantuan")
@_pd
def put_help_away() -> Any:
    """Show the first help no more."""
    own_account.put_away(runtime(), me(), pd_reading.FIRST_HELP)
    return redirect(url_for("pd.index"))


@blueprint.get("/aduan/<ticket>")
@_pd
def case(ticket: str) -> str:
    """One case, with the draft."""
    return _page(ticket)


@blueprint.post("/aduan/<ticket>/terima")
@_pd
def accept(ticket: str) -> Any:
    """Accept the disposisi: the first response."""
    plan = Plan(forms.text("plan"), forms.day("expected_on"))
    return _do(
        ticket,
        lambda: pdwork.accept(runtime(), me(), _ref(ticket), plan),
        "Disposisi diterima. Pelapor dikabari.",
    )


@blueprint.post("/aduan/<ticket>/kembalikan")
@_pd
def send_back(ticket: str) -> Any:
    """Return the disposisi to Diskominfo."""
    form = Return(forms.text("reason"), forms.text("note"), forms.text("suggested_pd") or None)

    def step() -> None:
        at_once = pdwork.send_back(runtime(), me(), _ref(ticket), form)
        asked = f"Lewat satu hari kerja: pengembalian {ticket} menunggu persetujuan Diskominfo."
        toast(f"{ticket} dikembalikan ke Diskominfo." if at_once else asked)

    return _do(ticket, step, back_to_list=True)


@blueprint.post("/aduan/<ticket>/jadwalkan")
@_pd
def schedule(ticket: str) -> Any:
    """Put the work off to a day."""
    return _do(
        ticket,
        lambda: pdwork.schedule(
            runtime(), me(), _ref(ticket), forms.day("resume_on"), forms.text("schedule_reason")
        ),
        "Pending - Perwaktu. Pelapor dikabari.",
    )


@blueprint.post("/aduan/<ticket>/tanya")
@_pd
def ask(ticket: str) -> Any:
    """Ask the citizen a ready-made question, or Diskominfo to ask one in one's own words."""
    if forms.text("question") == "sendiri":
        return _do(
            ticket,
            lambda: pdwork.propose_question(runtime(), me(), CaseRef(ticket), forms.text("words")),
            "Pertanyaan diteruskan ke Diskominfo untuk diperiksa.",
        )
    return _do(
        ticket,
        lambda: pdwork.ask(runtime(), me(), CaseRef(ticket), forms.text("question")),
        "Pertanyaan dikirim. Jam draf berhenti sampai warga menjawab.",
    )


@blueprint.post("/aduan/<ticket>/catatan")
@_pd
def note(ticket: str) -> Any:
    """Write a note to Diskominfo."""
    return _do(
        ticket,
        lambda: casework.add_note(
            runtime(), me(), CaseRef(ticket), forms.text("text"), for_pd=True
        ),
        "Catatan disimpan.",
    )


@blueprint.post("/aduan/<ticket>/langkah/<step>")
@_pd
def small_step(ticket: str, step: str) -> Any:
    """One of the steps that need no form."""
    acts = {
        "dibaca": (casework.mark_read, "Ditandai sudah dibaca."),
        "lanjutkan": (pdwork.take_up_again, "Penanganan dilanjutkan."),
    }
    if step not in acts:
        raise NotFoundError("step")
    act, words = acts[step]
    return _do(ticket, lambda: act(runtime(), me(), CaseRef(ticket)), words)


@blueprint.post("/aduan/<ticket>/draf")
@_pd
def draft(ticket: str) -> Any:
    """Save the draft with its photos, or hand it in, by the button that was pressed."""
    chosen = forms.number("sisip")
    if chosen is not None:
        done = answer_templates.inserted(runtime(), me(), ticket, chosen, forms.text("done"))
        return _page(ticket, filled={**request.form, "done": done})
    pressed = forms.text("step")
    submit = pressed == "ajukan"
    form = DraftForm(
        done=forms.text("done"),
        planned=forms.text("planned"),
        due_on=forms.day("due_on"),
        contact=forms.text("contact"),
        no_photo=forms.text("no_photo"),
        proposal=forms.text("proposal"),
        version=forms.number("draft_version") or 0,
    )

    def step() -> None:
        _change_photos(ticket, pressed)
        drafts.save_draft(runtime(), me(), CaseRef(ticket), form, submit=submit)

    return _do(ticket, step, "Draf diajukan ke Diskominfo." if submit else "Draf tersimpan.")


def _change_photos(ticket: str, pressed: str) -> None:
    """Take in the photos that came with the draft, or take one out."""
    uploads = [*forms.uploads("camera"), *forms.uploads("gallery")]
    if uploads:
        new = NewPhotos(forms.text("moment"), uploads)
        answer_photos.add(runtime(), me(), CaseRef(ticket), new)
    number = pressed.removeprefix("buang-")
    if number != pressed and number.isdecimal():
        answer_photos.drop(runtime(), me(), CaseRef(ticket), int(number))


def _do(
    ticket: str, step: Callable[[], Any], words: str = "", *, back_to_list: bool = False
) -> Any:
    try:
        step()
    except InvalidInputError as error:
        return _page(ticket, problems=error.problems), 422
    except ConflictError as error:
        theirs = error if isinstance(error, StaleTextError) else None
        problems = {} if theirs else {"": changed_words(ticket)}
        return _page(ticket, theirs=theirs, problems=problems), 409
    except MoveNotAllowedError:
        toast("Langkah ini tidak berlaku lagi: aduan sudah berubah.", bad=True)
    else:
        if words:
            toast(words)
        if back_to_list:
            return redirect(url_for("pd.index"))
    return redirect(url_for("pd.case", ticket=ticket))


def _page(ticket: str, **more: Any) -> str:
    shown = pd_reading.case(runtime(), me(), ticket)
    words = {"reasons": RETURN_REASONS, "questions": QUESTIONS, "proposals": PROPOSALS}
    settings = {"problems": {}, "theirs": None, "filled": request.form, **more}
    settings["orders"] = directive_views.of_case(runtime(), me(), ticket)
    settings["team"] = assignments.team(runtime(), me(), ticket)
    if "draft" in shown.actions:
        settings["texts"] = answer_templates.offered(runtime(), me(), ticket)
        chosen = forms.asked("isi")
        if chosen is not None and not more:  # a macro was run; its text goes into the draft
            draft = asdict(shown.draft)
            done = answer_templates.inserted(runtime(), me(), ticket, chosen, draft["done"])
            kept = {"sisip": chosen, "draft_version": draft["version"], "done": done}
            settings["filled"] = {**draft, **kept}
    return render_template("pd/kotak.html", **_left_half(), case=shown, **words, **settings)


def _left_half() -> dict[str, Any]:
    code = request.args.get("antrean", "semua")
    known = {key for key, _ in pd_reading.QUEUES}
    listing = pd_reading.listing(
        runtime(), me(), code if code in known else "semua", request.args.get("dari")
    )
    tickets = [row.ticket for row in listing.rows]
    office_orders, case_orders = directive_views.of_office(runtime(), me(), tickets)
    return {
        "listing": listing,
        "office_orders": office_orders,
        "case_orders": case_orders,
        "here": "kotak",
    }


def _ref(ticket: str) -> CaseRef:
    return CaseRef(ticket, forms.number("version"))
