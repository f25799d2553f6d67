"""Masuk by way of an OpenID provider: there and back."""

from typing import Any

from flask import Blueprint, redirect, request, session, url_for

from gateway.accounts import oidc
from gateway.errors import InvalidInputError, OidcError
from gateway.runtime import OidcTrip
from gateway.web.access import COOKIE, public, runtime
from gateway.web.auth import client, let_in, login_page

blueprint = Blueprint("oidc", __name__, url_prefix="/masuk/oidc")

_TRIP, _FOLLOWING = "perjalanan", "lanjut"
_AWAY = "Layanan masuk itu sedang tidak dapat dipakai. Coba lagi, atau masuk dengan kata sandi."


@blueprint.get("/")
@public
def begin() -> Any:
    """Send the browser to the provider."""
    try:
        trip, address = oidc.set_out(runtime(), _back())
    except OidcError:
        return login_page(request.args.get("lanjut", ""), _AWAY), 502
    # In the signed cookie, which the provider's answer must come back with.
    session[_TRIP] = [trip.state, trip.nonce, trip.verifier]
    session[_FOLLOWING] = request.args.get("lanjut", "")
    return redirect(address)


@blueprint.get("/kembali")
@public
def finish() -> Any:
    """Let in who came back; one trip leads back once."""
    carried, following = session.pop(_TRIP, None), session.pop(_FOLLOWING, "")
    if carried is None:
        return redirect(url_for("auth.login"))
    state = request.args.get("state", "")
    answer = f"{_back()}?{request.query_string.decode('latin-1')}"
    browser = client(), request.cookies.get(COOKIE, "")
    try:
        login = oidc.finish(runtime(), OidcTrip(*carried), _back(), state, answer, browser)
    except OidcError:
        return login_page(following, _AWAY), 502
    except InvalidInputError as error:
        return login_page(following, error.problems["username"]), 403
    return let_in(login, following)


def _back() -> str:
    """Return our own address as the provider knows it."""
    return runtime().profile.public_url + url_for("oidc.finish")
