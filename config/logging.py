"""Log lines: one JSON object each (or plain text at a terminal), never with a person in them.

Callers log a constant event name and ids. The masks below are the net under that habit: they work
on the finished line, so that exceptions of libraries pass through them too.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_job_id: ContextVar[str | None] = ContextVar("job_id", default=None)

# Their INFO lines hold URLs with tokens (httpx: Telegram's bot token) or whole requests (twilio).
_TOO_TALKATIVE = ("httpx", "httpcore", "urllib3", "twilio", "twilio.http_client", "telegram", "rq")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

# In this order: a token may hold digits that look like a number.
_MASKS = (
    # Telegram: https://api.telegram.org/bot123:ABC/sendMessage
    (re.compile(r"\d{6,}:[A-Za-z0-9_-]{10,}"), "[token]"),
    (
        re.compile(r"(?i)((?:access_token|appsecret_proof|token|secret|password)=)[^\s&\"']+"),
        r"\1[token]",
    ),
    (re.compile(r"(?i)((?:bearer|basic) )[A-Za-z0-9+/=._-]{8,}"), r"\1[token]"),
    (re.compile(r"\bEAA[A-Za-z0-9]{20,}"), "[token]"),
    (re.compile(r"(?<=://)[^\s:/@]*:[^\s/@]+(?=@)"), "[token]"),
    # NIK or KK: 16 digits, as people type them, with single separators.
    (re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)"), "[16 digits]"),
    # Phone numbers: +62 812-…, 62812…, 0812…, and any other number with a plus.
    (re.compile(r"(?<![\w.])(?:\+?62|0)[ -]?8\d(?:[ .-]?\d){6,11}(?!\d)"), "[phone]"),
    (re.compile(r"\+\d{7,15}(?!\d)"), "[phone]"),
)


def configure_logging(style: str, stream: TextIO = sys.stderr) -> None:
    """Send all log lines of the process to `stream`.

    Args:
        style: ``json`` for machines, ``text`` for a terminal.
        stream: where to; standard error by default.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def log_context(*, request_id: str | None = None, job_id: str | None = None) -> Iterator[None]:
    """Bind ids to every line that is logged inside."""
    tokens = [
        (variable, variable.set(value))
        for variable, value in ((_request_id, request_id), (_job_id, job_id))
        if value is not None
    ]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def mask(text: str) -> str:
    """Replace everything that looks like a NIK, a phone number or a secret."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object per record: time (UTC), level, logger, event, ids, fields, error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": mask(record.getMessage()),
            **_bound(),
            **{name: _plain(value) for name, value in _fields(record).items()},
        }
        if record.exc_info:
            line["error"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for a person at a terminal: ``warning send_failed entry_id=7``."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {**_bound(), **_fields(record)}
        words = [record.levelname.lower(), record.getMessage()]
        words += [f"{name}={value}" for name, value in fields.items()]
        if record.exc_info:
            words.append("\n" + self.formatException(record.exc_info))
        return mask(" ".join(words))


def _bound() -> dict[str, str]:
    ids = {"request_id": _request_id.get(), "job_id": _job_id.get()}
    return {name: value for name, value in ids.items() if value is not None}


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    """What the caller gave as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    masked = mask(str(value))
    return value if isinstance(value, int) and masked == str(value) else masked
