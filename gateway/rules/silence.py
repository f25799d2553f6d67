"""Whether it is unusual that nothing comes in: office hours without a message against the usual.

Pure. Messages per hour are counted over two weeks; a channel is silent when so much office time
has passed since its last message that several would have been expected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# With this many expected and none come, chance is one in four hundred (Poisson, e^-6).
_EXPECTED: Final = 6.0
_SHORTEST_S: Final = 2 * 3600
_DAYS: Final = 14
_FEWEST_DAYS: Final = 5
_LONGEST_LOOK_DAYS: Final = 60


@dataclass(frozen=True)
class OfficeTime:
    """When people usually write: the office's days and hours on its own clock."""

    zone: ZoneInfo
    weekdays: frozenset[int]  # ISO
    opens: time
    closes: time
    holidays: Mapping[date, str] = field(default_factory=dict)

    def spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the office times between two instants (aware), cut at both."""
        day, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        while day <= last:
            if day.isoweekday() in self.weekdays and day not in self.holidays:
                begins = max(since, datetime.combine(day, self.opens, self.zone))
                ends = min(until, datetime.combine(day, self.closes, self.zone))
                if begins < ends:
                    yield begins, ends
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came for `office_s` seconds of office time, where `usual_per_hour` come."""

    since: datetime
    office_s: float
    usual_per_hour: float


def find_silence(
    hours: Mapping[datetime, int], last_at: datetime, office: OfficeTime, now: datetime
) -> Silence | None:
    """Return the silence of a channel, None if it is nothing unusual.

    Args:
        hours: messages by the hour that they came in (aware UTC).
        last_at: when the last message came (aware UTC).
        office: when people usually write.
        now: aware UTC.
    """
    usual = usual_per_hour(hours, office, min(last_at, now))
    if usual is None:
        return None
    begins = max(last_at, now - timedelta(days=_LONGEST_LOOK_DAYS))
    passed_s = sum((end - start).total_seconds() for start, end in office.spans(begins, now))
    if passed_s < _SHORTEST_S or passed_s / 3600 * usual < _EXPECTED:
        return None
    return Silence(last_at, passed_s, usual)


def usual_per_hour(
    hours: Mapping[datetime, int], office: OfficeTime, last_at: datetime
) -> float | None:
    """Return how many messages came in an office hour; None if too few days are known.

    Counted up to the end of the day of the last message (`last_at`, aware UTC): a silence must not
    become the usual.
    """
    if not hours:
        return None
    next_day = last_at.astimezone(office.zone).date() + timedelta(days=1)
    midnight = datetime.combine(next_day, time(0), office.zone)
    since = max(midnight - timedelta(days=_DAYS), min(hours))
    spans = list(office.spans(since, midnight))
    if len(spans) < _FEWEST_DAYS:
        return None
    length_h = sum((end - start).total_seconds() for start, end in spans) / 3600
    came = sum(
        count
        for hour, count in hours.items()
        if any(start <= hour + timedelta(minutes=30) < end for start, end in spans)
    )
    return came / length_h


def read_hours(kept: Mapping[str, int]) -> dict[datetime, int]:
    """Read hours as they are remembered (``2026-11-20T03`` in UTC)."""
    return {
        datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC): count
        for hour, count in kept.items()
    }


def write_hour(hour: datetime) -> str:
    """Write an hour as it is remembered."""
    return hour.astimezone(UTC).strftime("%Y-%m-%dT%H")
