"""Aduan: the list, its search, its views, its exports."""

from typing import Any

from gateway.listing import views
from gateway.listing.list_filter import Criteria
from gateway.listing.search_words import Typed, What
from gateway.listing.searches import open_search
from gateway.rules.people import Role
from tests.gateway.access_rows import ADMIN, INBOX, LEADERS, PD, SEES, Row

_LISTED = INBOX | PD | LEADERS
_EXPORTS = ADMIN | LEADERS | {Role.KEPALA_PD, Role.INSPEKTORAT}
# The leadership reads what is not secret, as rows and without a way into the case.
_AS_ROWS = {**SEES, Role.PIMPINAN: frozenset({"own", "foreign"})}
# A view and a search for a person are whose they are, whatever the role.
_MINE = {Role.ADMIN_DISKOMINFO: frozenset({"own"})}


def seed(world: Any) -> None:
    """Write a view and a search of the admin."""
    rina = world.office.rina
    views.save(world.runtime, rina, "Lampu", Criteria(words="lampu"), shared=False)
    kept = views.offered(world.runtime, rina).saved[0].id
    world.values["view_id"] = {"own": kept, "absent": 999_999}
    key = open_search(world.runtime, rina, Typed(What.PHONE, "+6281255501039"))
    world.values["search_key"] = {"own": key, "absent": "tidak-ada"}


ROWS = (
    Row("GET", "/daftar/", _LISTED, sees=_AS_ROWS),
    Row("POST", "/daftar/cari", _LISTED, form={"q": "lampu"}),
    Row("GET", "/daftar/pelapor/<search_key>", INBOX, sees=_MINE),
    Row("POST", "/daftar/pelapor/<search_key>", INBOX, sees=_MINE, form={"reason": "Ganda"}),
    Row("POST", "/daftar/unduh/<kind>", _EXPORTS, values={"kind": "csv"}, sees=_AS_ROWS),
    Row("POST", "/daftar/unduh/<kind>", _EXPORTS, values={"kind": "xlsx"}, sees=_AS_ROWS),
    Row("POST", "/daftar/tampilan", _LISTED, form={"name": "Lampu"}),
    Row("POST", "/daftar/tampilan/<int:view_id>/hapus", _LISTED, sees=_MINE),
)
