"""An officer looks at a photo that was hidden: an identity card, or evidence after all."""

from datetime import timedelta

from sqlalchemy.orm import Session

from channels.message import MediaKind
from gateway.cases import identity
from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import answer_photos, cards, reading
from store.complaints import append_event
from store.media import OFFICER
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Direction, MediaState


def judge(runtime: Runtime, staff: Staff, attachment_id: int, *, verdict: bool | None) -> str:
    """Say whether a citizen's photo shows an identity card; return its case's number.

    A card stays hidden and ends after the short time of cards; what is none is evidence like any
    other photo, for the PD, too. No machine says otherwise afterwards. None hides the photo again
    and leaves the question open.

    Raises:
        NotFoundError: no such photo, or not this person's to see.
        MoveNotAllowedError: called no card while the identity is closed: nobody has looked.
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint, photo = _photo(session, staff, attachment_id)
        if verdict is False and not identity.open_until(runtime, session, staff, complaint.id):
            raise MoveNotAllowedError("nobody has looked at it")
        said_by = None if verdict is None else OFFICER
        if (photo.is_identity, photo.identity_said_by) == (verdict is not False, said_by):
            return complaint.ticket
        photo.is_identity, photo.identity_said_by = verdict is not False, said_by
        kept = timedelta(days=runtime.timers.card_photo_days)
        cards.set_end(session, photo.id, now, now + kept if verdict else None)
        if photo.is_identity:
            answer_photos.hide_copy(session, photo.id)
        facts = {"attachment": photo.id, "identity": verdict}
        append_event(session, complaint, "photo_judged", at=now, actor_id=staff.id, data=facts)
        return complaint.ticket


def _photo(session: Session, staff: Staff, attachment_id: int) -> tuple[Complaint, Attachment]:
    found = reading.attachment_with_place(session, attachment_id)
    case = found[2] if found else None
    if found is None or case is None:
        raise NotFoundError("photo")
    photo, message, _ = found
    complaint = open_case(session, CaseRef(case.ticket), staff)
    session.refresh(photo, with_for_update=True)
    is_picture = photo.kind is MediaKind.IMAGE and photo.state is MediaState.STORED
    if not is_picture or message.direction is not Direction.IN or message.withdrawn_at:
        raise NotFoundError("photo")
    return complaint, photo
