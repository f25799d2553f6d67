"""Nobody is written to at night on our own account, officers not on days without work either."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.clocks import OfficeCalendar
from gateway.rules.quiet_hours import (
    draft_reminder,
    is_first_working_day,
    is_night,
    is_quiet,
    next_morning,
    notice_day,
    one_working_day_ago,
    summary_due,
)

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = OfficeCalendar(zone=WIB, holidays={date(2026, 11, 26): "Libur daerah"})
MOMENTS = st.integers(0, 500 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-11-24 05:59", True),
        ("2026-11-24 06:00", False),
        ("2026-11-24 19:59", False),
        ("2026-11-24 20:00", True),
        ("2026-11-26 10:00", True),  # a holiday
        ("2026-11-28 10:00", True),  # a Saturday
    ],
)
def test_officers_are_left_alone_at_night_and_on_days_without_work(moment, quiet):
    assert is_quiet(at(moment), CALENDAR) is quiet


@pytest.mark.parametrize(
    ("moment", "cutoff"),
    [
        ("2026-11-25 08:00", "2026-11-24 00:00"),
        ("2026-11-25 16:00", "2026-11-25 00:00"),
        ("2026-11-27 08:00", "2026-11-25 00:00"),  # Thursday was a holiday
        ("2026-11-30 08:00", "2026-11-27 00:00"),  # Monday looks back over the weekend
    ],
)
def test_a_whole_working_day_lies_behind_what_is_told_to_the_leadership(moment, cutoff):
    assert one_working_day_ago(at(moment), CALENDAR) == at(cutoff)


def test_the_morning_summary_leaves_at_eight_on_working_days_only():
    assert not summary_due(at("2026-11-24 07:59"), CALENDAR)
    assert summary_due(at("2026-11-24 08:00"), CALENDAR)
    assert not summary_due(at("2026-11-26 08:00"), CALENDAR)
    assert not summary_due(at("2026-11-24 20:00"), CALENDAR)


def test_the_weekly_list_leaves_on_the_first_day_that_is_worked():
    closed_monday = OfficeCalendar(zone=WIB, holidays={date(2026, 11, 23): "Libur"})

    assert is_first_working_day(at("2026-11-23 08:00"), CALENDAR)
    assert not is_first_working_day(at("2026-11-24 08:00"), CALENDAR)
    assert is_first_working_day(at("2026-11-24 08:00"), closed_monday)


@given(wrote_at=MOMENTS)
def test_a_draft_is_remembered_within_its_window_and_never_at_night(wrote_at):
    reminded_at = draft_reminder(wrote_at, WIB)

    assert not is_night(reminded_at, WIB)
    assert timedelta(hours=9) < reminded_at - wrote_at < timedelta(hours=24)


@given(moment=MOMENTS)
def test_the_morning_after_a_night_is_the_next_one(moment):
    morning = next_morning(moment, WIB)

    assert not is_night(morning, WIB)
    if is_night(moment, WIB):
        assert timedelta(0) < morning - moment <= timedelta(hours=10)
        assert morning.astimezone(WIB).time() == time(6, 0)


@given(
    moment=MOMENTS,
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2027, 8, 1)), max_size=20),
)
def test_what_is_a_working_day_late_was_due_before_a_day_that_was_worked(moment, holidays):
    calendar = OfficeCalendar(zone=WIB, holidays=dict.fromkeys(holidays, "libur"))

    cutoff = one_working_day_ago(moment, calendar)

    worked = cutoff.astimezone(WIB).date()
    assert calendar.why_closed(worked) is None
    assert datetime.combine(worked, calendar.closes, WIB) <= moment


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24 05:00", "2026-11-24"),
        ("2026-11-24 19:59", "2026-11-24"),
        ("2026-11-25 20:00", "2026-11-27"),  # the evening before a holiday
        ("2026-11-28 10:00", "2026-11-30"),  # a Saturday
    ],
)
def test_a_notice_is_of_the_day_on_which_it_is_read(moment, day):
    assert notice_day(at(moment), CALENDAR).isoformat() == day
