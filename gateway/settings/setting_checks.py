"""What the forms of Pengaturan may hold: the strings of a form in, a value to be stored out.

Nothing here looks at the database. Values have the shape of `config/tenants/*.toml`.
"""

import re
from collections.abc import Callable, Container, Mapping
from datetime import date, time
from typing import Any, Final, TypeVar

from channels.gsm7 import is_gsm7
from gateway.errors import InvalidInputError
from gateway.rules.clocks import PRESETS, Unit
from gateway.rules.people import Position, Role
from gateway.settings.government import ZONE_LABELS

Form = Mapping[str, str]
Judge = Callable[[Form, Any], Any]

Value = TypeVar("Value")

# How exactly the public sees where it is (product page 2.0.4).
LOCATIONS: Final[Mapping[str, str]] = {
    "exact": "Titik tepat",
    "near": "Sekitar 250 m",
    "desa": "Desa dan kecamatan saja",
}
PUBLISHED: Final = ("whatsapp", "sms", "telegram", "messenger", "instagram", "voice", "x")
_LONGEST_NAME = 200
_LONGEST_APP = 10  # it stands in every SMS
_LONGEST_IN_SMS = 24
_MOST_WORDS = 60
_EMERGENCY = re.compile(r"\+?[0-9]{3,15}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,99}")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")


class Judged:
    """Collects what is wrong with a form, field by field."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: dict[str, str] = {}

    def text(self, name: str, what: str, longest: int = _LONGEST_NAME) -> str:
        """A line that must be filled in."""
        value = self.line(name, what, longest)
        if not value:
            self.problems.setdefault(name, f"{what} wajib diisi.")
        return value

    def line(self, name: str, what: str, longest: int = _LONGEST_NAME) -> str:
        """A line that may be empty."""
        value = " ".join(self.form.get(name, "").split())
        if len(value) > longest:
            self.problems[name] = f"{what} paling panjang {longest} huruf."
        elif _FORBIDDEN.search(value):
            self.problems[name] = f"{what} berisi huruf yang tidak dapat disimpan."
        return value

    def short(self, name: str, what: str, longest: int) -> str:
        """A line that also stands in SMS."""
        value = self.text(name, what, longest)
        if value and not is_gsm7(value):
            self.problems.setdefault(name, f"{what} berisi huruf yang tidak ada di SMS.")
        return value

    def words(self, name: str, what: str) -> list[str]:
        """Words between commas or on lines of their own, each once."""
        found = [" ".join(one.split()) for one in re.split(r"[,\n]", self.form.get(name, ""))]
        kept = list(dict.fromkeys(one for one in found if one))
        if len(kept) > _MOST_WORDS or any(len(one) > 60 for one in kept):
            self.problems[name] = (
                f"{what}: paling banyak {_MOST_WORDS} kata, masing-masing 60 huruf."
            )
        return kept

    def one_of(self, name: str, known: Container[str], words: str) -> str:
        """A choice out of a list."""
        value = self.form.get(name, "")
        if value not in known:
            self.problems[name] = words
        return value

    def number(self, name: str, what: str, low: int, high: int) -> int | None:
        """A whole number, None where the field is empty."""
        value = self.form.get(name, "").strip()
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and low <= int(value[:9]) <= high):
            self.problems[name] = f"{what}: isi angka {low} sampai {high}."
            return None
        return int(value)

    def code(self, current: Any) -> str:
        """The code of a thing in a list; once given it stays, for cases name it."""
        if current is not None:
            return str(current["code"])
        code = self.form.get("code", "").strip().upper()
        if not _CODE.fullmatch(code):
            self.problems["code"] = "Kode: huruf besar, angka atau garis, paling panjang 32."
        return code

    def done(self, value: Value) -> Value:
        """Return the value, or raise what was found."""
        if self.problems:
            raise InvalidInputError(self.problems)
        return value


def identity(form: Form, current: Any) -> dict[str, Any]:
    """Name, short name, zone and contact of the government."""
    judged = Judged(form)
    name = judged.text("name", "Nama pemerintah")
    if name and not name.startswith(("Kabupaten ", "Kota ")):
        judged.problems["name"] = 'Mulai dengan "Kabupaten" atau "Kota".'
    value = {
        **(current or {}),
        "name": name,
        "kabupaten": judged.short("kabupaten", "Nama daerah", _LONGEST_IN_SMS),
        "app": judged.short("app", "Nama layanan", _LONGEST_APP),
        "timezone": judged.one_of("timezone", ZONE_LABELS, "Pilih zona waktu."),
        "contact": judged.text("contact", "Kontak"),
        "aliases": judged.words("aliases", "Singkatan"),
    }
    return judged.done(value)


def emergency(form: Form, current: Any) -> dict[str, Any]:
    """The numbers that are answered here, and local words for danger."""
    judged = Judged(form)
    numbers = judged.words("numbers", "Nomor darurat")
    if not numbers:
        judged.problems["numbers"] = "Isi paling sedikit satu nomor darurat."
    elif not all(_EMERGENCY.fullmatch(one) for one in numbers):
        judged.problems["numbers"] = "Nomor darurat hanya angka, 3 sampai 15 angka, dipisah koma."
    value = {
        **(current or {}),
        "numbers": numbers,
        "text": judged.short("text", "Nomor di pesan", _LONGEST_IN_SMS),
        "words": judged.words("words", "Kata bahaya"),
    }
    return judged.done(value)


def hours(form: Form, current: Any) -> dict[str, Any]:
    """The office hours: as people read them, and as the clocks count."""
    judged = Judged(form)
    days = [day for day in range(1, 8) if form.get(f"day-{day}")]
    if not days:
        judged.problems["day-1"] = "Pilih paling sedikit satu hari kerja."
    opens, closes = _clock_time(judged, "opens"), _clock_time(judged, "closes")
    if opens and closes and opens >= closes:
        judged.problems["closes"] = "Jam tutup harus sesudah jam buka."
    text = judged.short("text", "Jam kerja di pesan", _LONGEST_IN_SMS)
    value = {**(current or {}), "text": text, "days": days, "opens": opens, "closes": closes}
    return judged.done(value)


def _clock_time(judged: Judged, name: str) -> str:
    value = judged.form.get(name, "").strip().replace(".", ":")
    try:
        return time.fromisoformat(value).strftime("%H:%M")
    except ValueError:
        judged.problems[name] = "Tulis jam seperti 08:00."
        return ""


def clocks(form: Form, current: Any) -> dict[str, Any]:
    """The preset, and the rules that differ from it."""
    judged = Judged(form)
    preset = judged.one_of("preset", PRESETS, "Pilih aturan dasar.")
    own: dict[str, dict[str, Any]] = {}
    for kind, rule in PRESETS.get(preset, {}).items():
        amount = judged.number(f"{kind}-amount", kind, 1, 365)
        unit = form.get(f"{kind}-unit", rule.unit.value)
        if unit not in {one.value for one in Unit}:
            judged.problems[f"{kind}-unit"] = f"{kind}: pilih satuan."
        elif unit == Unit.WORKING_DAYS and (amount or 0) > 60:
            judged.problems[f"{kind}-amount"] = f"{kind}: paling lama 60 hari kerja."
        elif amount is not None and (amount, unit) != (rule.amount, rule.unit.value):
            own[kind] = {"amount": amount, "unit": unit}
    kept = {name: value for name, value in (current or {}).items() if name != "own"}
    value = {**kept, "preset": preset, **({"own": own} if own else {})}
    return judged.done(value)


def retention(form: Form, current: Any) -> dict[str, Any]:
    """After how many months the contact data of an ended case goes."""
    judged = Judged(form)
    months = judged.number("months", "Bulan", 1, 120)
    if months is None:
        judged.problems.setdefault("months", "Isi berapa bulan.")
    return judged.done({**(current or {}), "months": months})


def channels(form: Form, current: Any) -> dict[str, Any]:
    """The addresses that people are told; what else stands there stays."""
    judged = Judged(form)
    kept = {name: value for name, value in (current or {}).items() if name not in PUBLISHED}
    given = {name: judged.line(name, "Alamat", 100) for name in PUBLISHED}
    value = {**kept, **{name: address for name, address in given.items() if address}}
    return judged.done(value)


def pd(form: Form, current: Any) -> dict[str, Any]:
    """A perangkat daerah, or a body outside the government."""
    judged = Judged(form)
    value = {
        "code": judged.code(current),
        "name": judged.text("name", "Nama"),
        "external": bool(form.get("external")),
        "contact": judged.line("contact", "Kontak", 500),
        "keywords": judged.words("keywords", "Kata kunci"),
        "active": bool(form.get("active")),
    }
    if value["external"] and not value["contact"] and "contact" not in judged.problems:
        judged.problems["contact"] = "Instansi luar perlu kontak: warga diarahkan ke sana."
    return judged.done(value)


def category(form: Form, current: Any) -> dict[str, Any]:
    """A category with the PD that usually answers, its days, and whether work is shown."""
    judged = Judged(form)
    value = {
        "code": judged.code(current),
        "name": judged.text("name", "Nama"),
        "default_pd": form.get("default_pd") or None,
        "days": judged.number("days", "Hari penyelesaian", 1, 365),
        "needs_photo": bool(form.get("needs_photo")),
        "location": form.get("location") or (current or {}).get("location", "desa"),
        "active": bool(form.get("active")),
    }
    if value["location"] not in LOCATIONS:
        judged.problems["location"] = "Pilih ketepatan lokasi."
    return judged.done(value)


def holiday(form: Form, current: Any) -> dict[str, Any]:
    """A day without work."""
    judged = Judged(form)
    day = str((current or {}).get("day", form.get("day", "").strip()))
    try:
        date.fromisoformat(day)
    except ValueError:
        judged.problems["day"] = "Pilih tanggal."
    value = {"day": day, "name": judged.text("name", "Keterangan")}
    return judged.done(value)


def user(form: Form, current: Any) -> dict[str, Any]:
    """An account without its password."""
    judged = Judged(form)
    username = (current or {}).get("username") or form.get("username", "").strip().lower()
    if not _USERNAME.fullmatch(username):
        words = "Nama pengguna: 3 sampai 100 huruf kecil, angka, titik, garis, atau @."
        judged.problems["username"] = words
    value = {
        "username": username,
        "name": judged.text("name", "Nama"),
        "role": judged.one_of("role", {role.value for role in Role}, "Pilih peran."),
        "pd_code": form.get("pd_code") or None,
        "position": form.get("position") or None,
        "active": bool(form.get("active")),
    }
    if value["position"] is not None:
        seats = {seat.value for seat in Position} if value["role"] == Role.PIMPINAN else {""}
        judged.one_of("position", seats, "Jabatan hanya untuk peran Pimpinan.")
    return judged.done(value)
