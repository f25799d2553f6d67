"""The labels that there are, in Pengaturan: one section of the settings."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.runtime import Runtime
from gateway.settings.setting_checks import Form, Judged
from store import tenant

_SECTION = "labels"
_LONGEST = 30


def names(runtime: Runtime) -> dict[str, str]:
    """Return the labels in use, code to words."""
    rows = (runtime.facts or {}).get(_SECTION, ())
    return {row["code"]: row["name"] for row in rows if row["active"]}


def listed(session: Session) -> list[Mapping[str, Any]]:
    """Return every label by name; those put away come last."""
    rows = tenant.section(session, _SECTION) or []
    return sorted(rows, key=lambda row: (not row["active"], row["name"]))


def read(session: Session, code: str) -> Any:
    """Return one label, None if there is none."""
    return next((row for row in listed(session) if row["code"] == code), None)


def judge(form: Form, current: Any) -> dict[str, Any]:
    """Return a label out of its form."""
    judged = Judged(form)
    value = {
        "code": judged.code(current),
        "name": judged.text("name", "Nama", _LONGEST),
        "active": bool(form.get("active")),
    }
    return judged.done(value)


def check(session: Session, value: Mapping[str, Any]) -> None:
    """Refuse a name that is taken.

    Raises:
        InvalidInputError: it is.
    """
    others = [row["name"] for row in listed(session) if row["code"] != value["code"]]
    if value["name"].casefold() in {name.casefold() for name in others}:
        raise InvalidInputError({"name": "Nama ini sudah dipakai label lain."})


def put(session: Session, value: Mapping[str, Any]) -> None:
    """Store a label."""
    others = [row for row in listed(session) if row["code"] != value["code"]]
    rows = sorted([*others, dict(value)], key=lambda row: str(row["code"]))
    tenant.put_section(session, _SECTION, rows)
