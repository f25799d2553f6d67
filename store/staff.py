"""Queries of the government's own people: accounts, sessions, attempts, audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from store import setting_changes
from store.models.second_step import SecondStep
from store.models.staff import (
    Attempt,
    AuditEntry,
    PerangkatDaerah,
    Role,
    StaffSession,
    StaffUser,
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A login with the person behind it; the version of the settings comes along.

    `asked_at` and `confirmed_at` are those of the second step.
    """

    session: StaffSession
    user: StaffUser
    pd_name: str | None
    settings_version: int
    asked_at: datetime | None
    confirmed_at: datetime | None


def user_by_username(session: Session, username: str) -> StaffUser | None:
    """Return the account with this name (case does not matter), also an inactive one."""
    return session.scalar(
        select(StaffUser).where(func.lower(StaffUser.username) == username.strip().lower())
    )


def user_by_oidc_subject(session: Session, subject: str) -> StaffUser | None:
    """Return the account that the OpenID provider knows by this mark."""
    return session.scalar(select(StaffUser).where(StaffUser.oidc_subject == subject))


def user_by_oidc_login(session: Session, login: str) -> StaffUser | None:
    """Return the account that an admin connected with this login and that has no mark yet."""
    return session.scalar(
        select(StaffUser).where(StaffUser.oidc_login == login, StaffUser.oidc_subject.is_(None))
    )


def users(session: Session) -> list[StaffUser]:
    """Return all accounts by name."""
    return list(session.scalars(select(StaffUser).order_by(StaffUser.username)))


def active_in_role(session: Session, role: Role) -> list[StaffUser]:
    """Return the accounts of one role that may log in, by name."""
    statement = select(StaffUser).where(StaffUser.role == role, StaffUser.active)
    return list(session.scalars(statement.order_by(StaffUser.name)))


def user_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of members of staff by id."""
    statement = select(StaffUser.id, StaffUser.name).where(StaffUser.id.in_(set(ids)))
    return {row.id: row.name for row in session.execute(statement)}


def pd_exists(session: Session, code: str) -> bool:
    """Whether this perangkat daerah is known and in use."""
    pd = session.get(PerangkatDaerah, code)
    return pd is not None and pd.active


def session_row(session: Session, token_hash: str) -> SessionRow | None:
    """Return the login with this token, whether it still counts or not."""
    statement = (
        select(
            StaffSession,
            StaffUser,
            PerangkatDaerah.name,
            setting_changes.version_column(),
            SecondStep.asked_at,
            SecondStep.confirmed_at,
        )
        .join(StaffUser, StaffUser.id == StaffSession.user_id)
        .outerjoin(SecondStep, SecondStep.user_id == StaffUser.id)
        .outerjoin(PerangkatDaerah, PerangkatDaerah.code == StaffUser.pd_code)
        .where(StaffSession.token_hash == token_hash)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else SessionRow(*row)


def revoke_session(session: Session, token_hash: str, at: datetime) -> None:
    """End one login."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == token_hash, StaffSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def revoke_sessions_of(session: Session, user_id: int, at: datetime, *, but: str = "") -> None:
    """End every login of a person, as after a change of password; `but` is a token's hash."""
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.user_id == user_id,
            StaffSession.revoked_at.is_(None),
            StaffSession.token_hash != but,
        )
        .values(revoked_at=at)
    )


def open_sessions_of(
    session: Session, user_id: int, now: datetime, seen_after: datetime
) -> list[StaffSession]:
    """Return the logins of a person that still count, the last used first."""
    statement = (
        select(StaffSession)
        .where(
            StaffSession.user_id == user_id,
            StaffSession.revoked_at.is_(None),
            StaffSession.half.is_(False),
            StaffSession.expires_at > now,
            StaffSession.last_seen_at > seen_after,
        )
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.token_hash)
        .limit(50)
    )
    return list(session.scalars(statement))


def count_attempts(session: Session, space: str, keys: Sequence[str], since: datetime) -> int:
    """Return the largest number of tries of one of `keys` since then."""
    statement = (
        select(func.count())
        .where(Attempt.space == space, Attempt.key.in_(keys), Attempt.at > since)
        .group_by(Attempt.key)
    )
    return max(session.scalars(statement), default=0)


def lock_attempts(session: Session, key: str) -> None:
    """Let tries of `key` come one after another, so that many at once are not one try."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def first_attempt(
    session: Session, space: str, keys: Sequence[str], since: datetime
) -> datetime | None:
    """Return when the oldest try of one of `keys` since then was made."""
    return session.scalar(
        select(func.min(Attempt.at)).where(
            Attempt.space == space, Attempt.key.in_(keys), Attempt.at > since
        )
    )


def add_attempts(session: Session, space: str, keys: Sequence[str], at: datetime) -> None:
    """Count one try against each of `keys`."""
    session.add_all(Attempt(space=space, key=key, at=at) for key in keys)


def clear_attempts(session: Session, space: str, key: str, before: datetime) -> None:
    """Forget the tries of `key`, and everybody's that no longer count."""
    session.execute(
        delete(Attempt).where(Attempt.space == space, or_(Attempt.key == key, Attempt.at < before))
    )


def last_audit(
    session: Session, action: str, actor_id: int, complaint_id: int, since: datetime
) -> datetime | None:
    """Return when this person last did this to this complaint since then."""
    return session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.action == action,
            AuditEntry.actor_id == actor_id,
            AuditEntry.complaint_id == complaint_id,
            AuditEntry.at > since,
        )
    )


__all__ = [
    "Role",
    "SessionRow",
    "add_attempts",
    "clear_attempts",
    "count_attempts",
    "first_attempt",
    "last_audit",
    "lock_attempts",
    "open_sessions_of",
    "pd_exists",
    "revoke_session",
    "revoke_sessions_of",
    "session_row",
    "user_by_oidc_login",
    "user_by_oidc_subject",
    "user_by_username",
    "user_names",
    "users",
]
