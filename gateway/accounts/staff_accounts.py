"""Accounts in Pengaturan: creating them, and codes with which people set their own password.

Nobody sends a password by chat: whoever creates or resets an account hands over a code that works
once and not for long.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.accounts import login_history, passwords
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.rules.people import HELPED_ROLES, Permission, Position, Role, Staff
from gateway.runtime import Runtime
from gateway.settings import setting_areas
from gateway.settings.setting_areas import USER, Asked
from gateway.settings.setting_checks import Form
from gateway.settings.setting_views import Change
from store import invitations, second_step, setting_changes, staff
from store.models.staff import AuditEntry, StaffUser

CODE_LIFE: Final = timedelta(days=3)
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
_CODE_GROUPS, _GROUP = 4, 5  # 31 to the 20th: nobody guesses it


class CodeRefusedError(InvalidInputError):
    """The code was used already, is too old, or never was one: nobody learns which."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh code; it is shown once and stored nowhere.

    Attributes:
        user_id: of the account.
        username: with which the person logs in.
        code: in groups of letters and figures.
        until: how long it counts, aware UTC.
    """

    user_id: int
    username: str
    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the list."""

    id: int
    username: str
    name: str
    role: Role
    pd_code: str | None
    active: bool
    last_login_at: datetime | None
    invited_until: datetime | None


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody logs in besides the password.

    Attributes:
        second_step: whether it is on.
        oidc_login: who they are at the government's provider, empty if not connected.
        oidc: whether there is anything to connect or to end.
        history: what keepers did, newest first.
    """

    second_step: bool
    oidc_login: str
    oidc: bool
    history: list[Change]


def list_accounts(runtime: Runtime, person: Staff) -> list[AccountLine]:
    """Return all accounts by name, the inactive ones last."""
    person.require(USER.permission)
    return _lines(runtime)


def list_helped(runtime: Runtime, person: Staff) -> list[AccountLine]:
    """Return the active accounts of PDs to which Diskominfo's admins may give a new password."""
    person.require(Permission.HELP_PD_LOGIN)
    return [one for one in _lines(runtime) if one.active and one.role in HELPED_ROLES]


def ways_in(runtime: Runtime, person: Staff, user_id: int) -> WaysIn:
    """Return how somebody logs in besides the password, and what keepers did about it.

    Raises:
        NotFoundError: there is no such account.
    """
    person.require(USER.permission)
    with runtime.transaction() as session:
        user = session.get(StaffUser, user_id)
        if user is None:
            raise NotFoundError("account")
        step = second_step.of(session, user_id)
        return WaysIn(
            second_step=step is not None and step.confirmed_at is not None,
            oidc_login=user.oidc_login or "",
            oidc=runtime.logins.oidc is not None or user.oidc_login is not None,
            history=login_history.lines(runtime, session, user_id),
        )


def _lines(runtime: Runtime) -> list[AccountLine]:
    with runtime.transaction() as session:
        codes = invitations.waiting(session, runtime.now())
        found = [
            AccountLine(
                user.id,
                user.username,
                user.name,
                user.role,
                user.pd_code,
                user.active,
                user.last_login_at,
                codes.get(user.id),
            )
            for user in staff.users(session)
        ]
    return sorted(found, key=lambda one: (not one.active, one.name.casefold()))


def create(runtime: Runtime, person: Staff, form: Form) -> Invited | int:
    """Create an account; return its first code, or its id where a first password was given.

    The person must change a password that somebody else typed before doing anything else.

    Raises:
        InvalidInputError: says beside which field.
    """
    person.require(USER.permission)
    password = form.get("password", "")
    with runtime.transaction() as session:
        setting_changes.lock(session)
        asked = Asked(runtime, session, person, "")
        value = USER.judge(asked, {**form, "active": "ya"}, None)
        if staff.user_by_username(session, value["username"]) is not None:
            raise InvalidInputError({"username": "Nama pengguna sudah dipakai."})
        USER.check(asked, value)
        if password:
            passwords.check(password, value["username"])
        user = StaffUser(
            username=value["username"],
            name=value["name"],
            role=Role(value["role"]),
            pd_code=value["pd_code"],
            position=Position(value["position"]) if value["position"] else None,
            password_hash=passwords.hashed(password or secrets.token_hex(32)),
            must_change_password=bool(password),
            created_at=runtime.now(),
        )
        session.add(user)
        session.flush()  # the history names its id
        setting_areas.note(Asked(runtime, session, person, str(user.id)), USER, None, value)
        return user.id if password else _invite(asked, user)


def reset(runtime: Runtime, person: Staff, user_id: int) -> Invited:
    """End the old password and all sessions of an account, and return a code for a new one.

    A second step stays. Diskominfo's admins help heads and officers of PDs, and nobody else.

    Raises:
        NotFoundError: there is no such active account.
        ForbiddenError: it is not for this person to do.
    """
    person.require(USER.permission, Permission.HELP_PD_LOGIN)
    with runtime.transaction() as session:
        login_history.begin(session)
        user = session.get(StaffUser, user_id)
        if user is None or not user.active:
            raise NotFoundError("account")
        if user.role not in HELPED_ROLES and not person.may(USER.permission):
            raise ForbiddenError(person.role.value)
        user.password_hash = passwords.hashed(secrets.token_hex(32))
        staff.revoke_sessions_of(session, user.id, runtime.now())
        facts = {"account": user.id}
        session.add(
            AuditEntry(at=runtime.now(), actor_id=person.id, action="password_reset", data=facts)
        )
        change = {"password": None}, {"password": "disetel ulang"}
        login_history.note(runtime, session, person, user.id, change)
        return _invite(Asked(runtime, session, person, str(user.id)), user)


def accept(runtime: Runtime, code: str, password: str, again: str) -> str:
    """Set the password of the account that a code was made for; return its user name.

    Raises:
        CodeRefusedError: the code does not count.
        InvalidInputError: the password is too short or easy, or was typed differently.
    """
    passwords.check(password)
    if password != again:
        raise InvalidInputError({"again": "Kedua kata sandi tidak sama."})
    with runtime.transaction() as session:
        user = invitations.take(session, _hash(code), runtime.now())
        if user is None:
            raise CodeRefusedError({"code": "Kode tidak berlaku lagi. Mintalah yang baru."})
        user.password_hash, user.must_change_password = passwords.hashed(password), False
        staff.revoke_sessions_of(session, user.id, runtime.now())
        session.add(AuditEntry(at=runtime.now(), actor_id=user.id, action="password_set"))
        return user.username


def _invite(asked: Asked, user: StaffUser) -> Invited:
    groups = [
        "".join(secrets.choice(_CODE_LETTERS) for _ in range(_GROUP)) for _ in range(_CODE_GROUPS)
    ]
    code, until = "-".join(groups), asked.runtime.now() + CODE_LIFE
    invitations.put(asked.session, user.id, _hash(code), until)
    return Invited(user.id, user.username, code, until)


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
