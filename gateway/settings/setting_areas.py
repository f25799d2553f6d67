"""What can be set: who may, how a form is judged, and how each thing is read and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.people import PD_ROLES, Permission, Position, Role, Staff
from gateway.runtime import Runtime
from gateway.settings import setting_checks, setting_texts
from gateway.settings.setting_checks import Form
from store import invitations, open_work, setting_changes, staff, tenant
from store.models.setting import SettingChange
from store.models.staff import AuditEntry, StaffUser


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


def _read_user(session: Session, key: str) -> Any:
    user = _user(session, key)
    if user is None:
        return None
    return {
        "username": user.username,
        "name": user.name,
        "role": user.role.value,
        "pd_code": user.pd_code,
        "position": user.position.value if user.position else None,
        "active": user.active,
    }


def _user(session: Session, key: str) -> StaffUser | None:
    return session.get(StaffUser, int(key)) if _is_id(key) else None


def _is_id(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 19


def check_account(asked: Asked, value: Any) -> None:
    """Refuse an account that could do nothing, and leave no work and no service without a person.

    Raises:
        InvalidInputError: says beside which field.
    """
    role, code = Role(value["role"]), value["pd_code"]
    if role in PD_ROLES and code is None:
        raise InvalidInputError({"pd_code": "Peran ini perlu Perangkat Daerah."})
    if role not in PD_ROLES and code is not None:
        raise InvalidInputError({"pd_code": "Peran ini tanpa Perangkat Daerah."})
    if code is not None and not staff.pd_exists(asked.session, code):
        raise InvalidInputError({"pd_code": "Perangkat Daerah ini tidak ada atau nonaktif."})
    before = _user(asked.session, asked.key)
    if before is not None:
        _check_leaving(asked, before, value)


def _check_leaving(asked: Asked, before: StaffUser, value: Any) -> None:
    goes = before.active and not value["active"]
    moves = (before.role.value, before.pd_code) != (value["role"], value["pd_code"])
    if not (goes or (moves and before.active)):
        return
    field = "active" if goes else "role"
    if asked.by is not None and asked.by.id == before.id:
        raise InvalidInputError({field: "Akun sendiri diubah oleh pengelola lain."})
    alone = not open_work.active_users_in_role(asked.session, before.role, before.id)
    if before.role is Role.SUPERADMIN and alone:
        raise InvalidInputError({field: "Ini pengelola sistem terakhir yang aktif."})
    held = open_work.cases_of_person(asked.session, before.id)
    if held:
        words = f"Masih memegang {held} aduan yang belum selesai. Alihkan dulu ke petugas lain."
        raise InvalidInputError({field: words})
    if before.pd_code and not open_work.active_users_of_pd(
        asked.session, before.pd_code, before.id
    ):
        left = open_work.cases_of_pd(asked.session, before.pd_code)
        if left:
            words = f"Akun aktif terakhir di PD ini, masih ada {left} aduan yang belum selesai."
            raise InvalidInputError({field: words})


def _write_user(asked: Asked, value: Any) -> None:
    user = asked.session.get_one(StaffUser, int(asked.key))
    user.name, user.role = value["name"], Role(value["role"])
    user.pd_code, user.active = value["pd_code"], value["active"]
    seat = value.get("position")  # an older version of the account knows none
    user.position = Position(seat) if seat else None
    if not user.active:
        staff.revoke_sessions_of(asked.session, user.id, asked.runtime.now())
        invitations.drop(asked.session, user.id)


_GOVERNMENT, _DAILY = Permission.KEEP_GOVERNMENT, Permission.KEEP_SETTINGS
USER: Final = Area(
    name="user",
    permission=Permission.KEEP_ACCOUNTS,
    judge=_judged_by(setting_checks.user),
    read=_read_user,
    write=_write_user,
    check=check_account,
)
AREAS: Final[Mapping[str, Area]] = {
    one.name: one
    for one in (
        _section("identity", _GOVERNMENT, setting_checks.identity),
        _section("emergency", _GOVERNMENT, setting_checks.emergency),
        _section("hours", _GOVERNMENT, setting_checks.hours),
        _section("channels", _GOVERNMENT, setting_checks.channels),
        _section("clocks", _GOVERNMENT, setting_checks.clocks),
        Area(
            name="pd",
            permission=_DAILY,
            judge=_judged_by(setting_checks.pd),
            read=_read_pd,
            write=lambda asked, value: tenant.put_pd(asked.session, value),
            check=_check_pd,
        ),
        Area(
            name="category",
            permission=_DAILY,
            judge=_judged_by(setting_checks.category),
            read=_read_category,
            write=lambda asked, value: tenant.put_category(asked.session, value),
            check=_check_category,
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
}
