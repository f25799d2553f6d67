"""Senders who are not answered for a while."""

from tests.gateway.access_rows import ADMIN, INBOX, Row

_TALK = "/kotak/percakapan/<int:conversation_id>"

ROWS = (
    Row("GET", f"{_TALK}/blokir", INBOX),
    Row("POST", f"{_TALK}/blokir", ADMIN),
    Row("POST", f"{_TALK}/cabut-blokir", ADMIN),
)
