"""Photos of the work: a perangkat daerah adds them to its draft, before and after.

Diskominfo decides which of them go to the citizen and which the public sees.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gateway.answering.drafting import awaits_draft
from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.media.media_files import Upload, keep_uploads, refusal
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.showing.photo_views import MOMENTS, MOST_PHOTOS
from store import answer_photos, recordings
from store.complaints import append_event
from store.media import StoredMedium


@dataclass(frozen=True)
class NewPhotos:
    """Files for a draft; `moment` is before or after the work."""

    moment: str
    uploads: Sequence[Upload]


def add(runtime: Runtime, staff: Staff, ref: CaseRef, new: NewPhotos) -> None:
    """Add photos to the draft of a case; the same photo twice is one.

    Raises:
        NotFoundError: no such number, or another PD's.
        MoveNotAllowedError: no draft is expected now.
        InvalidInputError: a file was refused; the others are kept all the same.
    """
    staff.require(Permission.WORK_AT_PD)
    if new.moment not in MOMENTS:
        raise InvalidInputError({"photos": "Pilih foto sebelum atau sesudah."})
    _room(runtime, staff, ref)  # before anything is stored for somebody who may not
    kept, refused = _keep(runtime, new.uploads)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        room = MOST_PHOTOS - len(answer_photos.of_case(session, complaint.id))
        taken, left = kept[: max(room, 0)], kept[max(room, 0) :]
        answer_photos.add(session, complaint.id, new.moment, taken, (staff.id, now))
        recordings.leave(session, [asdict(photo) for photo in left], now)
        if taken:
            complaint.last_activity_at = now
            facts = {"moment": new.moment, "count": len(taken)}
            append_event(session, complaint, "photo_added", at=now, actor_id=staff.id, data=facts)
    if left:
        refused = f"{refused} Paling banyak {MOST_PHOTOS} foto; yang lain tidak disimpan.".strip()
    if refused:
        raise InvalidInputError({"photos": refused})


def drop(runtime: Runtime, staff: Staff, ref: CaseRef, photo_id: int) -> None:
    """Take a photo out of the draft; twice does no harm.

    Raises:
        NotFoundError: no such number, or another PD's.
        MoveNotAllowedError: the draft is not in this PD's hands now, or the citizen has the photo.
    """
    staff.require(Permission.WORK_AT_PD)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if not awaits_draft(complaint):
            raise MoveNotAllowedError("no draft is expected")
        photo = answer_photos.with_case(session, photo_id)
        if photo is None or photo[1].id != complaint.id:
            return
        if photo[0].answer_id is not None:
            raise MoveNotAllowedError("the citizen has it")
        recordings.leave_keys(session, answer_photos.drop(session, photo[0]), now)
        facts = {"photo": photo_id}
        append_event(session, complaint, "photo_dropped", at=now, actor_id=staff.id, data=facts)


def _room(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if not awaits_draft(complaint):
            raise MoveNotAllowedError("no draft is expected")


def _keep(runtime: Runtime, uploads: Sequence[Upload]) -> tuple[list[StoredMedium], str]:
    """Store pictures; return those that can be drawn, and a sentence about the others."""
    kept, refused = keep_uploads(runtime, uploads[: MOST_PHOTOS + 1])
    pictures = [file for _, file in kept if file.shared_key and file.thumbnail_key]
    others = [(name, file) for name, file in kept if file not in pictures]
    if others:
        with runtime.transaction() as session:
            recordings.leave(session, [asdict(file) for _, file in others], runtime.now())
        words = "; ".join(refusal(name, "no_picture") for name, _ in others)
        refused = f"{refused} {words}. Kirim foto JPG, PNG, atau WebP.".strip()
    return pictures, refused
