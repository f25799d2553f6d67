"""Attachments."""

from gateway.rules.people import Role
from tests.gateway.access_rows import ALL_CASES, INBOX, PD, Row

_FILE = "/lampiran/<int:attachment_id>/<variant>"

ROWS = (
    Row("GET", _FILE, INBOX | PD, values={"variant": "kecil"}),
    Row("GET", _FILE, INBOX | PD, values={"variant": "tampil"}),
    Row(
        "GET",
        _FILE,
        INBOX | PD,
        values={"variant": "asli"},
        sees={Role.ADMIN_DISKOMINFO: ALL_CASES, Role.OPERATOR: ALL_CASES},
        ok={200, 404},  # 404: operators, who see the case but not the original
    ),
)
