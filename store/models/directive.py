"""The table of Arahan: what the leadership asks of a perangkat daerah."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedText
from store.db import Base


class Directive(Base):
    """One Arahan with its deadline, about a case or about none.

    `pd_code` is the PD it was written to. A case may move on to another one, which then has to
    answer it: `acknowledged_pd` is the PD whose head said "Saya tindak lanjuti". `due_at` is the
    end of the last day. `reminded_at` is set once the missed deadline was told; `closed_at` when
    the leadership took it off the list, or its case was over.
    """

    __tablename__ = "directive"
    __table_args__ = (
        Index("ix_directive_open", "due_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_directive_pd", "pd_code", text("id DESC")),
        Index(
            "ix_directive_complaint",
            "complaint_id",
            "id",
            postgresql_where=text("complaint_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    pd_code: Mapped[str] = mapped_column(ForeignKey("perangkat_daerah.code"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    body: Mapped[str] = mapped_column(EncryptedText)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    acknowledged_pd: Mapped[str | None] = mapped_column(String(32))
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
