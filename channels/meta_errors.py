"""Graph API errors and what each means for the worker.

Sources: developers.facebook.com Messenger Platform error codes (2026-03-18), Graph API error
handling; channels.md sections 5 and 6.
"""

import json
from collections.abc import Mapping
from typing import Any

from channels.errors import SendError
from channels.http import retry_after_s
from channels.message import ErrorClass

# "code/subcode" is looked up first, then "code".
CLASSES: Mapping[str, ErrorClass] = {
    "10/2018278": ErrorClass.WINDOW_CLOSED,
    "10/2018065": ErrorClass.WINDOW_CLOSED,
    "10/2534022": ErrorClass.WINDOW_CLOSED,  # Instagram
    "10/1893063": ErrorClass.CONFIG,  # page restricted for a while
    "10/2018300": ErrorClass.PERMANENT,  # another application has the conversation
    "10": ErrorClass.CONFIG,
    "100/1893061": ErrorClass.PERMANENT,  # message tag gone
    "100/2018001": ErrorClass.RECIPIENT_GONE,  # id of another page
    "100/2018047": ErrorClass.PERMANENT,  # attachment not fetched
    "100": ErrorClass.PERMANENT,
    "551": ErrorClass.RECIPIENT_GONE,
    "200/1545041": ErrorClass.RECIPIENT_GONE,
    "200": ErrorClass.CONFIG,
    "190": ErrorClass.REAUTH,
    "102": ErrorClass.REAUTH,
    "4": ErrorClass.RETRY_AFTER,
    "17": ErrorClass.RETRY_AFTER,
    "32": ErrorClass.RETRY_AFTER,
    "613": ErrorClass.RETRY_AFTER,
    "80004": ErrorClass.RETRY_AFTER,
    "80007": ErrorClass.RETRY_AFTER,
    "1": ErrorClass.RETRY,
    "2": ErrorClass.RETRY,
    # WhatsApp Cloud API
    "130429": ErrorClass.RETRY_AFTER,
    "131026": ErrorClass.RECIPIENT_GONE,
    "131047": ErrorClass.WINDOW_CLOSED,
    "131048": ErrorClass.RETRY_AFTER,
    "131051": ErrorClass.PERMANENT,
    "131053": ErrorClass.RETRY,
    "131056": ErrorClass.RETRY_AFTER,
    "132000": ErrorClass.PERMANENT,  # number of a template's variables
    "132001": ErrorClass.CONFIG,
    "132005": ErrorClass.PERMANENT,  # filled template too long
    "132007": ErrorClass.CONFIG,  # template against the rules
    "132012": ErrorClass.PERMANENT,  # form of a template's variables
    "132015": ErrorClass.CONFIG,  # template paused
    "132016": ErrorClass.CONFIG,  # template disabled
    "133016": ErrorClass.RETRY_AFTER,
}
_STATUSES = {
    401: ErrorClass.REAUTH,
    403: ErrorClass.CONFIG,
    404: ErrorClass.CONFIG,
    429: ErrorClass.RETRY_AFTER,
}


def refusal(status: int, headers: Mapping[str, str], body: str) -> SendError:
    """Turn an HTTP answer into the error that the worker acts on.

    Args:
        status: HTTP status; 200 where Graph put an error into a success.
        headers: of the answer; they may say how long to wait.
        body: of the answer, JSON or a proxy's page.
    """
    error = _error(body)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    name = f"{code}/{subcode}" if code and subcode else code
    error_class = CLASSES.get(name) or CLASSES.get(code) or _class_of_status(status)
    wait_s = retry_after_s(headers) if error_class is ErrorClass.RETRY_AFTER else None
    if error_class is ErrorClass.RETRY_AFTER and wait_s is None:
        wait_s = _regain_access_s(headers)
    return SendError(error_class, name or f"http-{status}", "Meta refused the call", wait_s)


def class_of_report(code: str) -> ErrorClass:
    """Return the class of a failure reported by webhook; an unknown code is PERMANENT."""
    return CLASSES.get(code, ErrorClass.PERMANENT)


def _class_of_status(status: int) -> ErrorClass:
    if status >= 500:
        return ErrorClass.RETRY
    return _STATUSES.get(status, ErrorClass.PERMANENT)


def _error(body: str) -> dict[str, Any]:
    try:
        error = json.loads(body)["error"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _regain_access_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait that the usage header estimates; it is given in minutes."""
    try:
        usage = json.loads(headers.get("X-Business-Use-Case-Usage", ""))
        minutes = [
            entry["estimated_time_to_regain_access"]
            for of_one in usage.values()
            for entry in of_one
        ]
        return 60.0 * max(minutes) or None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
