"""What needs no login: the front page and Cek aduan."""

from typing import Any

from flask import Blueprint, render_template, request

from gateway.errors import InvalidInputError
from gateway.reading import tracking
from gateway.web import forms
from gateway.web.access import public, runtime
from gateway.web.wording import how_it_works

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Emergency line first, then how to reach us."""
    week, how = tracking.weekly(runtime()), how_it_works(runtime())
    return render_template("publik/beranda.html", week=week, how=how, here="beranda")


@blueprint.get("/cek")
@public
def track() -> str:
    """The form of Cek aduan."""
    return render_template("publik/cek.html", here="cek", problem="", number="")


@blueprint.post("/cek")
@public
def tracked() -> Any:
    """One case, or one sentence. The PIN stands in no address and in no log."""
    number = forms.text("number")
    try:
        found = tracking.track(runtime(), number, forms.text("pin"), request.remote_addr or "")
    except InvalidInputError as error:
        problem = error.problems["number"]
        page = render_template("publik/cek.html", here="cek", problem=problem, number=number)
        return page, 429 if problem == tracking.LOCKED else 422
    return render_template("publik/aduan.html", case=found, here="cek")
