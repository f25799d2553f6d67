"""The page of the leadership."""

from tests.gateway.access_rows import ADMIN, LEADERS, Row

ROWS = (Row("GET", "/pimpinan/", LEADERS | ADMIN),)
