"""What can be set: who may, how a form is judged, and how each thing is read and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.settings import (
    setting_accounts,
    setting_checks,
    setting_labels,
    setting_region,
    setting_texts,
)
from gateway.settings.setting_checks import Form
from store import open_work, setting_changes, staff, tenant
from store.models.setting import SettingChange
from store.models.staff import AuditEntry


@dataclass(frozen=True)
class Asked:
    """What somebody wants to set. `by` is None on the command line."""

    runtime: Runtime
    session: Session
    by: Staff | None
    key: str


@dataclass(frozen=True)
class Area:
    """One kind of setting.

    Attributes:
        name: as the history stores it.
        permission: who may see and change it.
        judge: turns a form and the current value into the new one, or says what is wrong.
        read: returns the value that is stored now, None where there is none.
        write: stores a value; the caller notes the change.
        check: refuses what only the database knows to be wrong.
        single: whether there is one value, and no key.
        removable: whether taking it away is a value too (None).
    """

    name: str
    permission: Permission
    judge: Callable[[Asked, Form, Any], Any]
    read: Callable[[Session, str], Any]
    write: Callable[[Asked, Any], None]
    check: Callable[[Asked, Any], None] = lambda _asked, _value: None
    single: bool = False
    removable: bool = False


def area(name: str) -> Area:
    """Return the area of this name.

    Raises:
        NotFoundError: there is none.
    """
    found = AREAS.get(name)
    if found is None:
        raise NotFoundError("settings")
    return found


def of(person: Staff) -> list[Area]:
    """Return the areas that this person may see and change."""
    return [one for one in AREAS.values() if person.may(one.permission)]


def note(asked: Asked, about: Area, old: Any, new: Any) -> int:
    """Write the history of a change that was just made and return the new version."""
    change = SettingChange(
        at=asked.runtime.now(),
        actor_id=asked.by.id if asked.by else None,
        area=about.name,
        key=asked.key,
        old=old,
        new=new,
    )
    version = setting_changes.add(asked.session, change)
    facts = {"change": version, "area": about.name}
    asked.session.add(
        AuditEntry(at=change.at, actor_id=change.actor_id, action="setting_changed", data=facts)
    )
    asked.runtime.watch.saw(version)
    return version


def _section(name: str, permission: Permission, judge: setting_checks.Judge) -> Area:
    return Area(
        name=name,
        permission=permission,
        judge=lambda _asked, form, current: judge(form, current),
        read=lambda session, _key: tenant.section(session, name),
        write=lambda asked, value: tenant.put_section(asked.session, name, value),
        single=True,
    )


def _judged_by(judge: setting_checks.Judge) -> Callable[[Asked, Form, Any], Any]:
    return lambda _asked, form, current: judge(form, current)


def _read_pd(session: Session, code: str) -> Any:
    row = tenant.pd(session, code)
    return None if row is None else tenant.pd_row(row)


def _check_pd(asked: Asked, value: Any) -> None:
    if value["active"]:
        return
    left = [
        (open_work.cases_of_pd(asked.session, asked.key), "aduan yang belum selesai"),
        (open_work.active_users_of_pd(asked.session, asked.key), "akun aktif"),
        (open_work.categories_of_pd(asked.session, asked.key), "kategori yang mengarah ke sini"),
    ]
    found = ", ".join(f"{count} {words}" for count, words in left if count)
    if found:
        raise InvalidInputError({"active": f"Belum dapat dinonaktifkan: masih ada {found}."})


def _read_category(session: Session, code: str) -> Any:
    row = tenant.category(session, code)
    return None if row is None else tenant.category_row(row)


def _check_category(asked: Asked, value: Any) -> None:
    code = value["default_pd"]
    if code is not None and not staff.pd_exists(asked.session, code):
        raise InvalidInputError({"default_pd": "Perangkat Daerah ini tidak ada atau nonaktif."})


def _read_holiday(session: Session, key: str) -> Any:
    try:
        name = tenant.holiday(session, date.fromisoformat(key))
    except ValueError:
        return None
    return None if name is None else {"day": key, "name": name}


def _write_holiday(asked: Asked, value: Any) -> None:
    day = date.fromisoformat(asked.key)
    tenant.put_holiday(asked.session, day, None if value is None else value["name"])


def _read_text(session: Session, key: str) -> Any:
    return (tenant.section(session, "texts") or {}).get(key)


def _judge_text(asked: Asked, form: Form, _current: Any) -> Any:
    return setting_texts.judge(asked.runtime.catalogue.originals[asked.key], form)


def _check_text(asked: Asked, value: Any) -> None:
    if value is not None:
        setting_texts.judge(asked.runtime.catalogue.originals[asked.key], value)


def _write_text(asked: Asked, value: Any) -> None:
    texts = dict(tenant.section(asked.session, "texts") or {})
    texts.pop(asked.key, None)
    if value is not None:
        texts[asked.key] = value
    tenant.put_section(asked.session, "texts", texts)


def _listed(
    name: str,
    judge: Callable[[Asked, Form, Any], Any],
    read: Callable[[Session, str], Any],
    put: Callable[[Session, Any], None],
    check: Callable[[Asked, Any], None],
) -> Area:
    """A thing out of a list that an admin keeps; its value says all that is to be stored."""
    return Area(
        name=name,
        permission=_DAILY,
        judge=judge,
        read=read,
        write=lambda asked, value: put(asked.session, value),
        check=check,
    )


def _judge_district(asked: Asked, form: Form, current: Any) -> Any:
    return setting_region.judge_district(form, current, asked.runtime.tenant.region_code)


_GOVERNMENT, _DAILY = Permission.KEEP_GOVERNMENT, Permission.KEEP_SETTINGS
USER: Final = Area(
    name="user",
    permission=Permission.KEEP_ACCOUNTS,
    judge=_judged_by(setting_checks.user),
    read=setting_accounts.read,
    write=lambda asked, value: setting_accounts.write(
        asked.session, asked.key, value, asked.runtime.now()
    ),
    check=lambda asked, value: setting_accounts.check(asked.session, asked.by, asked.key, value),
)
_ALL: Final = (
    _section("identity", _GOVERNMENT, setting_checks.identity),
    _section("emergency", _GOVERNMENT, setting_checks.emergency),
    _section("hours", _GOVERNMENT, setting_checks.hours),
    _section("channels", _GOVERNMENT, setting_checks.channels),
    _section("clocks", _GOVERNMENT, setting_checks.clocks),
    _section("retention", _GOVERNMENT, setting_checks.retention),
    _listed("pd", _judged_by(setting_checks.pd), _read_pd, tenant.put_pd, _check_pd),
    _listed(
        "category",
        _judged_by(setting_checks.category),
        _read_category,
        tenant.put_category,
        _check_category,
    ),
    _listed(
        "district",
        _judge_district,
        setting_region.read_district,
        setting_region.write_district,
        lambda asked, value: setting_region.check_district(asked.session, value),
    ),
    _listed(
        "village",
        _judged_by(setting_region.judge_village),
        setting_region.read_village,
        setting_region.write_village,
        lambda asked, value: setting_region.check_village(asked.session, value),
    ),
    _listed(
        "label",
        _judged_by(setting_labels.judge),
        setting_labels.read,
        setting_labels.put,
        lambda asked, value: setting_labels.check(asked.session, value),
    ),
    Area(
        name="holiday",
        permission=_DAILY,
        judge=_judged_by(setting_checks.holiday),
        read=_read_holiday,
        write=_write_holiday,
        removable=True,
    ),
    Area(
        name="text",
        permission=_DAILY,
        judge=_judge_text,
        read=_read_text,
        write=_write_text,
        check=_check_text,
        removable=True,
    ),
    USER,
)
AREAS: Final[Mapping[str, Area]] = {one.name: one for one in _ALL}
