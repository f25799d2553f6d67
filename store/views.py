"""Saved views of the list."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.models.search import SavedView
from store.models.staff import StaffUser


def of(session: Session, staff_id: int, *, with_shared: bool) -> Sequence[SavedView]:
    """Return this person's views by name, and the shared ones if asked."""
    whose = SavedView.owner_id == staff_id
    if with_shared:
        whose = or_(whose, SavedView.shared)
    return session.scalars(select(SavedView).where(whose).order_by(SavedView.name)).all()


def named(session: Session, staff_id: int, name: str) -> SavedView | None:
    """Return this person's view with this name."""
    statement = select(SavedView).where(SavedView.owner_id == staff_id, SavedView.name == name)
    return session.scalar(statement)


def lock_owner(session: Session, staff_id: int) -> None:
    """Let one person's views be saved one after another."""
    session.execute(select(StaffUser.id).where(StaffUser.id == staff_id).with_for_update())


def how_many(session: Session, staff_id: int) -> int:
    """Return how many views this person has."""
    statement = select(func.count()).where(SavedView.owner_id == staff_id)
    return session.scalar(statement) or 0


def with_id(session: Session, view_id: int) -> SavedView | None:
    """Return one view."""
    return session.get(SavedView, view_id)
