"""Kotak Masuk: groups of similar cases, parts for several PDs, priorities, late returns."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.cases.casefile import CaseRef
from gateway.casework import casework, groups, returns, splitting
from gateway.casework.splitting import MOST_PARTS, PartForm
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import render_case
from gateway.web.toasts import toast, undoable

blueprint = Blueprint("triage", __name__, url_prefix="/kotak")

_TAB = "serupa"
_CHANGED = "Aduan ini baru saja berubah. Isian Anda tetap ada; periksa lalu simpan lagi."


@blueprint.get("/aduan/<ticket>/serupa/<other>")
@staff(Permission.DECIDE_CASES)
def compare(ticket: str, other: str) -> str:
    """Two cases beside each other."""
    return _compared(ticket, other)


@blueprint.post("/aduan/<ticket>/serupa/<other>")
@staff(Permission.DECIDE_CASES)
def decide(ticket: str, other: str) -> Any:
    """Let one of the two follow the other, or keep that they are not the same."""
    step = forms.text("step")
    try:
        if step == "bukan":
            groups.judge_apart(runtime(), me(), CaseRef(ticket), other)
            toast(f"{ticket} dan {other} bukan aduan serupa. Tidak ditawarkan lagi.")
        elif step in {"ikut", "utama"}:
            follower, leader = (ticket, other) if step == "ikut" else (other, ticket)
            _join(follower, leader, forms.number("version") if step == "ikut" else None)
            ticket = leader
        else:
            raise NotFoundError("step")
    except InvalidInputError as error:
        return _compared(ticket, other, error.problems), 422
    except ConflictError:
        return _compared(ticket, other, {"": _CHANGED}), 409
    return _back(ticket, _TAB)


@blueprint.post("/aduan/<ticket>/pisahkan")
@staff(Permission.DECIDE_CASES)
def separate(ticket: str) -> Response:
    """Take the case out of its group."""
    try:
        groups.leave(runtime(), me(), CaseRef(ticket))
        toast(f"{ticket} dipisahkan dan kembali ke Verifikasi.")
    except MoveNotAllowedError:
        toast(f"{ticket} sudah tidak tergabung.", bad=True)
    return _back(ticket, _TAB)


@blueprint.post("/aduan/<ticket>/pecah")
@staff(Permission.DECIDE_CASES)
def split(ticket: str) -> Any:
    """Cut parts for other PDs off the case."""
    rows = [PartForm(forms.text(f"pd_{n}"), forms.text(f"text_{n}")) for n in _places()]
    wanted = [row for row in rows if row.pd_code]
    try:
        ref = CaseRef(ticket, forms.number("version"))
        until = splitting.split(runtime(), me(), ref, wanted)
    except InvalidInputError as error:
        return _dialog(ticket, "pecah", error.problems), 422
    except ConflictError:
        return _dialog(ticket, "pecah", {"": _CHANGED}), 409
    except MoveNotAllowedError:
        toast("Aduan ini tidak dapat dipecah sekarang.", bad=True)
        return _back(ticket)
    words = f"{ticket} dipecah: {len(wanted)} bagian untuk Perangkat Daerah lain."
    undoable(words, url_for("triage.undo_split", ticket=ticket), until)
    return _back(ticket, _TAB)


@blueprint.post("/aduan/<ticket>/pecah/urungkan")
@staff(Permission.DECIDE_CASES)
def undo_split(ticket: str) -> Response:
    """Take the parts back that were just made."""
    try:
        splitting.undo_split(runtime(), me(), CaseRef(ticket))
        toast(f"Pemecahan {ticket} diurungkan.")
    except MoveNotAllowedError:
        toast("Sudah terlambat: bagian itu dapat dibatalkan satu per satu.", bad=True)
    return _back(ticket, _TAB)


@blueprint.post("/aduan/<ticket>/bagian/batal")
@staff(Permission.DECIDE_CASES)
def cancel_part(ticket: str) -> Response:
    """Take one part back."""
    try:
        whole = splitting.cancel_part(runtime(), me(), CaseRef(ticket))
    except MoveNotAllowedError:
        toast("Bagian ini sudah dijawab atau sudah dibatalkan.", bad=True)
        return _back(ticket)
    toast(f"Bagian {ticket} dibatalkan.")
    return _back(whole, _TAB)


@blueprint.post("/aduan/<ticket>/prioritas")
@staff(Permission.DECIDE_CASES)
def set_priority(ticket: str) -> Any:
    """Change the priority."""
    ref = CaseRef(ticket, forms.number("version"))
    try:
        casework.set_priority(runtime(), me(), ref, forms.text("priority"))
    except InvalidInputError as error:
        return _dialog(ticket, "prioritas", error.problems), 422
    except ConflictError:
        return _dialog(ticket, "prioritas", {"": _CHANGED}), 409
    except MoveNotAllowedError:
        toast("Prioritas aduan ini tidak dapat diubah lagi.", bad=True)
        return _back(ticket)
    toast(f"Prioritas {ticket} diubah.")
    return _back(ticket)


@blueprint.post("/aduan/<ticket>/pengembalian/<step>")
@staff(Permission.DECIDE_CASES)
def decide_return(ticket: str, step: str) -> Response:
    """Agree that the PD gives the case back, or not."""
    acts = {
        "setujui": (returns.agree, "Pengembalian disetujui. Aduan kembali ke Masuk."),
        "tolak": (returns.refuse, "Pengembalian ditolak. Aduan tetap pada Perangkat Daerah."),
    }
    if step not in acts:
        raise NotFoundError("step")
    act, words = acts[step]
    try:
        act(runtime(), me(), CaseRef(ticket))
        toast(words)
    except MoveNotAllowedError:
        toast("Permintaan ini sudah diputuskan.", bad=True)
    return _back(ticket)


def _join(follower: str, leader: str, version: int | None) -> None:
    until = groups.join(runtime(), me(), CaseRef(follower, version), leader)
    words = f"{follower} kini mengikuti {leader}."
    undoable(words, url_for("triage.separate", ticket=follower), until)


def _compared(ticket: str, other: str, problems: dict[str, str] | None = None) -> str:
    pair = groups.compare(runtime(), me(), ticket, other)
    return render_case(ticket, dialog="serupa", pair=pair, problems=problems or {})


def _dialog(ticket: str, dialog: str, problems: dict[str, str]) -> str:
    return render_case(ticket, dialog=dialog, problems=problems, filled=request.form)


def _places() -> range:
    return range(1, MOST_PARTS + 1)


def _back(ticket: str, tab: str | None = None) -> Response:
    """Go to the case, in the list in which one works."""
    place: dict[str, Any] = {"antrean": request.args.get("antrean"), "bagian": tab}
    return redirect(url_for("inbox.case", ticket=ticket, **place))
