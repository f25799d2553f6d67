"""Who may call a view. Every route carries exactly one of these decisions, as `access_rule`.

`staff` enforces its own; `public` and `webhook` say that nobody has to log in, and why.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, redirect, render_template, request, url_for

from gateway.accounts import accounts
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime

COOKIE = "sahut_sesi"

View = TypeVar("View", bound=Callable[..., Any])


class _Ruled(Protocol):
    access_rule: str


def public(view: View) -> View:
    """Anybody may call this."""
    cast(_Ruled, view).access_rule = "public"
    return view


def webhook(view: View) -> View:
    """A platform calls this; its signature is checked by the use case."""
    cast(_Ruled, view).access_rule = "webhook"
    return view


def staff(
    *any_of: Permission, before_second_step: bool = False, before_own_password: bool = False
) -> Callable[[View], View]:
    """Only logged-in people with one of the permissions may call this; without any, all staff.

    Who must choose an own password first is led there, but for views `before_own_password`; then
    who must set up the second step, but for views `before_second_step`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            token = request.cookies.get(COOKIE)
            person = accounts.current(runtime(), token, touch=not _asked_by_script())
            if person is None:
                return _to_login()
            renew()
            if person.must_change_password and not before_own_password:
                return _to("password.show")
            if person.must_enrol and not before_second_step:
                return _to("account.security")
            g.staff = person
            if any_of:
                person.require(*any_of)
            if person.lacks_pd:
                return render_template("akun/tanpa_pd.html"), 403
            return view(*args, **kwargs)

        names = sorted(one.value for one in any_of) or ["any"]
        cast(_Ruled, guarded).access_rule = f"staff:{','.join(names)}"
        return cast(View, guarded)

    return decorate


def runtime() -> Runtime:
    """Return the runtime that `create_app` was given, with the settings as they are now."""
    return cast(Runtime, current_app.extensions["runtime"])


def renew() -> None:
    """Go on with the settings as they are now, if this process knows older ones."""
    current_app.extensions["runtime"] = runtime().renewed()


def me() -> Staff:
    """Return who is logged in; only inside a view that `staff` guards."""
    return cast(Staff, g.staff)


def is_logged_in() -> bool:
    """Whether somebody of the office makes this request; outside a view that `staff` guards."""
    person = accounts.current(runtime(), request.cookies.get(COOKIE), touch=False)
    return person is not None and not person.held_back


def _to_login() -> Any:
    """Send to the login page, which comes back here."""
    if request.method == "GET":
        back = request.full_path.rstrip("?")
    else:
        back = urlsplit(request.referrer or "/").path
    return _to("auth.login", lanjut=back)


def _to(endpoint: str, **values: Any) -> Any:
    """Send somewhere else; a fragment only learns that it must."""
    if _asked_by_script():
        return {"masuk": url_for(endpoint)}, 401
    return redirect(url_for(endpoint, **values))


def _asked_by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
