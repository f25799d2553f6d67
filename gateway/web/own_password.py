"""Ganti kata sandi: one's own, by choice or because a keeper typed the one that one has."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.accounts import own_password
from gateway.accounts.accounts import TooManyAttemptsError
from gateway.accounts.own_password import NewPassword
from gateway.errors import InvalidInputError
from gateway.web.access import COOKIE, me, runtime, staff
from gateway.web.auth import too_many
from gateway.web.toasts import toast

blueprint = Blueprint("password", __name__, url_prefix="/akun/kata-sandi")


@blueprint.get("")
@staff(before_second_step=True, before_own_password=True)
def show() -> str:
    """The form."""
    return render_template("akun/kata_sandi.html", problems={})


@blueprint.post("")
@staff(before_second_step=True, before_own_password=True)
def change() -> Any:
    """Take the new password; passwords are never put back into the form."""
    typed = [request.form.get(name, "") for name in ("old", "password", "again")]
    try:
        own_password.change(runtime(), me(), request.cookies.get(COOKIE), NewPassword(*typed))
    except TooManyAttemptsError as error:
        return render_template("akun/kata_sandi.html", problems={"old": too_many(error)}), 429
    except InvalidInputError as error:
        return render_template("akun/kata_sandi.html", problems=error.problems), 422
    toast("Kata sandi diganti. Sesi lain diakhiri.")
    first = me().must_change_password
    return redirect(url_for("auth.door" if first else "account.security"))
