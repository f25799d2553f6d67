"""Tables of the second step of the login: the app that shows codes, and codes for emergencies."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedText
from store.db import Base


class SecondStep(Base):
    """What a person needs besides the password.

    `asked_at` is when the service first asked for it: the days of grace count from there. `secret`
    (base 32) is on once `confirmed_at` is set. `counter` is the last half-minute whose code was
    taken; an older one counts no more.
    """

    __tablename__ = "second_step"
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    asked_at: Mapped[datetime | None]
    secret: Mapped[str | None] = mapped_column(EncryptedText)
    confirmed_at: Mapped[datetime | None]
    counter: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code on paper that stands in for the app once; only its keyed hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
