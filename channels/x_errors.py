"""X's refusals and what each means for the worker.

Two generations of errors come from one API: problem types with a title (v2) and numbers (v1.1),
sometimes both. Sources: docs.x.com, "Response codes and errors"; developer.x.com, error codes of
v1.1 (both read November 2026). Where a page says nothing of the consequence the class is ours.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from channels.errors import MediaError, SendError
from channels.http import retry_after_s
from channels.message import ErrorClass

_CODES: Mapping[str, ErrorClass] = {
    "32": ErrorClass.REAUTH,  # could not authenticate
    "50": ErrorClass.RECIPIENT_GONE,  # no such user
    "63": ErrorClass.RECIPIENT_GONE,  # user suspended
    "64": ErrorClass.CONFIG,  # our account suspended
    "87": ErrorClass.CONFIG,  # client not permitted
    "88": ErrorClass.RETRY_AFTER,  # rate limit
    "89": ErrorClass.REAUTH,  # token invalid or expired
    "93": ErrorClass.CONFIG,  # app may not use direct messages
    "108": ErrorClass.RECIPIENT_GONE,  # cannot find the user
    "130": ErrorClass.RETRY,  # over capacity
    "131": ErrorClass.RETRY,  # internal error
    "150": ErrorClass.RECIPIENT_GONE,  # does not follow us and takes no messages of strangers
    "151": ErrorClass.PERMANENT,  # error in the message
    "187": ErrorClass.PERMANENT,  # the same message again
    "215": ErrorClass.REAUTH,  # bad authentication data
    "220": ErrorClass.CONFIG,  # credentials do not allow this
    "226": ErrorClass.PERMANENT,  # looked automated
    "261": ErrorClass.CONFIG,  # app may not write
    "326": ErrorClass.CONFIG,  # our account is locked
    "349": ErrorClass.RECIPIENT_GONE,  # takes no messages of ours
    "354": ErrorClass.PERMANENT,  # text too long
}
# Last word of the problem's address.
_PROBLEMS: Mapping[str, ErrorClass] = {
    "client-forbidden": ErrorClass.CONFIG,  # the plan that was bought does not contain this
    "credits": ErrorClass.CONFIG,  # nothing left of what was paid
    "invalid-request": ErrorClass.PERMANENT,
    "not-authorized-for-resource": ErrorClass.RECIPIENT_GONE,
    "oauth1-permissions": ErrorClass.CONFIG,  # the app may only read
    "resource-not-found": ErrorClass.RECIPIENT_GONE,
    "unsupported-authentication": ErrorClass.CONFIG,
    "usage-capped": ErrorClass.CONFIG,  # the plan's number of calls is used up
}
_STATUSES: Mapping[int, ErrorClass] = {
    401: ErrorClass.REAUTH,
    402: ErrorClass.CONFIG,
    403: ErrorClass.CONFIG,
    404: ErrorClass.CONFIG,
    408: ErrorClass.RETRY,
    429: ErrorClass.RETRY_AFTER,
}
_CLOSED_DOOR = "do not have permission to dm"


def refusal(
    status: int, headers: Mapping[str, str], body: str, now_s: Callable[[], float] = time.time
) -> SendError:
    """Turn an HTTP answer that is no success into the error that the worker acts on.

    Args:
        status: of the answer, 300 or more.
        headers: they may say when the limit is lifted.
        body: JSON or a proxy's page.
        now_s: seconds since 1970.
    """
    answer = _answer(body)
    code, error_class = _classify(status, answer)
    wait_s = _wait_s(headers, now_s) if error_class is ErrorClass.RETRY_AFTER else None
    return SendError(error_class, code, "X refused the message", wait_s)


def media_refused() -> MediaError:
    """Return the error for an attachment that does not lie with X."""
    return MediaError("refused", "not an address of X", retryable=False)


def _classify(status: int, answer: Mapping[str, Any]) -> tuple[str, ErrorClass]:
    number = _number(answer)
    if number in _CODES:
        return number, _CODES[number]
    problem = str(answer.get("type") or "").rstrip("/").rpartition("/")[2]
    if problem in _PROBLEMS:
        return problem, _PROBLEMS[problem]
    if status == 403 and _CLOSED_DOOR in str(answer.get("detail") or "").lower():
        return "403-closed", ErrorClass.RECIPIENT_GONE
    if status >= 500:
        return f"http-{status}", ErrorClass.RETRY
    return f"http-{status}", _STATUSES.get(status, ErrorClass.PERMANENT)


def _number(answer: Mapping[str, Any]) -> str:
    errors = answer.get("errors")
    for error in errors if isinstance(errors, list) else []:
        code = error.get("code") if isinstance(error, dict) else None
        if isinstance(code, int) and not isinstance(code, bool):
            return str(code)
    return ""


def _wait_s(headers: Mapping[str, str], now_s: Callable[[], float]) -> float | None:
    reset = next(
        (text for name, text in headers.items() if name.lower() == "x-rate-limit-reset"), ""
    )
    if reset.strip().isdecimal():
        return max(0.0, float(reset) - now_s())
    return retry_after_s(headers, now_s)


def _answer(body: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
