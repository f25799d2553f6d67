"""Channels with the keys of the payload set, and the rows of both data files."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from channels.registry import (
    ChannelSettings,
    MetaSettings,
    TelegramSettings,
    TwilioSettings,
    build_channels,
)
from channels.twilio_signature import sign
from channels.webhook import WebhookRequest
from tests.channels.call_prompts import PROMPTS

DATA = Path(__file__).parent.parent / "data"
INDEX: dict[str, Any] = json.loads((DATA / "payloads" / "index.json").read_text("utf-8"))
PAYLOADS: dict[str, dict[str, Any]] = {row["id"]: row for row in INDEX["payloads"]}
ERRORS: list[dict[str, Any]] = json.loads((DATA / "outbound_errors.json").read_text("utf-8"))[
    "rows"
]
BASE_URL = INDEX["harness"]["public_base_url"]
_KEYS = INDEX["harness"]
_PATHS = {
    ("twilio", "inbound"): "/webhooks/twilio/messaging",
    ("twilio", "status"): "/webhooks/twilio/status",
    ("telegram", "webhook"): "/webhooks/telegram",
    ("meta", "webhook"): "/webhooks/meta",
    ("meta", "verify"): "/webhooks/meta",
}
OUR_CHANNELS = (
    ChannelName.WHATSAPP,
    ChannelName.SMS,
    ChannelName.TELEGRAM,
    ChannelName.MESSENGER,
    ChannelName.INSTAGRAM,
)


def settings(origin: str | None = None, rotated: bool = False) -> ChannelSettings:
    """Settings with the keys of the payload set; `origin` replaces all providers."""
    old = ("kunci-lama",) if rotated else ()
    bases = {"api_base": origin} if origin else {}
    twilio, telegram, meta = _KEYS["twilio"], _KEYS["telegram"], _KEYS["meta"]
    return ChannelSettings(
        public_base_url=BASE_URL,
        twilio=TwilioSettings(
            account_sid=twilio["account_sid"],
            auth_tokens=(*old, twilio["auth_token"]),
            whatsapp_number=twilio["whatsapp_number"],
            sms_number=twilio["sms_number"],
            voice=PROMPTS,
            **bases,
        ),
        telegram=TelegramSettings(
            bot_token=telegram["bot_token"],
            secret_tokens=(*old, telegram["secret_token"]),
            **bases,
        ),
        meta=MetaSettings(
            app_secrets=(*old, meta["app_secret"]),
            verify_token=meta["verify_token"],
            page_id=meta["page_id"],
            page_token="token-halaman",
            instagram_id=meta["instagram_id"],
            instagram_token="token-instagram",
            whatsapp_phone_id=meta["wa_phone_number_id"],
            whatsapp_token="token-whatsapp",
            **({"graph_base": origin} if origin else {}),
        ),
        sandbox_origin=origin,
    )


def channels(origin: str | None = None) -> Mapping[ChannelName, ChannelAdapter]:
    return build_channels(settings(origin))


def payload_request(payload_id: str) -> WebhookRequest:
    """The request of one payload, signed as its row says."""
    row = PAYLOADS[payload_id]
    body = (DATA / "payloads" / row["file"]).read_bytes()
    url = BASE_URL + _PATHS[row["provider"], row["endpoint"]]
    if row["method"] == "GET":
        return WebhookRequest("GET", f"{url}?{body.decode()}", {}, b"")
    return signed(row["provider"], body, url=url, genuine=row["signature"] == "valid")


def signed(
    provider: str, body: bytes, url: str | None = None, genuine: bool = True
) -> WebhookRequest:
    """A request as the provider would make it, or as a forger would."""
    key = "" if genuine else "-palsu"
    if provider in ("twilio", "voice"):
        url = url or f"{BASE_URL}/webhooks/twilio/messaging"
        header = {"x-twilio-signature": sign(url, body, _KEYS["twilio"]["auth_token"] + key)}
    elif provider == "telegram":
        url = url or f"{BASE_URL}/webhooks/telegram"
        header = {"x-telegram-bot-api-secret-token": _KEYS["telegram"]["secret_token"] + key}
    else:
        url = url or f"{BASE_URL}/webhooks/meta"
        secret = (_KEYS["meta"]["app_secret"] + key).encode()
        digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
        header = {"x-hub-signature-256": f"sha256={digest}"}
    return WebhookRequest("POST", url, header, body)
