"""Who has each case of a list, and which ones nobody has taken for too long."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.rules.silence import OfficeTime
from gateway.runtime import Runtime
from store import complaints, teamwork
from store.models.complaint import Complaint, ComplaintStatus, Disposisi

LONGEST_UNASSIGNED = timedelta(hours=4)  # of office time
_LOOK_BACK_DAYS = 60
_IN_HAND = {ComplaintStatus.DISPOSED, ComplaintStatus.IN_PROGRESS}
NOBODY = "Belum ada petugas"


def office_time(runtime: Runtime, session: Session) -> OfficeTime:
    """Return the government's office days and hours, with the holidays of the last two months."""
    hours = (runtime.facts or {}).get("hours", {})
    zone = ZoneInfo(runtime.profile.timezone)
    first = runtime.now().astimezone(zone).date() - timedelta(days=_LOOK_BACK_DAYS)
    return OfficeTime(
        zone=zone,
        weekdays=frozenset(hours.get("days", (1, 2, 3, 4, 5))),
        opens=time.fromisoformat(hours.get("opens", "08:00")),
        closes=time.fromisoformat(hours.get("closes", "16:00")),
        holidays=complaints.holidays_from(session, first, _LOOK_BACK_DAYS + 1),
    )


def assigned_words(
    runtime: Runtime,
    session: Session,
    cases: Sequence[Complaint],
    instructions: Mapping[int, Disposisi],
) -> dict[int, str]:
    """Return for each case who has it, or that nobody has taken it for four office hours."""
    names = teamwork.assigned_names(session, [case.id for case in cases])
    words = {number: f"Petugas: {name}" for number, name in names.items()}
    open_ones = {
        case.id: instructions[case.id].created_at
        for case in cases
        if case.status in _IN_HAND and case.id not in names and case.id in instructions
    }
    if not open_ones:
        return words
    office, now = office_time(runtime, session), runtime.now()
    for number, since in open_ones.items():
        if _worked(office, max(since, now - timedelta(days=_LOOK_BACK_DAYS)), now):
            words[number] = NOBODY
    return words


def _worked(office: OfficeTime, since: datetime, now: datetime) -> bool:
    """Whether four office hours have passed."""
    passed = timedelta()
    for begins, ends in office.spans(since, now):
        passed += ends - begins
        if passed >= LONGEST_UNASSIGNED:
            return True
    return False
