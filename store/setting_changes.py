"""Queries of the history of settings; the id of its newest row is the version of them all.

Writers take turns (`lock`), so that ids become visible in their order and a reader that saw a
version misses nothing before it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ScalarSelect

from store.models.setting import SettingChange
from store.models.staff import StaffUser

_CHANGE_LOCK = 0x5A48_5345  # any number that nothing else here locks


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with the name of who made it, None for the command line."""

    change: SettingChange
    actor: str | None


def lock(session: Session) -> None:
    """Let one change of settings at a time be made; ends with the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(_CHANGE_LOCK)))


def version_column() -> ScalarSelect[int]:
    """Return the version as a column, so that it rides on another query."""
    return select(func.coalesce(func.max(SettingChange.id), 0)).scalar_subquery()


def version(session: Session) -> int:
    """Return the version of the settings: 0 until something is changed."""
    return session.scalar(select(version_column())) or 0


def newest_id(session: Session, area: str, key: str) -> int:
    """Return the id of the last change of one thing, 0 if it was never changed."""
    statement = select(func.max(SettingChange.id)).where(
        SettingChange.area == area, SettingChange.key == key
    )
    return session.scalar(statement) or 0


def add(session: Session, change: SettingChange) -> int:
    """Note a change and return its id, the new version."""
    session.add(change)
    session.flush()
    return change.id


def get(session: Session, change_id: int) -> SettingChange | None:
    """Return one change, None if there is none."""
    return session.get(SettingChange, change_id)


def history(
    session: Session, area: str, key: str, before: int | None, limit: int
) -> Sequence[ChangeRow]:
    """Return the changes of one thing, newest first, those older than `before`."""
    return _rows(session, [SettingChange.area == area, SettingChange.key == key], before, limit)


def recent(
    session: Session, areas: Collection[str], before: int | None, limit: int
) -> Sequence[ChangeRow]:
    """Return the changes of several areas, newest first, those older than `before`."""
    return _rows(session, [SettingChange.area.in_(areas)], before, limit)


def _rows(
    session: Session, conditions: list[Any], before: int | None, limit: int
) -> Sequence[ChangeRow]:
    if before is not None:
        conditions = [*conditions, SettingChange.id < before]
    statement = (
        select(SettingChange, StaffUser.name)
        .outerjoin(StaffUser, StaffUser.id == SettingChange.actor_id)
        .where(*conditions)
        .order_by(SettingChange.id.desc())
        .limit(limit)
    )
    return [ChangeRow(change, name) for change, name in session.execute(statement)]
