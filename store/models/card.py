"""The table of identity cards that are read off photos."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedJSON
from store.db import Base


class CardReading(Base):
    """The reading of one photo that shows an identity card, and the end of that photo.

    `due_at` is set while the photo waits to be read; a claim moves it. `found` is what it said,
    None for nothing; `no_card`: it was read well, and no card is on it. `offered_at` is when a card
    that came after the ticket was asked about. At `erase_at` the photo and this row go.
    """

    __tablename__ = "card_reading"
    __table_args__ = (
        Index("ix_card_reading_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_card_reading_erase", "erase_at", postgresql_where=text("erase_at IS NOT NULL")),
    )
    attachment_id: Mapped[int] = mapped_column(
        ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    found: Mapped[Any | None] = mapped_column(EncryptedJSON)
    no_card: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    offered_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None]
