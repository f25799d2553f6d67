"""Twilio's records of messages, read as the webhooks that should have told us of them.

A webhook that was answered with an error is gone (channels.md section 0.2): what it said is only
in the list of messages. A record lacks what a webhook has besides: name, pin, buttons, quotes.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from channels.admin import PastMessage
from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus
from channels.outbound import OutboundPart
from channels.twilio_inbound import read_form
from channels.webhook import WebhookRequest

PAGE_SIZE = 100
# With Advanced Opt-Out Twilio answers these itself, and its webhook says so; a record does not.
_ANSWERED_BY_TWILIO = frozenset({"HELP", "INFO"})


def past_messages(records: Iterable[Any], channel: ChannelName) -> list[PastMessage]:
    """Return the inbound ones among Twilio's Message resources."""
    return [
        _past(record)
        for record in records
        if record.direction == "inbound" and not _is_help(record, channel)
    ]


def _is_help(record: Any, channel: ChannelName) -> bool:
    body = str(record.body or "").strip().upper()
    return channel is ChannelName.SMS and body in _ANSWERED_BY_TWILIO


def _past(record: Any) -> PastMessage:
    media = int(record.num_media or 0)
    fields = {
        "MessageSid": record.sid,
        "AccountSid": record.account_sid,
        "From": record.from_,
        "To": record.to,
        "Body": record.body or "",
        "NumMedia": str(media),
        "SmsStatus": "received",
    }
    if not media and not record.body:
        # A pin or something else that a record does not hold: an officer must ask for it.
        fields["MessageType"] = "not-in-records"
    known = tuple((name, str(value)) for name, value in fields.items() if value is not None)
    scope = f"twilio:{record.account_sid}"
    return PastMessage(str(record.sid), _instant(record), scope, known, media)


def _instant(record: Any) -> datetime:
    instant: datetime = record.date_sent or record.date_created
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def as_webhook(
    message: PastMessage, attachments: Iterable[tuple[str, str]], url: str
) -> WebhookRequest:
    """Return the request that would have told us of a message.

    Args:
        message: as the list gave it.
        attachments: address and declared type of each.
        url: where Twilio posts messages.
    """
    fields = dict(message.fields)
    for number, (source, mime) in enumerate(attachments):
        fields |= {f"MediaUrl{number}": source, f"MediaContentType{number}": mime}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return WebhookRequest("POST", url, headers, urlencode(fields).encode())


def matching(
    records: Iterable[Any], part: OutboundPart, text: str, status_url: str
) -> tuple[DeliveryReceipt, ...]:
    """Return the state of each record that carries this text and as many attachments."""
    attachments = 0 if part.medium is None else 1
    fitting = [
        record
        for record in records
        if str(record.direction).startswith("outbound")
        and str(record.body or "").strip() == text.strip()
        and int(record.num_media or 0) == attachments
    ]
    fitting.sort(key=_instant)
    return tuple(_receipt(record, part, status_url) for record in fitting)


def _receipt(record: Any, part: OutboundPart, status_url: str) -> DeliveryReceipt:
    """Return the newest state; one that no callback would tell of means that Twilio took it."""
    said: Mapping[str, object] = {
        "MessageSid": record.sid,
        "MessageStatus": record.status,
        "ErrorCode": record.error_code or "",
        "From": record.from_ or "",
        "To": record.to,
    }
    form = {name: str(value) for name, value in said.items()}
    events = read_form(form, status_url, part.channel, part.account)
    for event in events:
        if isinstance(event, DeliveryReceipt):
            return event
    return DeliveryReceipt(
        part.channel, part.account, DeliveryStatus.SENT, external_id=str(record.sid)
    )
