"""Queries of the codes with which people set a first or a new password."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.models.setting import Invitation
from store.models.staff import StaffUser


def put(session: Session, user_id: int, code_hash: str, expires_at: datetime) -> None:
    """Store a code; an older one of the same person is worth nothing from now on."""
    session.merge(Invitation(user_id=user_id, code_hash=code_hash, expires_at=expires_at))


def take(session: Session, code_hash: str, now: datetime) -> StaffUser | None:
    """Use up a code and return its active account; None where there is none, or it is too late."""
    statement = (
        delete(Invitation)
        .where(Invitation.code_hash == code_hash, Invitation.expires_at > now)
        .returning(Invitation.user_id)
    )
    user_id = session.scalar(statement)
    user = None if user_id is None else session.get(StaffUser, user_id)
    return user if user is not None and user.active else None


def drop(session: Session, user_id: int) -> None:
    """Make a person's code worth nothing."""
    session.execute(delete(Invitation).where(Invitation.user_id == user_id))


def waiting(session: Session, now: datetime) -> dict[int, datetime]:
    """Return until when each person's unused code counts."""
    rows = session.execute(
        select(Invitation.user_id, Invitation.expires_at).where(Invitation.expires_at > now)
    )
    return {user_id: until for user_id, until in rows}  # noqa: C416 (rows are no pairs for mypy)
