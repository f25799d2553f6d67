"""From an expression to an instant; what is relative is counted from the message that says it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from normalizer.chronology.expressions import Expression
from normalizer.chronology.walk import Atom, AtomKind
from normalizer.draft import Precision, ResolvedTime

_TOLERANCE_DAYS = {"hour": 0, "minute": 0, "day": 1, "week": 4, "month": 15, "year": 120}
_UNIT_PRECISION = {
    "minute": Precision.MINUTE,
    "hour": Precision.HOUR,
    "day": Precision.DAY,
    "week": Precision.WEEK,
    "month": Precision.MONTH,
    "year": Precision.YEAR,
}
_LAST_WEEK_TOLERANCE = 5
_EDGE_TOLERANCE = 10
# Hours at which a night is still the night of the day before.
_SMALL_HOURS = 5
# What a bare hour means in a part of the day: added when the hour is at most the limit.
_AFTERNOON_LIMIT = {"noon": 5, "afternoon": 7, "evening": 12}


@dataclass(frozen=True, slots=True)
class _Day:
    """A resolved day with its precision."""

    value: date
    precision: Precision
    tolerance_days: int = 0


def resolve(expression: Expression, at: datetime, text: str) -> ResolvedTime | None:
    """Return the time that an expression means, or None when it means none or lies ahead.

    Args:
        expression: pieces of time.
        at: local time of the message that says it.
        text: the expression as written, for the record.
    """
    try:
        day = _day(expression, at)
        moment = None if day is None else _moment(expression, day, at)
    except (ValueError, OverflowError):
        return None
    if day is None or moment is None:
        return None
    value, precision = moment
    if value > at + timedelta(hours=1) and value.date() >= at.date():
        return None if value.date() > at.date() else _day_only(value, text, expression)
    tolerance = day.tolerance_days if precision is day.precision else 0
    return ResolvedTime(value, precision, text, expression.approximate, tolerance)


def _day_only(value: datetime, text: str, expression: Expression) -> ResolvedTime:
    """A clock time later today cannot be: keep the day, drop the hour."""
    midnight = value.replace(hour=0, minute=0)
    return ResolvedTime(midnight, Precision.DAY, text, expression.approximate)


def _day(expression: Expression, at: datetime) -> _Day | None:
    """Choose the piece that fixes the day: the more exact wins."""
    for read in (
        _from_date,
        _from_day,
        _from_weekday,
        _from_relative,
        _from_ago,
        _from_period,
        _from_month,
        _from_year,
        _from_now,
        _from_since_clock,
        _from_since_part,
    ):
        day = read(expression, at)
        if day is not None:
            return day
    return None


def _from_date(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.DATE)
    if atom is None:
        return None
    if atom.year:
        return _Day(date(atom.year, atom.month, atom.number), Precision.DAY)
    value = date(at.year, atom.month, atom.number)
    if value > at.date():
        value = date(at.year - 1, atom.month, atom.number)
    return _Day(value, Precision.DAY)


def _from_day(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.DAY)
    if atom is None:
        return None
    month = expression.first(AtomKind.MONTH)
    if month is not None:
        merged = Atom(AtomKind.DATE, 0, 0, atom.number, month.month, month.year)
        return _from_date(Expression((merged,), 0, 0), at)
    period = expression.first(AtomKind.PERIOD)
    first = at.date().replace(day=1)
    if period is not None and period.unit == "month" and period.number:
        first = _month_before(first)
    return _Day(_latest_day(first, atom.number, at.date()), Precision.DAY)


def _latest_day(first: date, number: int, today: date) -> date:
    """Return the last such day of a month that is not ahead ("tgl 31 kemarin" skips September)."""
    while number > monthrange(first.year, first.month)[1] or first.replace(day=number) > today:
        first = _month_before(first)
    return first.replace(day=number)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _from_weekday(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.WEEKDAY, AtomKind.EVE)
    if atom is None:
        return None
    wanted = (atom.number - 1) % 7 if atom.kind is AtomKind.EVE else atom.number
    back = (at.weekday() - wanted) % 7
    period = expression.first(AtomKind.PERIOD)
    if period is not None and period.unit == "week" and period.number:
        return _Day(_week_start(at) + timedelta(days=wanted - 7), Precision.DAY)
    past = expression.first(AtomKind.PAST) or expression.first(AtomKind.RELATIVE)
    if back == 0 and (past is not None or atom.kind is AtomKind.EVE):
        back = 7
    precision = Precision.PART_OF_DAY if atom.kind is AtomKind.EVE else Precision.DAY
    return _Day(at.date() - timedelta(days=back), precision)


def _week_start(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _from_relative(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.RELATIVE)
    month = expression.first(AtomKind.MONTH, AtomKind.YEAR)
    if atom is None or month is not None:
        return None
    return _Day(at.date() - timedelta(days=atom.number), Precision.DAY)


def _from_ago(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.AGO)
    if atom is None:
        return None
    tolerance = _TOLERANCE_DAYS[atom.unit]
    if atom.unit in ("minute", "hour"):
        hours = atom.number / 60 if atom.unit == "minute" else atom.number
        value = at - timedelta(hours=hours)
        return _Day(value.date(), _UNIT_PRECISION[atom.unit])
    if atom.unit in ("day", "week"):
        days = atom.number * (7 if atom.unit == "week" else 1)
        return _Day(at.date() - timedelta(days=days), _UNIT_PRECISION[atom.unit], tolerance)
    months = atom.number * (12 if atom.unit == "year" else 1)
    return _Day(_months_back(at.date(), months), _UNIT_PRECISION[atom.unit], tolerance)


def _months_back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _from_period(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.PERIOD)
    if atom is None:
        return None
    today = at.date()
    if atom.unit == "week":
        value = today - timedelta(days=7) if atom.number else _week_start(at)
        return _Day(value, Precision.WEEK, _LAST_WEEK_TOLERANCE)
    if atom.unit == "year":
        return _Day(date(today.year - atom.number, 1, 1), Precision.YEAR)
    first = _month_before(today.replace(day=1)) if atom.number else today.replace(day=1)
    return _edge(first, atom.edge, today)


def _edge(first: date, edge: int, today: date) -> _Day:
    """Return a month, or about a week of it for "awal", "pertengahan", "akhir"."""
    if not edge:
        return _Day(first, Precision.MONTH)
    return _Day(min(first.replace(day=edge), today), Precision.WEEK, _EDGE_TOLERANCE)


def _from_month(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.MONTH)
    if atom is None:
        return None
    named_year = expression.first(AtomKind.YEAR)
    year = atom.year or (named_year.year if named_year else 0)
    if not year:
        year = at.year if atom.month <= at.month else at.year - 1
    return _edge(date(year, atom.month, 1), atom.edge, at.date())


def _from_year(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.YEAR)
    if atom is None or atom.year > at.year:
        return None
    return _Day(date(atom.year, 1, 1), Precision.YEAR)


def _from_now(expression: Expression, at: datetime) -> _Day | None:
    atom = expression.first(AtomKind.NOW)
    if atom is None:
        return None
    return _Day(at.date(), Precision.MINUTE if atom.number else Precision.DAY)


def _from_since_clock(expression: Expression, at: datetime) -> _Day | None:
    """A clock time alone is a time only behind "sejak" or "dari": "dari jam 6"."""
    if expression.since and expression.first(AtomKind.CLOCK):
        return _Day(at.date(), Precision.DAY)
    return None


def _from_since_part(expression: Expression, at: datetime) -> _Day | None:
    """A part of the day alone is a time only behind "sejak" or "dari": "dari subuh".

    The last one that has begun is meant: "sejak maghrib", written at noon, is yesterday's.
    """
    atom = expression.first(AtomKind.PART)
    if atom is None or not expression.since:
        return None
    begun = at.hour >= _PART_BEGINS_HOUR[atom.unit]
    return _Day(at.date() if begun else at.date() - timedelta(days=1), Precision.DAY)


def _moment(expression: Expression, day: _Day, at: datetime) -> tuple[datetime, Precision] | None:
    clock = expression.first(AtomKind.CLOCK)
    part = _part(expression)
    if day.precision in (Precision.MINUTE, Precision.HOUR) and clock is None:
        ago = expression.first(AtomKind.AGO)
        return _exact(ago, at), day.precision
    midnight = datetime.combine(day.value, time(0), at.tzinfo)
    if clock is None:
        if not part or day.precision not in (Precision.DAY, Precision.PART_OF_DAY):
            return midnight, day.precision
        return _not_ahead(midnight, part, at), Precision.PART_OF_DAY
    return _at_clock(midnight, clock, part, expression, at)


def _exact(ago: Atom | None, at: datetime) -> datetime:
    if ago is None:
        return at
    return at - timedelta(**{f"{ago.unit}s": ago.number})


def _part(expression: Expression) -> str:
    for atom in expression.atoms:
        if atom.kind in (AtomKind.PART, AtomKind.RELATIVE) and atom.unit:
            return atom.unit
    return "evening" if expression.first(AtomKind.EVE) else ""


_PART_BEGINS_HOUR = {"dawn": 3, "morning": 4, "noon": 10, "afternoon": 14, "evening": 18}


def _not_ahead(midnight: datetime, part: str, at: datetime) -> datetime:
    """Read "tadi sore", written after midnight, as yesterday's afternoon."""
    if midnight.date() == at.date() and at.hour < min(_PART_BEGINS_HOUR[part], 12):
        return midnight - timedelta(days=1)
    return midnight


def _at_clock(
    midnight: datetime, clock: Atom, part: str, expression: Expression, at: datetime
) -> tuple[datetime, Precision]:
    hour = _hour(clock.number, part)
    precision = Precision.HOUR if clock.minute is None else Precision.MINUTE
    value = midnight + timedelta(hours=hour, minutes=clock.minute or 0)
    relative = expression.first(AtomKind.RELATIVE)
    small = part == "evening" and clock.number <= _SMALL_HOURS
    if small and relative is not None and relative.number == 1:
        return value + timedelta(days=1), precision
    if relative is not None and relative.number == 0 and value > at:
        value -= timedelta(days=1)
    return value, precision


def _hour(hour: int, part: str) -> int:
    """Turn an hour of the twelve-hour clock into one of the day: "8 malam" is 20."""
    if part in ("dawn", "morning"):
        return hour % 12 if hour <= 12 else hour
    if part == "evening" and hour <= _SMALL_HOURS:
        return hour
    if part == "evening" and hour == 12:
        return 24
    limit = _AFTERNOON_LIMIT.get(part, 0)
    return hour + 12 if hour <= limit and hour < 12 else hour % 24
