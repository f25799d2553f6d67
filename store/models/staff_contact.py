"""Tables of how members of staff are reached: linked addresses, their codes, what they are told."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from channels.message import ChannelName
from store.db import Base


class StaffContact(Base):
    """An address at which a member of staff hears of work, shown to be theirs by a code.

    While the row stands, what comes from its conversation is the officer's and never a citizen's.
    `due_at` is set while something from there waits to be read. `daily` asks for the morning
    summary (leadership only). `told_at` is when the last batch was queued.
    """

    __tablename__ = "staff_contact"
    __table_args__ = (
        UniqueConstraint("conversation_id"),
        UniqueConstraint("user_id", "channel"),
        Index("ix_staff_contact_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[ChannelName]
    linked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    daily: Mapped[bool] = mapped_column(default=True)
    told_at: Mapped[datetime | None]


class StaffLinkCode(Base):
    """The open one-time code of a member of staff: keyed hashes of the figures and of the link."""

    __tablename__ = "staff_link_code"
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    figures_hash: Mapped[str] = mapped_column(String(64), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime]


class StaffAlert(Base):
    """One thing that one member of staff is told once (`once_key`).

    `facts` holds codes, ids and counts only. A row waits until it is `settled_at`: sent as
    `message_id`, or dropped (no `message_id`) because it was true no more or nobody could be
    reached. Quoting the message means `complaint_id`. `failed_channel` is where a first message
    failed for good: the second and last one goes elsewhere.
    """

    __tablename__ = "staff_alert"
    __table_args__ = (
        UniqueConstraint("once_key"),
        Index(
            "ix_staff_alert_waiting", "user_id", "id", postgresql_where=text("settled_at IS NULL")
        ),
        Index(
            "ix_staff_alert_message", "message_id", postgresql_where=text("message_id IS NOT NULL")
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    kind: Mapped[str] = mapped_column(String(32))
    once_key: Mapped[str] = mapped_column(String(128))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    failed_channel: Mapped[ChannelName | None]
