"""The page of the leadership: figures only."""

from flask import Blueprint, render_template

from gateway.reading import leaders
from gateway.rules.people import Permission
from gateway.web.access import runtime, staff

blueprint = Blueprint("monitor", __name__, url_prefix="/pimpinan")


@blueprint.get("/")
@staff(Permission.SEE_MONITOR)
def index() -> str:
    """Figures of now, from live queries."""
    view = leaders.monitor(runtime())
    return render_template("pimpinan/monitor.html", monitor=view, here="monitor")
