"""Kotak Masuk of Diskominfo: reading. The steps are in `gateway.web.inbox_steps`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request

from gateway.answering import answer_templates, template_replies
from gateway.casework import assignments
from gateway.casework.bulk import KINDS
from gateway.errors import NotFoundError
from gateway.listing import views
from gateway.reading import block_views, directive_views, inbox, reading
from gateway.rules.people import Permission
from gateway.rules.windows import Window, WindowState
from gateway.upkeep import channel_health
from gateway.web import forms
from gateway.web.access import me, runtime, staff

blueprint = Blueprint("inbox", __name__, url_prefix="/kotak")

_FIRST_QUEUE = "verifikasi"
_TABS = ("percakapan", "catatan", "riwayat", "serupa", "rincian")


@blueprint.get("/")
@staff(Permission.OPEN_INBOX)
def index() -> str:
    """The queues and one list."""
    return render_template("kotak/kotak.html", **left_half(), case=None, talk=None)


@blueprint.get("/aduan/<ticket>")
@staff(Permission.OPEN_INBOX)
def case(ticket: str) -> str:
    """One case beside its list; after a macro with its text in the composer."""
    chosen = forms.asked("isi")
    if chosen is None:
        return render_case(ticket)
    text = answer_templates.inserted(runtime(), me(), ticket, chosen, "")
    return render_case(ticket, filled={"text": text}, writing_now="balas", problems={})


@blueprint.get("/percakapan/<int:conversation_id>")
@staff(Permission.OPEN_INBOX)
def conversation(conversation_id: int) -> str:
    """A conversation of which no complaint has come yet."""
    return render_conversation(conversation_id)


@blueprint.get("/pembaruan")
@staff(Permission.OPEN_INBOX)
def updates() -> dict[str, Any]:
    """How much of a list changed since it was read: numbers only, for the page that polls."""
    try:
        since = datetime.fromtimestamp(int(request.args.get("sejak", "")) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotFoundError("updates") from None
    news = inbox.changes(runtime(), _queue(), since)
    return {"berubah": news.changed, "mendesak": news.urgent}


def left_half() -> dict[str, Any]:
    """What every page of the inbox shows beside the case."""
    overview = inbox.overview(runtime(), _queue(), request.args.get("dari"))
    channels = channel_health.line(runtime())
    return {
        "overview": overview,
        "channels": channels,
        "views": views.offered(runtime(), me()),
        "queue": overview.listing.code,
        "bulk_kinds": KINDS if me().may(Permission.DECIDE_CASES) else {},
        "here": "kotak",
    }


def render_case(
    ticket: str,
    *,
    dialog: str | None = None,
    given: Mapping[str, str] | None = None,
    **more: Any,
) -> str:
    """Return the page of a case, with a dialog over it if asked.

    `given` is what was chosen and written in the form of templates so far.
    """
    shown = reading.case(
        runtime(),
        me(),
        ticket,
        whole="semua" in request.args,
        before=request.args.get("sebelum"),
    )
    tab = request.args.get("bagian", "")
    return render_template(
        "kotak/kotak.html",
        **left_half(),
        case=shown,
        team=assignments.team(runtime(), me(), ticket),
        sender=block_views.of_case(runtime(), ticket),
        orders=directive_views.of_case(runtime(), me(), ticket),
        talk=None,
        tab=tab if tab in _TABS else _TABS[0],
        templates=template_replies.offer_for_case(runtime(), me(), ticket, given or _chosen())
        if _is_closed(shown.thread.window)
        else None,
        writing=request.args.get("tulis", ""),
        dialog=dialog,
        form_key=forms.new_key(),
        **more,
    )


def render_conversation(
    conversation_id: int, *, given: Mapping[str, str] | None = None, **more: Any
) -> str:
    """Return the page of a conversation without a case; `given` as in `render_case`."""
    talk = reading.conversation(runtime(), conversation_id, before=request.args.get("sebelum"))
    shown: dict[str, Any] = {"case": None, "talk": talk, "tab": "percakapan"}
    shown["form_key"] = forms.new_key()
    shown["writing"] = request.args.get("tulis", "")
    shown["sender"] = block_views.of_conversation(runtime(), conversation_id)
    shown["templates"] = None
    if _is_closed(talk.thread.window):
        shown["templates"] = template_replies.offer_for_conversation(
            runtime(), me(), conversation_id, given or _chosen()
        )
    return render_template("kotak/kotak.html", **left_half() | {"queue": _queue()} | shown | more)


def _is_closed(window: Window | None) -> bool:
    return window is not None and window.state is WindowState.CLOSED


def _chosen() -> dict[str, str]:
    return {"templat": request.args.get("templat", "")}


def _queue() -> str:
    code = request.args.get("antrean", _FIRST_QUEUE)
    return code if code in inbox.NAMES else _FIRST_QUEUE
