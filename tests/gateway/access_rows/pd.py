"""Kotak Masuk PD."""

from tests.gateway.access_rows import PD, Row

_CASE = "/pd/aduan/<ticket>"

ROWS = (
    Row("GET", "/pd/", PD),
    Row("POST", "/pd/bantuan", PD),
    Row("GET", _CASE, PD),
    Row("POST", f"{_CASE}/terima", PD),
    Row("POST", f"{_CASE}/kembalikan", PD),
    Row("POST", f"{_CASE}/jadwalkan", PD),
    Row("POST", f"{_CASE}/tanya", PD),
    Row("POST", f"{_CASE}/catatan", PD),
    Row("POST", f"{_CASE}/draf", PD),
    Row("POST", f"{_CASE}/langkah/<step>", PD, values={"step": "dibaca"}),
    Row("POST", f"{_CASE}/langkah/<step>", PD, values={"step": "lanjutkan"}),
)
