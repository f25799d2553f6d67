"""The table of telephone calls: who called, which recording came of it, what was agreed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedText
from store.db import Base


class PhoneCall(Base):
    """One call to us.

    `caller` is None for a withheld number, and while `caller_known` is false: then a recording
    was announced before its call, and the provider is asked at `lookup_at`. `sms_wanted_at` is
    when the caller agreed to get the number by SMS, `sms_settled_at` when that was done.
    """

    __tablename__ = "phone_call"
    __table_args__ = (
        UniqueConstraint("account", "call_id"),
        Index("ix_phone_call_lookup", "lookup_at", postgresql_where=text("lookup_at IS NOT NULL")),
        Index(
            "ix_phone_call_sms",
            "id",
            postgresql_where=text("sms_wanted_at IS NOT NULL AND sms_settled_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str] = mapped_column(String(512))
    caller: Mapped[str | None] = mapped_column(EncryptedText)
    caller_known: Mapped[bool]
    noted_at: Mapped[datetime] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    lookup_at: Mapped[datetime | None]
    lookups: Mapped[int] = mapped_column(default=0)
    sms_wanted_at: Mapped[datetime | None]
    sms_settled_at: Mapped[datetime | None]
