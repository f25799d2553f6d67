"""When nobody is written to on our own account: nights, and for officers days without work.

Pure. Product page 2.0.3 and section 3: 20.00 to 06.00, never on holidays.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.rules.clocks import OfficeCalendar

MORNING: Final = time(6, 0)
EVENING: Final = time(20, 0)
_SUMMARY: Final = time(8, 0)
_LAST_CALL: Final = time(19, 45)
_DRAFT_AGE: Final = timedelta(hours=20)
# WhatsApp's window is 24 hours; a reminder later than this might find it closed.
_OLDEST: Final = timedelta(hours=23, minutes=45)


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether it is between 20.00 and 06.00 at `at` (aware) in `zone`."""
    return not MORNING <= at.astimezone(zone).time() < EVENING


def next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the night ends in which `at` (aware) falls."""
    there = at.astimezone(zone)
    day = there.date() + timedelta(days=there.time() >= EVENING)
    return datetime.combine(day, MORNING, zone)


def is_quiet(at: datetime, calendar: OfficeCalendar) -> bool:
    """Whether officers are left alone at `at` (aware): at night, on weekends and holidays."""
    there = at.astimezone(calendar.zone)
    return is_night(at, calendar.zone) or calendar.why_closed(there.date()) is not None


def notice_day(at: datetime, calendar: OfficeCalendar) -> date:
    """Return on which day officers read what is written at `at` (aware).

    Today until the evening of a working day, else the next one: quiet hours hold it till then.
    """
    there = at.astimezone(calendar.zone)
    day = there.date() + timedelta(days=there.time() >= EVENING)
    while calendar.why_closed(day) is not None:
        day += timedelta(days=1)
    return day


def summary_due(at: datetime, calendar: OfficeCalendar) -> bool:
    """Whether the morning summary of this day may go out: a working day from 08.00 on."""
    return not is_quiet(at, calendar) and at.astimezone(calendar.zone).time() >= _SUMMARY


def is_first_working_day(at: datetime, calendar: OfficeCalendar) -> bool:
    """Whether no day before `at` (aware) in its week was worked."""
    today = at.astimezone(calendar.zone).date()
    earlier = (today - timedelta(days=back) for back in range(1, today.isoweekday()))
    return all(calendar.why_closed(day) is not None for day in earlier)


def one_working_day_ago(at: datetime, calendar: OfficeCalendar) -> datetime:
    """Return before which instant (aware) a deadline has been missed for one whole working day.

    That day is the last one on which the office has closed: who was due before it began had all
    of it besides.
    """
    there = at.astimezone(calendar.zone)
    day = there.date() if there.time() >= calendar.closes else there.date() - timedelta(days=1)
    while calendar.why_closed(day) is not None:
        day -= timedelta(days=1)
    return datetime.combine(day, time(0), calendar.zone)


def draft_reminder(wrote_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when to remind a citizen of an unsent draft: after 20 hours, and never at night.

    Where that falls into the night it is the morning after, or the evening before where the
    morning might find the reply window closed.

    Args:
        wrote_at: the citizen's last message, aware.
        zone: of the government.
    """
    planned = wrote_at + _DRAFT_AGE
    if not is_night(planned, zone):
        return planned
    morning = next_morning(planned, zone)
    if morning - wrote_at <= _OLDEST:
        return morning
    return datetime.combine(morning.date() - timedelta(days=1), _LAST_CALL, zone)
