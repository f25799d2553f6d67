"""Looking up sends whose answer was lost, where the provider keeps records of what it sent.

Nothing is sent again by machine: a part that the provider has becomes sent, and what is not found
stays uncertain, for a person.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.admin import MessageRecords
from channels.errors import SendError
from channels.message import ChannelName, DeliveryReceipt, DeliveryStatus, ErrorClass
from gateway.runtime import Runtime
from gateway.sending.sending import compose
from store import outbox_marks, receipts, recovery, states
from store.outbox import ClaimedPart

logger = logging.getLogger(__name__)

_EVERY: Final = timedelta(minutes=10)
_FOR: Final = timedelta(days=1)
# The provider's own report may still be on its way.
_SETTLED: Final = timedelta(minutes=2)
_AT_ONCE: Final = 20
_SENT_WITHIN: Final = timedelta(minutes=30)
_CLOCK_SKEW: Final = timedelta(minutes=2)
# The provider as a whole does not answer: the other parts would fare no better.
_PASSING: Final = frozenset(
    {ErrorClass.RETRY, ErrorClass.RETRY_AFTER, ErrorClass.AMBIGUOUS, ErrorClass.REAUTH}
)


def drain(runtime: Runtime) -> None:
    """Look up the unclear sends of every account whose provider keeps records."""
    for adapter in _with_records(runtime):
        _look_up_sends(runtime, adapter)


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether an unclear send may be looked up now; cheap enough for every few seconds."""
    adapters = list(_with_records(runtime))
    names, now = [adapter.name for adapter in adapters], runtime.now()
    if not names or not recovery.any_uncertain(session, names, now - _FOR, now - _SETTLED):
        return False
    looked = [states.last_turn(session, _name_of(adapter)) for adapter in adapters]
    return any(at is None or now - at >= _EVERY for at in looked)


def _with_records(runtime: Runtime) -> Iterator[Any]:
    """Yield the adapters whose provider keeps records; each is a `ChannelAdapter` besides."""
    return (one for one in runtime.channels.values() if isinstance(one, MessageRecords))


def _look_up_sends(runtime: Runtime, adapter: Any) -> None:
    now = runtime.now()
    with runtime.transaction() as session:
        account = (adapter.name, adapter.account)
        parts = recovery.uncertain(session, account, now - _FOR, now - _SETTLED, _AT_ONCE)
        if not states.take_turn(session, _name_of(adapter), now, _EVERY):
            return
    for part in parts:
        try:
            _look_up(runtime, adapter, part)
        except SendError as error:
            facts = {"part_id": part.part_id, "code": error.code}
            logger.warning("send_not_looked_up", extra=facts)
            if error.error_class in _PASSING:
                return


def _look_up(runtime: Runtime, adapter: Any, part: ClaimedPart) -> None:
    started = part.claimed_at or runtime.now()
    try:
        call = compose(runtime, adapter, part, as_human=False)
    except (OSError, KeyError, TypeError, ValueError):
        return  # what it said cannot be told any more: it stays for a person
    found = adapter.find_sent(call, started - _CLOCK_SKEW, started + _SENT_WITHIN)
    if found:
        _settle(runtime, adapter.name, part, found)


def _settle(
    runtime: Runtime, channel: ChannelName, part: ClaimedPart, found: Sequence[DeliveryReceipt]
) -> None:
    """Note that the provider took a part, if one of its records belongs to no other part."""
    ids = [one.external_id for one in found if one.external_id]
    with runtime.transaction() as session:
        if not recovery.still_uncertain(session, part):
            return
        taken = recovery.known_sent(session, channel, ids)
        ours = next((one for one in found if one.external_id not in taken), None)
        if ours is None or ours.external_id is None:
            return
        outbox_marks.mark_sent(session, part, ours.external_id, runtime.now())
        if ours.status is not DeliveryStatus.SENT:
            receipts.advance(session, ours, runtime.now())
    logger.info("send_found", extra={"part_id": part.part_id, "status": ours.status.value})
    if ours.status is DeliveryStatus.FAILED:
        runtime.wake("outbox")


def _name_of(adapter: ChannelAdapter) -> str:
    return f"look_up:{adapter.name.value}:{adapter.account}"
