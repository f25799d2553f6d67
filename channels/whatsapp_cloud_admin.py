"""Asking and setting up WhatsApp's Cloud API: the number, its token, the app's webhook.

The business account must besides be subscribed to the app; that needs the account's id. Facts:
channels.md section 6b; Meta's references of business phone numbers and of ``subscribed_apps``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.admin import Finding, Health, asked, explain_refusal
from channels.errors import SendError
from channels.message import ChannelName
from channels.meta_admin import WEBHOOK_PATH, MetaObject, check_app, lead_webhook
from channels.meta_graph import MetaGraph, MetaWebhook

_BY_HAND = (
    "Sekali saja di WhatsApp Manager: hubungkan akun WhatsApp Business ke aplikasi ini "
    "(subscribed_apps), supaya pesannya dikirim ke webhook."
)
_FIELDS = "display_phone_number,verified_name,quality_rating,status,webhook_configuration"


def number(phone_number_id: str) -> MetaObject:
    """Return the object for a business number."""
    return MetaObject(
        ChannelName.WHATSAPP_CLOUD, "whatsapp_business_account", phone_number_id, ("messages",)
    )


@dataclass(frozen=True, slots=True)
class CloudNumber:
    """Meta's ids of our number and of the business account that it belongs to (None: unknown)."""

    id: str
    business_id: str | None


def check_number(
    graph: MetaGraph, webhook: MetaWebhook, ours: CloudNumber, base: str, now: datetime
) -> tuple[Finding, ...]:
    """Ask for the number, the app and the subscription; `base` is where providers reach us."""
    named = number(ours.id)
    node, refusals = asked(
        named.channel, "credentials", lambda: graph.get(ours.id, {"fields": _FIELDS})
    )
    if node is None:
        return refusals
    shown = node.get("display_phone_number") or ours.id
    findings = [Finding("credentials", Health.GOOD, f"Token berlaku untuk nomor {shown}.")]
    findings += _state(node)
    elsewhere = _led_elsewhere(node, base)
    about = check_app(graph, webhook, named, base, now)
    if elsewhere is not None:
        # The number's own address counts more than the app's.
        about = (*(one for one in about if one.subject != "webhook"), elsewhere)
    return (*findings, *about, *_subscription(graph, ours))


def connect_number(
    graph: MetaGraph, webhook: MetaWebhook, ours: CloudNumber, public_base_url: str
) -> tuple[str, ...]:
    """Lead the app's webhook here and subscribe the business account, where the token may.

    Raises:
        SendError: Meta refused to lead the webhook, or did not answer.
    """
    line = lead_webhook(graph, webhook, number(ours.id), public_base_url)
    if ours.business_id is None:
        return line, f"{_BY_HAND} Atau isi SAHUT_META_WHATSAPP_BUSINESS_ID dan sambungkan lagi."
    try:
        graph.post(f"{ours.business_id}/subscribed_apps", {})
    except SendError as error:
        return line, explain_refusal(ChannelName.WHATSAPP_CLOUD, error), _BY_HAND
    return line, "Akun WhatsApp Business berlangganan ke aplikasi Meta."


def _subscription(graph: MetaGraph, ours: CloudNumber) -> tuple[Finding, ...]:
    """Ask whether the business account sends its messages to our app."""
    if ours.business_id is None:
        return ()
    try:
        app_id = str(graph.get("app", {"fields": "id"}).get("id"))
        rows = graph.get(f"{ours.business_id}/subscribed_apps").get("data")
    except SendError:
        words = "Langganan akun WhatsApp Business tidak dapat ditanyakan dengan token ini."
        return (Finding("subscription", Health.NOTE, words),)
    apps = [row.get("whatsapp_business_api_data") for row in rows or () if isinstance(row, Mapping)]
    if any(isinstance(app, Mapping) and str(app.get("id")) == app_id for app in apps):
        return (Finding("subscription", Health.GOOD, "Langganan akun terpasang."),)
    words = "Akun WhatsApp Business belum berlangganan ke aplikasi ini, jadi pesan tidak masuk."
    return (Finding("subscription", Health.BAD, words),)


def _state(node: Mapping[str, Any]) -> list[Finding]:
    findings: list[Finding] = []
    status = str(node.get("status") or "CONNECTED").upper()
    if status != "CONNECTED":
        findings.append(Finding("account", Health.BAD, f"Nomor tidak tersambung ({status})."))
    if str(node.get("quality_rating")).upper() in ("YELLOW", "RED"):
        words = "Mutu nomor menurun menurut Meta; kurangi pesan yang tidak diminta warga."
        findings.append(Finding("account", Health.NOTE, words))
    return findings


def _led_elsewhere(node: Mapping[str, Any], base: str) -> Finding | None:
    """Return a finding where the number or its account has a webhook address of its own."""
    configured = node.get("webhook_configuration")
    if not isinstance(configured, Mapping):
        return None
    own = configured.get("phone_number") or configured.get("whatsapp_business_account")
    if not own:
        return None
    if own == base.rstrip("/") + WEBHOOK_PATH:
        return Finding("webhook", Health.GOOD, "Webhook nomor ini mengarah ke sini.")
    return Finding("webhook", Health.BAD, "Webhook nomor ini mengarah ke alamat lain.")
