"""Photos of the work beside a draft, and the copies that the public may see."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.media import StoredMedium
from store.models.answering import AnswerPhoto, PublicPhoto
from store.models.complaint import Complaint
from store.models.messaging import Attachment, MediaState, Message
from store.models.staff import Category


def needs_photo(session: Session, complaint: Complaint) -> bool:
    """Whether the work of this case can be seen, so that Selesai asks for a photo of it."""
    code = complaint.category_code
    category = session.get(Category, code) if code else None
    return category is not None and category.needs_photo


def of_case(session: Session, complaint_id: int) -> list[AnswerPhoto]:
    """Return the photos of a case, oldest first."""
    statement = (
        select(AnswerPhoto).where(AnswerPhoto.complaint_id == complaint_id).order_by(AnswerPhoto.id)
    )
    return list(session.scalars(statement))


def has_after(session: Session, complaint_id: int) -> bool:
    """Whether a photo shows the work done."""
    statement = select(AnswerPhoto.id).where(
        AnswerPhoto.complaint_id == complaint_id,
        AnswerPhoto.moment == "after",
    )
    return session.scalar(statement.limit(1)) is not None


def add(
    session: Session,
    complaint_id: int,
    moment: str,
    photos: Sequence[StoredMedium],
    by: tuple[int, datetime],
) -> None:
    """Add photos to a case; one that it has already is not added again.

    Args:
        session: the caller's transaction.
        complaint_id: whose.
        moment: before or after.
        photos: kept files, each with its copy and its small picture.
        by: who and when.
    """
    rows = [
        {
            "complaint_id": complaint_id,
            "added_by": by[0],
            "added_at": by[1],
            "moment": moment,
            "sha256": photo.sha256,
            "mime": photo.mime,
            "size_bytes": photo.size_bytes,
            "original_key": photo.original_key,
            "shared_key": photo.shared_key,
            "thumbnail_key": photo.thumbnail_key,
            "to_citizen": False,
            "to_public": False,
        }
        for photo in photos
    ]
    if rows:
        session.execute(upsert(AnswerPhoto).on_conflict_do_nothing(), rows)


def drop(session: Session, photo: AnswerPhoto) -> list[str]:
    """Take a photo out again, its copy for the public too; return the keys of their files."""
    copies = session.scalars(
        delete(PublicPhoto).where(PublicPhoto.answer_photo_id == photo.id).returning(PublicPhoto)
    ).all()
    keys = [photo.original_key, photo.shared_key, photo.thumbnail_key]
    keys += [key for copy in copies for key in (copy.key, copy.thumbnail_key)]
    session.delete(photo)
    return [key for key in keys if key]


def with_case(session: Session, photo_id: int) -> tuple[AnswerPhoto, Complaint] | None:
    """Return a photo with its case."""
    statement = (
        select(AnswerPhoto, Complaint)
        .join(Complaint, Complaint.id == AnswerPhoto.complaint_id)
        .where(AnswerPhoto.id == photo_id)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def as_stored(photo: AnswerPhoto) -> StoredMedium:
    """Return a photo as the file that is kept of it."""
    return StoredMedium(
        sha256=photo.sha256,
        mime=photo.mime,
        size_bytes=photo.size_bytes,
        original_key=photo.original_key,
        shared_key=photo.shared_key,
        thumbnail_key=photo.thumbnail_key,
    )


def public_of_case(session: Session, complaint_id: int) -> list[PublicPhoto]:
    """Return the copies for the public, approved or not, in the order in which they were drawn."""
    statement = (
        select(PublicPhoto).where(PublicPhoto.complaint_id == complaint_id).order_by(PublicPhoto.id)
    )
    return list(session.scalars(statement))


def public_with_case(session: Session, public_id: int) -> tuple[PublicPhoto, Complaint] | None:
    """Return a copy for the public with its case."""
    statement = (
        select(PublicPhoto, Complaint)
        .join(Complaint, Complaint.id == PublicPhoto.complaint_id)
        .where(PublicPhoto.id == public_id)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def citizen_pictures(session: Session, complaint_id: int) -> list[Attachment]:
    """Return the citizen's pictures that may be shown to others: no cards, nothing taken back."""
    statement = (
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .where(
            Message.complaint_id == complaint_id,
            Message.direction == "in",
            Message.withdrawn_at.is_(None),
            Attachment.state == MediaState.STORED,
            Attachment.is_identity.is_(False),
            Attachment.shared_key.is_not(None),
            Attachment.thumbnail_key.is_not(None),
        )
        .order_by(Attachment.id)
        .limit(50)
    )
    return list(session.scalars(statement))


def hide_copy(session: Session, attachment_id: int) -> None:
    """Take the public's copy of a citizen's picture back, if there is one."""
    session.execute(
        update(PublicPhoto)
        .where(PublicPhoto.attachment_id == attachment_id)
        .values(approved_by=None, approved_at=None)
    )


def needed(session: Session, keys: Collection[str]) -> set[str]:
    """Return those of these files of the media folder that photos or public copies are made of."""
    columns = (
        AnswerPhoto.original_key,
        AnswerPhoto.shared_key,
        AnswerPhoto.thumbnail_key,
        PublicPhoto.key,
        PublicPhoto.thumbnail_key,
    )
    found: set[str] = set()
    for column in columns:
        found.update(key for key in session.scalars(select(column).where(column.in_(keys))) if key)
    return found


def going(session: Session, complaint_id: int) -> list[AnswerPhoto]:
    """Return the ticked photos of a case that did not go with an earlier answer."""
    return [
        photo
        for photo in of_case(session, complaint_id)
        if photo.answer_id is None and (photo.to_citizen or photo.to_public)
    ]


def publish(session: Session, photos: Sequence[AnswerPhoto], by: tuple[int, datetime]) -> None:
    """Let the public see these photos, as they were drawn for it or else as their copy is."""
    rows = [
        {
            "complaint_id": photo.complaint_id,
            "answer_photo_id": photo.id,
            "boxes": [],
            "key": photo.shared_key,
            "thumbnail_key": photo.thumbnail_key or photo.shared_key,
            "drawn_by": by[0],
            "drawn_at": by[1],
            "approved_by": by[0],
            "approved_at": by[1],
        }
        for photo in photos
    ]
    if rows:
        approved = {"approved_by": by[0], "approved_at": by[1]}
        statement = upsert(PublicPhoto)
        session.execute(
            statement.on_conflict_do_update(index_elements=["answer_photo_id"], set_=approved), rows
        )
