"""Opening an account: whoever was given a code chooses the password."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.accounts import staff_accounts
from gateway.errors import InvalidInputError
from gateway.web import forms
from gateway.web.access import public, runtime
from gateway.web.toasts import toast

blueprint = Blueprint("activation", __name__)


@blueprint.get("/aktivasi")
@public
def show() -> str:
    """The form for a code; a link carries it behind the #, where no server and no log sees it."""
    return render_template("akun/aktivasi.html", problems={}, code="")


@blueprint.post("/aktivasi")
@public
def accept() -> Any:
    """Set the password that the person chose."""
    try:
        username = staff_accounts.accept(
            runtime(),
            forms.text("code"),
            request.form.get("password", ""),
            request.form.get("again", ""),
        )
    except InvalidInputError as error:
        filled = {"problems": error.problems, "code": forms.text("code")}
        return render_template("akun/aktivasi.html", **filled), 422
    toast(f"Kata sandi tersimpan. Masuk sebagai {username}.")
    return redirect(url_for("auth.login"))
