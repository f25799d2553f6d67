"""Kotak Masuk: choosing a WhatsApp template, looking at it, sending it."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from gateway.answering import template_replies
from gateway.answering.template_replies import TemplateReply
from gateway.errors import InvalidInputError
from gateway.rules.people import Permission
from gateway.upkeep.template_forms import FIELD
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.inbox import render_case, render_conversation
from gateway.web.toasts import toast

blueprint = Blueprint("inbox_templates", __name__, url_prefix="/kotak")

_SENT = "Templat dikirim."
_SENT_WITH_MORE = "Templat dikirim. Isi menyusul setelah warga membalas."


@blueprint.post("/aduan/<ticket>/templat")
@staff(Permission.HANDLE_CASES)
def case(ticket: str) -> Any:
    """Send a template to the reporter of a case, or only show how it reads."""
    reply = _reply()
    shown: dict[str, Any] = {"given": reply.given, "filled": request.form, "writing_now": "balas"}
    if not _to_be_sent():
        return render_case(ticket, **shown)
    try:
        template_replies.send_to_case(runtime(), me(), ticket, reply)
    except InvalidInputError as error:
        return render_case(ticket, problems=error.problems, **shown), 422
    toast(_SENT_WITH_MORE if reply.follow_up.strip() else _SENT)
    return redirect(url_for("inbox.case", ticket=ticket, antrean=request.args.get("antrean")))


@blueprint.post("/percakapan/<int:conversation_id>/templat")
@staff(Permission.HANDLE_CASES)
def conversation(conversation_id: int) -> Any:
    """Send a template to a citizen without a case, or only show how it reads."""
    reply = _reply()
    shown: dict[str, Any] = {"given": reply.given, "filled": request.form, "writing": "balas"}
    if not _to_be_sent():
        return render_conversation(conversation_id, **shown)
    try:
        template_replies.send_to_conversation(runtime(), me(), conversation_id, reply)
    except InvalidInputError as error:
        return render_conversation(conversation_id, problems=error.problems, **shown), 422
    toast(_SENT_WITH_MORE if reply.follow_up.strip() else _SENT)
    return redirect(
        url_for(
            "inbox.conversation",
            conversation_id=conversation_id,
            antrean=request.args.get("antrean"),
        )
    )


def _to_be_sent() -> bool:
    """Whether the button that sends was pressed; the Enter key only shows how it reads."""
    return forms.text("langkah") == "kirim"


def _reply() -> TemplateReply:
    fields = [name for name in request.form if name == "templat" or name.startswith(FIELD)]
    given = {name: forms.text(name) for name in fields}
    return TemplateReply(given, forms.text("text"), forms.text("key"))
