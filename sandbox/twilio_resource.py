"""How Twilio writes its resources and its errors."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from flask import Response, jsonify

from sandbox.settings import SandboxSettings
from sandbox.thread import Entry, StoredFile

VERSION = "2010-04-01"

# code → (HTTP status, text). Source: the project's table of provider errors, and Twilio's error
# dictionary for the few that the table leaves out.
_ERRORS: dict[int, tuple[int, str]] = {
    20003: (401, "Permission Denied"),
    20404: (404, "The requested resource was not found"),
    20422: (400, "Invalid Parameter"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The 'From' phone number provided is not a valid message-capable Twilio phone number.",
    ),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "Invalid media URL(s)"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21701: (400, "The Messaging Service does not exist"),
    21910: (400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
}


def error(code: int) -> Response:
    """An error as Twilio answers it."""
    status, message = _ERRORS[code]
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    answer = jsonify(body)
    answer.status_code = status
    return answer


def message(settings: SandboxSettings, entry: Entry) -> dict[str, Any]:
    """The Message resource."""
    ours = settings.whatsapp_number if entry.channel == "whatsapp" else settings.sms_number
    inbound = entry.direction == "in"
    at = _rfc2822(entry.at)
    uri = f"/{VERSION}/Accounts/{settings.account_sid}/Messages/{entry.id}"
    return {
        "account_sid": settings.account_sid,
        "api_version": VERSION,
        "body": entry.text or "",
        "date_created": at,
        "date_sent": at if inbound or entry.status != "queued" else None,
        "date_updated": at,
        "direction": "inbound" if inbound else "outbound-api",
        "error_code": int(entry.error) if entry.error else None,
        "error_message": None,
        "from": entry.address if inbound else ours,
        "to": ours if inbound else entry.address,
        "messaging_service_sid": settings.messaging_service_sid or None,
        "num_media": str(len(entry.files)),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": entry.id,
        "status": "received" if inbound else _state(entry),
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "uri": f"{uri}.json",
    }


def media(settings: SandboxSettings, entry: Entry, file: StoredFile) -> dict[str, Any]:
    """The Media resource."""
    at = _rfc2822(entry.at)
    return {
        "sid": file.id,
        "account_sid": settings.account_sid,
        "parent_sid": entry.id,
        "content_type": file.mime,
        "date_created": at,
        "date_updated": at,
        "uri": f"/{VERSION}/Accounts/{settings.account_sid}/Messages/{entry.id}"
        f"/Media/{file.id}.json",
    }


def page(settings: SandboxSettings, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page that holds the whole list."""
    uri = f"/{VERSION}/Accounts/{settings.account_sid}/Messages.json"
    return {
        name: items,
        "page": 0,
        "page_size": max(len(items), 50),
        "start": 0,
        "end": max(len(items) - 1, 0),
        "uri": uri,
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def _state(entry: Entry) -> str:
    return "undelivered" if entry.status == "failed" and entry.channel == "sms" else entry.status


def _rfc2822(at: datetime) -> str:
    return format_datetime(at.replace(microsecond=0))
