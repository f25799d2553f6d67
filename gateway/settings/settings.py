"""Pengaturan: seeing, changing and taking back what one government sets for itself.

Every change notes what stood before. Whoever changes something names the version that was on the
screen; if it is no longer the newest, nothing is changed and both texts are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.people import Role, Staff
from gateway.runtime import Runtime
from gateway.settings import (
    setting_areas,
    setting_labels,
    setting_region,
    setting_texts,
    setting_views,
)
from gateway.settings.setting_areas import Area, Asked
from gateway.settings.setting_checks import Form
from gateway.settings.setting_region import Kecamatan
from gateway.settings.setting_views import Change
from store import setting_changes, staff, tenant
from store.models.staff import Category, Holiday, PerangkatDaerah

_PAGE = 20


class StaleSettingError(ConflictError):
    """Somebody else changed it since it stood on the screen.

    Attributes:
        by: who, None for the command line.
        at: when, aware UTC.
        value: what stands there now.
    """

    def __init__(self, by: str | None, at: datetime, value: Any) -> None:
        super().__init__("setting")
        self.by, self.at, self.value = by, at, value


@dataclass(frozen=True, slots=True)
class PdLine:
    """A PD in the list, with the names of its heads' accounts."""

    pd: PerangkatDaerah
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that can be set, with its history.

    Attributes:
        area: what kind of thing.
        key: which; empty where there is only one.
        value: what is stored, None where the program's own holds.
        version: id of the last change, 0 if there was none.
        history: newest first.
        older: id to go on from, None at the end.
    """

    area: Area
    key: str
    value: Any
    version: int
    history: list[Change]
    older: int | None


def show(runtime: Runtime, person: Staff, area: str, key: str, before: int | None = None) -> Shown:
    """Return a thing and its history, from before a change on.

    Raises:
        NotFoundError: there is no such thing.
        ForbiddenError: it is not this person's to see.
    """
    about = _opened(person, area)
    with runtime.transaction() as session:
        value = _existing(runtime, session, about, key)
        rows = setting_changes.history(session, area, key, before, _PAGE + 1)
        newest = setting_changes.newest_id(session, area, key)
    older = rows[_PAGE - 1].change.id if len(rows) > _PAGE else None
    lines = [setting_views.change(row, runtime.profile.timezone) for row in rows[:_PAGE]]
    return Shown(about, key, value, newest, lines, older)


def recent(
    runtime: Runtime, person: Staff, before: int | None = None
) -> tuple[list[Change], int | None]:
    """Return what was changed of late in what this person may see, and where to go on."""
    names = [one.name for one in setting_areas.of(person)]
    with runtime.transaction() as session:
        rows = setting_changes.recent(session, names, before, _PAGE + 1)
    older = rows[_PAGE - 1].change.id if len(rows) > _PAGE else None
    return [setting_views.change(row, runtime.profile.timezone) for row in rows[:_PAGE]], older


def pds(runtime: Runtime, person: Staff) -> list[PdLine]:
    """Return every PD and outside body by name, with its heads; the inactive ones last."""
    _opened(person, "pd")
    with runtime.transaction() as session:
        heads: dict[str, list[str]] = {}
        for user in staff.active_in_role(session, Role.KEPALA_PD):
            heads.setdefault(user.pd_code or "", []).append(user.name)
        lines = [PdLine(row, tuple(heads.get(row.code, ()))) for row in tenant.pds(session)]
    return sorted(lines, key=lambda one: (not one.pd.active, one.pd.external, one.pd.name))


def categories(runtime: Runtime, person: Staff) -> list[Category]:
    """Return every category by name; the inactive ones last."""
    _opened(person, "category")
    with runtime.transaction() as session:
        return sorted(tenant.categories(session), key=lambda one: (not one.active, one.name))


def region(runtime: Runtime, person: Staff) -> list[Kecamatan]:
    """Return the kecamatan with their desa by name; what is retired comes last."""
    _opened(person, "village")
    with runtime.transaction() as session:
        return setting_region.listed(session)


def labels(runtime: Runtime, person: Staff) -> list[Mapping[str, Any]]:
    """Return every label by name; those put away come last."""
    _opened(person, "label")
    with runtime.transaction() as session:
        return setting_labels.listed(session)


def holidays(runtime: Runtime, person: Staff, year: int) -> list[Holiday]:
    """Return the days without work of a year."""
    _opened(person, "holiday")
    with runtime.transaction() as session:
        return tenant.holidays(session, date(year, 1, 1), date(year, 12, 31))


def choices(runtime: Runtime) -> list[PerangkatDaerah]:
    """Return the PDs in use, for lists to choose from."""
    with runtime.transaction() as session:
        return [row for row in tenant.pds(session) if row.active]


def change(
    runtime: Runtime, person: Staff, area: str, key: str, form: Form, seen: int | None
) -> bool:
    """Change a thing and say whether there was anything to change.

    Args:
        runtime: the connected parts.
        person: who asks.
        area: what kind of thing.
        key: which.
        form: the fields as they were sent.
        seen: the version that stood on the screen.

    Raises:
        NotFoundError: there is no such thing.
        InvalidInputError: says beside which field.
        StaleSettingError: it was changed meanwhile.
    """
    about = _opened(person, area)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        asked = Asked(runtime, session, person, key)
        old = _existing(runtime, session, about, key)
        return _store(asked, about, (old, about.judge(asked, form, old)), seen)


def create(runtime: Runtime, person: Staff, area: str, form: Form) -> str:
    """Add a thing to a list and return its key.

    Raises:
        InvalidInputError: says beside which field.
    """
    about = _opened(person, area)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        value = about.judge(Asked(runtime, session, person, ""), {**form, "active": "ya"}, None)
        field = "day" if "day" in value else "code"
        asked = Asked(runtime, session, person, value[field])
        old = about.read(session, asked.key)
        if old is not None and old != value:
            raise InvalidInputError({field: "Sudah ada. Buka dari daftar untuk mengubahnya."})
        _store(asked, about, (old, value), None)
        return asked.key


def remove(runtime: Runtime, person: Staff, area: str, key: str, seen: int | None) -> None:
    """Take a thing away, or go back to what the program brings.

    Raises:
        NotFoundError: it cannot be taken away.
        StaleSettingError: it was changed meanwhile.
    """
    about = _opened(person, area)
    if not about.removable:
        raise NotFoundError("settings")
    with runtime.transaction() as session:
        setting_changes.lock(session)
        asked = Asked(runtime, session, person, key)
        _store(asked, about, (about.read(session, key), None), seen)


def restore(
    runtime: Runtime, person: Staff, change_id: int, seen: int | None, *, before: bool = False
) -> tuple[str, str]:
    """Make a thing what it was after a change, or `before` it; return its area and key.

    Raises:
        NotFoundError: there is no such version.
        InvalidInputError: that version would no longer do.
        StaleSettingError: it was changed meanwhile.
    """
    with runtime.transaction() as session:
        setting_changes.lock(session)
        version = setting_changes.get(session, change_id)
        if version is None:
            raise NotFoundError("settings")
        about = _opened(person, version.area)
        value = version.old if before else version.new
        if value is None and not about.removable:
            raise NotFoundError("settings")
        asked = Asked(runtime, session, person, version.key)
        _store(asked, about, (about.read(session, version.key), value), seen)
        return version.area, version.key


def _opened(person: Staff, area: str) -> Area:
    about = setting_areas.area(area)
    person.require(about.permission)
    return about


def _existing(runtime: Runtime, session: Session, about: Area, key: str) -> Any:
    value = about.read(session, key)
    if about.name == "text":
        known = key in runtime.catalogue.originals and key not in setting_texts.FIXED
    else:
        known = about.single is (not key) and (about.single or value is not None)
    if not known:
        raise NotFoundError("settings")
    return value


def _store(asked: Asked, about: Area, values: tuple[Any, Any], seen: int | None) -> bool:
    """Write the second of `values` over the first, if the person knew the first."""
    old, new = values
    if old == new:
        return False  # sent twice, or as it was
    newest = setting_changes.newest_id(asked.session, about.name, asked.key)
    if seen is not None and seen != newest:
        rows = setting_changes.history(asked.session, about.name, asked.key, None, 1)
        if not rows:
            raise NotFoundError("settings")
        raise StaleSettingError(rows[0].actor, rows[0].change.at, old)
    about.check(asked, new)
    about.write(asked, new)
    setting_areas.note(asked, about, old, new)
    return True
