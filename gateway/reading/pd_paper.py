"""Making a salinan lapangan: who may, what stands on it, and the entry that it was made."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from channels.message import MediaKind
from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import MoveNotAllowedError
from gateway.media.media_copies import UnreadablePictureError, for_paper
from gateway.rules.clocks import chip
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import may_be_on_paper
from gateway.runtime import Runtime
from gateway.showing.field_views import FieldPaper
from gateway.showing.showing import (
    category_name,
    full_time,
    pin_view,
    place_words,
    status_words,
)
from store import answer_photos, casework_rows, complaints, queues, reading
from store.complaints import append_event
from store.models.complaint import Complaint

_MOST_PHOTOS = 6


def make(runtime: Runtime, staff: Staff, ticket: str) -> bytes:
    """Return a case on paper (PDF), and write into its history who made it.

    The entry comes first: no paper is without somebody who answers for it.

    Raises:
        NotFoundError: no such number, or not this person's.
        MoveNotAllowedError: of a Rahasia case, or one that is in no office's hands, there is none.
    """
    # Half a second to load, for what is wanted a few times a day.
    from gateway.showing.field_paper import draw  # noqa: PLC0415 (see above)

    staff.require(Permission.WORK_AT_PD, Permission.OPEN_INBOX)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ticket), staff)
        if not may_be_on_paper(complaint):
            raise MoveNotAllowedError("not on paper")
        append_event(session, complaint, "field_copy_made", at=now, actor_id=staff.id)
        paper = _paper(runtime, session, complaint, staff)
        keys, files = _pictures(session, complaint)
    photos = _photos(runtime, keys[:_MOST_PHOTOS])
    more = files - len(photos)
    words = f"Ada {more} lampiran lain dari warga; buka di sistem." if more > 0 else ""
    return draw(replace(paper, photos=photos, more_files=words))


def _paper(runtime: Runtime, session: Session, complaint: Complaint, staff: Staff) -> FieldPaper:
    profile, pin = runtime.profile, pin_view(complaint.place)
    status, category = status_words(complaint), category_name(runtime, complaint.category_code)
    made_at = f"{full_time(runtime, runtime.now())} {profile.zone_label}"
    return FieldPaper(
        app=profile.app,
        government=f"{profile.government} {profile.region}",
        ticket=complaint.ticket,
        title=complaint.title,
        facts=" · ".join(word for word in (status.word, category) if word),
        text=complaint.public_text,
        place=place_words(complaint),
        coordinates=f"{pin.latitude}, {pin.longitude}" if pin else "",
        geo=pin.geo if pin else "",
        deadlines=[
            (chip(clock, runtime.now()).name, full_time(runtime, clock.due_at))
            for clock in complaints.running_clocks(session, complaint.id)
            if clock.kind in queues.PD_CLOCKS
        ],
        address=f"{profile.public_url}/pd/aduan/{complaint.ticket}",
        made=f"Dibuat {staff.name}, {staff.unit}, {made_at}.",
    )


def _pictures(session: Session, complaint: Complaint) -> tuple[Sequence[str], int]:
    """Return the files to print, and how many files the citizen sent that a PD may see.

    Where Diskominfo has blacked something out, it is so on paper too.
    """
    whole_id = complaint.part_of_id or complaint.id
    redacted = {
        copy.attachment_id: copy.key for copy in answer_photos.public_of_case(session, whole_id)
    }
    pictures = answer_photos.citizen_pictures(session, whole_id)
    keys = [redacted.get(one.id) or one.shared_key or "" for one in pictures]
    messages = [message.id for message in reading.citizen_messages(session, whole_id)]
    files = [
        one
        for one in casework_rows.attachments_of(session, messages)
        if not one.is_identity and one.kind is not MediaKind.CONTACT
    ]
    return keys, len(files)


def _photos(runtime: Runtime, keys: Sequence[str]) -> list[bytes]:
    """Return what can be printed; a file that is gone or damaged is left out."""
    photos = []
    for key in keys:
        try:
            photos.append(for_paper(runtime.media.read(key)))
        except (OSError, UnreadablePictureError):
            continue
    return photos
