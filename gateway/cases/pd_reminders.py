"""Ingatkan PD: when Diskominfo may nudge a perangkat daerah, and whether a nudge still stands."""

from datetime import date

from sqlalchemy.orm import Session

from gateway.cases.casefile import when
from gateway.rules.clocks import office_calendar
from gateway.rules.quiet_hours import notice_day
from gateway.runtime import Runtime
from store import live, reading
from store.labels import LABELS
from store.models.complaint import Complaint, ComplaintStatus

REMINDED = "pd_reminded"  # in the history
_WITHIN_DISKOMINFO = LABELS | {"unmasked"}  # no answer to a nudge
_IN_ITS_HANDS = frozenset(
    {ComplaintStatus.DISPOSED, ComplaintStatus.IN_PROGRESS, ComplaintStatus.PENDING_SCHEDULED}
)


def waits_for_pd(complaint: Complaint) -> bool:
    """Whether the next step is the PD's, not Diskominfo's."""
    live_case = complaint.archived_at is None and complaint.withdrawn_at is None
    with_us = complaint.draft_submitted_at is not None or complaint.return_asked_at is not None
    its_own = complaint.pd_code is not None and complaint.leading_id is None
    return live_case and its_own and not with_us and complaint.status in _IN_ITS_HANDS


def today(runtime: Runtime, session: Session) -> date:
    """Return the working day on which officers read what is written now."""
    return notice_day(runtime.now(), office_calendar(runtime, session))


def was_reminded(session: Session, complaint: Complaint, day: date) -> bool:
    """Whether the PD has a nudge for this working day."""
    events = reading.history(session, complaint.id)
    return any(one.kind == REMINDED and one.data["day"] == day.isoformat() for one in events)


def standing_reminder(runtime: Runtime, session: Session, complaint: Complaint) -> str:
    """Return when the PD was nudged, if nothing has happened since; else nothing."""
    last = live.last_event(session, complaint.id, _WITHIN_DISKOMINFO)
    if last is None or last.kind != REMINDED or not waits_for_pd(complaint):
        return ""
    return when(runtime, last.at)
