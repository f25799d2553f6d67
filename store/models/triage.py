"""Tables of triage: which cases are not the same, and what was done to many at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class UnlikePair(Base):
    """Two cases of which an officer said that they are not the same; the lower id comes first."""

    __tablename__ = "unlike_pair"
    first_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    decided_by: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime]


class BulkAction(Base):
    """One step on many cases, kept so that it can be undone.

    `changes` holds for each case its ticket and what the step replaced: codes, nothing personal.
    """

    __tablename__ = "bulk_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
    changes: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
