"""Kannel's adapter with the keys of its payload set."""

import dataclasses

from channels.kannel import KannelAdapter
from channels.message import ChannelName
from channels.outbound import OutboundPart
from channels.webhook import WebhookRequest
from tests.channels.own_payloads import BASE_URL, KEYS

KEY: str = KEYS["kannel"]["webhook_key"]
NUMBER, TEXT = "+6281255501001", "Laporan rahasia"


def make(**changes) -> KannelAdapter:
    given_settings = {
        "number": "1708",
        "webhook_keys": (KEY,),
        "sendsms_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
        "username": "sahut",
        "password": "sandi-uji-kannel",
        "callback_base_url": "http://127.0.0.1:8080",
    }
    return KannelAdapter(**{**given_settings, **changes})


def part(text: str | None = TEXT, **changes) -> OutboundPart:
    reference = "7d9c1a52-1111-4222-8333-000000000001"
    made = OutboundPart(ChannelName.SMS, "1708", NUMBER, reference, text=text)
    return dataclasses.replace(made, **changes)


def posted(
    body: bytes, query: str = f"key={KEY}&id=1&time=1795137300", **headers
) -> WebhookRequest:
    given_headers = {"x-kannel-from": NUMBER, "content-type": "text/plain; charset=UTF-8"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest(
        "POST", f"{BASE_URL}/webhooks/kannel/mo?{query}", {**given_headers, **named}, body
    )
