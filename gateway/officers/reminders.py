"""What happens because time passes: reminders, escalation, apologies, the end of waiting.

A clock gives its alarms in turn (`gateway.rules.clocks.next_alarm`); each is carried out and
noted in one transaction, so that a run that dies in the middle repeats nothing and loses nothing.
Nothing is done in quiet hours: what falls due then is looked at in the morning, as it is then.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.cases import staff_alerts
from gateway.cases.casefile import News, tell, when
from gateway.cases.staff_alerts import Alert
from gateway.errors import GatewayError
from gateway.officers import directive_reminders, monthly_lists, staff_words
from gateway.rules import clocks
from gateway.rules.quiet_hours import is_first_working_day, one_working_day_ago, summary_due
from gateway.runtime import Runtime
from store import alarms, complaints, directives, states
from store import staff_alerts as rows
from store.alarms import LateAtPd
from store.complaints import append_event
from store.crypto import CryptoError
from store.models.complaint import Clock, Complaint

logger = logging.getLogger(__name__)

_APOLOGISED: Final = frozenset({"K1", "K2", "K3", "K5"})
_SUMMARY: Final = "summary_day"
_MOST_PDS: Final = 10
_ALERTS_KEPT: Final = timedelta(days=365)  # a notice may be quoted for so long
_LATER: Final = timedelta(hours=1)
_ROTTEN: Final = (SQLAlchemyError, GatewayError, CryptoError, LookupError, TypeError, ValueError)


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether a clock has something due now, or the morning summary is."""
    now = runtime.now()
    if alarms.any_due(session, now) or directives.any_missed(session, now):
        return not staff_alerts.officers_rest(runtime, session)
    return _summary_waits(runtime, session)


def drain(runtime: Runtime) -> int:
    """Carry out what is due; return how many clocks were looked at."""
    now = runtime.now()
    with runtime.transaction() as session:
        if staff_alerts.officers_rest(runtime, session):
            return 0
        alarmed, paused = alarms.due(session, now), alarms.overlong_pauses(session, now)
    for clock_id, ticket in paused:
        _end_pause(runtime, clock_id, ticket)
    for clock_id, ticket in alarmed:
        _give_alarm_safely(runtime, clock_id, ticket)
    with runtime.transaction() as session:
        missed = directive_reminders.remind(runtime, session)
        monthly_lists.announce(runtime, session)
        _summarise(runtime, session)
    if alarmed or missed:
        runtime.wake("outbox")
        runtime.wake("alerts")
    return len(alarmed) + len(paused)


def _end_pause(runtime: Runtime, clock_id: int, ticket: str) -> None:
    """Let a clock run on whose citizen was asked and has kept silent for as long as it may."""
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket, lock=True)
        clock = alarms.paused_clock_if(session, clock_id, now)
        if complaint is None or clock is None:
            return
        clocks.run_on(clock, now)
        append_event(session, complaint, "pause_ended", at=now, data={"clock": clock.kind})


def _give_alarm_safely(runtime: Runtime, clock_id: int, ticket: str) -> None:
    """Give an alarm; one that cannot be given now waits an hour and holds up no other."""
    try:
        _give_alarm(runtime, clock_id, ticket)
    except _ROTTEN as error:
        logger.error("alarm_failed", extra={"clock_id": clock_id, "error": type(error).__name__})
        with runtime.transaction() as session:
            alarms.postpone(session, clock_id, runtime.now() + _LATER)


def _give_alarm(runtime: Runtime, clock_id: int, ticket: str) -> None:
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket, lock=True)
        clock = alarms.clock_if(session, clock_id, now)
        if complaint is None or clock is None:
            return
        late = clock.alarm == clocks.LATE or clock.due_at <= now
        clocks.next_alarm(clock)
        if late and clock.alarm is not None:
            clocks.next_alarm(clock)  # nobody is reminded of what has passed
        if complaint.archived_at or complaint.withdrawn_at or complaint.leading_id:
            return
        if clock.kind == "K6":
            _close(session, complaint, now)
        elif late:
            _escalate(runtime, session, complaint, clock)
        else:
            _remind(runtime, session, complaint, clock)


def _remind(runtime: Runtime, session: Session, complaint: Complaint, clock: Clock) -> None:
    people = staff_alerts.officers_of(session, _office(complaint, clock))
    staff_alerts.note(session, _alert(staff_words.NEAR, clock), people, runtime.now())


def _escalate(runtime: Runtime, session: Session, complaint: Complaint, clock: Clock) -> None:
    """Tell the head of the PD, and the citizen, once for this stage."""
    now = runtime.now()
    people = staff_alerts.heads_of(session, _office(complaint, clock))
    staff_alerts.note(session, _alert(staff_words.LATE, clock), people, now)
    append_event(session, complaint, "overdue", at=now, data={"clock": clock.kind})
    if clock.kind in _APOLOGISED:
        tell(runtime, session, complaint, News("terlambat", {"TGL": when(runtime, clock.due_at)}))


def _close(session: Session, complaint: Complaint, now: datetime) -> None:
    """End the waiting for the citizen's word: silence closes without a score."""
    clocks.stop(session, complaint, "K6", now)
    append_event(session, complaint, "closed_by_silence", at=now, public=True)


def _alert(kind: str, clock: Clock) -> Alert:
    facts = {"clock": clock.id, "stage": clock.kind}
    return Alert(kind, f"{kind}:{clock.id}", clock.complaint_id, facts)


def _office(complaint: Complaint, clock: Clock) -> str | None:
    """Return the PD that a clock is about, None for Diskominfo."""
    return None if clock.kind in staff_words.OF_DISKOMINFO else complaint.pd_code


def _summary_waits(runtime: Runtime, session: Session) -> bool:
    calendar = clocks.office_calendar(runtime, session)
    if not summary_due(runtime.now(), calendar):
        return False
    today = runtime.now().astimezone(calendar.zone).date().isoformat()
    return bool(states.get(session, _SUMMARY) != today)


def _summarise(runtime: Runtime, session: Session) -> None:
    """Tell the leadership how much is late: the Sekda each working day, the others by the week."""
    if not _summary_waits(runtime, session):
        return
    now, calendar = runtime.now(), clocks.office_calendar(runtime, session)
    today = now.astimezone(calendar.zone).date().isoformat()
    states.put(session, _SUMMARY, today)
    rows.drop_before(session, now - _ALERTS_KEPT)
    late = alarms.late_by_pd(session, one_working_day_ago(now, calendar))
    if not late:
        return
    facts = _figures(late)
    daily, weekly = rows.leaders(session, first_day=is_first_working_day(now, calendar))
    for kind, people in ((staff_words.DAILY, daily), (staff_words.WEEKLY, weekly)):
        staff_alerts.note(session, Alert(kind, f"{kind}:{today}", None, facts), people, now)
    told = len(daily) + len(weekly)
    logger.info("summary_written", extra={"late": facts["count"], "people": told})


def _figures(late: Sequence[LateAtPd]) -> dict[str, Any]:
    return {
        "count": sum(one.count for one in late),
        "offices": len(late),
        "oldest": min(one.oldest_due_at for one in late).isoformat(),
        "pds": [[one.pd_code, one.count] for one in late[:_MOST_PDS]],
    }
