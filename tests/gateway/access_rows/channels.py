"""Kesehatan kanal."""

from tests.gateway.access_rows import ADMIN, SUPER, Row

_KEEPERS = ADMIN | SUPER
_SMS = {"code": "sms"}

ROWS = (
    Row("GET", "/kanal/", _KEEPERS),
    Row("POST", "/kanal/<code>/periksa", _KEEPERS, values=_SMS),
    Row("POST", "/kanal/<code>/sambungkan", _KEEPERS, values=_SMS, ok={200, 400}),
    Row("POST", "/kanal/<code>/coba-lagi", _KEEPERS, values=_SMS),
    Row("POST", "/kanal/<code>/uji", _KEEPERS, values=_SMS, ok={400}),
)
