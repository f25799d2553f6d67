"""Triage: groups, parts, priorities, returns, many cases at once."""

from gateway.rules.people import Role
from tests.gateway.access_rows import ADMIN, ALL_CASES, Row

_ONLY_ADMIN = {Role.ADMIN_DISKOMINFO: ALL_CASES}
_CASE = "/kotak/aduan/<ticket>"
_OTHER = {"other": "26-99999-0"}

ROWS = (
    Row("GET", f"{_CASE}/serupa/<other>", ADMIN, values=_OTHER, ok={404}),  # no such other case
    Row("POST", f"{_CASE}/serupa/<other>", ADMIN, values=_OTHER, form={"step": "ikut"}, ok={404}),
    Row("POST", f"{_CASE}/pisahkan", ADMIN),
    Row("POST", f"{_CASE}/pecah", ADMIN),
    Row("POST", f"{_CASE}/pecah/urungkan", ADMIN),
    Row("POST", f"{_CASE}/bagian/batal", ADMIN),
    Row("POST", f"{_CASE}/prioritas", ADMIN),
    Row("POST", f"{_CASE}/pengembalian/<step>", ADMIN, values={"step": "setujui"}),
    Row("POST", f"{_CASE}/pengembalian/<step>", ADMIN, values={"step": "tolak"}),
    *(
        Row("GET", f"{_CASE}/<dialog>", ADMIN | {Role.OPERATOR}, values={"dialog": name},
            sees=_ONLY_ADMIN)
        for name in ("pecah", "prioritas")
    ),
    Row("GET", "/kotak/massal/", ADMIN),
    Row("POST", "/kotak/massal/", ADMIN, form={"aksi": "disposisi"}),
    Row("POST", "/kotak/massal/<int:action_id>/urungkan", ADMIN, values={"action_id": "999"},
        ok={404}),  # not one's own
)  # fmt: skip
