"""A folder of payloads: its index, its bytes, and requests signed as the providers sign them.

The signatures are computed here from the providers' rules, not by the code under test.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

DEFAULT = Path(__file__).parents[1] / "data" / "payloads"
# A new platform brings a folder of its own; nothing else has to be told.
FOLDERS = (DEFAULT, *sorted(DEFAULT.parent.glob("payloads_*/")))

_PATHS = {
    ("twilio", "inbound"): "/webhooks/twilio/messaging",
    ("twilio", "fallback"): "/webhooks/twilio/messaging",
    ("twilio", "status"): "/webhooks/twilio/status",
    ("twilio", "voice_incoming"): "/webhooks/twilio/voice",
    ("twilio", "voice_fallback"): "/webhooks/twilio/voice",
    ("twilio", "voice_status"): "/webhooks/twilio/voice",
    ("twilio", "voice_action"): "/webhooks/twilio/voice/action",
    ("twilio", "recording_status"): "/webhooks/twilio/voice/recording",
    ("twilio", "voice_again"): "/webhooks/twilio/voice/again",
    ("twilio", "voice_ticket"): "/webhooks/twilio/voice/ticket",
    ("twilio", "voice_keys"): "/webhooks/twilio/voice/keys",
    ("telegram", "webhook"): "/webhooks/telegram",
    ("meta", "webhook"): "/webhooks/meta",
    ("meta", "verify"): "/webhooks/meta",
    ("kannel", "mo"): "/webhooks/kannel/mo",
    ("kannel", "dlr"): "/webhooks/kannel/dlr",
    ("x", "webhook"): "/webhooks/x",
    ("x", "crc"): "/webhooks/x",
}
_UNSIGNED = {"missing", "none", "absent", "no_header", "unsigned"}
_OTHER = "-rahasia-orang-lain"


@dataclass(frozen=True)
class Call:
    """One HTTP request against the app."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class PayloadSet:
    """The folder and its index."""

    folder: Path
    index: Mapping[str, Any]

    @property
    def harness(self) -> Mapping[str, Any]:
        return self.index["harness"]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return list(self.index["payloads"])

    @property
    def sequences(self) -> list[dict[str, Any]]:
        return list(self.index["sequences"])

    @property
    def now(self) -> datetime:
        return instant(self.index["clock"]["payload_time"])

    def payload(self, payload_id: str) -> dict[str, Any]:
        return next(row for row in self.payloads if row["id"] == payload_id)

    def fixture(self, fixture_id: str) -> dict[str, Any]:
        return next(row for row in self.index["outbound_fixtures"] if row["id"] == fixture_id)

    def body(self, entry: Mapping[str, Any]) -> bytes:
        return (self.folder / entry["file"]).read_bytes()

    def own_addresses(self) -> set[str]:
        """Our own accounts and numbers, which must never become a citizen."""
        named = {
            "twilio": ("account_sid", "whatsapp_number", "sms_number", "voice_number"),
            "telegram": ("bot_id",),
            "meta": ("page_id", "instagram_id", "wa_phone_number_id", "waba_id"),
            "kannel": ("number",),
            "x": ("user_id",),
        }
        keys = self.harness
        own = {str(keys.get(name, {}).get(key)) for name in named for key in named[name]}
        own |= {str(one.get("account")) for one in keys.values() if isinstance(one, Mapping)}
        return {address.removeprefix("whatsapp:") for address in own} - {"None"}

    def call(self, entry: Mapping[str, Any], body: bytes | None = None) -> Call:
        """Return the request of an entry; for GET the file holds the query string.

        Args:
            entry: of the index.
            body: another one than its file's, signed all the same.

        Raises:
            KeyError: an endpoint that this runner does not know.
        """
        path = self.path(entry["provider"], entry["endpoint"])
        body = self.body(entry) if body is None else body
        query = str(entry.get("query", ""))
        if entry["method"] == "GET":
            return Call("GET", path, body.decode("latin-1").strip(), {}, b"")
        headers = {"Content-Type": entry["content_type"]}
        if entry["provider"] == "kannel":
            query = "&".join(part for part in (self._kannel_key(entry), query) if part)
        else:
            headers |= self._signature(entry, path + (f"?{query}" if query else ""), body)
        headers |= entry.get("headers", {})
        return Call(entry["method"], path, query, headers, body)

    def path(self, provider: str, endpoint: str) -> str:
        """Return where requests of a kind go; a platform that signs as its index says has one."""
        if "signed_by" in self.harness[provider]:
            return f"/webhooks/{provider}"
        return _PATHS[provider, endpoint]

    def _kannel_key(self, entry: Mapping[str, Any]) -> str:
        """Kannel signs nothing: the address that it calls carries a key."""
        if entry["signature"] in _UNSIGNED:
            return ""
        other = "" if entry["signature"] == "valid" else _OTHER
        return f"key={self.harness['kannel']['webhook_key']}{other}"

    def _signature(self, entry: Mapping[str, Any], path: str, body: bytes) -> dict[str, str]:
        kind = entry["signature"]
        if kind in _UNSIGNED:
            return {}
        name, sign = self._signer(entry["provider"])
        genuine = sign(self.harness, self.harness["public_base_url"] + path, body, "")
        if kind == "valid":
            return {name: genuine}
        if kind == "other_secret":
            base = self.harness["public_base_url"]
            return {name: sign(self.harness, base + path, body, _OTHER)}
        return {name: _damaged(genuine)}

    def _signer(self, provider: str) -> tuple[str, Callable[..., str]]:
        """Return the header and the rule of a provider."""
        rule = self.harness[provider].get("signed_by")
        return _SIGNERS[provider] if rule is None else (rule["header"], _described(rule))


def load(folder: Path) -> PayloadSet:
    """Read a folder in the format of `tests/data/payloads`."""
    return PayloadSet(folder, json.loads((folder / "index.json").read_text("utf-8")))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _damaged(signature: str) -> str:
    """Any other way of being wrong: one character is another."""
    last = "A" if signature[-2] != "A" else "B"
    return signature[:-2] + last + signature[-1]


def _twilio(harness: Mapping[str, Any], url: str, body: bytes, other: str) -> str:
    pairs = set()
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        pairs.add((_plain(name), _plain(value)))
    signed = url.encode() + b"".join(name + value for name, value in sorted(pairs))
    key = (harness["twilio"]["auth_token"] + other).encode()
    return base64.b64encode(hmac.new(key, signed, hashlib.sha1).digest()).decode()


def _plain(encoded: bytes) -> bytes:
    return unquote_to_bytes(encoded.replace(b"+", b" "))


def _telegram(harness: Mapping[str, Any], _url: str, _body: bytes, other: str) -> str:
    return str(harness["telegram"]["secret_token"]) + other


def _meta(harness: Mapping[str, Any], _url: str, body: bytes, other: str) -> str:
    key = (harness["meta"]["app_secret"] + other).encode()
    return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def _described(rule: Mapping[str, str]) -> Callable[..., str]:
    """Return HMAC-SHA256 over the raw body in base64, with the key that the index names."""

    def sign(_harness: Mapping[str, Any], _url: str, body: bytes, other: str) -> str:
        digest = hmac.new((rule["base64_hmac_sha256"] + other).encode(), body, hashlib.sha256)
        return base64.b64encode(digest.digest()).decode()

    return sign


def _x(harness: Mapping[str, Any], _url: str, body: bytes, other: str) -> str:
    key = (harness["x"]["consumer_secret"] + other).encode()
    return "sha256=" + base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


_SIGNERS = {
    "x": ("X-Twitter-Webhooks-Signature", _x),
    "twilio": ("X-Twilio-Signature", _twilio),
    "telegram": ("X-Telegram-Bot-Api-Secret-Token", _telegram),
    "meta": ("X-Hub-Signature-256", _meta),
}
