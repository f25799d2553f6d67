"""Accounts in Pengaturan: as they are kept, and what speaks against a change of one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.rules.people import PD_ROLES, Position, Role, Staff
from store import invitations, open_work, staff
from store.models.staff import StaffUser


def read(session: Session, key: str) -> Any:
    """Return an account as the settings keep it, None if there is none."""
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


def check(session: Session, by: Staff | None, key: str, value: Any) -> None:
    """Refuse an account that could do nothing, and leave no work and no service without a person.

    Args:
        session: the caller's.
        by: who changes it, None on the command line.
        key: the id of the account, empty for a new one.
        value: as it shall be.

    Raises:
        InvalidInputError: says beside which field.
    """
    role, code = Role(value["role"]), value["pd_code"]
    if role in PD_ROLES and code is None:
        raise InvalidInputError({"pd_code": "Peran ini perlu Perangkat Daerah."})
    if role not in PD_ROLES and code is not None:
        raise InvalidInputError({"pd_code": "Peran ini tanpa Perangkat Daerah."})
    if code is not None and not staff.pd_exists(session, code):
        raise InvalidInputError({"pd_code": "Perangkat Daerah ini tidak ada atau nonaktif."})
    before = _user(session, key)
    if before is not None:
        _check_leaving(session, by, before, value)


def _check_leaving(session: Session, by: Staff | None, before: StaffUser, value: Any) -> None:
    goes = before.active and not value["active"]
    moves = (before.role.value, before.pd_code) != (value["role"], value["pd_code"])
    if not (goes or (moves and before.active)):
        return
    field = "active" if goes else "role"
    if by is not None and by.id == before.id:
        raise InvalidInputError({field: "Akun sendiri diubah oleh pengelola lain."})
    alone = not open_work.active_users_in_role(session, before.role, before.id)
    if before.role is Role.SUPERADMIN and alone:
        raise InvalidInputError({field: "Ini pengelola sistem terakhir yang aktif."})
    held = open_work.cases_of_person(session, before.id)
    if held:
        words = f"Masih memegang {held} aduan yang belum selesai. Alihkan dulu ke petugas lain."
        raise InvalidInputError({field: words})
    if before.pd_code and not open_work.active_users_of_pd(session, before.pd_code, before.id):
        left = open_work.cases_of_pd(session, before.pd_code)
        if left:
            words = f"Akun aktif terakhir di PD ini, masih ada {left} aduan yang belum selesai."
            raise InvalidInputError({field: words})


def write(session: Session, key: str, value: Any, now: datetime) -> None:
    """Store an account; one that is switched off is logged out and loses its invitation."""
    user = session.get_one(StaffUser, int(key))
    user.name, user.role = value["name"], Role(value["role"])
    user.pd_code, user.active = value["pd_code"], value["active"]
    seat = value.get("position")  # an older version of the account knows none
    user.position = Position(seat) if seat else None
    if not user.active:
        staff.revoke_sessions_of(session, user.id, now)
        invitations.drop(session, user.id)
