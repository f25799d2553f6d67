"""Queries of the second step of the login."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.models.second_step import RecoveryCode, SecondStep


def of(session: Session, user_id: int, *, lock: bool = False) -> SecondStep | None:
    """Return what a person needs besides the password; locked, so that a code counts once."""
    return session.get(SecondStep, user_id, with_for_update=lock or None)


def make(session: Session, user_id: int) -> SecondStep:
    """Return the person's row, locked; a new one if there is none."""
    found = of(session, user_id, lock=True)
    if found is None:
        found = SecondStep(user_id=user_id, counter=0)
        session.add(found)
        session.flush()
    return found


def use_recovery_code(session: Session, user_id: int, code_hash: str, at: datetime) -> bool:
    """Use up a code from paper; False if it is unknown or was used."""
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return session.scalar(statement) is not None


def replace_recovery_codes(session: Session, user_id: int, hashes: Sequence[str]) -> None:
    """Let only these codes count from now on."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=one) for one in hashes)


def recovery_codes_left(session: Session, user_id: int) -> int:
    """Return how many codes from paper still count."""
    statement = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(statement) or 0


def forget(session: Session, user_id: int) -> None:
    """Take a person's second step away, with the codes on paper and the days of grace."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondStep).where(SecondStep.user_id == user_id))
