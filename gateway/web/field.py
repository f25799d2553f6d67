"""A case in the field: its copy on paper, and a nudge from Diskominfo to the PD that has it."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from gateway.casework import reminding
from gateway.errors import ConflictError, MoveNotAllowedError
from gateway.reading import pd_paper
from gateway.rules.people import Permission
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("field", __name__, url_prefix="/lapangan")


@blueprint.post("/<ticket>/salinan")
@staff(Permission.OPEN_INBOX, Permission.WORK_AT_PD)
def copy(ticket: str) -> Any:
    """Make a salinan lapangan. A form, since each one is an entry in the history."""
    try:
        paper = pd_paper.make(runtime(), me(), ticket)
    except MoveNotAllowedError:
        toast("Aduan ini tidak boleh disalin ke kertas.", bad=True)
        page = "inbox.case" if me().may(Permission.OPEN_INBOX) else "pd.case"
        return redirect(url_for(page, ticket=ticket))
    response = Response(paper, content_type="application/pdf")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"salinan-lapangan-{ticket}.pdf"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<ticket>/ingatkan")
@staff(Permission.HANDLE_CASES)
def remind(ticket: str) -> Any:
    """Nudge the PD that has the case."""
    try:
        people = reminding.remind(runtime(), me(), ticket)
    except MoveNotAllowedError:
        toast("Langkah ini tidak berlaku lagi: aduan sudah berubah.", bad=True)
    except ConflictError:
        toast("Perangkat Daerah sudah diingatkan untuk hari kerja ini.", bad=True)
    else:
        unheard = " Petugasnya belum menyambungkan chat; telepon bila perlu cepat."
        toast(f"Perangkat Daerah diingatkan.{'' if people else unheard}", saved=False)
    queue = request.args.get("antrean")
    return redirect(url_for("inbox.case", ticket=ticket, antrean=queue))
