"""Judging a Twilio account and its number, and what a person pastes into Twilio's console.

Facts: channels.md sections 1 to 3 (webhook time-outs, fallback URL). Nothing of the SDK is named.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from channels.admin import Finding, Health, asked
from channels.errors import MediaError, SendError
from channels.message import ChannelName, ErrorClass
from channels.twilio_media import API_BASE, TwilioMedia
from channels.twilio_webhook import Door

MESSAGING_PATH = "/webhooks/twilio/messaging"
VOICE_PATH = "/webhooks/twilio/voice"
# Five tries to connect, and every kind of failure is tried again; not part of the signature.
_PATIENCE = "#rc=5&rp=all"
_NUMBERS = "IncomingPhoneNumbers.json?PageSize=200"


def check_messaging(
    channel: ChannelName,
    account: Callable[[], Any],
    door: Callable[[], Door | None],
    public_base_url: str,
) -> tuple[Finding, ...]:
    """Judge an account, and where it brings what citizens write.

    Args:
        channel: WHATSAPP or SMS.
        account: asks for the account resource.
        door: asks where the address is kept; None: Twilio does not know our sender.
        public_base_url: where providers reach us.
    """
    found, refusals = asked(channel, "credentials", account)
    if found is None:
        return refusals
    findings = judge_account(str(found.status), str(found.type))
    owned, refusals = asked(channel, "webhook", lambda: [door()])
    if channel is ChannelName.WHATSAPP and (owned is None or owned[0] is None):
        # Twilio's sandbox number, or an account without the beta: it works all the same.
        words = "Alamat webhook pengirim ini hanya terlihat di konsol Twilio; cocokkan di sana."
        return (*findings, Finding("webhook", Health.NOTE, words))
    if owned is None:
        return (*findings, *refusals)
    if owned[0] is None:
        words = "Nomor SMS ini tidak ada di akun Twilio."
        return (*findings, Finding("webhook", Health.BAD, words))
    expected = public_base_url.rstrip("/") + MESSAGING_PATH
    return (*findings, _judge_address(owned[0].url, expected))


def connect_messaging(
    channel: ChannelName, door: Callable[[], Door | None], public_base_url: str, status_url: str
) -> tuple[str, ...]:
    """Let Twilio bring what citizens write to us; return what a person reads, or pastes.

    What cannot be set from here (a sender that the API does not know, an account without the beta)
    is pasted by hand.
    """
    by_hand = instructions(channel, public_base_url, status_url)
    address = public_base_url.rstrip("/") + MESSAGING_PATH
    try:
        found = door()
        if found is not None and not _same(found.url, address):
            found.lead(address + _PATIENCE)
    except SendError:
        return by_hand
    if found is None:
        return by_hand
    name = {ChannelName.WHATSAPP: "pengirim WhatsApp", ChannelName.SMS: "nomor SMS"}[channel]
    return (f"Webhook {name} di Twilio diarahkan ke {address}.", by_hand[-1])


def check_voice(media: TwilioMedia, public_base_url: str) -> tuple[Finding, ...]:
    """Judge an account, and whether any number of it leads its calls here."""
    account, refusals = asked(ChannelName.VOICE, "credentials", lambda: _read(media, ".json"))
    if account is None:
        return refusals
    findings = judge_account(str(account.get("status")), str(account.get("type")))
    listed, refusals = asked(ChannelName.VOICE, "webhook", lambda: _read(media, f"/{_NUMBERS}"))
    if listed is None:
        return (*findings, *refusals)
    expected = public_base_url.rstrip("/") + VOICE_PATH
    numbers = listed.get("incoming_phone_numbers")
    addresses = [
        str(row.get("voice_url") or "")
        for row in (numbers if isinstance(numbers, list) else [])
        if isinstance(row, Mapping)
    ]
    best = next((one for one in addresses if _same(one, expected)), next(iter(addresses), ""))
    return (*findings, _judge_address(best, expected))


def judge_account(status: str, kind: str) -> tuple[Finding, ...]:
    """Judge the state of an account as Twilio names it."""
    if status != "active":
        words = f"Akun Twilio tidak aktif ({status}); hubungi Twilio."
        return (Finding("credentials", Health.BAD, words),)
    good = Finding("credentials", Health.GOOD, "Akun Twilio aktif dan token berlaku.")
    if kind.lower() == "trial":
        words = "Akun Twilio masih percobaan: hanya mengirim ke nomor yang terdaftar di sana."
        return good, Finding("account", Health.NOTE, words)
    return (good,)


def instructions(channel: ChannelName, public_base_url: str, status_url: str) -> tuple[str, ...]:
    """Return what a person pastes into Twilio's console for one channel."""
    base = public_base_url.rstrip("/")
    if channel is ChannelName.VOICE:
        return (
            "Konsol Twilio > Phone Numbers > nomor telepon > Voice Configuration:",
            f"A call comes in: Webhook, {base}{VOICE_PATH}{_PATIENCE}, HTTP POST",
        )
    place = {
        ChannelName.WHATSAPP: "Konsol Twilio > Messaging > Senders > WhatsApp senders:",
        ChannelName.SMS: "Konsol Twilio > Phone Numbers > nomor SMS > Messaging Configuration:",
    }[channel]
    return (
        place,
        f"A message comes in: Webhook, {base}{MESSAGING_PATH}{_PATIENCE}, HTTP POST",
        "Primary handler fails: alamat yang sama di server lain, bila ada.",
        f"Status callback: {status_url} (dikirim sendiri bersama setiap pesan).",
    )


def _judge_address(given: str, expected: str) -> Finding:
    if not given:
        words = "Webhook nomor ini belum diisi di Twilio, jadi pesan tidak masuk."
        return Finding("webhook", Health.BAD, words)
    if not _same(given, expected):
        return Finding("webhook", Health.BAD, "Webhook nomor ini mengarah ke alamat lain.")
    return Finding("webhook", Health.GOOD, "Webhook nomor ini mengarah ke sini.")


def _same(given: str, expected: str) -> bool:
    """Compare addresses without the part that only sets Twilio's patience."""
    return given.partition("#")[0].rstrip("/") == expected


def _read(media: TwilioMedia, rest: str) -> Mapping[str, Any]:
    """Read a resource of the account with the password that also opens its recordings."""
    try:
        content = media.fetch(f"{API_BASE}/2010-04-01/Accounts/{media.account_sid}{rest}").content
        answer = json.loads(content)
    except MediaError as error:
        bad_password = error.reason in ("unauthorized", "refused", "expired")
        error_class = ErrorClass.REAUTH if bad_password else ErrorClass.RETRY
        raise SendError(error_class, "20003", "Twilio refused the question") from None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, Mapping):
        raise SendError(ErrorClass.AMBIGUOUS, "bad-answer", "Twilio's answer could not be read")
    return answer
