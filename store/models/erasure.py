"""The table of conversations whose person is forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base
from store.models.messaging import Conversation

# Which conversations are old enough is asked once a day; this column never changes.
Index("ix_conversation_created", Conversation.created_at, Conversation.id)


class ErasedConversation(Base):
    """A conversation of which no name, number or raw text is left, and since when."""

    __tablename__ = "erased_conversation"
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id"), primary_key=True, autoincrement=False
    )
    erased_at: Mapped[datetime]
    cases: Mapped[int]
