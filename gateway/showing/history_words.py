"""What an entry of the history changed, as it is read: the field, what stood there, what stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.rules.dates import day_and_time
from gateway.rules.statuses import STATUS_LABELS
from gateway.runtime import Runtime
from store.models.history import HistoryValue

_LABELS = {
    "status": "Status",
    "pd_code": "Penanggung jawab",
    "category_code": "Kategori",
    "kind": "Jenis",
    "privacy": "Tampilan",
    "priority": "Prioritas",
    "emergency": "Tanda darurat",
    "desa": "Desa",
    "kecamatan": "Kecamatan",
    "event_at": "Waktu kejadian",
    "resume_on": "Tanggal lanjut",
    "conflict_pd": "Konflik kepentingan",
    "dispute": "Bantahan",
    "title": "Judul publik",
    "public_text": "Isi publik",
}
# What a PD does not learn: who is in conflict with it, and what the citizen said of the record.
_NOT_FOR_PD = {"conflict_pd", "dispute", "emergency"}
_CODES: Mapping[str, Mapping[Any, str]] = {
    "emergency": {True: "ya", False: "tidak"},
    "status": {code.value: words for code, words in STATUS_LABELS.items()},
    "kind": {
        "complaint": "Aduan",
        "aspiration": "Aspirasi",
        "information_request": "Permintaan informasi",
        "emergency": "Darurat",
        "spam": "Spam",
        "greeting": "Sapaan",
    },
    "privacy": {"anonymous": "Anonim", "secret": "Rahasia", "named": "Dengan nama"},
    "priority": {"urgent": "Mendesak", "normal": "Biasa", "low": "Rendah"},
    "dispute": {"wrong": "Isi tidak benar", "not_me": "Bukan saya"},
}
NOTHING = "kosong"
ERASED = "sudah dihapus"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One field with both values in words."""

    label: str
    old: str
    new: str


def change_views(
    runtime: Runtime,
    data: Mapping[str, Any],
    texts: Sequence[HistoryValue],
    *,
    for_pd: bool,
) -> list[ChangeView]:
    """Return the changes of one entry that this reader may see, the status first.

    A PD sees no text: what stood there before may hold what was taken out for its sake.
    """
    codes: Mapping[str, Sequence[Any]] = data.get("changes", {})
    known = {name: codes[name] for name in _LABELS if name in codes}
    views = [
        ChangeView(_LABELS[name], _words(runtime, name, old), _words(runtime, name, new))
        for name, (old, new) in known.items()
        if not (for_pd and name in _NOT_FOR_PD)
    ]
    for value in () if for_pd else texts:
        gone = value.erased_at is not None
        old, new = (ERASED, ERASED) if gone else (value.old or NOTHING, value.new or NOTHING)
        views.append(ChangeView(_LABELS.get(value.field, value.field), old, new))
    return views


def assignees(data: Mapping[str, Any]) -> list[int]:
    """Return the ids of the people between whom an entry moved the case; nobody's is left out."""
    return [number for number in data.get("assignee", ()) if number is not None]


def assignment_views(data: Mapping[str, Any], names: Mapping[int, str]) -> list[ChangeView]:
    """Return who had the case before an entry and who has it behind it."""
    if "assignee" not in data:
        return []
    old, new = (names.get(number, NOTHING) for number in data["assignee"])
    return [ChangeView("Petugas", old, new)]


def _words(runtime: Runtime, name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    reader = _READERS.get(name)
    return reader(runtime, str(value)) if reader else _CODES.get(name, {}).get(value, str(value))


def _agency(runtime: Runtime, code: str) -> str:
    return _name_of(runtime.tenant.agencies, code)


def _category(runtime: Runtime, code: str) -> str:
    return _name_of(runtime.tenant.categories, code)


def _instant(runtime: Runtime, iso: str) -> str:
    return day_and_time(datetime.fromisoformat(iso), runtime.profile.timezone)


def _day(_runtime: Runtime, iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


_READERS: Mapping[str, Callable[[Runtime, str], str]] = {
    "pd_code": _agency,
    "conflict_pd": _agency,
    "category_code": _category,
    "event_at": _instant,
    "resume_on": _day,
}


def _name_of(items: Sequence[Any], code: str) -> str:
    return next((str(item.name) for item in items if item.code == code), code)
