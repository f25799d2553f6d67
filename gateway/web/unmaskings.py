"""Pembukaan identitas: the monthly list for those who watch over it."""

from flask import Blueprint, Response, render_template, request

from gateway.reading import unmaskings
from gateway.rules.people import Permission
from gateway.web.access import me, runtime, staff

blueprint = Blueprint("unmaskings", __name__, url_prefix="/pembukaan-identitas")


@blueprint.get("/")
@staff(Permission.SEE_UNMASKINGS)
def index() -> str:
    """A month."""
    month, cursor = request.args.get("bulan", ""), request.args.get("dari")
    page = unmaskings.page(runtime(), me(), month, cursor)
    return render_template("pembukaan/daftar.html", page=page, here="pembukaan")


@blueprint.get("/unduh")
@staff(Permission.SEE_UNMASKINGS)
def download() -> Response:
    """The month as CSV, without names and reasons."""
    month = request.args.get("bulan", "")
    response = Response(unmaskings.stream(runtime(), me(), month), mimetype="text/csv")
    name = f"pembukaan-identitas-{month or 'bulan-ini'}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
