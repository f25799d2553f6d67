"""Judging a Telegram bot's state: is the token good, does Telegram call us, with what success.

Facts: channels.md section 4 (`getWebhookInfo`). Nothing of the SDK is named here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.admin import Finding, Health, asked
from channels.message import ChannelName

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
WEBHOOK_PATH = "/webhooks/telegram"
# Telegram tries again for a day; an error that is older than this has been followed by success.
_RECENT = timedelta(hours=1)
_MANY_WAITING = 20


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What getWebhookInfo says; `failed_at` is aware UTC."""

    url: str
    pending: int
    allowed_updates: Sequence[str]
    failed_at: datetime | None
    failure: str


def webhook_address(public_base_url: str) -> str:
    """Return where Telegram must call."""
    return public_base_url.rstrip("/") + WEBHOOK_PATH


def check_bot(
    username: Callable[[], str],
    webhook: Callable[[], WebhookState],
    public_base_url: str,
    now: datetime,
) -> tuple[Finding, ...]:
    """Ask for the bot's name, which needs its token, then for its webhook."""
    name, refusals = asked(ChannelName.TELEGRAM, "credentials", username)
    if name is None:
        return refusals
    valid = Finding("credentials", Health.GOOD, f"Token bot @{name} berlaku.")
    state, refusals = asked(ChannelName.TELEGRAM, "webhook", webhook)
    if state is None:
        return (valid, *refusals)
    return (valid, *judge_webhook(state, public_base_url, now))


def judge_webhook(state: WebhookState, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
    """Return what is good and bad about a webhook."""
    if not state.url:
        return (_bad("Webhook Telegram belum dipasang, jadi pesan warga tidak masuk."),)
    if state.url != webhook_address(public_base_url):
        return (_bad("Webhook Telegram mengarah ke alamat lain, bukan ke layanan ini."),)
    findings: list[Finding] = []
    # None named is Telegram's own choice, which has all of ours.
    if state.allowed_updates and set(ALLOWED_UPDATES) - set(state.allowed_updates):
        findings.append(_bad("Webhook Telegram tidak mengirim semua jenis kejadian."))
    if state.failed_at is not None and now - state.failed_at < _RECENT:
        findings.append(_bad(f"Telegram gagal memanggil layanan ini: {state.failure[:120]}"))
    if state.pending > _MANY_WAITING:
        words = f"{state.pending} pesan masih tertahan di Telegram."
        findings.append(Finding("webhook", Health.NOTE, words))
    return tuple(findings) or (_good(state.pending),)


def _good(pending: int) -> Finding:
    waiting = f" {pending} pesan sedang dikirim ulang." if pending else ""
    return Finding("webhook", Health.GOOD, f"Webhook Telegram terpasang.{waiting}")


def _bad(words: str) -> Finding:
    return Finding("webhook", Health.BAD, words)
