"""Blocking a sender: the page that every officer reads, the form and the way back for admins."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.casework import blocks
from gateway.casework.blocks import NewBlock
from gateway.errors import InvalidInputError
from gateway.reading import block_views, reading
from gateway.rules.block_reasons import HOURS, REASONS
from gateway.rules.people import Permission
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("blocks", __name__, url_prefix="/kotak/percakapan")


@blueprint.get("/<int:conversation_id>/blokir")
@staff(Permission.OPEN_INBOX)
def show(conversation_id: int) -> str:
    """What was decided about a sender, and the form."""
    return _page(conversation_id, {})


@blueprint.post("/<int:conversation_id>/blokir")
@staff(Permission.BLOCK_SENDERS)
def block(conversation_id: int) -> Any:
    """Block the sender for a while."""
    new = NewBlock(forms.text("reason"), forms.text("words"), forms.text("hours"))
    try:
        blocks.block(runtime(), me(), conversation_id, new)
    except InvalidInputError as error:
        return _page(conversation_id, error.problems), 422
    toast("Pengirim diblokir. Pesan darurat tetap masuk.")
    return redirect(url_for("blocks.show", conversation_id=conversation_id))


@blueprint.post("/<int:conversation_id>/cabut-blokir")
@staff(Permission.BLOCK_SENDERS)
def lift(conversation_id: int) -> Response:
    """End the block early."""
    blocks.lift(runtime(), me(), conversation_id)
    toast("Blokir dicabut.")
    return redirect(url_for("blocks.show", conversation_id=conversation_id))


def _page(conversation_id: int, problems: dict[str, str]) -> str:
    return render_template(
        "kotak/blokir.html",
        talk=reading.conversation(runtime(), conversation_id),
        sender=block_views.of_conversation(runtime(), conversation_id),
        reasons=REASONS,
        hours=HOURS,
        f=request.form,
        problems=problems,
        here="kotak",
    )
