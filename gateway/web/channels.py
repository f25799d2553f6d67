"""Kesehatan kanal: how the channels do, and the buttons that mend them."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from channels.message import ChannelName
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.people import Permission
from gateway.sending import replies
from gateway.upkeep import channel_care, channel_health
from gateway.web import forms
from gateway.web.access import me, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("channels", __name__, url_prefix="/kanal")


@blueprint.get("/")
@staff(Permission.KEEP_CHANNELS)
def index() -> str:
    """Every channel, from our own rows; the workers ask the providers meanwhile."""
    return _page()


@blueprint.post("/<code>/periksa")
@staff(Permission.KEEP_CHANNELS)
def check(code: str) -> Response:
    """Ask one provider now, unless it was asked within the last minute."""
    name = _name(code)
    channel_care.check(runtime(), name)
    toast(f"{channel_health.NAMES[name]} diperiksa.")
    return redirect(url_for("channels.index", _anchor=code))


@blueprint.post("/<code>/sambungkan")
@staff(Permission.KEEP_CHANNELS)
def connect(code: str) -> Any:
    """Set up at the provider what can be set up from here, and show what remains."""
    name = _name(code)
    try:
        lines = channel_care.connect(runtime(), name)
    except InvalidInputError as error:
        return _page(code, problems=error.problems), 400
    channel_care.note(runtime(), me().id, "channel_connected", name)
    return _page(code, lines=lines)


@blueprint.post("/<code>/coba-lagi")
@staff(Permission.KEEP_CHANNELS)
def mend(code: str) -> Response:
    """Let a paused account send again."""
    name = _name(code)
    replies.unpause(runtime(), name, runtime().channels[name].account)
    channel_care.note(runtime(), me().id, "channel_unpaused", name)
    toast(f"{channel_health.NAMES[name]} mengirim lagi. Bila masih ditolak, kanal berhenti lagi.")
    return redirect(url_for("channels.index", _anchor=code))


@blueprint.post("/<code>/uji")
@staff(Permission.KEEP_CHANNELS)
def send_test(code: str) -> Any:
    """Send "Pesan uji" to an address that was typed; it is nowhere kept."""
    name, to = _name(code), forms.text("to")
    try:
        channel_care.send_test(runtime(), name, to, me().id)
    except InvalidInputError as error:
        return _page(code, problems=error.problems, to=to), 400
    toast(f"Pesan uji diterima oleh penyedia {channel_health.NAMES[name]}.")
    return redirect(url_for("channels.index", _anchor=code))


def _page(opened: str = "", **more: Any) -> str:
    overview = channel_health.overview(runtime())
    if overview.stale:
        runtime().wake("care")
    return render_template("kanal/kanal.html", shown=overview, opened=opened, here="kanal", **more)


def _name(code: str) -> ChannelName:
    """Return the channel of this code.

    Raises:
        NotFoundError: there is none, or it is off.
    """
    name = next((one for one in runtime().channels if one.value == code), None)
    if name is None:
        raise NotFoundError("channel")
    return name
