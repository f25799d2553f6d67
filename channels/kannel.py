"""SMS in Indonesia by Kannel: a GSM modem with an ordinary SIM, or an operator's SMPP account.

Settings of Kannel, what is safe and what an operator must know: docs/kannel.md.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

import requests

from channels.adapter import ChannelLimits
from channels.admin import Finding
from channels.errors import MediaError, SendError, SignatureError
from channels.gsm7 import is_gsm7, to_gsm7
from channels.http import send_failure
from channels.kannel_admin import check_gateway, instructions
from channels.kannel_errors import refusal
from channels.kannel_inbound import phone_number, read_message, read_report
from channels.kannel_request import check_caller, networks, read_fields, usable_key
from channels.message import ChannelEvent, ChannelName, ErrorClass, MediaContent, MediaRef
from channels.outbound import OutboundPart, SendResult
from channels.webhook import WebhookReply, WebhookRequest

REPORT_PATH = "/webhooks/kannel/dlr"
# All reports: delivered 1, failed 2, queued 4, accepted 8, rejected 16.
_REPORT_MASK = "31"
_CONNECT_TIMEOUT_S = 5.0
# smsbox answers when bearerbox has the message on disk.
_READ_TIMEOUT_S = 15.0
_GSM, _UCS2 = "0", "2"
_RECIPIENT = re.compile(r"\+?[0-9]{3,15}")
_SENDER = re.compile(r"\+?[0-9]{2,15}|[A-Za-z0-9 ]{1,11}")
_HEADER_VALUE = re.compile(r"[!-~]{1,200}")
_ACCEPTED = ("0:", "3:", "Sent")
# Four joined segments, as with Twilio: operators begin to lose longer ones.
_LIMITS = ChannelLimits(text_units=4 * 153, gsm7=True)


class KannelAdapter:
    """One number or short code behind one Kannel.

    Args:
        number: our number (``+62811...``), short code (``1708``) or sender name.
        webhook_keys: all that the addresses of docs/kannel.md may carry; the first is put into
            the addresses of delivery reports. At least 16 of letters, digits, ``_`` and ``-``.
        sendsms_url: address of sendsms; http only on this machine or a private network.
        username: of Kannel's group ``sendsms-user``.
        password: of the same group.
        callback_base_url: where Kannel reaches us with delivery reports.
        smsc_id: sends through this connection; None lets Kannel choose by number.
        sources: addresses or ranges from which Kannel may call; empty for any.
        status_url: bearerbox's ``status.txt``, with its password if it has one; None leaves the
            state of the connections unwatched.

    Raises:
        ValueError: a setting cannot work; it names the setting, not the value.
    """

    provider = "kannel"

    def __init__(  # noqa: PLR0913 - one connection is described by this much, all by keyword
        self,
        *,
        number: str,
        webhook_keys: Sequence[str],
        sendsms_url: str,
        username: str,
        password: str,
        callback_base_url: str,
        smsc_id: str | None = None,
        sources: Sequence[str] = (),
        status_url: str | None = None,
    ) -> None:
        _check_settings(number, webhook_keys, sendsms_url, (username, password, smsc_id))
        self._number = number
        self._keys = tuple(webhook_keys)
        self._sendsms_url = sendsms_url
        self._callback_base_url = callback_base_url.rstrip("/")
        self._report_url = self._callback_base_url + REPORT_PATH
        self._status_url = status_url
        self._smsc_id = smsc_id
        self._sources = networks(sources)
        self._sendsms_headers = _standing_headers(number, username, password, smsc_id)

    @property
    def name(self) -> ChannelName:
        return ChannelName.SMS

    @property
    def account(self) -> str:
        return self._number

    @property
    def limits(self) -> ChannelLimits:
        return _LIMITS

    def verify(self, request: WebhookRequest) -> None:
        check_caller(request, self._keys, self._sources, request.peer)

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        raise SignatureError("Kannel knows no handshake")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        fields = read_fields(request)
        if urlsplit(request.url).path.rstrip("/").endswith("/dlr"):
            return read_report(fields, self._number)
        message = read_message(fields, self._number, self._keys[0].encode())
        # An SMS of ours that the operator sent back is nobody's message.
        return [] if message.sender == phone_number(self._number) else [message]

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        # Kannel sends a body back to the citizen as an SMS, and repeats after anything but 200
        # and 202, 204 included.
        return WebhookReply()

    def send(self, part: OutboundPart) -> SendResult:
        text = to_gsm7(part.text or "")
        if part.medium is not None or part.template is not None:
            raise SendError(ErrorClass.PERMANENT, "text-only", "SMS carries text only")
        if not text.strip():
            raise SendError(ErrorClass.PERMANENT, "empty", "nothing to send")
        if not _RECIPIENT.fullmatch(part.recipient):
            raise SendError(ErrorClass.PERMANENT, "recipient", "not a phone number")
        headers = {
            "X-Kannel-To": part.recipient,
            "X-Kannel-Coding": _GSM if is_gsm7(text) else _UCS2,
            "X-Kannel-DLR-URL": self._report_address(part.reference),
        }
        response = self._post(headers, text.encode("utf-8", "replace"))
        answer = response.text
        if response.status_code not in (200, 202) or not answer.lstrip().startswith(_ACCEPTED):
            raise refusal(response.status_code, response.headers, answer)
        # Kannel names no id; its reports carry our reference.
        return SendResult(external_id=part.reference)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        raise MediaError("refused", "SMS has no attachments", retryable=False)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        page = self._status_page if self._status_url else None
        return check_gateway(self._refused_for_want_of_a_recipient, page, self._smsc_id)

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        return instructions(self._callback_base_url)

    def close(self) -> None:
        """Hold nothing: each request to Kannel has a connection of its own."""

    def _refused_for_want_of_a_recipient(self) -> SendError:
        response = self._post({"X-Kannel-Coding": _GSM}, b"")
        return refusal(response.status_code, response.headers, response.text)

    def _status_page(self) -> str:
        # Without our sendsms password: this is another address.
        response = self._exchange("GET", self._status_url or "", {}, None)
        if response.status_code >= 300:
            raise refusal(response.status_code, response.headers, response.text)
        return response.text

    def _post(self, headers: dict[str, str], body: bytes) -> requests.Response:
        return self._exchange("POST", self._sendsms_url, self._sendsms_headers | headers, body)

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> requests.Response:
        # One connection for each request. Kannel closes without saying so in its answer; a pooled
        # one that it closes just when the next text leaves would make that an uncertain send.
        with requests.Session() as session:
            # No proxy and no .netrc: a text for a citizen goes to our Kannel and nowhere else.
            session.trust_env = False
            try:
                return session.request(
                    method,
                    url,
                    headers={"Connection": "close"} | headers,
                    data=body,
                    timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S),
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                # from None: the cause prints the number and the address with its password.
                raise SendError(send_failure(error), "transport", "Kannel did not answer") from None

    def _report_address(self, reference: str) -> str:
        # Kannel fills in %d, %A and %T itself; a percent sign of ours has to be doubled.
        ours = quote(reference, safe="").replace("%", "%%")
        return f"{self._report_url}?key={self._keys[0]}&ref={ours}&status=%d&answer=%A&time=%T"


def _standing_headers(
    number: str, username: str, password: str, smsc_id: str | None
) -> dict[str, str]:
    """Return what is the same for all parts. In headers, because Kannel logs addresses."""
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Kannel-Username": username,
        "X-Kannel-Password": password,
        "X-Kannel-From": number,
        "X-Kannel-DLR-Mask": _REPORT_MASK,
    }
    return headers | ({"X-Kannel-SMSC": smsc_id} if smsc_id else {})


def _check_settings(
    number: str, keys: Sequence[str], sendsms_url: str, values: Sequence[str | None]
) -> None:
    if not keys or not all(usable_key(key) for key in keys):
        raise ValueError("Kannel's webhook key needs 16 or more of A-Z, a-z, 0-9, _ and -")
    if not _SENDER.fullmatch(number):
        raise ValueError("Kannel's number is neither a number, a short code nor a sender name")
    if urlsplit(sendsms_url).scheme not in ("http", "https"):
        raise ValueError("Kannel's sendsms address is not an http address")
    if not all(_HEADER_VALUE.fullmatch(value) for value in values if value is not None):
        raise ValueError("Kannel's user, password or smsc-id has characters it cannot take")
