"""What a case page shows of a case that an officer wrote down: its origin, doubts, what to tell."""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.recording_form import SOCIAL
from gateway.runtime import Runtime
from gateway.showing.case_views import HandOver, Origin
from gateway.showing.showing import full_time
from store import casework_rows
from store.complaints import sent_answers
from store.models.complaint import Complaint

QUESTION_NOTE = "Tanyakan kepada pelapor: "
_DISPUTES = {
    "wrong": "Pelapor menyatakan isinya keliru. Baca balasannya, betulkan, lalu tandai.",
    "not_me": "Pemilik nomor menyatakan bukan pelapor. Nomor itu tidak dikabari lagi; "
    "PIN lama tidak berlaku.",
}


def origin(runtime: Runtime, complaint: Complaint) -> Origin | None:
    """Return the post that a case was written from, None for all others."""
    if not complaint.origin:
        return None
    posted = complaint.origin.get("posted_at")
    when = full_time(runtime, datetime.fromisoformat(posted)) if posted else ""
    return Origin(str(complaint.origin["link"]), when)


def dispute_words(complaint: Complaint) -> str:
    """Return what the citizen doubts, empty where nothing is."""
    return _DISPUTES.get(complaint.dispute or "", "")


def hand_over(session: Session, complaint: Complaint) -> HandOver | None:
    """Return the answer or question that a person must tell now, None where nothing waits."""
    if complaint.to_hand_over_at is None:
        return None
    how = "replied" if complaint.source == SOCIAL else "phoned"
    answers = sent_answers(session, complaint.leading_id or complaint.id)
    notes = casework_rows.notes_of(session, complaint.id, for_pd=True)
    said = [(answer.sent_at or answer.saved_at, answer.body) for answer in answers]
    said += [
        (note.created_at, note.body.removeprefix(QUESTION_NOTE))
        for note in notes
        if note.body.startswith(QUESTION_NOTE)
    ]
    # What was written last is what waits: it set the mark.
    return HandOver(how, max(said)[1] if said else "")
