"""The table of other addresses at which a citizen agreed to be reached."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class Agreement(StrEnum):
    """How a citizen agreed to a second channel."""

    CHAT = "chat"  # in writing, in the first conversation
    CALL = "call"  # by a key pressed, or in words, on the telephone
    OPERATOR = "operator"  # told to an officer, who wrote it down


class SecondChannel(Base):
    """One more address of a citizen, a conversation of its own, that answers may go to.

    `agreed_at` is None while the citizen has named the address and not yet shown that it is
    theirs. `withdrawn_at` ends the agreement; a new one lifts it. `code_hash` is the keyed hash of
    the figures sent to the address (decision 3), typed back in the first conversation.
    """

    __tablename__ = "second_channel"
    __table_args__ = (UniqueConstraint("conversation_id", "target_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    how: Mapped[Agreement]
    named_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
