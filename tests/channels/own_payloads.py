"""The payloads and error rows of Kannel and X, and requests as those two would make them."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from channels.webhook import WebhookRequest

DATA = Path(__file__).parent.parent / "data"
FOLDER = DATA / "payloads_own"
INDEX: dict[str, Any] = json.loads((FOLDER / "index.json").read_text("utf-8"))
KEYS: dict[str, Any] = INDEX["harness"]
PAYLOADS: dict[str, dict[str, Any]] = {row["id"]: row for row in INDEX["payloads"]}
ERRORS: list[dict[str, Any]] = json.loads(
    (DATA / "outbound_errors_kannel_x.json").read_text("utf-8")
)["rows"]
BASE_URL: str = KEYS["public_base_url"]
_PATHS = {
    "mo": "/webhooks/kannel/mo",
    "dlr": "/webhooks/kannel/dlr",
    "webhook": "/webhooks/x",
    "crc": "/webhooks/x",
}
_OTHER = "-orang-lain"


def own_request(payload_id: str) -> WebhookRequest:
    """The request of one payload, keyed or signed as its row says."""
    row = PAYLOADS[payload_id]
    body = (FOLDER / row["file"]).read_bytes()
    url = BASE_URL + _PATHS[row["endpoint"]]
    if row["method"] == "GET":
        return WebhookRequest("GET", f"{url}?{body.decode()}", {}, b"")
    headers = {name.lower(): value for name, value in row.get("headers", {}).items()}
    headers["content-type"] = row["content_type"]
    if row["provider"] == "kannel":
        query = "&".join(part for part in (_key(row["signature"]), row["query"]) if part)
        return WebhookRequest("POST", f"{url}?{query}", headers, body)
    return WebhookRequest("POST", url, headers | _signature(row["signature"], body), body)


def x_signature(body: bytes, secret: str) -> str:
    """As X computes it, not as the code under test does."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def _key(signature: str) -> str:
    if signature == "missing":
        return ""
    key = KEYS["kannel"]["webhook_key"]
    return f"key={key if signature == 'valid' else key + _OTHER}"


def _signature(signature: str, body: bytes) -> dict[str, str]:
    if signature == "missing":
        return {}
    secret = KEYS["x"]["consumer_secret"] + ("" if signature == "valid" else _OTHER)
    return {"x-twitter-webhooks-signature": x_signature(body, secret)}
