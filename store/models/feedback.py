"""The table of what was understood and what an officer made of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedJSON
from store.db import Base

FIELDS = ("pd", "category", "kind", "event", "desa", "kecamatan", "street", "landmark")


class Feedback(Base):
    """One field of one complaint, as understood first and as officers left it.

    `understood` and `corrected` are codes that may be counted: of an office, a category, a kind, a
    precision, names of desa and kecamatan. What may name a person or a house (times, streets,
    landmarks) stands encrypted in `details`. `rank` is the place (1 to 3) at which the suggestions
    had what the officer chose. `rule` names what had suggested it: ``keywords`` or a model.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("complaint_id", "field"),
        Index("ix_feedback_field", "field", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    field: Mapped[str] = mapped_column(String(16))
    understood: Mapped[str | None] = mapped_column(String(100))
    corrected: Mapped[str | None] = mapped_column(String(100))
    details: Mapped[Any] = mapped_column(EncryptedJSON)
    agreed: Mapped[bool]
    rank: Mapped[int | None]
    rule: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
