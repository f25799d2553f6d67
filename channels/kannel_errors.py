"""Kannel's answers to sendsms and its failed delivery reports: what each means for the worker.

Kannel has no codes beside the HTTP status, so each known text gets a short name of ours. Sources:
the daemon itself (Debian 1.4.5-12) and its User's Guide; SMPP 3.4, section 5.1.3 (command status)
and appendix B (receipt states).
"""

import re
from collections.abc import Mapping

from channels.errors import SendError
from channels.http import retry_after_s
from channels.message import ErrorClass

_GATEWAY_TIMEOUT = 504
# Beginning of the answer, in lower case → our name for it and its class.
_ANSWERS: tuple[tuple[int, str, str, ErrorClass], ...] = (
    (403, "authorization failed", "auth", ErrorClass.REAUTH),
    (403, "not routable", "no-route", ErrorClass.PERMANENT),
    (400, "number(s) has/have been denied", "denied", ErrorClass.PERMANENT),
    (400, "empty receiver", "recipient", ErrorClass.PERMANENT),
    (400, "missing receiver", "recipient", ErrorClass.PERMANENT),
    (400, "invalid charset", "charset", ErrorClass.PERMANENT),
    (400, "charset or body misformed", "charset", ErrorClass.PERMANENT),
    (400, "sender missing", "sender", ErrorClass.CONFIG),
    (400, "dlr-url field misformed", "dlr-url", ErrorClass.CONFIG),
    (500, "sending failed", "smsbox", ErrorClass.RETRY),
    (503, "temporal failure", "queue-full", ErrorClass.RETRY),
)
_STATUSES: Mapping[int, ErrorClass] = {
    401: ErrorClass.REAUTH,
    403: ErrorClass.CONFIG,  # a proxy in between, or a Kannel that we do not know
    404: ErrorClass.CONFIG,  # sendsms is at another address
    408: ErrorClass.RETRY,
    415: ErrorClass.CONFIG,
    429: ErrorClass.RETRY_AFTER,
    _GATEWAY_TIMEOUT: ErrorClass.AMBIGUOUS,  # a proxy gave up waiting: Kannel may have taken it
}
# Receipt states of SMPP, and the command status with which a centre refused a part ("smpp-11").
_REPORTS: Mapping[str, ErrorClass] = {
    "EXPIRED": ErrorClass.RETRY,  # phone off or out of reach until the validity ended
    "UNDELIV": ErrorClass.PERMANENT,
    "REJECTD": ErrorClass.PERMANENT,
    "DELETED": ErrorClass.PERMANENT,
    "UNKNOWN": ErrorClass.PERMANENT,
    "no-route": ErrorClass.CONFIG,  # no connection of Kannel takes this number
    "retries": ErrorClass.RETRY,  # Kannel's own repetitions are used up
    "smpp-8": ErrorClass.RETRY,  # system error
    "smpp-10": ErrorClass.CONFIG,  # our number is not allowed as sender
    "smpp-11": ErrorClass.RECIPIENT_GONE,  # no such number
    "smpp-13": ErrorClass.REAUTH,  # bind failed
    "smpp-14": ErrorClass.REAUTH,  # wrong password
    "smpp-15": ErrorClass.REAUTH,  # wrong system id
    "smpp-20": ErrorClass.RETRY,  # queue full
    "smpp-88": ErrorClass.RETRY,  # throttled
    "smpp-100": ErrorClass.RETRY,  # passing fault of the receiver
}
_STATE = re.compile(r"\bstat:\s*([A-Za-z]{3,9})")
_GSM_ERROR = re.compile(r"\berr:\s*([0-9A-Za-z]{1,8})\b")
_COMMAND_STATUS = re.compile(r"NACK/(0x[0-9a-f]{1,8}|[0-9]{1,10})(?:/|$)", re.IGNORECASE)
_NACKS = (("nack/no smsc", "no-route"), ("nack/retries", "retries"))
_EXPIRED, _UNKNOWN, _REJECTED = 32, 64, 16


def refusal(status: int, headers: Mapping[str, str], body: str) -> SendError:
    """Turn an HTTP answer that is no acceptance into the error that the worker acts on."""
    answer = body.lstrip().lower()
    for known_status, words, code, error_class in _ANSWERS:
        if status == known_status and answer.startswith(words):
            return SendError(error_class, code, "Kannel refused the message")
    error_class = _class_of_status(status)
    wait_s = retry_after_s(headers) if error_class is ErrorClass.RETRY_AFTER else None
    return SendError(error_class, f"http-{status}", "Kannel refused the message", wait_s)


def failure_code(status: int, answer: str) -> str:
    """Return a short name for why a part failed, from the report's bits and what came with it.

    Nothing of the answer but these words may be kept: a centre repeats the beginning of the text.

    Args:
        status: bits of the report.
        answer: the centre's receipt (``stat:UNDELIV err:004``) or Kannel's ``NACK/...``.
    """
    if state := _STATE.search(answer):
        error = _GSM_ERROR.search(answer)
        return state[1].upper() + (f"/{error[1]}" if error and error[1].strip("0") else "")
    if refused := _COMMAND_STATUS.match(answer):
        return f"smpp-{int(refused[1], 16 if refused[1][:2].lower() == '0x' else 10)}"
    refusals = [code for words, code in _NACKS if answer.lower().startswith(words)]
    return refusals[0] if refusals else _name_of_bits(status)


def _name_of_bits(status: int) -> str:
    names = ((_EXPIRED, "EXPIRED"), (_UNKNOWN, "UNKNOWN"), (_REJECTED, "rejected"))
    return next((name for bit, name in names if status & bit), "undelivered")


def class_of_report(code: str) -> ErrorClass:
    """Return the class of a failure reported later; an unknown code is PERMANENT.

    The operator has given up on that part by then, so only a listed code may ask for more.
    """
    return _REPORTS.get(code.partition("/")[0], ErrorClass.PERMANENT)


def _class_of_status(status: int) -> ErrorClass:
    known = _STATUSES.get(status)
    if known is not None:
        return known
    if status < 300:
        # A success that does not say what Kannel says: a page of something in between.
        return ErrorClass.AMBIGUOUS
    return ErrorClass.RETRY if status >= 500 else ErrorClass.PERMANENT
