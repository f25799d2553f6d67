"""Tables of Pengaturan: every change with what stood before, and codes that open an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class SettingChange(Base):
    """One change of the government's settings; never edited. The newest id is their version.

    `old` is empty where nothing stood before, `new` where the thing was taken away.
    """

    __tablename__ = "setting_change"
    __table_args__ = (Index("ix_setting_change_about", "area", "key", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))  # None: command line
    area: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(100))  # which of the area; empty where there is one
    old: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    new: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))


class Invitation(Base):
    """A code with which a person sets the password of an account, once."""

    __tablename__ = "invitation"
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
