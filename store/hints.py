"""Which helps people have put away."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.hint import ClosedHint


def is_closed(session: Session, user_id: int, name: str) -> bool:
    """Whether this person has put this help away."""
    return session.get(ClosedHint, (user_id, name)) is not None


def close(session: Session, user_id: int, name: str, at: datetime) -> None:
    """Put a help away; twice does no harm."""
    row = {"user_id": user_id, "name": name, "closed_at": at}
    session.execute(upsert(ClosedHint).values(row).on_conflict_do_nothing())
