"""Twilio's error codes and what each means for the worker.

Sources: twilio.com/docs/api/errors/<code>; classes where the page says none are our judgement
(channels.md sections 1 and 2).
"""

import json
from collections.abc import Mapping

from channels.errors import SendError
from channels.http import retry_after_s
from channels.message import ErrorClass

CLASSES: Mapping[str, ErrorClass] = {
    "20003": ErrorClass.REAUTH,  # permission denied
    "20404": ErrorClass.CONFIG,  # no such resource: wrong account SID
    "20429": ErrorClass.RETRY_AFTER,  # too many requests
    "21211": ErrorClass.PERMANENT,  # not a phone number
    "21408": ErrorClass.CONFIG,  # country not enabled
    "21606": ErrorClass.CONFIG,  # From cannot send
    "21608": ErrorClass.CONFIG,  # trial account, unverified number
    "21610": ErrorClass.RECIPIENT_GONE,  # opted out with STOP
    "21611": ErrorClass.RETRY_AFTER,  # queue of this From is full
    "21612": ErrorClass.CONFIG,  # From cannot reach To
    "21614": ErrorClass.RECIPIENT_GONE,  # not a mobile number
    "21617": ErrorClass.PERMANENT,  # over 1600 characters
    "21620": ErrorClass.PERMANENT,  # media address invalid
    "21655": ErrorClass.CONFIG,  # ContentSid invalid
    "21656": ErrorClass.PERMANENT,  # ContentVariables invalid
    "30001": ErrorClass.RETRY,  # queue overflow
    "30002": ErrorClass.CONFIG,  # account suspended
    "30003": ErrorClass.RETRY,  # handset unreachable
    "30004": ErrorClass.RECIPIENT_GONE,  # blocked
    "30005": ErrorClass.RECIPIENT_GONE,  # unknown handset
    "30006": ErrorClass.RECIPIENT_GONE,  # landline or unreachable carrier
    "30007": ErrorClass.PERMANENT,  # filtered by the carrier
    "30008": ErrorClass.RETRY,  # unknown
    "63001": ErrorClass.REAUTH,  # channel credentials
    "63003": ErrorClass.RECIPIENT_GONE,  # To not on the channel
    "63005": ErrorClass.PERMANENT,  # content refused
    "63007": ErrorClass.CONFIG,  # From is no sender of the channel
    "63012": ErrorClass.RETRY,  # channel's internal error
    "63013": ErrorClass.PERMANENT,  # policy violation
    "63014": ErrorClass.RECIPIENT_GONE,  # blocked by the citizen
    "63015": ErrorClass.CONFIG,  # WhatsApp sandbox not joined
    "63016": ErrorClass.WINDOW_CLOSED,  # outside the 24 hours
    "63017": ErrorClass.RETRY_AFTER,  # account rate
    "63018": ErrorClass.RETRY_AFTER,  # channel rate
    "63019": ErrorClass.PERMANENT,  # media could not be fetched
    "63020": ErrorClass.CONFIG,  # business manager
    "63021": ErrorClass.PERMANENT,  # content invalid
    "63022": ErrorClass.CONFIG,  # display name certificate
    "63024": ErrorClass.RECIPIENT_GONE,  # recipient invalid
    "63032": ErrorClass.RECIPIENT_GONE,  # limited by Meta
    "63033": ErrorClass.RECIPIENT_GONE,  # opted out of business messages
    "63034": ErrorClass.PERMANENT,  # media too large
    "63038": ErrorClass.RETRY_AFTER,  # daily limit of the account
    "63041": ErrorClass.CONFIG,  # template paused
}


# Pauses before another attempt, in seconds, where Twilio's page of the code asks for others than
# usual: 30008 "one retry, then another channel"; 63038 ends with the day.
RETRY_WAITS_S: Mapping[str, tuple[float, ...]] = {
    "30008": (900.0,),
    "63038": (86_400.0, 86_400.0),
}


def class_of_report(code: str | None) -> ErrorClass:
    """Return the class of a failure reported by status callback; an unknown code is PERMANENT.

    The platform has given up on that message by then, so only a listed code may ask for more.
    """
    return CLASSES.get(code or "", ErrorClass.PERMANENT)


def refusal(status: int, headers: Mapping[str, str], body: str) -> SendError:
    """Turn an HTTP answer of 400 or more into the error that the worker acts on."""
    code = _code(body)
    error_class = CLASSES.get(code) or _class_of_status(status)
    return SendError(
        error_class, code or f"http-{status}", "Twilio refused the message", retry_after_s(headers)
    )


def _code(body: str) -> str:
    try:
        code = json.loads(body)["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return str(code) if isinstance(code, int) else ""


def _class_of_status(status: int) -> ErrorClass:
    if status >= 500:
        return ErrorClass.RETRY
    return {
        401: ErrorClass.REAUTH,
        403: ErrorClass.CONFIG,
        404: ErrorClass.CONFIG,
        408: ErrorClass.RETRY,
        429: ErrorClass.RETRY_AFTER,
    }.get(status, ErrorClass.PERMANENT)
