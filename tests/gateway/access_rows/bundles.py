"""The style sheet and the script of every page."""

from tests.gateway.access_rows import PUBLIC, Row

ROWS = (
    Row(
        "GET",
        "/static/<any(publik, petugas):name>.<digest>.<any(css, js):kind>",
        PUBLIC,
        values={"name": "petugas", "digest": "0", "kind": "css"},
    ),
)
