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

from gateway.dates import short_day
from gateway.runtime import Runtime
from store import complaints
from store.models.complaint import Clock, Complaint

_LONGEST_LOOK_DAYS = 120
_LONGEST_PAUSE = timedelta(days=7)  # five working days and a weekend


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
    """Return the government's calendar with the holidays of the next months."""
    zone = ZoneInfo(runtime.profile.timezone)
    hours = (runtime.facts or {}).get("hours", {})
    today = runtime.now().astimezone(zone).date()
    return OfficeCalendar(
        zone=zone,
        weekdays=frozenset(hours.get("days", (1, 2, 3, 4, 5))),
        closes=time.fromisoformat(hours.get("closes", "16:00")),
        holidays=complaints.holidays_from(session, today, _LONGEST_LOOK_DAYS),
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
        explanation=deadline.explanation,
    )
    session.add(clock)
    session.flush()
    return clock


def stop(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Stop the clock of this kind if it runs."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is not None:
        clock.stopped_at = at


def stop_all(session: Session, complaint: Complaint, at: datetime) -> None:
    """Stop every clock of the complaint."""
    for clock in complaints.running_clocks(session, complaint.id):
        clock.stopped_at = at


def pause(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Let a running clock stand still while the citizen is asked something."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is not None and clock.paused_at is None:
        clock.paused_at = at


def resume(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Let a paused clock run on; the time it stood still, at most five working days, is added."""
    clock = complaints.running_clock(session, complaint.id, kind)
    if clock is None or clock.paused_at is None:
        return
    pause_length = min(at - clock.paused_at, _LONGEST_PAUSE)
    clock.explanation = _with_pause(clock.explanation, clock.paused_at, pause_length)
    clock.due_at += pause_length
    clock.paused_at = None


def _with_pause(explanation: Any, since: datetime, length: timedelta) -> dict[str, Any]:
    entry = {"from": since.isoformat(), "seconds": int(length.total_seconds())}
    kept = dict(explanation or {})
    return {**kept, "pauses": [*kept.get("pauses", ()), entry]}


def reopen(session: Session, complaint: Complaint, kind: str, at: datetime) -> None:
    """Let the newest clock of this kind run on; the time it was stopped is added."""
    clock = complaints.last_clock(session, complaint.id, kind)
    if clock is None or clock.stopped_at is None:
        return
    clock.due_at += at - clock.stopped_at
    clock.stopped_at = None


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


def length_words(length: timedelta) -> str:
    """Return e.g. ``1 hr 4 jam``, ``6 jam`` or ``40 mnt``."""
    minutes = int(length.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} hr {hours} jam" if hours else f"{days} hr"
    if hours:
        return (
            f"{hours} jam" if hours >= 10 or not minutes % 60 else f"{hours} jam {minutes % 60} mnt"
        )
    return f"{minutes} mnt"


def explain(explanation: Mapping[str, Any] | None) -> list[str]:
    """Return "Kenapa batas ini?" as sentences, from what `start` stored."""
    known = explanation or {}
    lines = [f"Aturan: {known.get('rule', '-')}."]
    for entry in known.get("days", ()):
        day = short_day(date.fromisoformat(entry["day"]))
        lines.append(f"{day}: {'dihitung' if entry['counted'] else 'dilewati, ' + entry['why']}.")
    for entry in known.get("pauses", ()):
        hours = entry["seconds"] // 3600
        lines.append(f"Jeda menunggu warga: {hours} jam ditambahkan.")
    return lines
