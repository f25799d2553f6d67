"""Tables that stand beside the history: erasable values, and the anchors over everything."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedText
from store.db import Base


class HistoryValue(Base):
    """A text before and after one entry of the history.

    It stands outside the chain, which holds only its salted digest: a person's words in it can be
    erased and the chain stays whole (decision 4).
    """

    __tablename__ = "history_value"
    event_id: Mapped[int] = mapped_column(ForeignKey("complaint_event.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(32), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    old: Mapped[str | None] = mapped_column(EncryptedText)
    new: Mapped[str | None] = mapped_column(EncryptedText)
    erased_at: Mapped[datetime | None]


class HistoryUnsealed(Base):
    """What no anchor holds yet; the database writes it beside each new entry."""

    __tablename__ = "history_unsealed"
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    audit_id: Mapped[int | None] = mapped_column(ForeignKey("audit_entry.id"), index=True)


class HistoryAnchor(Base):
    """A keyed hash over all that was sealed at one instant and over the anchor before it."""

    __tablename__ = "history_anchor"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 … no gaps
    at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))


class HistorySeal(Base):
    """One thing that an anchor holds: how far a complaint's history went, or an audit entry."""

    __tablename__ = "history_seal"
    __table_args__ = (
        CheckConstraint("(complaint_id IS NULL) <> (audit_id IS NULL)", name="one_subject"),
        Index(
            "ix_history_seal_complaint",
            "complaint_id",
            "seq",
            postgresql_where=text("complaint_id IS NOT NULL"),
        ),
        Index("ix_history_seal_audit", "audit_id", postgresql_where=text("audit_id IS NOT NULL")),
    )
    anchor_id: Mapped[int] = mapped_column(ForeignKey("history_anchor.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    complaint_id: Mapped[int | None]
    seq: Mapped[int | None]
    audit_id: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64))
