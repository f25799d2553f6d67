"""Asking and setting up Meta's side: token, webhook of the app, subscription of the account.

One app has one callback address for each kind of object (page, instagram); each page or account
must besides be subscribed to the app. Both are needed before a message comes in. Facts: channels.md
sections 5 and 6; Graph API reference of ``debug_token``, ``subscriptions``, ``subscribed_apps``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.admin import Finding, FreshToken, Health, asked
from channels.errors import SendError
from channels.message import ChannelName
from channels.meta_graph import MetaGraph, MetaWebhook, unknown_outcome

WEBHOOK_PATH = "/webhooks/meta"
_SOON = timedelta(days=14)
# Tokens of Instagram's own login; the others come through a Facebook page, which then carries
# the subscription.
_INSTAGRAM_LOGIN = "IG"
_PAGE_LOGIN = "EAA"


@dataclass(frozen=True, slots=True)
class MetaObject:
    """One account as Meta's webhooks name it, and the fields that we read of it."""

    channel: ChannelName
    kind: str
    account: str
    fields: tuple[str, ...]


def page(account: str) -> MetaObject:
    """Return the object for a Facebook page."""
    fields = "messages messaging_postbacks messaging_referrals messaging_optins message_deliveries"
    more = "message_reads message_echoes message_edits message_reactions"
    handovers = "standby messaging_handovers"
    names = tuple(f"{fields} {more} {handovers}".split())
    return MetaObject(ChannelName.MESSENGER, "page", account, names)


def instagram(account: str) -> MetaObject:
    """Return the object for an Instagram account."""
    names = "messages messaging_postbacks messaging_referral messaging_seen message_reactions"
    fields = (*names.split(), "standby", "messaging_handover")
    return MetaObject(ChannelName.INSTAGRAM, "instagram", account, fields)


def comes_from_instagram(token: str) -> bool:
    """Say whether a token was given by Instagram's own login: it then works at its own host."""
    return token.startswith(_INSTAGRAM_LOGIN)


def check_account(
    graph: MetaGraph, webhook: MetaWebhook, ours: MetaObject, public_base_url: str, now: datetime
) -> tuple[Finding, ...]:
    """Ask for the account, its token, the app's webhook and the subscription, in this order."""
    node, refusals = asked(
        ours.channel, "credentials", lambda: graph.get(ours.account, {"fields": "id,name"})
    )
    if node is None:
        return refusals
    name = node.get("name") or ours.account
    valid = Finding("credentials", Health.GOOD, f"Token berlaku untuk {name}.")
    about = check_app(graph, webhook, ours, public_base_url, now)
    return (valid, *about, *_subscription(graph, ours))


def check_app(
    graph: MetaGraph, webhook: MetaWebhook, ours: MetaObject, public_base_url: str, now: datetime
) -> tuple[Finding, ...]:
    """Ask in the app's name for the life of our token and for its webhook."""
    app_token = _app_token(graph, webhook)
    if app_token is None:
        words = "Masa berlaku token dan alamat webhook tidak dapat ditanyakan dengan token ini."
        return (Finding("token", Health.NOTE, words),)
    token = _token(graph, ours, app_token, now)
    return (*token, *_webhook(graph, ours, app_token, public_base_url))


def connect_account(
    graph: MetaGraph, webhook: MetaWebhook, ours: MetaObject, public_base_url: str
) -> tuple[str, ...]:
    """Lead the app's webhook here and subscribe the account.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    line = lead_webhook(graph, webhook, ours, public_base_url)
    if _subscribed_by_its_page(graph, ours):
        return line, "Langganan Instagram mengikuti Halaman Facebook; sambungkan Messenger juga."
    fields = {"subscribed_fields": ",".join(ours.fields)}
    graph.post(f"{ours.account}/subscribed_apps", fields)
    return line, "Akun berlangganan ke aplikasi Meta."


def lead_webhook(
    graph: MetaGraph, webhook: MetaWebhook, ours: MetaObject, public_base_url: str
) -> str:
    """Lead the app's webhook for this kind of object here; return what a person reads.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    url, names = _address(public_base_url), ",".join(ours.fields)
    app_token = _app_token(graph, webhook)
    if app_token is None:
        return (
            f"Pasang sendiri di pengaturan aplikasi Meta, produk Webhooks, objek {ours.kind}: "
            f"alamat {url}, token verifikasi dari SAHUT_META_VERIFY_TOKEN, kolom {names}."
        )
    wanted = {
        "object": ours.kind,
        "callback_url": url,
        "verify_token": webhook.verify_token,
        "fields": names,
        "access_token": app_token,
    }
    graph.post(f"{_app_of(app_token)}/subscriptions", wanted)
    return f"Webhook aplikasi Meta untuk objek {ours.kind} diarahkan ke {url}."


def renewed(graph: MetaGraph, now: datetime) -> FreshToken:
    """Return a token of Instagram's login with 60 more days.

    Raises:
        SendError: it is younger than a day, or cannot be renewed.
    """
    answer = graph.get("refresh_access_token", {"grant_type": "ig_refresh_token"})
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value:
        raise unknown_outcome()
    if not isinstance(seconds, int | float) or seconds <= 0:
        return FreshToken(value, None)
    return FreshToken(value, now + timedelta(seconds=seconds))


def _app_token(graph: MetaGraph, webhook: MetaWebhook) -> str | None:
    """Return the app's own token, None where our token does not say which app it is of."""
    try:
        app_id = graph.get("app", {"fields": "id"}).get("id")
    except SendError:
        return None
    return webhook.app_token(app_id) if isinstance(app_id, str) and app_id.isdecimal() else None


def _app_of(app_token: str) -> str:
    return app_token.partition("|")[0]


def _token(
    graph: MetaGraph, ours: MetaObject, app_token: str, now: datetime
) -> tuple[Finding, ...]:
    question = {"input_token": graph.token, "access_token": app_token}
    answer, refusals = asked(ours.channel, "token", lambda: graph.get("debug_token", question))
    data = (answer or {}).get("data")
    if not isinstance(data, Mapping):
        return _as_notes(refusals)
    if data.get("is_valid") is not True:
        words = "Token sudah tidak berlaku; masuk ulang ke Meta dan pasang token baru."
        return (Finding("token", Health.BAD, words),)
    ends = data.get("expires_at")
    if not isinstance(ends, int) or ends <= 0:
        return (Finding("token", Health.GOOD, "Token tidak kedaluwarsa."),)
    return (token_life(datetime.fromtimestamp(ends, UTC), now),)


def token_life(expires_at: datetime, now: datetime) -> Finding:
    """Judge how long a token still lives (both aware UTC)."""
    days = (expires_at - now).days
    if expires_at <= now:
        return Finding("token", Health.BAD, "Token sudah kedaluwarsa.", expires_at)
    health = Health.NOTE if expires_at - now < _SOON else Health.GOOD
    return Finding("token", health, f"Token berlaku {days} hari lagi.", expires_at)


def _webhook(
    graph: MetaGraph, ours: MetaObject, app_token: str, public_base_url: str
) -> tuple[Finding, ...]:
    answer, refusals = asked(
        ours.channel,
        "webhook",
        lambda: graph.get(f"{_app_of(app_token)}/subscriptions", {"access_token": app_token}),
    )
    if answer is None:
        return _as_notes(refusals)
    rows = [row for row in _rows(answer) if row.get("object") == ours.kind]
    if not rows or rows[0].get("active") is False:
        return (_bad("webhook", f"Webhook aplikasi Meta untuk objek {ours.kind} belum dipasang."),)
    if rows[0].get("callback_url") != _address(public_base_url):
        return (_bad("webhook", "Webhook aplikasi Meta mengarah ke alamat lain."),)
    return (_coverage("webhook", ours, _names(rows[0].get("fields"))),)


def _coverage(subject: str, ours: MetaObject, fields: set[str]) -> Finding:
    """Judge which of the fields that we read are sent to us."""
    what = {"webhook": "Webhook aplikasi Meta", "subscription": "Langganan akun"}[subject]
    missing = sorted(set(ours.fields) - fields)
    if "messages" in missing:
        return _bad(subject, f"{what} tidak mencakup pesan (messages), jadi pesan tidak masuk.")
    if missing:
        return Finding(subject, Health.NOTE, f"{what} belum mencakup: {', '.join(missing)}.")
    return Finding(subject, Health.GOOD, f"{what} terpasang.")


def _subscription(graph: MetaGraph, ours: MetaObject) -> tuple[Finding, ...]:
    if _subscribed_by_its_page(graph, ours):
        words = "Langganan Instagram mengikuti Halaman Facebook."
        return (Finding("subscription", Health.GOOD, words),)
    answer, refusals = asked(
        ours.channel, "subscription", lambda: graph.get(f"{ours.account}/subscribed_apps")
    )
    if answer is None:
        return refusals
    fields: set[str] = set()
    for row in _rows(answer):
        fields |= _names(row.get("subscribed_fields"))
    return (_coverage("subscription", ours, fields),)


def _subscribed_by_its_page(graph: MetaGraph, ours: MetaObject) -> bool:
    return ours.channel is ChannelName.INSTAGRAM and graph.token.startswith(_PAGE_LOGIN)


def _address(public_base_url: str) -> str:
    return public_base_url.rstrip("/") + WEBHOOK_PATH


def _rows(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = answer.get("data")
    return [row for row in data if isinstance(row, Mapping)] if isinstance(data, list) else []


def _names(fields: object) -> set[str]:
    """Return field names, which Meta writes as words here and as objects there."""
    listed = fields if isinstance(fields, list) else []
    return {str(one.get("name") if isinstance(one, Mapping) else one) for one in listed}


def _bad(subject: str, words: str) -> Finding:
    return Finding(subject, Health.BAD, words)


def _as_notes(refusals: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A side question that was refused breaks nothing."""
    return tuple(Finding(one.subject, Health.NOTE, one.words) for one in refusals)
