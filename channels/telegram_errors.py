"""Telegram's refusals and what each means for the worker.

Telegram has no codes beside the HTTP status, so known descriptions get a short name of ours
(``403-blocked``), which is what officers and tables see. Sources: tdlib/telegram-bot-api
Client.cpp; channels.md section 4.
"""

import json
from typing import Any

import httpx

from channels.errors import MediaError, SendError
from channels.message import ErrorClass

# Part of the description, in lower case → our name for it and its class.
_DESCRIPTIONS: tuple[tuple[int, str, str, ErrorClass], ...] = (
    (403, "bot was blocked by the user", "403-blocked", ErrorClass.RECIPIENT_GONE),
    (403, "user is deactivated", "403-deactivated", ErrorClass.RECIPIENT_GONE),
    (403, "can't initiate conversation", "403-not-started", ErrorClass.RECIPIENT_GONE),
    (400, "chat not found", "400-chat-not-found", ErrorClass.RECIPIENT_GONE),
    (400, "message is too long", "400-too-long", ErrorClass.PERMANENT),
    (400, "message text is empty", "400-empty", ErrorClass.PERMANENT),
    (400, "can't parse entities", "400-markup", ErrorClass.PERMANENT),
    (400, "message to be replied not found", "400-reply-gone", ErrorClass.PERMANENT),
    (400, "upgraded to a supergroup", "400-migrated", ErrorClass.PERMANENT),
    (400, "file is too big", "400-file-too-big", ErrorClass.PERMANENT),
)
_STATUSES = {
    400: ErrorClass.PERMANENT,
    401: ErrorClass.REAUTH,
    403: ErrorClass.RECIPIENT_GONE,
    404: ErrorClass.REAUTH,
    409: ErrorClass.CONFIG,
    429: ErrorClass.RETRY_AFTER,
}


def refusal(status: int, payload: bytes) -> SendError:
    """Turn an HTTP answer of 300 or more into the error that the worker acts on."""
    answer = _answer(payload)
    description = str(answer.get("description", "")).lower()
    code, error_class = _classify(status, description)
    return SendError(error_class, code, "Telegram refused the call", _retry_after_s(answer))


def accepted(payload: bytes) -> bool:
    """Say whether an answer of 200 tells of success as the Bot API does."""
    answer = _answer(payload)
    return answer.get("ok") is True and "result" in answer


def unknown_outcome() -> SendError:
    """Return the error for an answer that says neither yes nor no."""
    return SendError(ErrorClass.AMBIGUOUS, "bad-answer", "Telegram's answer could not be read")


def media_error(error: SendError) -> MediaError:
    """Return what a refused getFile means for the attachment."""
    if error.code == "400-file-too-big":
        return MediaError("too_large", "over Telegram's 20 MB", retryable=False)
    if error.error_class is ErrorClass.REAUTH:
        return MediaError("unauthorized", "our token was refused", retryable=True)
    if error.error_class in (ErrorClass.PERMANENT, ErrorClass.RECIPIENT_GONE):
        return MediaError("refused", "Telegram does not know the file", retryable=False)
    return MediaError("unavailable", "Telegram did not answer", retryable=True)


def _classify(status: int, description: str) -> tuple[str, ErrorClass]:
    for known_status, words, code, error_class in _DESCRIPTIONS:
        if status == known_status and words in description:
            return code, error_class
    if status >= 500:
        return str(status), ErrorClass.RETRY
    return str(status), _STATUSES.get(status, ErrorClass.PERMANENT)


def _retry_after_s(answer: dict[str, Any]) -> float | None:
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        return None
    return float(seconds)


def _answer(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def broken_line(cause: BaseException | None) -> SendError:
    """Judge a transport error: nothing can have left before the connection stood."""
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return SendError(ErrorClass.RETRY, "transport", "Telegram was not reached")
    return SendError(ErrorClass.AMBIGUOUS, "timeout", "Telegram did not answer")
