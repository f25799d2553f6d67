"""Koreksi jawaban."""

from tests.gateway.access_rows import ADMIN, Row

ROWS = (
    Row("GET", "/koreksi/<ticket>", ADMIN),
    Row("POST", "/koreksi/<ticket>", ADMIN, form={"body": "Lampu sudah diganti."}),
)
