"""Photos for the public: Diskominfo blacks out what shows people, looks at it, and approves it.

Nothing is shown as it came: the public gets a copy without metadata, its black boxes burned in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.media.handed_files import MediaFile, drawn_mime
from gateway.media.photo_links import DRAWN, SENT, is_ours, photo_link
from gateway.media.redaction import MOST_BOXES, Box, burn
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import publicly_visible
from gateway.runtime import Runtime
from gateway.showing.photo_views import MOMENTS
from store import answer_photos, recordings
from store.complaints import append_event
from store.models.answering import PublicPhoto
from store.models.complaint import Complaint, Privacy

CITIZEN = "warga"
WORK = "pekerjaan"


@dataclass(frozen=True, slots=True)
class Source:
    """A picture of a case: the citizen's, or one of the work."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A picture in the list. `drawn` is the address of its copy for the public."""

    source: Source
    words: str
    boxes: Sequence[Box]
    drawn: str
    approved: bool


@dataclass(frozen=True)
class PhotoPage:
    """The pictures of a case, and one of them opened."""

    ticket: str
    title: str
    secret: bool
    lines: Sequence[PhotoLine]
    open: PhotoLine | None = None


def photos(runtime: Runtime, staff: Staff, ticket: str, source: Source | None = None) -> PhotoPage:
    """Return the pictures of a case.

    Raises:
        NotFoundError: no such case or picture.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ticket), staff)
        lines = _lines(runtime, session, complaint)
    opened = next((line for line in lines if line.source == source), None)
    if source is not None and opened is None:
        raise NotFoundError("photo")
    secret = complaint.privacy is Privacy.SECRET
    return PhotoPage(ticket, complaint.title, secret, lines, opened)


def draw(
    runtime: Runtime,
    staff: Staff,
    ref: CaseRef,
    source: Source,
    boxes: Sequence[Box],
    *,
    approve: bool,
) -> None:
    """Make the copy for the public anew, with these boxes; show it to the public if approved.

    Raises:
        NotFoundError: no such case or picture.
        InvalidInputError: a box covers nothing, or there are too many.
        MoveNotAllowedError: nothing of a Rahasia case is shown.
    """
    staff.require(Permission.DECIDE_CASES)
    _check(boxes)
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if approve and complaint.privacy is Privacy.SECRET:
            raise MoveNotAllowedError("secret")
        key = _key_of(session, complaint, source)
    copy, small = burn(runtime.media.read(key), boxes)
    keys = (runtime.media.put(copy, "jpg"), runtime.media.put(small, "jpg"))
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if _key_of(session, complaint, source) != key:
            raise NotFoundError("photo")  # it was taken out meanwhile
        row = _copy_of(session, complaint, source) or _new_copy(complaint, source)
        recordings.leave_keys(session, {one for one in (row.key, row.thumbnail_key) if one}, now)
        row.boxes = [[box.left, box.top, box.width, box.height] for box in boxes]
        row.key, row.thumbnail_key = keys
        row.drawn_by, row.drawn_at = staff.id, now
        row.approved_by, row.approved_at = (staff.id, now) if approve else (None, None)
        session.add(row)
        facts = {"boxes": len(boxes), "approved": approve}
        append_event(session, complaint, "photo_redacted", at=now, actor_id=staff.id, data=facts)


def _check(boxes: Sequence[Box]) -> None:
    if len(boxes) > MOST_BOXES:
        raise InvalidInputError({"boxes": f"Paling banyak {MOST_BOXES} kotak."})
    if not all(box.is_drawable for box in boxes):
        raise InvalidInputError({"boxes": "Periksa kotak: letak 0-100 % dan ukuran lebih dari 0."})


def withdraw(runtime: Runtime, staff: Staff, ref: CaseRef, source: Source) -> None:
    """Take a picture back from the public; twice does no harm.

    Raises:
        NotFoundError: no such case.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        row = _copy_of(session, complaint, source)
        if row is None or row.approved_at is None:
            return
        row.approved_by = row.approved_at = None
        append_event(
            session, complaint, "photo_withdrawn", at=runtime.now(), actor_id=staff.id,
            data={"copy": row.id},
        )  # fmt: skip


def open_link(runtime: Runtime, address: tuple[str, int, int, str], variant: str) -> MediaFile:
    """Return the file behind an address of `photo_link`: ``kecil`` or ``besar``.

    Args:
        runtime: the connected parts.
        address: kind, id, end and signature.
        variant: which size.

    Raises:
        NotFoundError: the address is not ours, or nobody may see the photo (any more).
    """
    kind, photo_id, expires, signature = address
    if variant not in {"kecil", "besar"} or not is_ours(
        runtime, kind, photo_id, expires, signature
    ):
        raise NotFoundError("photo")
    with runtime.transaction() as session:
        keys = (
            _sent_keys(session, photo_id) if kind == SENT else _copy_keys(session, kind, photo_id)
        )
    key = keys[variant == "kecil"]
    path = runtime.media.path(key)
    if not path.exists():
        raise NotFoundError("photo")
    return MediaFile(path, drawn_mime(key), f"foto-{photo_id}.jpg", inline=True)


def _copy_keys(session: Session, kind: str, photo_id: int) -> tuple[str, str]:
    found = answer_photos.public_with_case(session, photo_id)
    if found is None:
        raise NotFoundError("photo")
    copy, complaint = found
    shown = copy.approved_at is not None and publicly_visible(complaint)
    if kind != DRAWN and not shown:
        raise NotFoundError("photo")
    if copy.attachment_id is not None:
        left = answer_photos.citizen_pictures(session, complaint.id)
        if copy.attachment_id not in {one.id for one in left}:
            raise NotFoundError("photo")  # the citizen took it back
    return copy.key, copy.thumbnail_key


def _sent_keys(session: Session, photo_id: int) -> tuple[str, str]:
    found = answer_photos.with_case(session, photo_id)
    if found is None or found[0].answer_id is None or not found[0].to_citizen:
        raise NotFoundError("photo")
    photo = found[0]
    return photo.shared_key, photo.thumbnail_key or photo.shared_key


def _lines(runtime: Runtime, session: Session, complaint: Complaint) -> list[PhotoLine]:
    copies = {
        _source_of(copy): copy for copy in answer_photos.public_of_case(session, complaint.id)
    }
    found = [
        (Source(CITIZEN, one.id), f"Foto {number} dari warga")
        for number, one in enumerate(answer_photos.citizen_pictures(session, complaint.id), 1)
    ]
    found += [
        (Source(WORK, one.id), f"Foto {MOMENTS[one.moment]} pekerjaan")
        for one in answer_photos.of_case(session, complaint.id)
    ]
    return [_line(runtime, source, words, copies.get(source)) for source, words in found]


def _line(runtime: Runtime, source: Source, words: str, copy: PublicPhoto | None) -> PhotoLine:
    if copy is None:
        return PhotoLine(source, words, [], "", approved=False)
    boxes = [Box(*(int(one) for one in box)) for box in copy.boxes]
    drawn = photo_link(runtime, DRAWN, copy.id)
    return PhotoLine(source, words, boxes, drawn, approved=copy.approved_at is not None)


def _source_of(copy: PublicPhoto) -> Source:
    if copy.attachment_id is not None:
        return Source(CITIZEN, copy.attachment_id)
    return Source(WORK, copy.answer_photo_id or 0)


def _copy_of(session: Session, complaint: Complaint, source: Source) -> PublicPhoto | None:
    copies = answer_photos.public_of_case(session, complaint.id)
    return next((copy for copy in copies if _source_of(copy) == source), None)


def _new_copy(complaint: Complaint, source: Source) -> PublicPhoto:
    return PublicPhoto(
        complaint_id=complaint.id,
        attachment_id=source.id if source.kind == CITIZEN else None,
        answer_photo_id=source.id if source.kind == WORK else None,
    )


def _key_of(session: Session, complaint: Complaint, source: Source) -> str:
    """Return the copy without metadata from which the one for the public is made."""
    if source.kind == CITIZEN:
        pictures = answer_photos.citizen_pictures(session, complaint.id)
        keys = {one.id: one.shared_key for one in pictures}
    else:
        keys = {one.id: one.shared_key for one in answer_photos.of_case(session, complaint.id)}
    key = keys.get(source.id)
    if key is None:
        raise NotFoundError("photo")
    return key
