"""What the list of cases is asked for, as it stands in an address: no personal data.

Unknown values are dropped, so that an old bookmark still opens. Nine digits and more are never
taken as words: numbers of people are looked for by POST alone (decision 5).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from channels.message import ChannelName
from gateway.rules.dates import local, long_day
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import PRIORITY_WORDS, STATUS_LABELS
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.settings.setting_labels import names
from gateway.showing.showing import KIND_WORDS
from store.listing import RUNNING, CaseFilter
from store.models.complaint import ComplaintStatus, Priority

LONGEST_WORDS = 100
_IDENTITY_DIGITS = 9
_DIGITS = re.compile(r"\d")

RUNNING_STATUS = "berjalan"
STATUSES = {
    RUNNING_STATUS: "Masih berjalan",
    **{status.value: label for status, label in STATUS_LABELS.items()},
}
PUT_AWAY = {"arsip": "Bukan aduan", "dicabut": "Dicabut warga"}
PERIODS = {
    "hari-ini": "Masuk hari ini",
    "7-hari": "Masuk 7 hari terakhir",
    "30-hari": "Masuk 30 hari terakhir",
    "bulan-ini": "Masuk bulan ini",
    "tahun-ini": "Masuk tahun ini",
}
ORDERS = {"terbaru": "Terbaru", "batas": "Batas terdekat", "cocok": "Paling cocok"}
_STORED = {"arsip": "archived", "dicabut": "withdrawn"}
_DAYS = {"7-hari": 6, "30-hari": 29}


@dataclass(frozen=True, slots=True)
class Criteria:
    """One filter, in the words of the address. Field names are those of the form."""

    status: str = ""
    pd: str = ""
    category: str = ""
    kecamatan: str = ""
    desa: str = ""
    channel: str = ""
    kind: str = ""
    priority: str = ""
    period: str = ""
    since: str = ""
    until: str = ""
    late: str = ""
    photo: str = ""
    shelf: str = ""
    label: str = ""
    words: str = ""
    order: str = ""

    def address(self) -> str:
        """Return what stands behind the question mark of the list's address."""
        return urlencode(self.query())

    def query(self, **changes: str) -> dict[str, str]:
        """Return the fields of the address, without the empty ones; `changes` replace some."""
        fields = asdict(replace(self, **changes))
        return {_NAMES[name]: value for name, value in fields.items() if value}


_NAMES = {
    "status": "status",
    "pd": "pd",
    "category": "kategori",
    "kecamatan": "kecamatan",
    "desa": "desa",
    "channel": "kanal",
    "kind": "jenis",
    "priority": "prioritas",
    "period": "waktu",
    "since": "mulai",
    "until": "sampai",
    "late": "lewat",
    "photo": "foto",
    "shelf": "keadaan",
    "label": "label",
    "words": "kata",
    "order": "urut",
}
_ALWAYS_SHOWN = {"order"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter in force: its words, and the address without it."""

    words: str
    without: Mapping[str, str]


def choices(runtime: Runtime) -> dict[str, dict[str, str]]:
    """Return what each field may be, code to words; fields that are not here are free."""
    tenant = runtime.tenant
    desa = sorted({item.name for item in tenant.desa})
    return {
        "status": STATUSES,
        "pd": {item.code: item.name for item in tenant.agencies},
        "category": {item.code: item.name for item in tenant.categories},
        "kecamatan": {name: name for name in tenant.kecamatan},
        "desa": {name: name for name in desa},
        "channel": {name.value: words for name, words in CHANNEL_WORDS.items()},
        "kind": KIND_WORDS,
        "priority": PRIORITY_WORDS,
        "period": PERIODS,
        "shelf": PUT_AWAY,
        "label": names(runtime),
        "order": ORDERS,
        "late": {"ya": "Lewat batas"},
        "photo": {"ya": "Ada foto"},
    }


def read_criteria(runtime: Runtime, fields: Mapping[str, str]) -> Criteria:
    """Read a filter from an address or a form; what it does not know is left out."""
    known = choices(runtime)
    values = {name: fields.get(shown, "").strip() for name, shown in _NAMES.items()}
    for name, options in known.items():
        if values[name] not in options:
            values[name] = ""
    for name in ("since", "until"):
        values[name] = _iso_day(values[name])
    values["words"] = clean_words(values["words"])
    return Criteria(**values)


def clean_words(typed: str) -> str:
    """Return search words as they may stand in an address; numbers of people may not."""
    words = " ".join(typed.replace("\0", " ").split())[:LONGEST_WORDS]
    return "" if holds_identity(words) else words


def holds_identity(typed: str) -> bool:
    """Whether so many digits stand here that it may be a phone number or a NIK."""
    return len(_DIGITS.findall(typed)) >= _IDENTITY_DIGITS


def asked_by(staff: Staff, asked: Criteria) -> Criteria:
    """Return what this person may ask: labels are Diskominfo's own."""
    return asked if staff.may(Permission.OPEN_INBOX) else replace(asked, label="")


def case_filter(runtime: Runtime, asked: Criteria) -> CaseFilter:
    """Return what a filter means now."""
    since, until = _bounds(runtime, asked)
    statuses: Sequence[ComplaintStatus] = RUNNING if asked.status == RUNNING_STATUS else ()
    if asked.status and not statuses:
        statuses = (ComplaintStatus(asked.status),)
    return CaseFilter(
        statuses=statuses,
        pd_code=asked.pd,
        category_code=asked.category,
        kecamatan=asked.kecamatan,
        desa=asked.desa,
        channel=ChannelName(asked.channel) if asked.channel else None,
        kind=asked.kind,
        priority=Priority(asked.priority) if asked.priority else None,
        since=since,
        until=until,
        late_at=runtime.now() if asked.late else None,
        with_photo=bool(asked.photo),
        put_away=_STORED.get(asked.shelf, ""),
        label=asked.label,
    )


def asked_words(runtime: Runtime, asked: Criteria) -> list[Asked]:
    """Return the filters in force as chips, each with the address that drops it."""
    known = choices(runtime)
    chips = []
    for name, value in asdict(asked).items():
        if not value or name in _ALWAYS_SHOWN:
            continue
        words = known.get(name, {}).get(value) or _free_words(name, value)
        chips.append(Asked(words, asked.query(**{name: ""})))
    return chips


def _free_words(name: str, value: str) -> str:
    if name == "words":
        return f"“{value}”"
    before = "Masuk mulai" if name == "since" else "Masuk sampai"
    return f"{before} {long_day(date.fromisoformat(value))}"


def _bounds(runtime: Runtime, asked: Criteria) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when (excluded) cases arrived; days end at midnight there."""
    today = local(runtime.now(), runtime.profile.timezone).date()
    first = _first_day(asked.period, today)
    if asked.since:
        chosen = date.fromisoformat(asked.since)
        first = max(first, chosen) if first else chosen
    last = date.fromisoformat(asked.until) if asked.until else None
    zone = ZoneInfo(runtime.profile.timezone)
    since = datetime.combine(first, time(), zone).astimezone(UTC) if first else None
    until = None
    if last is not None and last < date.max:
        until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return since, until


def _first_day(period: str, today: date) -> date | None:
    fixed: dict[str, date] = {
        "hari-ini": today,
        "bulan-ini": today.replace(day=1),
        "tahun-ini": today.replace(month=1, day=1),
    }
    if period in _DAYS:
        return today - timedelta(days=_DAYS[period])
    return fixed.get(period)


def _iso_day(value: Any) -> str:
    """Return a day as ISO, or nothing; only years that the calendar of the database knows too."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return ""
    return day.isoformat() if 1970 <= day.year <= 9000 else ""
