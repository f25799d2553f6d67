"""At the beginning of a month: Diskominfo hears that the list of opened identities is there."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.cases import staff_alerts
from gateway.cases.staff_alerts import UNMASKINGS, Alert
from gateway.rules.clocks import office_calendar
from gateway.rules.permissions import Permission, holders
from gateway.rules.quiet_hours import summary_due
from gateway.runtime import Runtime
from store import staff_alerts as rows
from store import states, unmaskings
from store.unmaskings import Span

_DONE: Final = "unmaskings_month"


def announce(runtime: Runtime, session: Session) -> None:
    """Tell it once a month, on its first working day from 08.00 on; never of an empty list."""
    calendar = office_calendar(runtime, session)
    if not summary_due(runtime.now(), calendar):
        return
    this = runtime.now().astimezone(calendar.zone).date().replace(day=1)
    if states.get(session, _DONE) == this.isoformat():
        return
    states.put(session, _DONE, this.isoformat())
    last = (this - timedelta(days=1)).replace(day=1)
    span = Span(_begins(last, calendar.zone), _begins(this, calendar.zone))
    count = unmaskings.count(session, span)
    if count:
        facts = {"month": last.isoformat(), "count": count}
        alert = Alert(UNMASKINGS, f"{UNMASKINGS}:{last.isoformat()}", None, facts)
        people = rows.reachable(session, holders(Permission.DECIDE_CASES))
        staff_alerts.note(session, alert, people, runtime.now())


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
