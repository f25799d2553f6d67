"""What the public sees: the front page's figures, and one case by its number and PIN."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.cases.following import open_followers
from gateway.dialogue.filing import pin_hash
from gateway.errors import InvalidInputError
from gateway.media.photo_links import PUBLIC, SENT, photo_link
from gateway.rules.clock_reasons import length_words
from gateway.rules.statuses import StatusWords, publicly_visible
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.group_views import part_views
from gateway.showing.photo_views import MOMENTS
from gateway.showing.public_place import DESA, EXACT, PublicPlace, public_place
from gateway.showing.showing import (
    PRIVACY_WORDS,
    HistoryLine,
    full_time,
    history_line,
    status_words,
)
from normalizer.ticket import looks_like_ticket, parse_ticket
from store import answer_photos, complaints, figures, groups, reading, tenant
from store import staff as staff_rows
from store.figures import Totals
from store.models.complaint import Complaint, ComplaintStatus, Privacy

_SPACE = "pin"
_TRIES = 5
_TRIES_WINDOW = timedelta(hours=1)
_WEEK = timedelta(days=7)

NO_MATCH = "Nomor atau PIN tidak cocok."
SWAPPED = "Periksa lagi nomornya, sepertinya ada angka yang tertukar."
LOCKED = "Terlalu banyak percobaan. Coba lagi dalam 60 menit."


@dataclass(frozen=True)
class TrackedCase:
    """A case for its reporter (`mine`), or in its public form."""

    ticket: str
    title: str
    text: str
    status: StatusWords
    pd: str
    privacy: str
    due: str
    late: str
    received: str
    channel: str
    timeline: Sequence[HistoryLine]
    answers: Sequence[tuple[str, str]]
    reason: str
    mine: bool
    finished: bool
    place: PublicPlace
    parts: Sequence[tuple[str, StatusWords]] = ()
    reporters: int = 0
    photos: Sequence[tuple[str, str]] = ()


def weekly(runtime: Runtime) -> Totals:
    """Return the totals of the last seven days for the front page."""
    now = runtime.now()
    with runtime.transaction() as session:
        return figures.totals(session, now - _WEEK, now)


def track(runtime: Runtime, number: str, pin: str, address: str) -> TrackedCase:
    """Return a case to whoever knows its number and PIN; without a PIN, its public form.

    Args:
        runtime: the connected parts.
        number: as typed, separators optional.
        pin: six digits as typed, or empty.
        address: the browser's network address; counted, never stored in the open.

    Raises:
        InvalidInputError: under ``number``: one sentence for an unknown number and a wrong PIN,
            another for a number whose check digit is wrong, a third when locked.
    """
    ticket = parse_ticket(number)
    if ticket is None:
        raise InvalidInputError({"number": SWAPPED if looks_like_ticket(number) else NO_MATCH})
    digits = "".join(character for character in pin if character.isdigit())
    with runtime.transaction() as session:
        found = _find(runtime, session, ticket, digits, address)
    if isinstance(found, str):
        raise InvalidInputError({"number": found})
    return found


def _find(
    runtime: Runtime, session: Session, ticket: str, digits: str, address: str
) -> TrackedCase | str:
    """Return the case, or the sentence that refuses it; failures are counted, so no raise."""
    keys = [runtime.keys.lookup("pin-ticket", ticket), runtime.keys.lookup("pin-address", address)]
    for key in keys:
        staff_rows.lock_attempts(session, key)
    if staff_rows.count_attempts(session, _SPACE, keys, runtime.now() - _TRIES_WINDOW) >= _TRIES:
        return LOCKED
    complaint = complaints.by_ticket(session, ticket)
    expected = complaint.pin_hash if complaint else ""
    # Compared also for an unknown number, so that both take the same path.
    right = hmac.compare_digest(expected.encode(), pin_hash(runtime, ticket, digits).encode())
    if complaint is not None and right:
        return _view(runtime, session, complaint, mine=True)
    if complaint is not None and not digits and publicly_visible(complaint):
        return _view(runtime, session, complaint, mine=False)
    staff_rows.add_attempts(session, _SPACE, keys, runtime.now())
    return NO_MATCH


def _view(runtime: Runtime, session: Session, complaint: Complaint, *, mine: bool) -> TrackedCase:
    pds = reading.pd_names(session)
    standing = groups.leading(session, complaint)
    due_at = complaints.next_due(session, standing.id)
    finished = standing.status is ComplaintStatus.RESOLVED
    hidden = standing is not complaint and standing.privacy is Privacy.SECRET
    answers = [] if hidden else complaints.sent_answers(session, standing.id)
    details = {} if hidden else standing.status_details or {}
    return TrackedCase(
        ticket=complaint.ticket,
        title=complaint.title,
        # Also to the reporter without identities: number and PIN travel by SMS, on shared phones.
        text=complaint.public_text,
        status=status_words(standing),
        pd=pds.get(standing.pd_code or "", "Diskominfo"),
        privacy=PRIVACY_WORDS[complaint.privacy],
        due=full_time(runtime, due_at) if due_at and not finished else "",
        late=_late(due_at, runtime.now()) if not finished else "",
        received=full_time(runtime, complaint.received_at),
        channel=CHANNEL_WORDS[complaint.channel],
        timeline=_timeline(runtime, session, complaint, standing, pds),
        answers=[(full_time(runtime, a.sent_at or a.saved_at), a.body) for a in answers],
        reason=". ".join(str(value) for value in details.values() if value),
        mine=mine,
        finished=finished,
        place=public_place(complaint, EXACT if mine else _exactness(session, complaint)),
        parts=[(part.pd, part.status) for part in part_views(session, standing.id, pds)],
        reporters=open_followers(session, standing.id),
        photos=_photos(runtime, session, standing, mine=mine and not hidden),
    )


def _exactness(session: Session, complaint: Complaint) -> str:
    """Return how exactly the public sees the place of a case: as its category says."""
    category = tenant.category(session, complaint.category_code or "")
    return category.location if category else DESA


def _photos(
    runtime: Runtime, session: Session, complaint: Complaint, *, mine: bool
) -> list[tuple[str, str]]:
    """Return address and words of the photos: approved copies, and what the reporter got."""
    work = {photo.id: photo for photo in answer_photos.of_case(session, complaint.id)}
    shown = [
        (copy.answer_photo_id, photo_link(runtime, PUBLIC, copy.id))
        for copy in answer_photos.public_of_case(session, complaint.id)
        if copy.approved_at is not None and publicly_visible(complaint)
    ]
    known = {photo_id for photo_id, _ in shown}
    if mine:
        shown += [
            (photo.id, photo_link(runtime, SENT, photo.id))
            for photo in work.values()
            if photo.answer_id is not None and photo.to_citizen and photo.id not in known
        ]
    return [
        (address, f"Foto {MOMENTS[work[photo_id].moment]} pekerjaan" if photo_id else "Foto aduan")
        for photo_id, address in shown
    ]


def _timeline(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    standing: Complaint,
    pds: Mapping[str, str],
) -> list[HistoryLine]:
    """Return the public steps; those of the case that leads stand among its own."""
    events = reading.history(session, complaint.id, public=True)
    if standing is not complaint:
        steps = reading.history(session, standing.id, public=True)
        events += [step for step in steps if step.kind != "received"]
        events.sort(key=lambda event: event.at)
    return [history_line(runtime, event, {}, pds) for event in events]


def _late(due_at: datetime | None, now: datetime) -> str:
    if due_at is None or due_at >= now:
        return ""
    return length_words(now - due_at)
