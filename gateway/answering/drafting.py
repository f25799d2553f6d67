"""What drafts and corrected answers share: who waits for whom, and how two texts differ."""

import difflib
import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.errors import ConflictError, NotFoundError
from store import complaints
from store.models.complaint import Complaint, ComplaintStatus, CorrectedAnswer, DraftAnswer
from store.staff import user_names

PROPOSALS = {
    "in_progress": "Masih Penanganan",
    "resolved": "Usul Selesai",
    "pending_noted": "Usul Pending - Catatan",
    "not_competent": "Usul Bukan Kewenangan",
}
ANSWERS = frozenset({"in_progress", "resolved"})
LONGEST_ANSWER = 3000
_WORKABLE = {ComplaintStatus.IN_PROGRESS, ComplaintStatus.PENDING_SCHEDULED}
_WORDS = re.compile(r"\w+\s*|[^\w\s]+\s*|\s+")


class StaleTextError(ConflictError):
    """Somebody else saved this text meanwhile.

    Attributes:
        theirs: the text that is stored now.
        version: its version, with which the next save is accepted.
        who: the name of who saved it.
        at: when, aware UTC.
    """

    def __init__(self, saved: DraftAnswer | CorrectedAnswer, who: str) -> None:
        super().__init__("text")
        self.theirs, self.version = saved.body, saved.version
        self.who, self.at = who, saved.saved_at


def stale(session: Session, saved: DraftAnswer | CorrectedAnswer) -> StaleTextError:
    """Return the error for a text that was begun on an older version than `saved`."""
    names = user_names(session, [saved.author_id])
    return StaleTextError(saved, names.get(saved.author_id, "petugas lain"))


def awaits_draft(complaint: Complaint) -> bool:
    """Whether the PD may write its draft now."""
    return complaint.status in _WORKABLE and complaint.draft_submitted_at is None


def waiting_draft(session: Session, complaint: Complaint) -> DraftAnswer:
    """Return the draft that waits for Diskominfo.

    Raises:
        NotFoundError: none does.
    """
    draft = complaints.latest_draft(session, complaint.id)
    if draft is None or complaint.draft_submitted_at is None:
        raise NotFoundError("draft")
    return draft


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in a comparison: ``same``, ``gone`` or ``new``."""

    kind: str
    text: str


def word_difference(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts cut into pieces, word by word: what went, and what came."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    # Blanks behind a word do not make it another word.
    bare_old, bare_new = [word.strip() for word in old], [word.strip() for word in new]
    matcher = difflib.SequenceMatcher(None, bare_old, bare_new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        gone, came = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        if tag == "equal":
            left.append(Piece("same", gone))
            right.append(Piece("same", came))
            continue
        if gone:
            left.append(Piece("gone", gone))
        if came:
            right.append(Piece("new", came))
    return left, right
