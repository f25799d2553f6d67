"""Forgetting who reported, some months after the last of their cases has ended (ADR 0008).

Once a day, in small batches; each batch is one transaction, so that a run that dies in the middle
leaves nothing half done. The dry run counts with the very condition by which the job takes.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import erasure, states
from store.complaints import append_event

logger = logging.getLogger(__name__)

DEFAULT_MONTHS: Final = 12
_EVERY: Final = timedelta(hours=24)
_BATCH: Final = 50
_MOST_BATCHES: Final = 40
_MONTH: Final = timedelta(days=365) / 12


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the job would do now, and what it did in the last thirty days."""

    months: int
    talks: int
    cases: int
    done_talks: int
    done_cases: int
    last_at: datetime | None


def outlook(runtime: Runtime, staff: Staff) -> Outlook:
    """Return the dry run and the report."""
    staff.require(Permission.KEEP_GOVERNMENT)
    now = runtime.now()
    with runtime.transaction() as session:
        due = erasure.count_due(session, _before(runtime))
        done = erasure.forgotten(session, now - timedelta(days=30))
    return Outlook(months(runtime), due[0], due[1], done[0], done[1], done[2])


def months(runtime: Runtime) -> int:
    """Return after how many months contact data goes, as this government has set it."""
    stored = (runtime.facts or {}).get("retention", {})
    return int(stored.get("months", DEFAULT_MONTHS))


def run(runtime: Runtime) -> int:
    """Forget whoever is due, if today nobody has yet; return how many conversations."""
    with runtime.transaction() as session:
        if not states.take_turn(session, "erasure", runtime.now(), _EVERY):
            return 0
    gone = 0
    for _ in range(_MOST_BATCHES):
        taken = _forget_batch(runtime)
        gone += taken
        if taken < _BATCH:
            break
    if gone:
        logger.info("identities_erased", extra={"count": gone})
    return gone


def _forget_batch(runtime: Runtime) -> int:
    now = runtime.now()
    with runtime.transaction() as session:
        talks = erasure.lock_due(session, _before(runtime), _BATCH)
        ids = [talk.id for talk in talks]
        cases = erasure.lock_cases(session, ids)
        for complaint in cases:
            erasure.forget_reporter(complaint, now)
            append_event(session, complaint, "identity_erased", at=now)
        erasure.forget_words(session, ids)
        erasure.end_cards(session, ids, now)
        erasure.forget_history(session, [complaint.id for complaint in cases], now)
        held = Counter(complaint.conversation_id for complaint in cases)
        erasure.note(session, {number: held[number] for number in ids}, now)
        for talk in talks:
            erasure.forget_person(talk)
        return len(talks)


def _before(runtime: Runtime) -> datetime:
    """Return before which instant cases must have ended."""
    return runtime.now() - months(runtime) * _MONTH
