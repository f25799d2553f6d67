"""Logging in and out, one's own account."""

from tests.gateway.access_rows import PUBLIC, STAFF, Row

ROWS = (
    Row("GET", "/masuk", PUBLIC),
    Row("POST", "/masuk", PUBLIC, ok={403}),
    Row("POST", "/keluar", PUBLIC),
    Row("GET", "/akun", STAFF),
    Row("GET", "/pintu", STAFF),
    Row("GET", "/inbox", STAFF),
)
