"""Catat aduan."""

from tests.gateway.access_rows import INBOX, Row

_KEY = {"key": "konsep-yang-tidak-ada"}

ROWS = (
    Row("GET", "/catat/", INBOX),
    Row("GET", "/catat/medsos", INBOX),
    Row("POST", "/catat/", INBOX, form=_KEY),
    Row("POST", "/catat/medsos", INBOX, form=_KEY),
    Row("POST", "/catat/periksa", INBOX, form=_KEY),
    Row("POST", "/catat/konsep/<key>/buang", INBOX, values=_KEY),
    Row("POST", "/catat/pin", INBOX, form=_KEY),
)
