"""The table of blocked senders: who is not answered for a while, why, and who decided."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedText
from store.db import Base


class SenderBlock(Base):
    """One block of the sender of a conversation, from `made_at` until `until`.

    What they write is kept, not answered and in no queue; emergencies pass always. The present
    block is also `Conversation.blocked_until`. `lifted_at` is set when somebody ended it early.
    """

    __tablename__ = "sender_block"
    __table_args__ = (Index("ix_sender_block_conversation", "conversation_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(EncryptedText)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
