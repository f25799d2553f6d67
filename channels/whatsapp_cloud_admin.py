"""Asking and setting up WhatsApp's Cloud API: the number, its token, the app's webhook.

The subscription of the business account to the app needs that account's id, which no setting of
ours holds: it is made once in the app's own pages. Facts: channels.md section 6b; the phone
number's fields from Meta's reference of business phone numbers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.admin import Finding, Health, asked
from channels.message import ChannelName
from channels.meta_admin import WEBHOOK_PATH, MetaObject, check_app, lead_webhook
from channels.meta_graph import MetaGraph, MetaWebhook

_FIELDS = "display_phone_number,verified_name,quality_rating,status,webhook_configuration"


def number(phone_number_id: str) -> MetaObject:
    """Return the object for a business number."""
    return MetaObject(
        ChannelName.WHATSAPP_CLOUD, "whatsapp_business_account", phone_number_id, ("messages",)
    )


def check_number(
    graph: MetaGraph, webhook: MetaWebhook, phone_number_id: str, base: str, now: datetime
) -> tuple[Finding, ...]:
    """Ask for the number, then for the app; `base` is where providers reach us."""
    ours = number(phone_number_id)
    node, refusals = asked(
        ours.channel, "credentials", lambda: graph.get(phone_number_id, {"fields": _FIELDS})
    )
    if node is None:
        return refusals
    shown = node.get("display_phone_number") or phone_number_id
    findings = [Finding("credentials", Health.GOOD, f"Token berlaku untuk nomor {shown}.")]
    findings += _state(node)
    elsewhere = _led_elsewhere(node, base)
    about = check_app(graph, webhook, ours, base, now)
    if elsewhere is None:
        return (*findings, *about)
    # The number's own address counts more than the app's.
    return (*findings, *(one for one in about if one.subject != "webhook"), elsewhere)


def connect_number(
    graph: MetaGraph, webhook: MetaWebhook, phone_number_id: str, public_base_url: str
) -> tuple[str, ...]:
    """Lead the app's webhook here.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    line = lead_webhook(graph, webhook, number(phone_number_id), public_base_url)
    return (
        line,
        (
            "Sekali saja di WhatsApp Manager: hubungkan akun WhatsApp Business ke aplikasi ini "
            "(subscribed_apps), supaya pesannya dikirim ke webhook."
        ),
    )


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
