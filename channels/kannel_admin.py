"""Asking a Kannel how it does: is our password good, does it run, are its connections up.

The password is asked with a request that names nobody to send to: Kannel checks the password
first and then refuses the rest. The state is on bearerbox's own status page. Both were tried with
the daemon itself (Debian 1.4.5-12).
"""

import re
from collections.abc import Callable

from channels.admin import Finding, Health, asked
from channels.errors import SendError
from channels.message import ChannelName

MESSAGE_PATH, REPORT_PATH = "/webhooks/kannel/mo", "/webhooks/kannel/dlr"
# One line for each connection: its id, its admin id in brackets, its name, its state in brackets.
_CONNECTION = re.compile(
    r"^\s+(?P<id>[^\s\[]*)\[[^\]]*\]\s+\S.*?\((?P<state>[a-z-]+)", re.MULTILINE
)
_PASSWORD_GOOD = "recipient"  # our name for "Missing receiver(s) number(s), rejected"


def check_gateway(
    refusal: Callable[[], SendError],
    status_page: Callable[[], str] | None,
    smsc_id: str | None,
) -> tuple[Finding, ...]:
    """Judge Kannel.

    Args:
        refusal: sends a request without a recipient and returns how it was refused.
        status_page: reads bearerbox's status page; None if its address is not known.
        smsc_id: the connection that we send through; None if Kannel chooses.
    """
    answer, refusals = asked(ChannelName.SMS, "credentials", lambda: _password(refusal()))
    if answer is None:
        return refusals
    if status_page is None:
        words = "Keadaan modem tidak dipantau: alamat halaman status Kannel belum diisi."
        return (answer, Finding("account", Health.NOTE, words))
    page, refusals = asked(ChannelName.SMS, "account", status_page)
    return (answer, *(refusals if page is None else judge_status(page, smsc_id)))


def judge_status(page: str, smsc_id: str | None) -> tuple[Finding, ...]:
    """Judge bearerbox's status page (its plain text form)."""
    if "Status: running" not in page:
        return (_account(Health.BAD, "Kannel tidak berjalan biasa (lihat halaman statusnya)."),)
    connections = page.partition("SMSC connections:")[2]
    states = {found["id"]: found["state"] for found in _CONNECTION.finditer(connections)}
    ours = {smsc_id: states.get(smsc_id, "missing")} if smsc_id else states
    down = sorted(name for name, state in ours.items() if state != "online")
    if not ours or down:
        which = f" ({', '.join(down)})" if down else ""
        return (_account(Health.BAD, f"Modem atau sambungan operator terputus{which}."),)
    return (_account(Health.GOOD, "Modem atau sambungan operator tersambung."),)


def instructions(callback_base_url: str) -> tuple[str, ...]:
    """Return what a person puts into Kannel's own configuration."""
    base = callback_base_url.rstrip("/")
    return (
        "Kannel diatur di berkasnya sendiri; contohnya ada di config/examples/kannel.",
        f"Pesan masuk (post-url): {base}{MESSAGE_PATH}?key=KUNCI&id=%I&time=%T&smsc=%i",
        f"Laporan kiriman: {base}{REPORT_PATH} (dikirim sendiri oleh layanan ini).",
        "KUNCI adalah kunci webhook Kannel dari pengaturan layanan ini.",
    )


def _password(error: SendError) -> Finding:
    if error.code != _PASSWORD_GOOD:
        raise error
    return Finding("credentials", Health.GOOD, "Kannel menerima kata sandi kita.")


def _account(health: Health, words: str) -> Finding:
    return Finding("account", health, words)
