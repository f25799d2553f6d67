"""Who else is at a case, and what has happened there since a page was read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases import identity
from gateway.cases.casefile import seen_case
from gateway.reading.pd_messages import PdMessage, pd_messages_after
from gateway.reading.presence_board import GONE, OPEN, WRITING
from gateway.rules.people import Staff
from gateway.rules.permissions import Permission
from gateway.runtime import Runtime
from gateway.showing.showing import clock_words
from gateway.showing.threads import MessageView, message_views
from store import live
from store.models.complaint import Complaint, ComplaintEvent
from store.models.messaging import Message
from store.staff import user_names

MODES = (OPEN, WRITING, GONE)
_BY_CITIZEN = {"citizen_added", "received", "objected", "reopened", "rated", "withdrawn"}
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands on a page: the case's version and its newest message (0: none)."""

    version: int
    message_id: int


@dataclass(frozen=True)
class CaseNews:
    """What a page with a case open is told.

    Attributes:
        name: under which streams speak of the case.
        people: sentences on who else is there.
        changed: what happened, or "" while the page is up to date.
        messages: new messages, for those who read the thread as it is.
        redacted: new messages of the citizen, for those who read no more than that.
        count: how many there are.
    """

    name: str
    people: Sequence[str]
    changed: str
    messages: Sequence[MessageView]
    redacted: Sequence[PdMessage]
    count: int

    @property
    def message_ids(self) -> list[int]:
        """The numbers of the new messages."""
        whole = [message.id for message in self.messages]
        return whole + [message.id for message in self.redacted]


def attend(runtime: Runtime, staff: Staff, ticket: str, mode: str, seen: Seen) -> CaseNews:
    """Note that this person is at the case, and return what the page does not show yet.

    Raises:
        NotFoundError: no such number, or not this person's.
    """
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        whole = staff.may(Permission.OPEN_INBOX)
        rows = live.messages_after(session, complaint.id, seen.message_id) if whole else ()
        redacted = () if whole else pd_messages_after(runtime, session, complaint, seen.message_id)
        changed = complaint.version != seen.version
        case_id = complaint.id
        messages = _bubbles(runtime, session, staff, complaint, rows) if rows else []
        sentence = _change(runtime, session, complaint, staff) if changed else ""
    count = len(rows) + len(redacted)
    board = runtime.presence
    if board is None:
        return CaseNews(f"aduan:{case_id}", (), sentence, messages, redacted, count)
    board.beat(case_id, staff.id, mode if mode in MODES else OPEN, now)
    there = board.others(case_id, staff.id, now)
    with runtime.transaction() as session:
        names = user_names(session, list(there))
    people = [_sentence(names[number], there[number]) for number in there if number in names]
    named = people[:_MOST_NAMED]
    return CaseNews(f"aduan:{case_id}", named, sentence, messages, redacted, count)


def last_change(runtime: Runtime, staff: Staff, ticket: str) -> str:
    """Return who changed a case last and when, as a page says it that came too late."""
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        return _change(runtime, session, complaint, staff)


def changed_for_pd(runtime: Runtime, staff: Staff, since: object) -> int:
    """Return how many cases of this person's PD had something happen after `since` (aware)."""
    if staff.pd_code is None:
        return 0
    with runtime.transaction() as session:
        return live.count_changed(session, staff.pd_code, since)


def _bubbles(
    runtime: Runtime,
    session: Session,
    staff: Staff,
    complaint: Complaint,
    rows: Sequence[Message],
) -> list[MessageView]:
    unmasked = identity.open_until(runtime, session, staff, complaint.id) is not None
    return message_views(runtime, session, rows, unmasked=unmasked)


def _change(runtime: Runtime, session: Session, complaint: Complaint, staff: Staff) -> str:
    event = live.last_event(session, complaint.id)
    if event is None:
        return "Aduan ini baru saja diubah."
    at = clock_words(runtime, event.at)
    if event.actor_id is None:
        who = "oleh warga " if event.kind in _BY_CITIZEN else ""
        return f"Aduan ini baru saja diubah {who}({at})."
    return _by_officer(session, event, staff, at)


def _by_officer(session: Session, event: ComplaintEvent, staff: Staff, at: str) -> str:
    who = user_names(session, [event.actor_id or 0]).get(event.actor_id or 0, "petugas lain")
    if event.actor_id == staff.id:
        return f"Aduan ini baru saja Anda ubah di tempat lain ({at})."
    if event.kind == "disposed":
        return f"{who} sudah mendisposisikan aduan ini ({at})."
    return f"Aduan ini baru saja diubah oleh {who} ({at})."


def _sentence(name: str, mode: str) -> str:
    return f"{name} sedang {'menulis' if mode == WRITING else 'membuka'}"
