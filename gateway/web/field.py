"""What an officer takes along: a case on paper."""

from typing import Any

from flask import Blueprint, Response, redirect, url_for

from gateway.errors import MoveNotAllowedError
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
