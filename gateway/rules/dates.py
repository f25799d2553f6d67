"""Instants and days as citizens and officers read them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip


def local(instant: datetime, timezone: str) -> datetime:
    """Return `instant` on the clock of `timezone` (IANA name)."""
    return instant.astimezone(ZoneInfo(timezone))


def day_and_time(instant: datetime, timezone: str) -> str:
    """Return e.g. ``Kam 26/11 13.40``: short enough for an SMS."""
    there = local(instant, timezone)
    return f"{_DAYS[there.weekday()]} {there.day}/{there.month} {there:%H.%M}"


def short_day(day: date) -> str:
    """Return e.g. ``Kam 26/11``."""
    return f"{_DAYS[day.weekday()]} {day.day}/{day.month}"


def month_words(day: date) -> str:
    """Return e.g. ``November 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """Return e.g. ``26 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
