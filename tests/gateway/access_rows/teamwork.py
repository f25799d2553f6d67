"""Working together."""

from tests.gateway.access_rows import INBOX, PD, Row

_CASE = "/untuk-saya/aduan/<ticket>"

ROWS = (
    Row("GET", "/untuk-saya/", INBOX | PD),
    Row("POST", "/untuk-saya/dibaca", INBOX | PD),
    Row("POST", f"{_CASE}/ikuti", INBOX | PD, form={"ikuti": "ya"}),
    Row("POST", f"{_CASE}/tugaskan", INBOX | PD, form={"petugas": "0"}, ok={302, 403}),
)
