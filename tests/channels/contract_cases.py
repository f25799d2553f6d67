"""Every adapter of the registry with genuine requests of its own, from the payload sets.

A platform that brings a folder of payloads is here without a line of code.
"""

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from channels.outbound import OutboundPart
from channels.registry import PROVIDERS, ChannelSettings, adapters_for, build_channels
from channels.webhook import WebhookRequest
from tests.conformance.payload_set import FOLDERS, Call, PayloadSet, load
from tests.conformance.service import channel_settings

OLD_KEY = "kunci-lama-yang-sudah-diganti"
NOBODY = "http://127.0.0.1:9"
REFERENCE = "7d9c1a52111142228333000000000009"
# Adapters that only listen.
SILENT = {ChannelName.VOICE}
# Their signature says who calls, not what: a shared secret in a header or in the address.
SHARED_SECRET = {"telegram", "kannel"}


@dataclass(frozen=True)
class Case:
    """One adapter behind one webhook, and the payloads of it that it must understand."""

    provider: str
    name: ChannelName
    folder: Path
    rows: tuple[str, ...]

    @property
    def payloads(self) -> PayloadSet:
        return read(self.folder)

    def request(self, row: str | None = None, signature: str | None = None) -> WebhookRequest:
        """A genuine request, or one that is signed otherwise."""
        entry = self.payloads.payload(row or self.rows[0])
        if signature is not None:
            entry = entry | {"signature": signature}
        return as_request(self.payloads, self.payloads.call(entry))

    def signed(self, body: bytes) -> WebhookRequest:
        """A request with another body, signed as the platform would."""
        entry = self.payloads.payload(self.rows[0])
        return as_request(self.payloads, self.payloads.call(entry, body))

    def adapter(self, settings: ChannelSettings | None = None) -> ChannelAdapter:
        built = build_channels(settings or self.settings())
        (found,) = [one for one in adapters_for(built, self.provider) if one.name is self.name]
        return found

    def settings(self) -> ChannelSettings:
        return channel_settings(self.payloads.harness)

    def part(self, **changes: Any) -> OutboundPart:
        message = self.payloads.payload(self.rows[0])["expect"]["messages"]
        to = message[0]["sender_id"] if message else "+6281255501001"
        whole = OutboundPart(self.name, account(self), to, REFERENCE, text="Laporan rahasia")
        return replace(whole, **changes)


@cache
def read(folder: Path) -> PayloadSet:
    return load(folder)


@cache
def account(case: Case) -> str:
    return case.adapter().account


def as_request(payloads: PayloadSet, call: Call) -> WebhookRequest:
    """What the web tier makes of a call."""
    query = f"?{call.query}" if call.query else ""
    return WebhookRequest(
        method=call.method,
        url=f"{payloads.harness['public_base_url']}{call.path}{query}",
        headers={name.lower(): value for name, value in call.headers.items()},
        body=call.body,
        peer="127.0.0.1",
    )


def at(settings: ChannelSettings, origin: str) -> ChannelSettings:
    """The same with every provider at another origin."""
    changed: dict[str, Any] = {"sandbox_origin": origin}
    for one in fields(settings):
        value = getattr(settings, one.name)
        names = {inner.name for inner in fields(value)} if hasattr(value, "__slots__") else set()
        bases = names & {"api_base", "graph_base"}
        if bases:
            changed[one.name] = replace(value, **dict.fromkeys(bases, origin))
        elif "sendsms_url" in names:
            changed[one.name] = replace(value, sendsms_url=f"{origin}/cgi-bin/sendsms")
    changed["platforms"] = {
        name: {**own, "api_base": origin} for name, own in settings.platforms.items()
    }
    return replace(settings, **changed)


def rotated(settings: ChannelSettings) -> ChannelSettings:
    """The same while secrets change: another key stands before the good one."""
    changed: dict[str, Any] = {}
    for provider in ("twilio", "telegram", "meta", "kannel"):
        value = getattr(settings, provider)
        if value is None:
            continue
        (field,) = {
            "auth_tokens",
            "secret_tokens",
            "app_secrets",
            "webhook_keys",
        } & {inner.name for inner in fields(value)}
        changed[provider] = replace(value, **{field: (OLD_KEY, *getattr(value, field))})
    changed["platforms"] = {
        name: {
            key: (OLD_KEY, *value) if isinstance(value, list | tuple) else value
            for key, value in own.items()
        }
        for name, own in settings.platforms.items()
    }
    return replace(settings, **changed)


def find_cases() -> dict[str, Case]:
    """One case for each adapter of the registry that some set has genuine payloads of."""
    found: dict[str, Case] = {}
    for folder in FOLDERS:
        built = build_channels(channel_settings(read(folder).harness))
        for provider, names in PROVIDERS.items():
            behind = {one.name for one in adapters_for(built, provider)}
            for name in sorted(behind & set(names)):
                rows = tuple(_rows(read(folder), provider, name))
                if rows:
                    found.setdefault(f"{provider}-{name}", Case(provider, name, folder, rows))
    return found


def wanted_cases() -> set[str]:
    """One for each channel behind each webhook of the registry."""
    return {f"{provider}-{name}" for provider, names in PROVIDERS.items() for name in names}


def _rows(payloads: PayloadSet, provider: str, name: ChannelName) -> list[str]:
    """Payloads that are taken for what they are; first those that bring one message."""
    rows = [
        row
        for row in payloads.payloads
        if row["channel"] == name
        and row["signature"] == "valid"
        and row["method"] == "POST"
        and row["tier"] in ("core", "later")
        and row["expect"].get("outcome") == "accepted"
        and not row.get("post_first")
        and provider in (row["provider"], row["channel"])
    ]
    rows.sort(key=lambda row: (row["expect"]["new_messages"] != 1, not row["id"].endswith("text")))
    return [row["id"] for row in rows]
