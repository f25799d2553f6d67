"""What needs no login."""

from tests.gateway.access_rows import PUBLIC, Row

ROWS = (
    Row("GET", "/static/<path:filename>", PUBLIC, values={"filename": "sahut.css"}),
    Row("GET", "/", PUBLIC),
    Row("GET", "/cek", PUBLIC),
    Row("POST", "/cek", PUBLIC),
    Row("GET", "/healthz", PUBLIC),
    Row("GET", "/readyz", PUBLIC),
    Row("GET", "/metrics", PUBLIC),
)
