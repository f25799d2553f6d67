"""The deadlines K1 to K6: when they fall due, why, and in which words.

K1 disposisi, K2 first response, K3 draft, K4 correction, K5 resolution, K6 the citizen's reply
(product page 2.0.3, decision 19). Working days end when the office closes; hours and calendar
days end at the same time of day as they began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.rules.clock_reasons import added, first_due, length_words
from gateway.runtime import Runtime
from store import complaints
from store.models.complaint import Clock, Complaint

_LONGEST_LOOK_DAYS = 120
_LOOK_BACK_DAYS = 30
NEAR, LATE = "near", "late"  # the alarms of a clock, in their order


class Unit(StrEnum):
    """What a deadline is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a clock runs."""

    amount: int
    unit: Unit

    @property
    def words(self) -> str:
        """E.g. ``5 hari kerja``."""
        names = {Unit.WORKING_DAYS: "hari kerja", Unit.CALENDAR_DAYS: "hari", Unit.HOURS: "jam"}
        return f"{self.amount} {names[self.unit]}"


_COMMON = {
    "K2": Rule(48, Unit.HOURS),
    "K4": Rule(1, Unit.WORKING_DAYS),
    "K5": Rule(14, Unit.CALENDAR_DAYS),
    "K6": Rule(10, Unit.WORKING_DAYS),
}
PRESETS: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "sop": {"K1": Rule(2, Unit.WORKING_DAYS), "K3": Rule(3, Unit.WORKING_DAYS), **_COMMON},
        "sp4n": {"K1": Rule(2, Unit.WORKING_DAYS), "K3": Rule(5, Unit.WORKING_DAYS), **_COMMON},
        "besadu": {"K1": Rule(1, Unit.WORKING_DAYS), "K3": Rule(5, Unit.WORKING_DAYS), **_COMMON},
    }
)
_INFORMATION_REQUEST = Rule(5, Unit.WORKING_DAYS)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "K1": "Disposisi",
        "K2": "Respons",
        "K3": "Draf",
        "K4": "Koreksi",
        "K5": "Penyelesaian",
        "K6": "Tanggapan warga",
    }
)


@dataclass(frozen=True)
class OfficeCalendar:
    """Working time of one government: zone, ISO weekdays, closing time, holidays by day."""

    zone: ZoneInfo
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    closes: time = time(16, 0)
    holidays: Mapping[date, str] = field(default_factory=dict)

    def why_closed(self, day: date) -> str | None:
        """Return why nobody works on `day`, or None on a working day."""
        if day in self.holidays:
            return self.holidays[day]
        return None if day.isoweekday() in self.weekdays else "akhir pekan"


@dataclass(frozen=True)
class Deadline:
    """An instant (aware UTC) and the days that led to it, ready to be stored as JSON."""

    due_at: datetime
    explanation: dict[str, Any]


def due_after(start: datetime, rule: Rule, calendar: OfficeCalendar) -> Deadline:
    """Return when a clock that starts at `start` (aware) falls due under `rule`, and why."""
    explanation: dict[str, Any] = {"rule": rule.words, "start": start.isoformat(), "days": []}
    if rule.unit is Unit.HOURS:
        return Deadline(start + timedelta(hours=rule.amount), explanation)
    there = start.astimezone(calendar.zone)
    if rule.unit is Unit.CALENDAR_DAYS:
        due = (there + timedelta(days=rule.amount)).astimezone(UTC)
        return Deadline(due, explanation)
    day, counted = there.date(), 0
    while counted < rule.amount:
        day += timedelta(days=1)
        closed = calendar.why_closed(day)
        counted += closed is None
        entry = {"day": day.isoformat(), "counted": closed is None, "why": closed}
        explanation["days"].append(entry)
    due = datetime.combine(day, calendar.closes, calendar.zone)
    return Deadline(due.astimezone(UTC), explanation)


def rule_for(runtime: Runtime, complaint: Complaint, kind: str) -> Rule:
    """Return the rule of this clock for this complaint: of its kind, category or for all."""
    if kind == "K3" and complaint.kind == "information_request":
        return _INFORMATION_REQUEST
    if kind == "K5" and (days := _category_days(runtime, complaint.category_code)):
        return Rule(days, Unit.CALENDAR_DAYS)
    return rules(runtime)[kind]


def rules(runtime: Runtime) -> dict[str, Rule]:
    """Return the rules K1 to K6: those of the government's preset, then its own."""
    own = (runtime.facts or {}).get("clocks", {}).get("own", {})
    chosen = {kind: Rule(one["amount"], Unit(one["unit"])) for kind, one in own.items()}
    return {**PRESETS[runtime.profile.clock_preset], **chosen}


def _category_days(runtime: Runtime, code: str | None) -> int | None:
    rows = (runtime.facts or {}).get("category", ())
    return next((row.get("days") for row in rows if row["code"] == code), None)


def office_calendar(runtime: Runtime, session: Session) -> OfficeCalendar:
    """Return the government's calendar with the holidays of the last and the next months."""
    zone = ZoneInfo(runtime.profile.timezone)
    hours = (runtime.facts or {}).get("hours", {})
    today = runtime.now().astimezone(zone).date()
    return OfficeCalendar(
        zone=zone,
        weekdays=frozenset(hours.get("days", (1, 2, 3, 4, 5))),
        closes=time.fromisoformat(hours.get("closes", "16:00")),
        holidays=complaints.holidays_from(
            session, today - timedelta(days=_LOOK_BACK_DAYS), _LONGEST_LOOK_DAYS
        ),
    )


def start(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    kind: str,
    *,
    due_on: date | None = None,
) -> Clock:
    """Start a clock now and return its row; one of this kind that still runs is stopped first.

    Args:
        runtime: gives the time, the zone and the preset.
        session: the caller's transaction.
        complaint: a flushed complaint.
        kind: K1 to K6.
        due_on: a day chosen by an officer instead of the rule; it ends when the office closes.
    """
    now = runtime.now()
    stop(session, complaint, kind, now)
    calendar = office_calendar(runtime, session)
    deadline = due_after(now, rule_for(runtime, complaint, kind), calendar)
    if due_on is not None:
        due_at = datetime.combine(due_on, calendar.closes, calendar.zone).astimezone(UTC)
        deadline = Deadline(
            due_at, {"rule": "ditentukan petugas", "start": now.isoformat(), "days": []}
        )
    clock = Clock(
        complaint_id=complaint.id,
        kind=kind,
        started_at=now,
        due_at=deadline.due_at,
        explanation=first_due(deadline.explanation, deadline.due_at.astimezone(calendar.zone)),
        alarm=LATE if kind == "K6" else NEAR,
    )
    _set_alarm(clock)
    session.add(clock)
    session.flush()
    return clock


def stop(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Stop the clock of this kind if it runs."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is not None:
        _stop(clock, at)


def stop_all(session: Session, complaint: Complaint, at: datetime) -> None:
    """Stop every clock of the complaint."""
    for clock in complaints.running_clocks(session, complaint.id):
        _stop(clock, at)


def _stop(clock: Clock, at: datetime) -> None:
    run_on(clock, at)
    clock.stopped_at = at


def pause(
    session: Session, complaint: Complaint, kind: str, at: datetime, *, until: datetime
) -> None:
    """Let a running clock stand still while the citizen is asked something, at most `until`."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is not None and clock.paused_at is None:
        clock.paused_at, clock.paused_until = at, until


def resume(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Let a paused clock run on, if one of this kind stands still."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is not None:
        run_on(clock, at)


def run_on(clock: Clock, at: datetime) -> None:
    """Let this clock run on if it is paused; the time it stood still is added to its deadline.

    A pause ends at its `paused_until` even where nobody noticed until `at`.
    """
    if clock.paused_at is None:
        return
    ended_at = min(at, clock.paused_until or at)
    length = max(ended_at - clock.paused_at, timedelta(0))
    clock.explanation = added(clock.explanation, "pauses", clock.paused_at, length)
    clock.due_at += length
    clock.paused_at = clock.paused_until = None
    _set_alarm(clock)


def reopen(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Let the newest clock of this kind run on; the time it was stopped is added."""
    clock = complaints.last_clock(session, complaint.id, kind)
    if clock is not None:
        _run_again(clock, at)


def _run_again(clock: Clock, at: datetime) -> None:
    if clock.stopped_at is None:
        return
    length = at - clock.stopped_at
    clock.explanation = added(clock.explanation, "stops", clock.stopped_at, length)
    clock.due_at += length
    clock.stopped_at = None
    _set_alarm(clock)


def _set_alarm(clock: Clock) -> None:
    """Say when the clock's next alarm is due; one that was given is not given again."""
    if clock.alarm == NEAR:
        clock.alarm_at = clock.due_at - (clock.due_at - clock.started_at) / 4
    else:
        clock.alarm_at = clock.due_at if clock.alarm == LATE else None


def next_alarm(clock: Clock) -> None:
    """Note that the alarm of a clock was given: after ``near`` comes ``late``, then none."""
    clock.alarm = LATE if clock.alarm == NEAR else None
    _set_alarm(clock)


@dataclass(frozen=True, slots=True)
class Chip:
    """A clock as it is shown: words, and a tone that also chooses the drawing."""

    words: str
    tone: str  # calm, near, late, met, paused
    icon: str
    name: str = ""


def chip(clock: Clock, now: datetime) -> Chip:
    """Return the words for a clock at `now` (aware)."""
    name = f"{clock.kind} {NAMES[clock.kind]}"
    if clock.stopped_at is not None:
        return _stopped_chip(clock, name)
    if clock.paused_at is not None:
        return Chip("Jeda: menunggu warga", "paused", "pause", name)
    left = clock.due_at - now
    if left < timedelta(0):
        return Chip(f"Lewat {length_words(-left)}", "late", "clock-late", name)
    near = left * 4 <= clock.due_at - clock.started_at
    return Chip(f"Sisa {length_words(left)}", "near" if near else "calm", "clock", name)


def _stopped_chip(clock: Clock, name: str) -> Chip:
    over = (clock.stopped_at or clock.due_at) - clock.due_at
    if over > timedelta(0):
        return Chip(f"Terlambat {length_words(over)}", "late", "clock-late", name)
    return Chip("Tepat waktu", "met", "check", name)
