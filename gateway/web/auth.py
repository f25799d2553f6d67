"""Logging in and out, with the second step where an account has one."""

from collections.abc import Mapping

from flask import (
    Blueprint,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from gateway.accounts import accounts, second_step
from gateway.accounts.accounts import LoginRefusedError, TooManyAttemptsError
from gateway.accounts.sessions import Login
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.dates import local
from gateway.rules.people import ROLE_WORDS, Permission, Staff
from gateway.web import forms
from gateway.web.access import COOKIE, me, public, runtime, staff
from gateway.web.clients import client_words
from gateway.web.toasts import toast

blueprint = Blueprint("auth", __name__)

# The screen on which somebody lands: the first of these that they may open.
_HOMES = {
    Permission.OPEN_INBOX: "inbox.index",
    Permission.WORK_AT_PD: "pd.index",
    Permission.SEE_MONITOR: "monitor.index",
    Permission.KEEP_SETTINGS: "settings.index",
}


@blueprint.get("/masuk")
@public
def login() -> str:
    """The form."""
    return login_page(request.args.get("lanjut", ""), "")


@blueprint.post("/masuk")
@public
def log_in() -> Response:
    """Check name and password; on success go where one was, or to the role's own screen."""
    following = forms.text("lanjut")
    try:
        found = accounts.log_in(
            runtime(),
            forms.text("username"),
            request.form.get("password", ""),
            request.remote_addr or "",
            client=client(),
            replaces=request.cookies.get(COOKIE),
        )
    except TooManyAttemptsError as error:
        return make_response(login_page(following, too_many(error)), 429)
    except LoginRefusedError as error:
        return make_response(login_page(following, error.problems["username"]), 403)
    return let_in(found, following)


@blueprint.get("/masuk/kode")
@public
def code() -> Response:
    """Ask for the code of the second step."""
    return _code_page("", 200)


@blueprint.post("/masuk/kode")
@public
def check_code() -> Response:
    """Check the code of the app, or one from paper."""
    token, following = request.cookies.get(COOKIE), forms.text("lanjut")
    try:
        found = second_step.pass_step(
            runtime(), token, forms.text("code"), request.remote_addr or "", client()
        )
    except NotFoundError:
        return _begin_again()
    except TooManyAttemptsError as error:
        return _code_page(too_many(error), 429)
    except InvalidInputError as error:
        return _code_page(error.problems["code"], 403)
    return let_in(found, following)


@blueprint.post("/keluar")
@public
def log_out() -> Response:
    """End the session; also works when it has already ended."""
    accounts.log_out(runtime(), request.cookies.get(COOKIE))
    session.clear()
    response = redirect(url_for("auth.login"))
    response.delete_cookie(COOKIE, secure=_secure(), httponly=True, samesite="Lax")
    return response


@blueprint.get("/akun")
@staff()
def profile() -> str:
    """Who one is here, the shortcuts, and the way out."""
    return profile_page(me().single_keys, me().own_keys, {})


@blueprint.get("/inbox")
@blueprint.get("/pintu")
@staff()
def door() -> Response:
    """Lead everybody to the screen of their role."""
    return redirect(url_for(_home(me())))


def let_in(found: Login, following: str) -> Response:
    """Give the browser its cookie and lead on; to the code first if one is needed."""
    session.clear()  # a form token from before the login is worth nothing after it
    if found.needs_code:
        to = url_for("auth.code", lanjut=forms.safe_next(following))
    else:
        _greet(found)
        to = forms.safe_next(following) or url_for(_home(found.staff))
    response = redirect(to)
    response.set_cookie(
        COOKIE,
        found.token,
        max_age=runtime().timers.session_max_s,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def login_page(following: str, problem: str) -> str:
    """Return the form with what was typed, but for the password."""
    oidc = runtime().logins.oidc
    return render_template(
        "akun/masuk.html",
        next=following,
        problem=problem,
        username=forms.text("username"),
        provider=oidc.name if oidc else "",
    )


def profile_page(single: bool, chosen: Mapping[str, str], problems: Mapping[str, str]) -> str:
    """Return one's own page; the keys as they are, or as they were typed with what is wrong."""
    return render_template(
        "akun/saya.html",
        role=ROLE_WORDS[me().role],
        single=single,
        chosen=chosen,
        problems={f"tombol-{key}": words for key, words in problems.items()},
        here="akun",
    )


def too_many(error: TooManyAttemptsError) -> str:
    """Return the sentence that says when the next try counts."""
    at = local(error.again_at, runtime().profile.timezone)
    return f"Terlalu banyak percobaan. Coba lagi pukul {at:%H.%M}."


def client() -> str:
    """Return browser and system of this request in words."""
    return client_words(request.headers.get("User-Agent", ""))


def _home(person: Staff) -> str:
    return next(page for permission, page in _HOMES.items() if person.may(permission))


def _greet(found: Login) -> None:
    """Say when and where the account was used before: once, after the login."""
    if found.previous_login_at is not None:
        at = local(found.previous_login_at, runtime().profile.timezone)
        where = f", {found.previous_client}" if found.previous_client else ""
        toast(f"Terakhir masuk {at:%d/%m/%Y %H.%M}{where}.", saved=False)


def _code_page(problem: str, status: int) -> Response:
    if not second_step.waits(runtime(), request.cookies.get(COOKIE)):
        return _begin_again()
    following = forms.text("lanjut") or request.args.get("lanjut", "")
    page = render_template("akun/kode.html", next=following, problem=problem)
    return make_response(page, status)


def _begin_again() -> Response:
    following = forms.text("lanjut") or request.args.get("lanjut")
    return redirect(url_for("auth.login", lanjut=forms.safe_next(following)))


def _secure() -> bool:
    """Cookies travel over https only, except on this machine itself."""
    url = runtime().profile.public_url
    return not url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
