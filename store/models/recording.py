"""The table of what officers are writing, before it is a complaint or a message."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.crypto import EncryptedJSON
from store.db import Base


class RecordingDraft(Base):
    """One form as it stands now: a call cut off, a session that ended, a tab that was closed.

    `key` is made with the form and names the complaint that comes of it, so that saving twice
    makes one. `fields` are what was typed, `files` what was uploaded and kept. Lives for a day.

    Of the form ``words`` it is text in work at a case, which follows its writer to another device:
    `key` names case and kind, and it lives for two weeks.
    """

    __tablename__ = "recording_draft"
    __table_args__ = (UniqueConstraint("staff_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    key: Mapped[str] = mapped_column(String(32))
    form: Mapped[str] = mapped_column(String(16))  # call, social or words
    fields: Mapped[Any] = mapped_column(EncryptedJSON)
    files: Mapped[Any] = mapped_column(EncryptedJSON)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class LeftFile(Base):
    """A file of the media folder that a form gave up; nothing else may need it any more."""

    __tablename__ = "left_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128))
    left_at: Mapped[datetime] = mapped_column(index=True)
