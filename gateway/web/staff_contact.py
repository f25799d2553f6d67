"""Pemberitahuan: linking a chat to one's account, and ending the link."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.accounts import totp
from gateway.errors import InvalidInputError
from gateway.officers import staff_links
from gateway.officers.staff_links import OpenCode
from gateway.rules.people import Permission
from gateway.showing.showing import full_time
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("staff_contact", __name__, url_prefix="/akun/pemberitahuan")

_anyone = staff()


@blueprint.get("/")
@_anyone
def index() -> str:
    """What is linked, and how to link."""
    return _page()


@blueprint.post("/kode")
@_anyone
def new_code() -> Any:
    """Make a code; it is on this answer only."""
    try:
        return _page(staff_links.new_code(runtime(), me()))
    except InvalidInputError as error:
        return _page(problem=error.problems[""]), 429


@blueprint.post("/putus")
@_anyone
def unlink() -> Response:
    """End one link."""
    staff_links.unlink(runtime(), me(), forms.text("channel"))
    toast("Sambungan diputus.")
    return redirect(url_for("staff_contact.index"))


@blueprint.post("/ringkasan")
@staff(Permission.HEAR_DAILY_LIST)
def daily() -> Response:
    """Keep whether a leader wants the morning summary."""
    staff_links.want_daily(runtime(), me(), daily=forms.flag("daily"))
    toast("Pilihan disimpan.")
    return redirect(url_for("staff_contact.index"))


def _page(code: OpenCode | None = None, problem: str = "") -> str:
    links = staff_links.links_of(runtime(), me())
    address = code.telegram_url if code else None
    drawing = Markup(totp.qr_drawing(address)) if address else ""  # noqa: S704 (our own drawing)
    since = [full_time(runtime(), chat.linked_at) for chat in links.chats]
    return render_template(
        "akun/pemberitahuan.html",
        here="akun",
        links=links,
        chats=list(zip(links.chats, since, strict=True)),
        code=code,
        until=full_time(runtime(), code.expires_at) if code else "",
        qr=drawing,
        problem=problem,
    )
