"""Platforms: no login, a signature."""

from tests.gateway.access_rows import WEBHOOK, Row

_POST = (
    "twilio/messaging", "twilio/status", "twilio/voice", "twilio/voice/action",
    "twilio/voice/recording", "twilio/voice/keys", "twilio/voice/again", "twilio/voice/ticket",
    "telegram", "meta", "kannel/mo", "kannel/dlr",
)  # fmt: skip
_GET = ("meta", "kannel/mo", "kannel/dlr")

ROWS = (
    *(Row("POST", f"/webhooks/{path}", WEBHOOK) for path in _POST),
    *(Row("GET", f"/webhooks/{path}", WEBHOOK) for path in _GET),
    Row("GET", "/webhooks/<provider>", WEBHOOK, values={"provider": "x"}),
    Row("POST", "/webhooks/<provider>", WEBHOOK, values={"provider": "x"}),
    Row(
        "GET",
        "/webhooks/lampiran/<int:attachment_id>/<int:expires>/<signature>",
        WEBHOOK,
        values={"expires": "1", "signature": "palsu"},
    ),
)
