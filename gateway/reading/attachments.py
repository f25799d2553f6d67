"""Handing out one attachment, to those who may see it, in the copy they may see."""

from sqlalchemy.orm import Session

from channels.message import MediaKind
from gateway.cases import identity
from gateway.cases.casefile import may_see
from gateway.errors import NotFoundError
from gateway.media.handed_files import INLINE, MediaFile, drawn_mime
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Permission, Staff
from gateway.runtime import Runtime
from store import answer_photos, reading, splits
from store.models.complaint import Complaint
from store.models.messaging import Attachment, MediaState

VARIANTS = ("kecil", "tampil", "asli")


def open_file(runtime: Runtime, staff: Staff, attachment_id: int, variant: str) -> MediaFile:
    """Return the copy `variant` of an attachment: ``kecil``, ``tampil`` or ``asli``.

    A PD gets only copies without metadata, of its own cases, never a photo of an identity card.
    Such photos open to Diskominfo only while the identity is unmasked. The original is for admins.

    Raises:
        NotFoundError: no such attachment, copy or right: nobody learns which.
    """
    with runtime.transaction() as session:
        found = reading.attachment_with_place(session, attachment_id)
        shared = _shared_with(session, staff, found[2] if found else None)
        if found is None or variant not in VARIANTS:
            raise NotFoundError("attachment")
        attachment, message, complaint = found
        if message.withdrawn_at is not None:  # the citizen took it back
            raise NotFoundError("attachment")
        unmasked = complaint is not None and bool(
            identity.open_until(runtime, session, staff, complaint.id)
        )
    seen = complaint is not None and (shared or may_see(complaint, staff))
    if not _may_open(staff, attachment, variant, seen=seen, unmasked=unmasked):
        raise NotFoundError("attachment")
    key, mime = _copy(staff, attachment, variant)
    path = runtime.media.path(key)
    if not path.exists():
        raise NotFoundError("attachment")
    extension = path.suffix or ""
    name = f"lampiran-{attachment.id}{extension}"
    return MediaFile(path, mime, name, mime in INLINE)


def open_photo(runtime: Runtime, staff: Staff, photo_id: int, variant: str) -> MediaFile:
    """Return the copy `variant` of a photo of the work; the original is for admins.

    Raises:
        NotFoundError: no such photo, copy or right: nobody learns which.
    """
    with runtime.transaction() as session:
        found = answer_photos.with_case(session, photo_id)
    if found is None or not may_see(found[1], staff):
        raise NotFoundError("photo")
    photo = found[0]
    keys = {"tampil": photo.shared_key, "kecil": photo.thumbnail_key}
    if staff.may(Permission.OPEN_ORIGINALS):
        keys["asli"] = photo.original_key
    key = keys.get(variant)
    if key is None or not runtime.media.path(key).exists():
        raise NotFoundError("photo")
    mime = photo.mime if variant == "asli" else drawn_mime(key)
    return MediaFile(runtime.media.path(key), mime, f"foto-{photo.id}", mime in INLINE)


def _may_open(
    staff: Staff,
    attachment: Attachment,
    variant: str,
    *,
    seen: bool,
    unmasked: bool,
) -> bool:
    if attachment.state is not MediaState.STORED:
        return False
    if attachment.is_identity and not unmasked:
        return False
    if variant == "asli" and not staff.may(Permission.OPEN_ORIGINALS):
        return False
    if staff.role in INBOX_ROLES:
        return True
    card = attachment.kind is MediaKind.CONTACT or attachment.is_identity
    return seen and not card


def _shared_with(session: Session, staff: Staff, complaint: Complaint | None) -> bool:
    """Whether a part of the case is this person's.

    Also asked about what does not exist: the number of queries tells nobody which it was.
    """
    if staff.role not in PD_ROLES or staff.pd_code is None:
        return False
    has_part = staff.pd_code in splits.pds_of_parts(session, complaint.id if complaint else 0)
    return has_part and complaint is not None and complaint.conflict_pd != staff.pd_code


def _copy(staff: Staff, attachment: Attachment, variant: str) -> tuple[str, str]:
    """Return key and type of the copy."""
    mime = attachment.mime or "application/octet-stream"
    if variant == "kecil" and attachment.thumbnail_key:
        return attachment.thumbnail_key, "image/jpeg"
    if variant != "asli" and attachment.shared_key:
        return attachment.shared_key, drawn_mime(attachment.shared_key, mime)
    if attachment.original_key and staff.role in INBOX_ROLES:
        return attachment.original_key, mime
    raise NotFoundError("attachment")
