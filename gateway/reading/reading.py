"""One case, or one conversation without a case, as Diskominfo reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.cases import identity, neighbours
from gateway.cases.casefile import citizen_of, seen_case
from gateway.cases.conflict_signs import named_agencies
from gateway.cases.second_channel import window_of
from gateway.cases.similar import incident_of, similar_cases
from gateway.dialogue.handover import holder_words
from gateway.errors import NotFoundError
from gateway.reading.case_actions import actions_on
from gateway.rules.people import Staff
from gateway.rules.statuses import publicly_visible
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing import record_views
from gateway.showing.case_parts import clock_views, history_lines, note_views
from gateway.showing.case_views import (
    CaseView,
    ClockView,
    ConversationView,
    Details,
    Suggestion,
    Thread,
)
from gateway.showing.group_views import related
from gateway.showing.showing import (
    KIND_WORDS,
    PRIVACY_WORDS,
    category_name,
    channel_words,
    full_time,
    pd_short,
    pin_view,
    place_words,
    status_words,
)
from gateway.showing.threads import message_views
from store import complaints, reading
from store.models.complaint import Complaint, ComplaintStatus, Privacy
from store.models.messaging import Conversation

_OVER = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a conversation is read: of one complaint or whole, and before which place."""

    complaint_id: int | None
    before: str | None
    unmasked: bool = False


def case(
    runtime: Runtime, staff: Staff, ticket: str, *, whole: bool = False, before: str | None = None
) -> CaseView:
    """Return the case with this number.

    Args:
        runtime: the connected parts.
        staff: who reads.
        ticket: the number.
        whole: show the whole conversation, not only this complaint's messages.
        before: where the older messages begin, as `Thread.older` gave it.

    Raises:
        NotFoundError: no such number, or not for this person.
    """
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        conversation = citizen_of(session, complaint)
        unmasked = identity.open_until(runtime, session, staff, complaint.id) is not None
        window = Window(None if whole else complaint.id, before, unmasked=unmasked)
        thread = _thread(runtime, session, conversation, window)
        return _case_view(runtime, session, staff, complaint, thread)


def conversation(
    runtime: Runtime, conversation_id: int, *, before: str | None = None
) -> ConversationView:
    """Return a conversation.

    Raises:
        NotFoundError: no such conversation.
    """
    with runtime.transaction() as session:
        row = reading.conversation_with(session, conversation_id)
        if row is None:
            raise NotFoundError("conversation")
        filed = reading.complaints_of(session, row.id)
        return ConversationView(
            id=row.id,
            sender=identity.masked_sender(row),
            channel=row.channel.value,
            channel_words=CHANNEL_WORDS[row.channel],
            needs_person=row.needs_person_at is not None,
            has_draft=row.draft_opened_at is not None,
            summary=row.draft_summary or "",
            tickets=[(item.ticket, item.title) for item in filed],
            thread=_thread(runtime, session, row, Window(None, before)),
        )


def _case_view(
    runtime: Runtime, session: Session, staff: Staff, complaint: Complaint, thread: Thread
) -> CaseView:
    pds = reading.pd_names(session)
    views = clock_views(runtime, session, complaint)
    running = [view for view in views.values() if view.chip.tone not in {"met"}]
    instruction = complaints.latest_disposisi(session, complaint.id)
    details: dict[str, Any] = complaint.status_details or {}
    return CaseView(
        ticket=complaint.ticket,
        version=complaint.version,
        title=complaint.title,
        status=status_words(complaint),
        kind=KIND_WORDS.get(complaint.kind, complaint.kind),
        kind_code=complaint.kind,
        privacy=PRIVACY_WORDS[complaint.privacy],
        secret=complaint.privacy is Privacy.SECRET,
        urgent=complaint.emergency or complaint.priority.value == "urgent",
        priority=complaint.priority.value,
        category=category_name(runtime, complaint.category_code),
        category_code=complaint.category_code or "",
        pd=pd_short(pds, complaint.pd_code),
        pd_code=complaint.pd_code or "",
        channel=complaint.channel.value,
        channel_words=channel_words(complaint),
        clock=running[0] if running and complaint.status not in _OVER else None,
        received=full_time(runtime, complaint.received_at),
        archived=complaint.archived_at is not None,
        public=publicly_visible(complaint),
        status_reason=". ".join(str(value) for value in details.values() if value),
        returned=_returned(complaint, instruction, pds),
        instruction=(instruction.note or "") if instruction else "",
        unread=complaint.citizen_wrote_at is not None,
        sisters=_sisters(session, complaint),
        actions=actions_on(staff, complaint),
        thread=thread,
        notes=note_views(runtime, session, complaint, for_pd=False),
        history=history_lines(runtime, session, complaint, pds, for_pd=False),
        history_whole=complaints.history_is_whole(session, complaint.id),
        details=_details(runtime, session, staff, complaint, list(views.values())),
        origin=record_views.origin(runtime, complaint),
        dispute=record_views.dispute_words(complaint),
        hand_over=record_views.hand_over(session, complaint),
        related=related(session, complaint, pds),
        conflict=pd_short(pds, complaint.conflict_pd),
        named=[(item.code, item.name) for item in named_agencies(runtime, complaint)],
        returns=complaints.times_returned(session, complaint.id),
        return_asked=complaint.return_asked_at is not None,
    )


def _returned(complaint: Complaint, instruction: Any, pds: Any) -> str:
    """Return why the PD sent the case back, as codes and names; the note is shown beside it."""
    asked_or_done = complaint.returned_at or complaint.return_asked_at
    if asked_or_done is None or instruction is None:
        return ""
    suggested = pd_short(pds, instruction.suggested_pd)
    reason = _RETURNS.get(instruction.return_reason or "", "-")
    words = [
        f"{pd_short(pds, instruction.pd_code)}: {reason}",
        instruction.return_note or "",
        f"Saran: {suggested}" if suggested else "",
    ]
    return ". ".join(word for word in words if word)


_RETURNS = {
    "not_ours": "bukan tugas kami",
    "unclear": "kurang jelas",
    "already_handled": "sudah ditangani",
    "duplicate": "ganda",
}


def _sisters(session: Session, complaint: Complaint) -> list[str]:
    """Return the numbers of the same conversation's other cases, to which messages may move."""
    if complaint.conversation_id is None:
        return []
    rows = reading.complaints_of(session, complaint.conversation_id)
    return [row.ticket for row in rows if row.id != complaint.id]


def _thread(runtime: Runtime, session: Session, row: Conversation | None, window: Window) -> Thread:
    if row is None:
        return Thread([], None, None, whole=False)
    messages = reading.thread(session, row.id, window.complaint_id, _read_place(window.before))
    older = None
    if len(messages) == reading.THREAD_LENGTH:
        micros = int(messages[0].ordered_at.timestamp() * 1_000_000)
        older = f"{micros}.{messages[0].id}"
    views = message_views(runtime, session, messages, unmasked=window.unmasked)
    came_by = reading.came_by(session, row.id)
    return Thread(
        views,
        older,
        window_of(runtime, session, row),
        whole=window.complaint_id is None,
        held=holder_words(runtime, row),
        source=f"Datang lewat tautan: {came_by}" if came_by else "",
    )


def _read_place(before: str | None) -> tuple[datetime, int] | None:
    try:
        micros, row_id = (before or "").split(".")
        return datetime.fromtimestamp(int(micros) / 1_000_000, UTC), int(row_id)
    except (ValueError, OverflowError, OSError):
        return None


def _details(
    runtime: Runtime,
    session: Session,
    staff: Staff,
    complaint: Complaint,
    clocks: Sequence[ClockView],
) -> Details:
    event = full_time(runtime, complaint.event_at) if complaint.event_at else ""
    said = f" (“{complaint.event_text}”)" if complaint.event_text else ""
    return Details(
        reporter=identity.reporter(runtime, session, staff, complaint),
        place=place_words(complaint),
        pin=pin_view(complaint.place),
        event=event + said,
        story=complaint.original_text,
        public_text=complaint.public_text,
        approved=complaint.public_approved_at is not None,
        suggestions=_suggestions(runtime, complaint),
        clocks=clocks,
        others=neighbours.of_reporter(session, staff, complaint),
        nearby=neighbours.close_by(runtime, session, staff, complaint),
        similar=[]
        if complaint.status in _OVER
        else similar_cases(runtime, session, incident_of(complaint), complaint.id),
    )


def _suggestions(runtime: Runtime, complaint: Complaint) -> list[Suggestion]:
    names = {item.code: item.name for item in runtime.tenant.agencies}
    return [
        Suggestion(
            str(item["pd"]),
            names.get(str(item["pd"]), str(item["pd"])),
            round(float(item.get("confidence", 0)) * 100),
            [str(word) for word in item.get("words", ())],
        )
        for item in (complaint.suggestions or [])[:3]
    ]
