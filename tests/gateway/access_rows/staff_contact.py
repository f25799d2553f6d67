"""Pemberitahuan: one's own linked chats."""

from tests.gateway.access_rows import LEADERS, STAFF, Row

ROWS = (
    Row("GET", "/akun/pemberitahuan/", STAFF),
    Row("POST", "/akun/pemberitahuan/kode", STAFF),
    Row("POST", "/akun/pemberitahuan/putus", STAFF, form={"channel": "telegram"}),
    Row("POST", "/akun/pemberitahuan/ringkasan", LEADERS),
)
