"""What the page Koreksi jawaban shows: two texts, their difference, and how it will be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.answering.drafting import PROPOSALS, Piece, waiting_draft, word_difference
from gateway.answering.preview_parts import Draft, Preview, answer_previews
from gateway.cases.casefile import citizen_of, seen_case, told_by_a_person
from gateway.cases.parts import combined
from gateway.cases.recording_form import SOCIAL
from gateway.cases.second_channel import window_of
from gateway.rules.people import Staff
from gateway.rules.statuses import StatusWords
from gateway.rules.windows import CHANNEL_WORDS, Window
from gateway.runtime import Runtime
from gateway.showing.case_parts import clock_views
from gateway.showing.case_views import ClockView
from gateway.showing.photo_views import PhotoView, photo_views, ticked
from gateway.showing.showing import full_time, pd_short, status_words
from store import answer_photos, complaints, queues, reading
from store import staff as staff_rows
from store.models.complaint import Complaint, CorrectedAnswer, DraftAnswer, Privacy
from store.models.messaging import Conversation


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What stands in a form that was not saved (yet) and must not be lost."""

    body: str
    no_photo: str = ""
    to_citizen: frozenset[int] = frozenset()
    to_public: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CorrectionView:
    """Everything on the page."""

    ticket: str
    title: str
    status: StatusWords
    pd: str
    clock: ClockView | None
    round: int
    waiting: int
    asked: Sequence[str]
    draft_by: str
    draft_at: str
    draft: Sequence[Piece]
    proposal: str
    proposal_words: str
    proposed_on: str
    body: str
    version: int
    saved: str
    difference: Sequence[Piece]
    previews: Sequence[Preview]
    window: Window | None
    secret: bool
    photos: Sequence[PhotoView]
    needs_photo: bool
    no_photo: str
    send_words: str = "Kirim jawaban"


def correction(
    runtime: Runtime, staff: Staff, ticket: str, unsaved: Unsaved | None = None
) -> CorrectionView:
    """Return the page for the draft that waits.

    Args:
        runtime: the connected parts.
        staff: who reads.
        ticket: the number.
        unsaved: what stands in the form now.

    Raises:
        NotFoundError: no such case, or no draft waits in it.
    """
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        draft = waiting_draft(session, complaint)
        answer = complaints.correction_of(session, draft.id)
        return _view(runtime, session, complaint, (draft, answer), unsaved)


def _view(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    texts: tuple[DraftAnswer, CorrectedAnswer | None],
    unsaved: Unsaved | None,
) -> CorrectionView:
    draft, answer = texts
    body = unsaved.body if unsaved is not None else _begun(session, complaint, draft, answer)
    left, right = word_difference(draft.body, body)
    conversation = citizen_of(session, complaint)
    photos = photo_views(runtime, session, complaint)
    if unsaved is not None:
        photos = ticked(photos, unsaved.to_citizen, unsaved.to_public)
    names = staff_rows.user_names(
        session, [draft.author_id, *([answer.author_id] if answer else [])]
    )
    condition = queues.inbox_conditions(runtime.now())["koreksi"]
    waiting = queues.count_of(session, condition)
    return CorrectionView(
        ticket=complaint.ticket,
        title=complaint.title,
        status=status_words(complaint),
        pd=pd_short(reading.pd_names(session), complaint.pd_code),
        clock=clock_views(runtime, session, complaint).get("K4"),
        round=draft.round,
        waiting=waiting,
        asked=[m.text for m in reading.citizen_messages(session, complaint.id) if m.text],
        draft_by=names.get(draft.author_id, "Petugas"),
        draft_at=full_time(runtime, draft.submitted_at or draft.saved_at),
        draft=left,
        proposal=draft.proposal,
        proposal_words=PROPOSALS.get(draft.proposal, ""),
        proposed_on=draft.proposed_on.isoformat() if draft.proposed_on else "",
        body=body,
        version=answer.version if answer else 0,
        saved=f"{names.get(answer.author_id, '')} · tersimpan {full_time(runtime, answer.saved_at)}"
        if answer
        else "",
        difference=right,
        previews=answer_previews(runtime, session, complaint, conversation, Draft(body, photos)),
        window=window_of(runtime, session, conversation) if conversation else None,
        secret=complaint.privacy is Privacy.SECRET,
        photos=photos,
        needs_photo=answer_photos.needs_photo(session, complaint),
        no_photo=unsaved.no_photo if unsaved else _no_photo(draft, answer),
        send_words=_send_words(complaint, conversation),
    )


def _no_photo(draft: DraftAnswer, answer: CorrectedAnswer | None) -> str:
    """Return why no photo shows the work: Diskominfo's words, else the PD's."""
    own = answer.no_photo if answer else None
    return own or str((draft.fields or {}).get("no_photo", ""))


def _begun(
    session: Session, complaint: Complaint, draft: DraftAnswer, answer: CorrectedAnswer | None
) -> str:
    """Return the text to go on with: what was saved, or the draft with the parts' answers."""
    return answer.body if answer else combined(session, complaint, draft.body)


def _send_words(complaint: Complaint, conversation: Conversation | None) -> str:
    """Return what the button does; it sends only where a channel leads to the citizen."""
    if complaint.part_of_id is not None:
        return "Terima jawaban bagian"
    if complaint.source is None and not told_by_a_person(conversation):
        return "Kirim jawaban"
    if not told_by_a_person(conversation) and conversation is not None:
        return f"Kirim jawaban lewat {CHANNEL_WORDS[conversation.channel]}"
    if complaint.source == SOCIAL:
        return "Simpan jawaban untuk dibalas di tempat asalnya"
    return "Simpan jawaban dan telepon balik"
