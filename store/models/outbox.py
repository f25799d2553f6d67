"""Tables of what goes out: the parts of messages, their one-time values, early receipts."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Sequence, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from channels.message import ChannelName, DeliveryStatus, ErrorClass
from store.crypto import EncryptedJSON, EncryptedText
from store.db import Base

# Every change of a part takes a number, so that streams find the new ones as they find new rows.
_CHANGES = Sequence("outbox_part_change_seq", metadata=Base.metadata)


class PartKind(StrEnum):
    """What one outgoing call carries."""

    TEXT = "text"
    MEDIA = "media"
    TEMPLATE = "template"


class OutboxPart(Base):
    """One call to a platform: a text piece, a medium or a template of an outgoing message.

    The row is the truth; retries belong to it. `payload` holds the text with ``{PIN}`` still in
    it, or the attachment id, or the template with its variables. The recipient is pinned through
    the conversation. Parts of one conversation leave in the order of their ids. `retry_at` is when
    a part that failed after the platform had taken it is tried once more. `change_id` is the
    number of its last change.
    """

    __tablename__ = "outbox_part"
    __table_args__ = (
        UniqueConstraint("message_id", "ordinal"),
        UniqueConstraint("reference"),
        Index(
            "ix_outbox_due",
            "priority",
            "next_attempt_at",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index("ix_outbox_sending", "claimed_at", postgresql_where=text("status = 'sending'")),
        Index("ix_outbox_external", "channel", "external_id"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        Index(
            "ix_outbox_trouble",
            "id",
            postgresql_where=text("status IN ('failed', 'uncertain', 'suppressed')"),
        ),
        Index("ix_outbox_change", "change_id"),
        Index("ix_outbox_retry", "retry_at", postgresql_where=text("retry_at IS NOT NULL")),
        Index(
            "ix_outbox_stranded",
            "conversation_id",
            postgresql_where=text("status IN ('parked', 'suppressed', 'failed')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[ChannelName]
    account: Mapped[str] = mapped_column(String(64))
    ordinal: Mapped[int]
    reference: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    kind: Mapped[PartKind]
    payload: Mapped[Any] = mapped_column(EncryptedJSON)
    human: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=1)  # 0 a person waits now, 1 news
    status: Mapped[DeliveryStatus] = mapped_column(default=DeliveryStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    status_at: Mapped[datetime]
    external_id: Mapped[str | None] = mapped_column(String(512))
    error_class: Mapped[ErrorClass | None]
    error_code: Mapped[str | None] = mapped_column(String(64))
    dismissed_at: Mapped[datetime | None]  # an officer has dealt with the failure
    retry_at: Mapped[datetime | None]
    change_id: Mapped[int] = mapped_column(
        server_default=_CHANGES.next_value(), onupdate=_CHANGES.next_value()
    )


class OneTimeSecret(Base):
    """The value of a PIN until the part that carries it is sent, then it goes (decision 3)."""

    __tablename__ = "one_time_secret"
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(EncryptedText)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class EarlyReceipt(Base):
    """A receipt that came before we knew the platform's id; applied when the part is marked."""

    __tablename__ = "early_receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[ChannelName]
    external_id: Mapped[str] = mapped_column(String(512), index=True)
    status: Mapped[DeliveryStatus]
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_class: Mapped[ErrorClass | None]
    retry_waits_s: Mapped[list[Any] | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
