"""The page of the leadership: figures, what needs attention, what it asked of PDs."""

from flask import Blueprint, render_template

from gateway.reading import directive_views, leaders
from gateway.rules.people import Permission
from gateway.web.access import me, runtime, staff

blueprint = Blueprint("monitor", __name__, url_prefix="/pimpinan")


@blueprint.get("/")
@staff(Permission.SEE_MONITOR)
def index() -> str:
    """Figures of now from live queries, and the open Arahan."""
    view = leaders.monitor(runtime())
    asked = directive_views.open_ones(runtime(), me())
    return render_template("pimpinan/monitor.html", monitor=view, asked=asked, here="monitor")
