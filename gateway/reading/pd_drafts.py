"""The draft of a perangkat daerah, what came back of it, and the answers that were made of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gateway.answering.drafting import Piece, word_difference
from gateway.reading.pd_views import DraftView, SentView
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import complaints
from store.models.complaint import Complaint, Disposisi, DraftAnswer

DRAFT_RETURNS = {
    "not_answered": "belum menjawab",
    "no_time": "tanpa waktu",
    "language": "bahasa",
    "personal_data": "ada data pribadi",
    "no_evidence": "bukti kurang",
    "wrong_case": "salah aduan",
}


def draft_view(
    runtime: Runtime, session: Session, complaint: Complaint, instruction: Disposisi | None
) -> DraftView:
    """Return the draft that is being written for this instruction, or an empty one."""
    draft = complaints.latest_draft(session, complaint.id)
    if draft is not None and instruction is not None and draft.disposisi_id != instruction.id:
        draft = None
    if draft is None:
        return DraftView(0, "", "", "", "", "", "in_progress", "", "", 1, "", "")
    fields: Mapping[str, Any] = draft.fields or {"done": draft.body}
    fresh = draft.submitted_at is not None and complaint.draft_submitted_at is None
    answered = fresh and complaint.draft_returned_at is None
    return DraftView(
        version=0 if fresh else draft.version,
        done="" if answered else str(fields.get("done", "")),
        planned="" if answered else str(fields.get("planned", "")),
        due_on="" if answered else _iso_day(fields.get("due_on")),
        contact="" if answered else str(fields.get("contact", "")),
        no_photo="" if answered else str(fields.get("no_photo", "")),
        proposal=draft.proposal,
        saved=full_time(runtime, draft.saved_at) if not answered else "",
        submitted=full_time(runtime, draft.submitted_at)
        if draft.submitted_at and complaint.draft_submitted_at
        else "",
        round=draft.round,
        returned_reason=DRAFT_RETURNS.get(draft.return_reason or "", "")
        if complaint.draft_returned_at
        else "",
        returned_note=(draft.return_note or "") if complaint.draft_returned_at else "",
        marked=_marked(session, draft) if complaint.draft_returned_at else (),
    )


def _marked(session: Session, draft: DraftAnswer) -> Sequence[Piece]:
    """Return a returned draft as Diskominfo would rather have it, if it wrote that."""
    wished = complaints.correction_of(session, draft.id)
    if draft.returned_at is None or wished is None or wished.body.strip() == draft.body.strip():
        return ()
    return word_difference(draft.body, wished.body)[1]


def _iso_day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return ""


def sent_views(runtime: Runtime, session: Session, complaint: Complaint) -> list[SentView]:
    """Return the answers that went to the citizen, each beside what the draft said."""
    views = []
    for answer in complaints.sent_answers(session, complaint.id):
        draft = session.get(DraftAnswer, answer.draft_id) if answer.draft_id else None
        gone, pieces = word_difference(draft.body if draft else answer.body, answer.body)
        changes = max(_count(gone, "gone"), _count(pieces, "new"))
        at = full_time(runtime, answer.sent_at or answer.saved_at)
        views.append(SentView(at, answer.body, changes, pieces))
    return views


def _count(pieces: Sequence[Piece], kind: str) -> int:
    return sum(piece.kind == kind for piece in pieces)
