"""What people have read once and need not be told again."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class ClosedHint(Base):
    """A help that somebody has put away, on every device."""

    __tablename__ = "closed_hint"
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    closed_at: Mapped[datetime]
