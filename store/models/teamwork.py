"""Tables of working together: who has a case, who follows it, what was meant for whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class CaseAssignment(Base):
    """Who inside the office works on a case now; the history knows who did before."""

    __tablename__ = "case_assignment"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    assigned_at: Mapped[datetime]


class CaseFollow(Base):
    """A person who wants to know what happens to a case."""

    __tablename__ = "case_follow"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True, index=True)
    since: Mapped[datetime]


class StaffNotice(Base):
    """One line of "Untuk saya": which case and why. Never what was written there.

    `kind` is ``mention``, ``assigned``, ``handed_over`` or the kind of an entry in the history of
    a case that the person follows.
    """

    __tablename__ = "staff_notice"
    __table_args__ = (
        Index("ix_staff_notice_of", "user_id", text("id DESC")),
        Index("ix_staff_notice_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    kind: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
