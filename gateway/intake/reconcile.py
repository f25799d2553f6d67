"""Reading a provider's records after an outage, every hour and every night: what did we miss?

A webhook that failed for too long is gone (channels.md section 0.2), but Twilio, Meta and X keep
their messages. Those that are unknown here are kept by the same path as a webhook, with the time
at which they were sent.

Nothing is asked inside a transaction. A run is bounded and resumed where it stopped.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.admin import MessageRecords, PastMessage
from channels.errors import SendError
from channels.message import ErrorClass, InboundMessage
from gateway.intake.keeping import keep
from gateway.intake.webhook_events import Reading, read_events
from gateway.rules.dates import local
from gateway.runtime import Runtime
from store import messages, recovery, states
from store.messages import Arrival

logger = logging.getLogger(__name__)

_EVERY: Final = timedelta(hours=1)
_OVERLAP: Final = timedelta(minutes=10)
# Once a night further back: a record may appear late, and a run may have been wrong.
_NIGHTLY_OVERLAP: Final = timedelta(days=2)
_NIGHT_BEGINS: Final = 2  # o'clock on the government's clock
_FURTHEST_BACK: Final = timedelta(days=14)
# A webhook may still be on its way.
_SETTLED: Final = timedelta(minutes=2)
_PAGES_PER_RUN: Final = 20
_RUN: Final = timedelta(minutes=5)
_GAP: Final = timedelta(minutes=5)
_PASSING: Final = frozenset(
    {ErrorClass.RETRY, ErrorClass.RETRY_AFTER, ErrorClass.AMBIGUOUS, ErrorClass.REAUTH}
)


@dataclass(frozen=True, slots=True)
class _Run:
    """What is being read: `since` to `until` (aware UTC), next the page `page`."""

    since: datetime
    until: datetime
    page: str | None
    nightly: bool


def drain(runtime: Runtime) -> int:
    """Read the records of every account that is due; return how many messages were missing."""
    found = 0
    for adapter in _with_records(runtime):
        found += _read_records(runtime, adapter)
    return found


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether `drain` has something to do now; cheap enough for every few seconds."""
    adapters = list(_with_records(runtime))
    if not adapters:
        return False
    now, wanted_at = runtime.now(), states.records_wanted_at(session)
    for adapter in adapters:
        state = states.get(session, _name_of(adapter))
        if _is_time(state, now, wanted_at) or _is_night(runtime, state):
            return True
    return False


def beat(runtime: Runtime) -> None:
    """Say once a minute that a worker lives; after a gap, ask for the records."""
    now = runtime.now()
    with runtime.transaction() as session:
        last = states.last_turn(session, "alive")
        if last is None or now > last:
            states.put(session, "alive", {"at": now.isoformat()})
        if last is not None and now - last > _GAP:
            states.want_records(session, now)
            logger.warning("worker_was_away", extra={"seconds": int((now - last).total_seconds())})


def _with_records(runtime: Runtime) -> Iterator[Any]:
    """Yield the adapters whose provider keeps records; each is a `ChannelAdapter` besides."""
    return (one for one in runtime.channels.values() if isinstance(one, MessageRecords))


def _read_records(runtime: Runtime, adapter: Any) -> int:
    run = _begin(runtime, adapter)
    if run is None:
        return 0
    found = 0
    for _ in range(_PAGES_PER_RUN):
        try:
            page = adapter.past_messages(run.since, run.until, run.page)
            found += _keep_unknown(runtime, adapter, page.messages)
        except SendError as error:
            logger.warning(
                "records_not_read", extra={"channel": adapter.name.value, "code": error.code}
            )
            # A right that the token lacks will not be there in five minutes either.
            wait = _RUN if error.error_class in _PASSING else _EVERY
            _note(runtime, adapter, run, not_before=runtime.now() + wait)
            return found
        run = replace(run, page=page.next_page)
        if run.page is None:
            break
        _note(runtime, adapter, run, not_before=runtime.now() + _RUN)
    _note(runtime, adapter, run, not_before=None)
    facts = {"channel": adapter.name.value, "found": found, "finished": run.page is None}
    logger.log(logging.WARNING if found else logging.INFO, "records_read", extra=facts)
    return found


def _begin(runtime: Runtime, adapter: ChannelAdapter) -> _Run | None:
    """Take up a run, None if none is due or another worker has it."""
    now = runtime.now()
    with runtime.transaction() as session:
        state = states.get(session, _name_of(adapter), lock=True)
        if state is None:
            # Never before: what was written to this number earlier was not written to us.
            begun = now.isoformat()
            states.put(session, _name_of(adapter), {"began": begun, "until": begun})
            return None
        nightly = _is_night(runtime, state)
        if not nightly and not _is_time(state, now, states.records_wanted_at(session)):
            return None
        run = _unfinished(state) or _fresh(state, now, nightly=nightly)
        held = {**state, "not_before": (now + _RUN).isoformat()}
        states.put(session, _name_of(adapter), held)
    return run


def _is_time(state: Any, now: datetime, wanted_at: datetime | None) -> bool:
    if state is None:
        return True
    not_before = states.instant(state, "not_before")
    if not_before is not None and now < not_before:
        return False
    until = states.instant(state, "until") or now
    if "page" in state or now - until >= _EVERY:
        return True
    return wanted_at is not None and wanted_at > until and now - wanted_at >= _SETTLED


def _is_night(runtime: Runtime, state: Any) -> bool:
    not_before = states.instant(state, "not_before")
    if state is None or (not_before is not None and runtime.now() < not_before):
        return False
    there = local(runtime.now(), runtime.profile.timezone)
    return there.hour >= _NIGHT_BEGINS and state.get("nightly_on") != there.date().isoformat()


def _unfinished(state: Any) -> _Run | None:
    since, to = states.instant(state, "since"), states.instant(state, "to")
    if "page" not in state or since is None or to is None:
        return None
    return _Run(since, to, state["page"], bool(state.get("nightly")))


def _fresh(state: Any, now: datetime, *, nightly: bool) -> _Run:
    done = states.instant(state, "until") or now
    overlap = _NIGHTLY_OVERLAP if nightly else _OVERLAP
    began = states.instant(state, "began") or done
    since = max(done - overlap, began, now - _FURTHEST_BACK)
    return _Run(since, now - _SETTLED, None, nightly)


def _note(
    runtime: Runtime, adapter: ChannelAdapter, run: _Run, *, not_before: datetime | None
) -> None:
    """Remember how far a run has come; without `not_before` it is over or may be resumed."""
    name = _name_of(adapter)
    with runtime.transaction() as session:
        state = states.get(session, name, lock=True) or {}
        kept = {key: state[key] for key in ("began", "until", "nightly_on") if key in state}
        if run.page is None and not_before is None:
            kept["until"] = run.until.isoformat()
            if run.nightly:
                there = local(runtime.now(), runtime.profile.timezone)
                kept["nightly_on"] = there.date().isoformat()
        else:
            kept |= {
                "since": run.since.isoformat(),
                "to": run.until.isoformat(),
                "page": run.page,
                "nightly": run.nightly,
            }
        if not_before is not None:
            kept["not_before"] = not_before.isoformat()
        states.put(session, name, kept)


def _keep_unknown(runtime: Runtime, adapter: Any, past: Sequence[PastMessage]) -> int:
    if not past:
        return 0
    with runtime.transaction() as session:
        known = recovery.known_inbound(
            session,
            adapter.name,
            adapter.account,
            past[0].dedup_scope,
            [one.external_id for one in past],
        )
    unknown = [one for one in past if one.external_id not in known]
    # Newest first in the records; kept in the order in which they were written.
    return sum(_keep_one(runtime, adapter, one) for one in reversed(unknown))


def _keep_one(runtime: Runtime, adapter: Any, past: PastMessage) -> bool:
    """Keep one message as its webhook would have; False if somebody else did meanwhile."""
    try:
        request = adapter.recover(past)
    except SendError as error:
        if error.error_class in _PASSING:
            raise
        # Its attachments are gone, its words are not.
        request = adapter.recover(replace(past, media=0))
    reading = read_events([adapter], request)
    key = recovery.fed_as(past.external_id)
    arrival = Arrival(adapter.provider, request, past.sent_at, reading.error, key)
    with runtime.transaction() as session:
        if messages.was_fed(session, key) or _is_known(session, reading):
            return False
        woken = keep(session, arrival, reading)
    for kind in sorted(woken):
        runtime.wake(kind)
    return True


def _is_known(session: Session, reading: Reading) -> bool:
    """Whether all that a record holds came by its webhook under another id."""
    found = [event for _, event in reading.events]
    return bool(found) and all(
        isinstance(event, InboundMessage) and recovery.looks_known(session, event)
        for event in found
    )


def _name_of(adapter: ChannelAdapter) -> str:
    return f"records:{adapter.name.value}:{adapter.account}"
