"""Settings in words: names of areas and fields, and what a change changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.rules.clocks import NAMES, Rule, Unit
from gateway.rules.dates import day_and_time, long_day
from gateway.rules.macro_steps import STEPS, Acts, Step
from gateway.rules.people import ROLE_WORDS, Position, Role, position_words
from gateway.rules.statuses import PRIORITY_WORDS, STATUS_LABELS
from gateway.settings.setting_checks import LOCATIONS
from store.models.complaint import ComplaintStatus
from store.setting_changes import ChangeRow

TITLES: Final[Mapping[str, str]] = {
    "identity": "Identitas",
    "emergency": "Nomor darurat",
    "hours": "Jam kerja",
    "channels": "Alamat kanal",
    "clocks": "Batas waktu",
    "retention": "Penyimpanan",
    "pd": "Perangkat Daerah",
    "category": "Kategori",
    "district": "Kecamatan",
    "village": "Desa dan kelurahan",
    "label": "Label",
    "holiday": "Hari libur",
    "text": "Teks pesan",
    "user": "Pengguna",
    "login": "Cara masuk",
    "answer_template": "Templat jawaban",
}
_LABELS: Final[Mapping[str, str]] = {
    "name": "Nama",
    "kabupaten": "Nama daerah di pesan",
    "app": "Nama layanan",
    "timezone": "Zona waktu",
    "contact": "Kontak",
    "aliases": "Singkatan",
    "numbers": "Nomor darurat",
    "text": "Di pesan",
    "words": "Kata bahaya",
    "days": "Hari",
    "opens": "Buka",
    "closes": "Tutup",
    "months": "Bulan",
    "preset": "Aturan dasar",
    "own": "Aturan sendiri",
    "code": "Kode",
    "external": "Instansi luar",
    "keywords": "Kata kunci",
    "active": "Aktif",
    "default_pd": "Perangkat Daerah",
    "needs_photo": "Perlu foto",
    "location": "Lokasi di halaman publik",
    "day": "Tanggal",
    "sms": "SMS",
    "rich": "WhatsApp dan lainnya",
    "username": "Nama pengguna",
    "role": "Peran",
    "pd_code": "Perangkat Daerah",
    "position": "Jabatan",
    "oidc_login": "Akun masuk lain",
    "second_step": "Langkah kedua",
    "password": "Kata sandi",
    "body": "Isi",
    "statuses": "Untuk status",
    "categories": "Untuk kategori",
    "owner": "Penjaga",
    "review_on": "Ditinjau lagi",
    "acts": "Makro",
}
_DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a change touched, in words; empty where nothing stood or stands."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history.

    Attributes:
        id: of the change.
        area: stored name of the area.
        key: which of the area.
        title: what was changed.
        at: when, on the government's clock.
        actor: who.
        differences: what it changed.
        removed: whether the thing was taken away, or went back to what the program brings.
        added: whether nothing stood there before.
    """

    id: int
    area: str
    key: str
    title: str
    at: str
    actor: str
    differences: list[Difference]
    removed: bool
    added: bool


def change(row: ChangeRow, timezone: str) -> Change:
    """Return a change in words."""
    one = row.change
    return Change(
        id=one.id,
        area=one.area,
        key=one.key,
        title=_title(one.area, one.key, one.new or one.old or {}),
        at=day_and_time(one.at, timezone),
        actor=row.actor or "Baris perintah",
        differences=differences(one.area, one.old, one.new),
        removed=one.new is None,
        added=one.old is None,
    )


def differences(area: str, old: Any, new: Any) -> list[Difference]:
    """Return the fields in which two values differ, in words."""
    before, after = old or {}, new or {}
    return [
        Difference(_label(area, name), words(name, before.get(name)), words(name, after.get(name)))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def words(name: str, value: Any) -> str:
    """Return one field's value as people read it."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if name in _SPECIAL:
        return _SPECIAL[name](value)
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _rules(own: Mapping[str, Any]) -> str:
    rules = {kind: Rule(one["amount"], Unit(one["unit"])).words for kind, one in own.items()}
    return "; ".join(f"{NAMES[kind]} {rule}" for kind, rule in rules.items())


def _days(value: Any) -> str:
    if isinstance(value, int):  # of a category
        return str(value)
    return ", ".join(_DAY_NAMES[day - 1] for day in value)


def _acts(acts: Mapping[str, Any]) -> str:
    """Return what a macro does in words; what was written in it comes as it is."""
    known = Acts(**acts)
    parts = [
        STEPS[Step(known.step)].words if known.step else "",
        known.words,
        f"{known.days} hari" if known.days is not None else "",
        known.body,
        f"prioritas {PRIORITY_WORDS[known.priority]}" if known.priority else "",
        f"catatan: {known.note}" if known.note else "",
    ]
    return "; ".join(part for part in parts if part)


_SPECIAL: Final[Mapping[str, Callable[[Any], str]]] = {
    "acts": _acts,
    "location": lambda code: LOCATIONS.get(code, code),
    "statuses": lambda codes: ", ".join(STATUS_LABELS[ComplaintStatus(one)] for one in codes),
    "review_on": lambda day: long_day(date.fromisoformat(day)),
    "role": lambda role: ROLE_WORDS[Role(role)],
    "position": lambda seat: position_words(Position(seat), ""),
    "own": _rules,
    "day": lambda day: long_day(date.fromisoformat(day)),
    "days": _days,
}


def _label(area: str, name: str) -> str:
    if area == "category" and name == "days":
        return "Hari penyelesaian"
    if area == "village" and name == "aliases":
        return "Nama lain"
    return _LABELS.get(name, name)


_NAMED = frozenset({"pd", "category", "district", "village", "label", "user", "answer_template"})


def _title(area: str, key: str, value: Mapping[str, Any]) -> str:
    if not key:
        return TITLES[area]
    if area == "holiday":
        return f"{TITLES[area]}: {long_day(date.fromisoformat(key))}"
    named = value.get("name") if area in _NAMED else None
    return f"{TITLES[area]}: {named or key}"


def fields(area: str, value: Any) -> dict[str, str]:
    """Return a stored value as the fields of its form, by the names that the form sends."""
    given = dict(value or {})
    if area == "hours":
        given |= {f"day-{day}": True for day in given.pop("days", ())}
    if area == "clocks":
        for kind, rule in given.pop("own", {}).items():
            given |= {f"{kind}-amount": rule["amount"], f"{kind}-unit": rule["unit"]}
    return {name: _field(one) for name, one in given.items()}


def _field(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "ya"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
