from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules import clocks
from gateway.rules.clock_reasons import explain, first_due, summed
from gateway.rules.clocks import PRESETS, OfficeCalendar, Rule, Unit, chip, due_after
from store.models.complaint import Clock

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = OfficeCalendar(zone=WIB, holidays={date(2026, 11, 26): "Libur daerah"})
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 13, 40, tzinfo=WIB)


def local_words(instant: datetime) -> str:
    return f"{instant.astimezone(WIB):%a %d/%m %H.%M}"


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (Rule(5, Unit.WORKING_DAYS), "Wed 02/12 16.00"),
        (Rule(1, Unit.WORKING_DAYS), "Wed 25/11 16.00"),
        (Rule(2, Unit.WORKING_DAYS), "Fri 27/11 16.00"),
        (Rule(48, Unit.HOURS), "Thu 26/11 13.40"),
        (Rule(14, Unit.CALENDAR_DAYS), "Tue 08/12 13.40"),
    ],
)
def test_a_deadline_skips_weekends_and_holidays_only_where_working_days_count(rule, due):
    deadline = due_after(TUESDAY, rule, CALENDAR)

    assert local_words(deadline.due_at) == due


def test_a_deadline_names_the_days_that_it_skipped():
    deadline = due_after(TUESDAY, Rule(3, Unit.WORKING_DAYS), CALENDAR)

    assert explain(deadline.explanation) == [
        "Aturan: 3 hari kerja.",
        "Rab 25/11: dihitung.",
        "Kam 26/11: dilewati, Libur daerah.",
        "Jum 27/11: dihitung.",
        "Sab 28/11: dilewati, akhir pekan.",
        "Min 29/11: dilewati, akhir pekan.",
        "Sen 30/11: dihitung.",
    ]


def test_a_clock_in_eastern_indonesia_ends_when_its_own_office_closes():
    calendar = OfficeCalendar(zone=ZoneInfo("Asia/Jayapura"))

    deadline = due_after(TUESDAY, Rule(1, Unit.WORKING_DAYS), calendar)

    assert deadline.due_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@given(
    start=st.integers(0, 500 * 24 * 60).map(lambda m: NEW_YEAR + timedelta(minutes=m)),
    days=st.integers(1, 20),
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2027, 8, 1)), max_size=20),
)
def test_exactly_the_counted_days_stand_in_the_explanation(start, days, holidays):
    calendar = OfficeCalendar(zone=WIB, holidays=dict.fromkeys(holidays, "libur"))

    deadline = due_after(start, Rule(days, Unit.WORKING_DAYS), calendar)

    listed = deadline.explanation["days"]
    assert sum(entry["counted"] for entry in listed) == days
    last = date.fromisoformat(listed[-1]["day"])
    assert deadline.due_at.astimezone(WIB).date() == last
    assert last.isoweekday() <= 5
    assert last not in holidays


@pytest.mark.parametrize(
    ("preset", "kind", "words"),
    [
        ("sop", "K1", "2 hari kerja"),
        ("sop", "K2", "48 jam"),
        ("sop", "K3", "3 hari kerja"),
        ("sp4n", "K3", "5 hari kerja"),
        ("besadu", "K1", "1 hari kerja"),
        ("besadu", "K3", "5 hari kerja"),
    ],
)
def test_each_government_keeps_its_own_rules(preset, kind, words):
    assert PRESETS[preset][kind].words == words


def a_clock(**columns: object) -> Clock:
    start = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    return Clock(
        **{
            "kind": "K1",
            "started_at": start,
            "due_at": start + timedelta(hours=48),
            **columns,
        }
    )


@pytest.mark.parametrize(
    ("hours_later", "words", "tone"),
    [
        (20, "Sisa 1 hr 4 jam", "calm"),
        (42, "Sisa 6 jam", "near"),
        (47.34, "Sisa 39 mnt", "near"),
        (54, "Lewat 6 jam", "late"),
        (72, "Lewat 1 hr", "late"),
    ],
)
def test_a_running_clock_says_what_is_left(hours_later, words, tone):
    clock = a_clock()

    shown = chip(clock, clock.started_at + timedelta(hours=hours_later))

    assert (shown.words, shown.tone, shown.name) == (words, tone, "K1 Disposisi")


def test_a_paused_clock_says_for_whom_it_waits():
    clock = a_clock(paused_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC))

    shown = chip(clock, datetime(2026, 12, 24, tzinfo=UTC))

    assert (shown.words, shown.tone) == ("Jeda: menunggu warga", "paused")


def test_a_stopped_clock_says_whether_it_was_in_time():
    in_time = a_clock(stopped_at=datetime(2026, 11, 25, tzinfo=UTC))
    late = a_clock(stopped_at=datetime(2026, 11, 27, tzinfo=UTC))

    now = datetime(2026, 12, 24, tzinfo=UTC)

    assert chip(in_time, now).words == "Tepat waktu"
    assert chip(late, now).words == "Terlambat 1 hr"


def test_every_kind_of_clock_has_a_name():
    assert set(clocks.NAMES) == {"K1", *PRESETS["sop"]}


STEPS = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "stop", "reopen"]), st.integers(0, 9000)),
    max_size=12,
)


@given(start=st.integers(0, 500 * 24 * 60), days=st.integers(1, 10), steps=STEPS)
def test_first_deadline_pauses_and_returns_sum_to_the_stored_deadline(start, days, steps):
    began = NEW_YEAR + timedelta(minutes=start)
    deadline = due_after(began, Rule(days, Unit.WORKING_DAYS), CALENDAR)
    told = first_due(deadline.explanation, deadline.due_at.astimezone(WIB))
    clock = a_clock(started_at=began, due_at=deadline.due_at, explanation=told, alarm="near")
    now = began
    for step, minutes in steps:
        now += timedelta(minutes=minutes)
        if step == "pause" and clock.stopped_at is None and clock.paused_at is None:
            clock.paused_at, clock.paused_until = now, now + timedelta(days=5)
        elif step == "resume":
            clocks.run_on(clock, now)
        elif step == "stop" and clock.stopped_at is None:
            clocks._stop(clock, now)
        elif step == "reopen":
            clocks._run_again(clock, now)

    assert summed(clock.explanation) == clock.due_at
    assert clock.due_at >= deadline.due_at
    assert len(explain(clock.explanation)) >= 1 + len(clock.explanation["days"])


def test_pauses_and_returns_are_told_with_the_deadline_that_they_make():
    deadline = due_after(TUESDAY, Rule(1, Unit.WORKING_DAYS), CALENDAR)
    clock = a_clock(
        due_at=deadline.due_at,
        explanation=first_due(deadline.explanation, deadline.due_at.astimezone(WIB)),
        paused_at=TUESDAY,
        paused_until=TUESDAY + timedelta(days=1),
    )
    clocks._stop(clock, TUESDAY + timedelta(hours=30))
    clocks._run_again(clock, TUESDAY + timedelta(hours=32, minutes=30))

    assert explain(clock.explanation)[2:] == [
        "Jeda menunggu warga: 1 hr ditambahkan.",
        "Berhenti sampai dilanjutkan: 2 jam 30 mnt ditambahkan.",
        "Batas menjadi Kam 26/11 18.30.",
    ]


def test_a_deadline_that_moves_takes_its_alarm_along_and_gives_it_once():
    clock = a_clock(alarm="near")
    clocks._set_alarm(clock)
    assert clock.alarm_at == clock.started_at + timedelta(hours=36)

    clock.paused_at = clock.started_at + timedelta(hours=10)
    clocks.run_on(clock, clock.started_at + timedelta(hours=18))
    assert clock.alarm_at == clock.started_at + timedelta(hours=42)

    clocks.next_alarm(clock)
    assert (clock.alarm, clock.alarm_at) == ("late", clock.due_at)
    clocks.next_alarm(clock)
    clocks._set_alarm(clock)
    assert (clock.alarm, clock.alarm_at) == (None, None)
