"""One's own account: the second step, the places where one is logged in, one's own keys."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.accounts import own_account, second_step, totp
from gateway.accounts.accounts import TooManyAttemptsError
from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.shortcuts import SHORTCUTS
from gateway.showing.showing import full_time
from gateway.web import forms
from gateway.web.access import COOKIE, me, runtime, staff
from gateway.web.auth import profile_page, too_many
from gateway.web.toasts import toast

blueprint = Blueprint("account", __name__, url_prefix="/akun")

_anyone = staff(before_second_step=True)


@blueprint.post("/pintasan")
@staff()
def keep_shortcuts() -> Any:
    """Keep how one uses the keyboard; back to the usual keys with the second button."""
    usual = forms.text("step") == "asal"
    chosen = {} if usual else {one.key: forms.text(f"tombol-{one.key}") for one in SHORTCUTS}
    single = forms.flag("single")
    try:
        own_account.keep_shortcuts(runtime(), me(), single, chosen)
    except InvalidInputError as error:
        return profile_page(single, chosen, error.problems), 422
    toast("Pintasan tersimpan.")
    return redirect(url_for("auth.profile"))


@blueprint.get("/keamanan")
@_anyone
def security() -> str:
    """The page."""
    return _page()


@blueprint.post("/langkah-kedua/mulai")
@_anyone
def begin() -> Response:
    """Make the secret that the QR code shows."""
    try:
        second_step.prepare(runtime(), me())
    except ConflictError:
        toast("Langkah kedua sudah aktif.")
    return redirect(url_for("account.security"))


@blueprint.post("/langkah-kedua/aktifkan")
@_anyone
def confirm() -> Any:
    """Switch it on with the first code; the codes on paper are on this answer only."""
    return _codes_after(second_step.confirm)


@blueprint.post("/langkah-kedua/kode-baru")
@_anyone
def renew() -> Any:
    """Make ten new codes on paper."""
    return _codes_after(second_step.renew_codes)


@blueprint.post("/langkah-kedua/matikan")
@_anyone
def turn_off() -> Any:
    """Switch it off, where that is allowed."""
    return _with_code(_turned_off)


@blueprint.post("/sesi/<key>/akhiri")
@_anyone
def end_session(key: str) -> Response:
    """End one session; who ends the own one is out."""
    own_account.end_session(runtime(), me(), key)
    toast("Sesi diakhiri.")
    return redirect(url_for("account.security"))


@blueprint.post("/sesi/akhiri-lain")
@_anyone
def end_others() -> Response:
    """End all other sessions."""
    own_account.end_other_sessions(runtime(), me(), request.cookies.get(COOKIE))
    toast("Semua sesi lain diakhiri.")
    return redirect(url_for("account.security"))


def _codes_after(step: Callable[..., list[str]]) -> Any:
    def shown(code: str) -> str:
        codes = step(runtime(), me(), code)
        return render_template("akun/kode_cadangan.html", codes=codes, here="akun")

    return _with_code(shown)


def _turned_off(code: str) -> Response:
    second_step.turn_off(runtime(), me(), code)
    toast("Langkah kedua dimatikan.")
    return redirect(url_for("account.security"))


def _with_code(step: Callable[[str], Any]) -> Any:
    """Do what needs a code; on refusal show the page again and say why."""
    try:
        return step(forms.text("code"))
    except (ConflictError, NotFoundError):
        toast("Langkah kedua baru saja berubah di tab lain.", bad=True)
        return redirect(url_for("account.security"))
    except TooManyAttemptsError as error:
        return _page(too_many(error)), 429
    except InvalidInputError as error:
        return _page(error.problems["code"]), 422


def _page(problem: str = "") -> str:
    state = second_step.state(runtime(), me())
    # Our own drawing of an address that we made: nothing in it comes from outside.
    qr = Markup(totp.qr_drawing(state.address)) if state.address else ""  # noqa: S704
    return render_template(
        "akun/keamanan.html",
        step=state,
        until=full_time(runtime(), state.until) if state.until else "",
        qr=qr,
        problem=problem,
        sessions=[
            (one, full_time(runtime(), one.since), full_time(runtime(), one.seen))
            for one in own_account.open_sessions(runtime(), me(), request.cookies.get(COOKIE))
        ],
        here="akun",
    )
