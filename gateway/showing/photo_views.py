"""Photos of the work as pages show them, and what is asked of a case that is called done."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from gateway.errors import InvalidInputError
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import answer_photos
from store.models.answering import AnswerPhoto
from store.models.complaint import Complaint

MOMENTS = {"before": "sebelum", "after": "sesudah"}
MOST_PHOTOS = 10
_SHORTEST_REASON = 5
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo of the work. `public` says how its copy for the public stands."""

    id: int
    words: str
    at: str
    to_citizen: bool
    to_public: bool
    sent: bool
    boxes: int = 0
    drawn: bool = False


def photo_views(runtime: Runtime, session: Session, complaint: Complaint) -> list[PhotoView]:
    """Return the photos of a case, oldest first."""
    copies = {
        copy.answer_photo_id: copy
        for copy in answer_photos.public_of_case(session, complaint.id)
        if copy.answer_photo_id is not None
    }
    return [
        PhotoView(
            id=photo.id,
            words=f"Foto {MOMENTS[photo.moment]}",
            at=full_time(runtime, photo.added_at),
            to_citizen=photo.to_citizen,
            to_public=photo.to_public,
            sent=photo.answer_id is not None,
            boxes=len(copies[photo.id].boxes) if photo.id in copies else 0,
            drawn=photo.id in copies,
        )
        for photo in answer_photos.of_case(session, complaint.id)
    ]


def ticked(
    photos: Collection[PhotoView], citizen: Collection[int], public: Collection[int]
) -> list[PhotoView]:
    """Return the photos as a form that is not saved yet has them."""
    return [
        photo
        if photo.sent
        else replace(photo, to_citizen=photo.id in citizen, to_public=photo.id in public)
        for photo in photos
    ]


def require_proof(session: Session, complaint: Complaint, reasons: Collection[str]) -> None:
    """Ask for a photo of finished work, or for one sentence why there is none.

    Raises:
        InvalidInputError: this category shows its work, and there is neither.
    """
    if not answer_photos.needs_photo(session, complaint):
        return
    if answer_photos.has_after(session, complaint.id):
        return
    written = [reason.strip() for reason in reasons if reason.strip()]
    if any(len(reason) > _LONGEST_REASON for reason in written):
        raise InvalidInputError({"no_photo": f"Alasan paling panjang {_LONGEST_REASON} huruf."})
    if not any(len(reason) >= _SHORTEST_REASON for reason in written):
        sentence = "Tambahkan foto sesudah pekerjaan, atau tulis mengapa tidak ada foto."
        raise InvalidInputError({"no_photo": sentence})


def tick(
    photos: Collection[AnswerPhoto], citizen: Collection[int], public: Collection[int]
) -> None:
    """Note which photos go to the citizen and which to the public; sent ones stay as they are."""
    for photo in photos:
        if photo.answer_id is None:
            photo.to_citizen = photo.id in citizen
            photo.to_public = photo.id in public
