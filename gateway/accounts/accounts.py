"""Logins: passwords, sessions in the database, and a limit on guessing.

Unknown names and wrong passwords take the same path and get the same words.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from gateway.accounts import passwords
from gateway.accounts.sessions import (
    TRIES_WINDOW,
    Login,
    TooManyAttemptsError,
    enter,
    hash_token,
    person,
    refuse_too_many,
)
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.people import PD_ROLES, Role, Staff
from gateway.runtime import Runtime
from store import staff
from store.models.staff import StaffUser
from store.staff import SessionRow

_SPACE = "login"
_TOUCH_EVERY = timedelta(minutes=1)
# Verified when there is no such account, so that the answer takes as long.
_NOBODY = passwords.hashed(secrets.token_hex(16))

__all__ = [
    "Account",
    "Login",
    "LoginRefusedError",
    "Role",
    "TooManyAttemptsError",
    "create_user",
    "current",
    "list_users",
    "log_in",
    "log_out",
    "set_password",
]


class LoginRefusedError(InvalidInputError):
    """Unknown name, wrong password or inactive account: nobody learns which."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the list of accounts."""

    username: str
    name: str
    role: Role
    pd_code: str | None
    active: bool


def log_in(
    runtime: Runtime,
    username: str,
    password: str,
    address: str,
    *,
    client: str = "",
    replaces: str | None = None,
) -> Login:
    """Open a session and return its token; a session that the browser already had ends.

    Where the account has a second step, the login only `needs_code`.

    Args:
        runtime: the connected parts.
        username: as typed.
        password: as typed.
        address: the browser's network address; counted, never stored in the open.
        client: browser and system in words.
        replaces: token of the session that this login takes the place of.

    Raises:
        TooManyAttemptsError: five failures in 15 minutes for this name or this address.
        LoginRefusedError: the name and the password do not belong together.
    """
    keys = [
        runtime.keys.lookup("login-user", username.strip().lower()),
        runtime.keys.lookup("login-address", address),
    ]
    with runtime.transaction() as session:
        refuse_too_many(runtime, session, _SPACE, keys)
        user = _verified(session, username, password)
        if user is None:
            staff.add_attempts(session, _SPACE, keys, runtime.now())
        else:
            staff.clear_attempts(session, _SPACE, keys[0], runtime.now() - TRIES_WINDOW)
            return enter(runtime, session, user, client, replaces)
    raise LoginRefusedError({"username": "Nama pengguna atau kata sandi keliru."})


def current(runtime: Runtime, token: str | None, *, touch: bool = True) -> Staff | None:
    """Return who holds this token, or None when it counts no more: an ordinary answer.

    A page that only asks for news by itself does not `touch` the session: it would never end.
    """
    if not token:
        return None
    with runtime.transaction() as session:
        row = staff.session_row(session, hash_token(token))
        if row is None or not row.user.active or row.session.half:
            return None
        runtime.watch.saw(row.settings_version)
        login, now = row.session, runtime.now()
        idle_until = login.last_seen_at + timedelta(seconds=runtime.timers.session_idle_s)
        if login.revoked_at is not None or now >= min(login.expires_at, idle_until):
            return None
        if touch and now - login.last_seen_at >= _TOUCH_EVERY:
            login.last_seen_at = now
        must_enrol = _grace_is_over(runtime, row)
        return person(row.user, row.pd_name, must_enrol=must_enrol)


def log_out(runtime: Runtime, token: str | None) -> None:
    """End the session of this token."""
    if token:
        with runtime.transaction() as session:
            staff.revoke_session(session, hash_token(token), runtime.now())


def create_user(
    runtime: Runtime,
    username: str,
    name: str,
    role: Role,
    password: str,
    pd_code: str | None = None,
) -> int:
    """Create an account and return its id.

    Raises:
        InvalidInputError: the name is taken, the password too easy or the PD unknown.
    """
    with runtime.transaction() as session:
        problems = _account_problems(session, username, password, pd_code)
        if problems:
            raise InvalidInputError(problems)
        user = StaffUser(
            username=username.strip().lower(),
            name=name.strip(),
            role=role,
            pd_code=pd_code if role in PD_ROLES else None,
            password_hash=passwords.hashed(password),
            created_at=runtime.now(),
        )
        session.add(user)
        session.flush()  # the caller wants its id
        return user.id


def set_password(runtime: Runtime, username: str, password: str) -> None:
    """Give an account a new password, to be changed at the next login, and end its sessions.

    Raises:
        NotFoundError: no such account.
        InvalidInputError: the password is too short or too easy.
    """
    passwords.check(password, username)
    with runtime.transaction() as session:
        user = staff.user_by_username(session, username)
        if user is None:
            raise NotFoundError("account")
        user.password_hash, user.must_change_password = passwords.hashed(password), True
        staff.revoke_sessions_of(session, user.id, runtime.now())


def list_users(runtime: Runtime) -> list[Account]:
    """Return all accounts by name."""
    with runtime.transaction() as session:
        return [
            Account(user.username, user.name, user.role, user.pd_code, user.active)
            for user in staff.users(session)
        ]


def _account_problems(
    session: Session, username: str, password: str, pd_code: str | None
) -> dict[str, str]:
    problems = {"password": passwords.problem(password, username)}
    if not username.strip():
        problems["username"] = "Nama pengguna wajib diisi."
    elif staff.user_by_username(session, username) is not None:
        problems["username"] = "Nama pengguna sudah dipakai."
    if pd_code is not None and not staff.pd_exists(session, pd_code):
        problems["pd_code"] = "Perangkat Daerah tidak dikenal."
    return {name: words for name, words in problems.items() if words}


def _grace_is_over(runtime: Runtime, row: SessionRow) -> bool:
    if not runtime.logins.second_step or row.confirmed_at is not None or row.asked_at is None:
        return False
    return runtime.now() >= row.asked_at + timedelta(days=runtime.logins.grace_days)


def _verified(session: Session, username: str, password: str) -> StaffUser | None:
    user = staff.user_by_username(session, username)
    right = passwords.matches(user.password_hash if user else _NOBODY, password)
    if not right or user is None or not user.active:
        return None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return user
