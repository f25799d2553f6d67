"""Logging in and out, and the page of one's own account."""

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

from gateway import accounts
from gateway.accounts import LoginRefusedError, Role, TooManyAttemptsError
from gateway.dates import local
from gateway.people import ROLE_WORDS
from gateway.web import forms
from gateway.web.access import COOKIE, me, public, runtime, staff
from gateway.web.toasts import toast

blueprint = Blueprint("auth", __name__)

_HOMES = {
    Role.ADMIN_DISKOMINFO: "inbox.index",
    Role.OPERATOR: "inbox.index",
    Role.KEPALA_PD: "pd.index",
    Role.PETUGAS_PD: "pd.index",
    Role.INSPEKTORAT: "pd.index",
    Role.PIMPINAN: "monitor.index",
    Role.SUPERADMIN: "auth.profile",
}


@blueprint.get("/masuk")
@public
def login() -> str:
    """The form."""
    return render_template("akun/masuk.html", next=request.args.get("lanjut", ""), problem="")


@blueprint.post("/masuk")
@public
def log_in() -> Response:
    """Check name and password; on success go where one was, or to the role's own screen."""
    following = forms.text("lanjut")
    try:
        login = accounts.log_in(
            runtime(),
            forms.text("username"),
            request.form.get("password", ""),
            request.remote_addr or "",
            replaces=request.cookies.get(COOKIE),
        )
    except TooManyAttemptsError as error:
        at = local(error.again_at, runtime().profile.timezone)
        problem = f"Terlalu banyak percobaan. Coba lagi pukul {at:%H.%M}."
        return make_response(_form(following, problem), 429)
    except LoginRefusedError as error:
        return make_response(_form(following, error.problems["username"]), 403)
    session.clear()  # a form token from before the login is worth nothing after it
    if login.previous_login_at is not None:
        at = local(login.previous_login_at, runtime().profile.timezone)
        toast(f"Terakhir masuk {at:%d/%m/%Y %H.%M}.", saved=False)
    response = redirect(forms.safe_next(following) or url_for(_HOMES[login.staff.role]))
    response.set_cookie(
        COOKIE,
        login.token,
        max_age=runtime().timers.session_max_s,
        secure=_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


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
    return render_template("akun/saya.html", role=ROLE_WORDS[me().role], here="akun")


@blueprint.get("/inbox")
@blueprint.get("/pintu")
@staff()
def door() -> Response:
    """Lead everybody to the screen of their role."""
    return redirect(url_for(_HOMES[me().role]))


def _form(following: str, problem: str) -> str:
    return render_template(
        "akun/masuk.html", next=following, problem=problem, username=forms.text("username")
    )


def _secure() -> bool:
    """Cookies travel over https only, except on this machine itself."""
    url = runtime().profile.public_url
    return not url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
