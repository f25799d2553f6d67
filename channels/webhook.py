"""The request with which a platform calls us, and what it wants to hear. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One HTTP request of a platform, as raw as it arrived.

    `url` is the public address as the platform called it (scheme, host, path, query), because
    Twilio signs it. Header names are lower case. `peer` is the numeric address of the caller, None
    where nobody knows it (a request that is replayed).
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    peer: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """What the platform wants to hear."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
