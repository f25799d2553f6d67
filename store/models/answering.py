"""Tables around an answer: photos of the work, copies for the public, ready-made texts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class AnswerPhoto(Base):
    """A photo that a perangkat daerah adds to its draft, from before or after the work.

    The keys name files of the media folder as those of `Attachment` do. Diskominfo ticks whether it
    goes `to_citizen` and `to_public`; `answer_id` is the answer with which it went.
    """

    __tablename__ = "answer_photo"
    __table_args__ = (
        Index("ix_answer_photo_complaint", "complaint_id", "id"),
        UniqueConstraint("complaint_id", "sha256"),
        # What a file is still needed for, before it is deleted.
        Index("ix_answer_photo_original", "original_key"),
        Index("ix_answer_photo_shared", "shared_key"),
        Index("ix_answer_photo_thumbnail", "thumbnail_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    added_by: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    added_at: Mapped[datetime]
    moment: Mapped[str] = mapped_column(String(8))  # before or after
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(127))
    size_bytes: Mapped[int]
    original_key: Mapped[str] = mapped_column(String(128))
    shared_key: Mapped[str] = mapped_column(String(128))
    thumbnail_key: Mapped[str | None] = mapped_column(String(128))
    to_citizen: Mapped[bool] = mapped_column(default=False)
    to_public: Mapped[bool] = mapped_column(default=False)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("corrected_answer.id"))


class PublicPhoto(Base):
    """A copy that the public may see: drawn anew, black boxes burned in, approved by a person.

    It comes from a citizen's attachment or from a photo of the work. `boxes` are lists of left,
    top, width and height in per mille of the picture. Without `approved_at` nobody but Diskominfo
    sees it; taking it back empties that again.
    """

    __tablename__ = "public_photo"
    __table_args__ = (
        Index("ix_public_photo_complaint", "complaint_id", "id"),
        UniqueConstraint("attachment_id"),
        UniqueConstraint("answer_photo_id"),
        CheckConstraint("(attachment_id IS NULL) <> (answer_photo_id IS NULL)", name="one_source"),
        Index("ix_public_photo_key", "key"),
        Index("ix_public_photo_thumbnail", "thumbnail_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    answer_photo_id: Mapped[int | None] = mapped_column(ForeignKey("answer_photo.id"))
    boxes: Mapped[list[Any]] = mapped_column(default=list)
    key: Mapped[str] = mapped_column(String(128))
    thumbnail_key: Mapped[str] = mapped_column(String(128))
    drawn_by: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    drawn_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    approved_at: Mapped[datetime | None]


class AnswerTemplate(Base):
    """A ready-made text of the office (Templat), with places for the case's own data.

    Empty `statuses` or `categories` mean all of them. `review_on` is the day on which its owner
    looks at it again. `pd_code` is the PD that keeps it for itself, empty for Diskominfo's, which
    all may use. `acts` is what it does besides (a macro): `gateway.rules.macro_steps.Acts`.
    """

    __tablename__ = "answer_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    body: Mapped[str] = mapped_column(Text)
    statuses: Mapped[list[Any]] = mapped_column(default=list)
    categories: Mapped[list[Any]] = mapped_column(default=list)
    owner: Mapped[str] = mapped_column(String(100))
    review_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    pd_code: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    acts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as is)
