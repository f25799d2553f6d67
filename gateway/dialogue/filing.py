"""Making one complaint record out of an understood draft, and giving it its ticket.

Shared by the dialogue and by officers who turn a conversation into a complaint; works inside the
caller's transaction.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.cases.notices import Saying, say
from gateway.dialogue.turns import words_of
from gateway.rules import clocks
from gateway.rules.dates import day_and_time, local
from gateway.runtime import Runtime
from normalizer.draft import Assembly, ComplaintDraft, Kind, Place
from normalizer.privacy import Mark, redact
from normalizer.ticket import make_ticket
from store.complaints import append_event
from store.conversations import attachments_of, give_questions
from store.media import hide_pictures_of
from store.models.complaint import Complaint, ComplaintStatus, Priority, Privacy
from store.models.messaging import Conversation, Message
from store.tickets import next_number

_TITLE_LENGTH = 200


@dataclass(frozen=True)
class Filed:
    """A complaint that has just been written; `pin` is in the open here and nowhere else."""

    complaint: Complaint
    pin: str
    verified_by: datetime


def file_complaint(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    assembly: Assembly,
    messages: Sequence[Message],
) -> Complaint:
    """Write the complaint, take its messages out of the draft, queue the ticket text."""
    filed = enter(runtime, session, conversation, assembly, messages)
    complaint = filed.complaint
    by = day_and_time(filed.verified_by, runtime.profile.timezone)
    saying = Saying(
        "tiket_terbit",
        {"T": complaint.ticket, "TGL": by},
        complaint_id=complaint.id,
        ticket=complaint.ticket,
        secrets={"PIN": filed.pin},
    )
    say(runtime, session, conversation, saying)
    return complaint


def enter(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    assembly: Assembly,
    messages: Sequence[Message],
) -> Filed:
    """Write the complaint and take its messages out of the draft; nobody is told of it yet.

    The PIN is never stored in the open: the row holds its keyed hash, an outgoing message a
    placeholder (decision 3).
    """
    now = runtime.now()
    complaint = _record(runtime, session, conversation, assembly)
    pin = new_pin(runtime, complaint)
    session.add(complaint)
    session.flush()  # messages, events and clocks refer to its id
    take_over(runtime, session, complaint, messages, assembly.draft)
    append_event(
        session,
        complaint,
        "received",
        at=now,
        public=True,
        data={"channel": conversation.channel.value},
    )
    verification = clocks.start(runtime, session, complaint, "K1")
    if messages:
        give_questions(session, conversation.id, complaint.id, messages[0].received_at)
    conversation.draft_opened_at = None
    conversation.draft_summary = None
    return Filed(complaint, pin, verification.due_at)


def new_pin(runtime: Runtime, complaint: Complaint) -> str:
    """Give the complaint another PIN and return it; the one before is worth nothing any more."""
    pin = f"{secrets.randbelow(1_000_000):06d}"
    complaint.pin_hash = pin_hash(runtime, complaint.ticket, pin)
    return pin


def take_over(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    messages: Sequence[Message],
    draft: ComplaintDraft,
) -> None:
    """Give the messages to the complaint.

    `draft` was read from these messages: what it marked as naming a person is blacked out in the
    text that a PD will read, and pictures of identity cards are kept from everybody but
    Diskominfo.
    """
    for message in messages:
        message.complaint_id = complaint.id
        message.in_draft = False
        message.processed_at = message.processed_at or runtime.now()
    black_out(session, messages, draft)
    hide_pictures_of(session, [int(message_id) for message_id in draft.identity_photos])


def black_out(session: Session, messages: Sequence[Message], draft: ComplaintDraft) -> None:
    """Write what a PD may read of these messages, from which `draft` was read."""
    files = attachments_of(session, [message.id for message in messages])
    for message in messages:
        marks = [
            Mark(item.span.start, item.span.end, item.what)
            for item in draft.redactions
            if item.span.message_id == str(message.id)
        ]
        message.redacted_text = redact(words_of(message, files[message.id]), marks)


def pin_hash(runtime: Runtime, ticket: str, pin: str) -> str:
    """Return the keyed hash of a PIN.

    Six digits can be guessed from any unkeyed hash, however slow; without the key this one tells
    nothing, and the number of tries is limited.
    """
    return runtime.keys.lookup(f"pin:{ticket}", pin)


def _record(
    runtime: Runtime, session: Session, conversation: Conversation, assembly: Assembly
) -> Complaint:
    now = runtime.now()
    year = local(now, runtime.profile.timezone).year
    complaint = Complaint(
        ticket=make_ticket(year, next_number(session, year)),
        status=ComplaintStatus.RECEIVED,
        status_at=now,
        privacy=_privacy(assembly),
        conversation_id=conversation.id,
        channel=conversation.channel,
        received_at=now,
        last_activity_at=now,
    )
    describe(runtime, complaint, assembly.draft)
    return complaint


def describe(runtime: Runtime, complaint: Complaint, draft: ComplaintDraft) -> None:
    """Write into a complaint what the draft says of the matter: what, where, when, by whom."""
    emergency = draft.kind.value is Kind.EMERGENCY
    complaint.kind = draft.kind.value.value
    complaint.priority = Priority.URGENT if emergency or draft.urgent else Priority.NORMAL
    complaint.emergency = emergency
    complaint.category_code = _known(draft.category.value if draft.category else None, runtime)
    complaint.original_text = draft.story
    complaint.title = (draft.title or _fallback_title(draft, complaint.channel))[:_TITLE_LENGTH]
    complaint.public_text = draft.public_text
    complaint.suggestions = [
        {"pd": item.pd, "confidence": round(item.confidence, 3), "words": list(item.words)}
        for item in draft.pd_suggestions
    ]
    _identity(runtime, complaint, draft)
    _time_and_place(complaint, draft, draft.place.value if draft.place else None)


def _identity(runtime: Runtime, complaint: Complaint, draft: ComplaintDraft) -> None:
    complaint.nik_problem = draft.nik_problem.value if draft.nik_problem else None
    if draft.nik:
        complaint.nik = draft.nik.value
        complaint.nik_key = runtime.keys.lookup("nik", draft.nik.value)
    if draft.reporter_name:
        complaint.reporter_name = draft.reporter_name.value


def _time_and_place(complaint: Complaint, draft: ComplaintDraft, place: Place | None) -> None:
    if draft.event_start:
        start = draft.event_start.value
        complaint.event_at = start.value
        complaint.event_precision = start.precision.value
        complaint.event_text = start.text
    complaint.chronology = [_entry(entry) for entry in draft.chronology]
    if place:
        complaint.place = asdict(place)
        complaint.desa = place.desa
        complaint.kecamatan = place.kecamatan or place.kecamatan_inferred


def _entry(entry: Any) -> dict[str, Any]:
    time = entry.time
    return {
        "text": entry.text,
        "at": time.value.isoformat() if time else None,
        "precision": time.precision.value if time else None,
        "said": time.text if time else None,
    }


def _privacy(assembly: Assembly) -> Privacy:
    """The citizen's wish; anonymous unless asked otherwise (decision 15)."""
    if assembly.draft.secret or assembly.state.privacy == "secret":
        return Privacy.SECRET
    if assembly.state.privacy == "named" and not assembly.draft.anonymous:
        return Privacy.NAMED
    return Privacy.ANONYMOUS


def _known(category: str | None, runtime: Runtime) -> str | None:
    known = {row.code for row in runtime.tenant.categories}
    return category if category in known else None


_KIND_TITLES = {
    Kind.COMPLAINT: "Aduan",
    Kind.ASPIRATION: "Aspirasi",
    Kind.INFORMATION_REQUEST: "Permintaan informasi",
    Kind.EMERGENCY: "Keadaan darurat",
    Kind.SPAM: "Pesan",
    Kind.GREETING: "Pesan",
}


def _fallback_title(draft: ComplaintDraft, channel: ChannelName) -> str:
    kind = _KIND_TITLES[draft.kind.value]
    return f"{kind} lewat telepon" if channel is ChannelName.VOICE else f"{kind} tanpa keterangan"
