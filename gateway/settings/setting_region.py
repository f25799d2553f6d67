"""The region in Pengaturan: kecamatan, and the desa and kelurahan inside them.

Both stand in one section of the settings, in the shape of a tenant file. What is retired stays
there for the cases that name it: a kecamatan with ``active = false``, a desa in the list
``retired``; the normalizer knows neither.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.settings.setting_checks import Form, Judged
from store import tenant

_SECTION = "kecamatan"
_SUFFIX = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """A kecamatan in the list, with the values of its desa by name, retired ones last."""

    value: Mapping[str, Any]
    desa: Sequence[Mapping[str, Any]]


def listed(session: Session) -> list[Kecamatan]:
    """Return the whole region by name; what is retired comes last."""
    rows = [Kecamatan(_district(row), _in_order(_desa_of(row))) for row in _rows(session)]
    return sorted(rows, key=lambda one: (not one.value["active"], one.value["name"]))


def read_district(session: Session, code: str) -> Any:
    """Return a kecamatan, None if there is none."""
    row = _row(_rows(session), code)
    return None if row is None else _district(row)


def read_village(session: Session, code: str) -> Any:
    """Return a desa by its whole code, None if there is none."""
    row = _row(_rows(session), code.rpartition(".")[0])
    return next((one for one in _desa_of(row or {}) if one["code"] == code), None)


def judge_district(form: Form, current: Any, region_code: str) -> dict[str, Any]:
    """Return a kecamatan out of its form; the code begins with the region's."""
    judged = Judged(form)
    code = current["code"] if current else form.get("code", "").strip()
    if not re.fullmatch(rf"{re.escape(region_code)}\.[0-9]{{2}}", code):
        judged.problems["code"] = f"Kode Kemendagri: {region_code} dan dua angka lagi."
    value = {"code": code, "name": judged.text("name", "Nama"), "active": bool(form.get("active"))}
    return judged.done(value)


def judge_village(form: Form, current: Any) -> dict[str, Any]:
    """Return a desa out of its form; its code says in which kecamatan it lies."""
    judged = Judged(form)
    code = current["code"] if current else f"{form.get('district', '')}.{form.get('code', '')}"
    if not current and not _SUFFIX.fullmatch(form.get("code", "")):
        judged.problems["code"] = "Empat angka terakhir kode Kemendagri, misalnya 2004."
    value = {
        "code": code,
        "name": judged.text("name", "Nama"),
        "aliases": judged.words("aliases", "Nama lain"),
        "active": bool(form.get("active")),
    }
    return judged.done(value)


def check_district(session: Session, value: Mapping[str, Any]) -> None:
    """Refuse a name that is taken, and a region without any kecamatan.

    Raises:
        InvalidInputError: says beside which field.
    """
    others = [row for row in _rows(session) if row["code"] != value["code"]]
    if _taken(value["name"], [str(row["name"]) for row in others]):
        raise InvalidInputError({"name": "Nama ini sudah dipakai kecamatan lain."})
    if not value["active"] and not any(row.get("active", True) for row in others):
        raise InvalidInputError({"active": "Ini kecamatan terakhir yang aktif."})


def check_village(session: Session, value: Mapping[str, Any]) -> None:
    """Refuse a desa outside the region, and a name that is taken in its kecamatan.

    Raises:
        InvalidInputError: says beside which field.
    """
    row = _row(_rows(session), value["code"].rpartition(".")[0])
    if row is None:
        raise InvalidInputError({"district": "Pilih kecamatan."})
    others = [one["name"] for one in _desa_of(row) if one["code"] != value["code"]]
    if _taken(value["name"], others):
        raise InvalidInputError({"name": "Nama ini sudah dipakai desa lain di kecamatan itu."})


def write_district(session: Session, value: Mapping[str, Any]) -> None:
    """Store a kecamatan; its desa stay."""
    rows = _rows(session)
    row = _row(rows, value["code"])
    if row is None:
        row = {"code": value["code"], "name": "", "desa": []}
        rows.append(row)
    row["name"] = value["name"]
    row.pop("active", None)
    if not value["active"]:
        row["active"] = False
    tenant.put_section(session, _SECTION, rows)


def write_village(session: Session, value: Mapping[str, Any]) -> None:
    """Store a desa in the kecamatan of its code."""
    rows = _rows(session)
    district, _, suffix = value["code"].rpartition(".")
    row = _row(rows, district)
    if row is None:
        raise InvalidInputError({"district": "Pilih kecamatan."})
    for name in ("desa", "retired"):
        row[name] = [one for one in row.get(name, []) if one[0] != suffix]
    shelf = "desa" if value["active"] else "retired"
    row[shelf] = sorted([*row[shelf], [suffix, value["name"], *value["aliases"]]])
    if not row["retired"]:
        del row["retired"]
    tenant.put_section(session, _SECTION, rows)


def _rows(session: Session) -> list[dict[str, Any]]:
    return deepcopy(tenant.section(session, _SECTION) or [])


def _row(rows: Sequence[dict[str, Any]], code: str) -> dict[str, Any] | None:
    return next((row for row in rows if row["code"] == code), None)


def _district(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": row["code"], "name": row["name"], "active": row.get("active", True)}


def _desa_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"code": f"{row['code']}.{suffix}", "name": name, "aliases": aliases, "active": active}
        for shelf, active in (("desa", True), ("retired", False))
        for suffix, name, *aliases in row.get(shelf, [])
    ]


def _in_order(desa: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(desa, key=lambda one: (not one["active"], one["name"]))


def _taken(name: str, others: Sequence[str]) -> bool:
    return name.casefold() in {other.casefold() for other in others}
