"""Reading a genuine request: all events of all channels of its provider, and the fitting answer."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from channels.adapter import ChannelAdapter
from channels.errors import PayloadError
from channels.message import ChannelEvent, ChannelName, RottenEvent
from channels.webhook import WebhookReply, WebhookRequest

logger = logging.getLogger(__name__)

CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request holds. `error` says why (part of) it could not be read."""

    events: tuple[tuple[ChannelName, ChannelEvent], ...]
    error: str | None
    reply: WebhookReply


def read_events(adapters: Sequence[ChannelAdapter], request: WebhookRequest) -> Reading:
    """Let every channel of the provider read its own events.

    A body that no channel can read is answered 400, because it would be the same the next time. A
    fault in our own parser is answered 2xx: the raw request is kept and can be replayed.
    """
    events: list[tuple[ChannelName, ChannelEvent]] = []
    errors: list[str] = []
    reply: WebhookReply | None = None
    for adapter in adapters:
        own, error = _read_one(adapter, request)
        events += [(adapter.name, event) for event in own]
        errors += [error] if error else []
        if reply is None and own:
            reply = adapter.acknowledge(own)
    error = _worst(errors)
    if error is not None and error != CRASH and not events:
        return Reading((), error, WebhookReply(status=400))
    return Reading(tuple(events), error, reply or adapters[0].acknowledge([]))


def _read_one(
    adapter: ChannelAdapter, request: WebhookRequest
) -> tuple[list[ChannelEvent], str | None]:
    try:
        events = adapter.parse(request)
    except PayloadError as error:
        return [], f"payload: {error}"[:200]
    except Exception as error:  # noqa: BLE001 (a webhook must never be lost to a fault of ours)
        # The type only: a message of an unexpected error may quote the citizen.
        logger.error(
            "parse_crashed", extra={"channel": adapter.name.value, "error": type(error).__name__}
        )
        return [], CRASH
    return [event for event in events if _is_ours(adapter, event)], None


def _is_ours(adapter: ChannelAdapter, event: ChannelEvent) -> bool:
    return isinstance(event, RottenEvent) or event.account == adapter.account


def _worst(errors: Sequence[str]) -> str | None:
    return CRASH if CRASH in errors else next(iter(errors), None)
