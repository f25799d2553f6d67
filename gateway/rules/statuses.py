"""The seven statuses: their words, the moves between them, and what the public may see.

The words are those of SiPendekar; both of them, the status and its reach, are always shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.errors import MoveNotAllowedError
from store.models.complaint import Complaint, ComplaintStatus, Privacy

_S = ComplaintStatus
_OPEN = frozenset(
    {_S.DISPOSED, _S.IN_PROGRESS, _S.PENDING_SCHEDULED, _S.NOT_COMPETENT, _S.RESOLVED}
)


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How a status is shown: its word, and the names of its style and its drawing."""

    status: ComplaintStatus
    word: str
    style: str
    icon: str

    @property
    def reach(self) -> str:
        """``Terbuka`` or ``Tertutup``."""
        return "Terbuka" if self.status in _OPEN else "Tertutup"

    @property
    def label(self) -> str:
        """Both words, e.g. ``Masuk (Tertutup)``."""
        return f"{self.word} ({self.reach})"


_ALL_WORDS = (
    StatusWords(_S.RECEIVED, "Masuk", "masuk", "status-new"),
    StatusWords(_S.DISPOSED, "Disposisi", "disposisi", "disposisi"),
    StatusWords(_S.IN_PROGRESS, "Penanganan", "penanganan", "wrench"),
    StatusWords(_S.PENDING_SCHEDULED, "Pending - Perwaktu", "pending-perwaktu", "calendar-clock"),
    StatusWords(_S.PENDING_NOTED, "Pending - Catatan", "pending-catatan", "note-pause"),
    StatusWords(_S.NOT_COMPETENT, "Bukan Kewenangan", "bukan-kewenangan", "signpost"),
    StatusWords(_S.RESOLVED, "Selesai", "selesai", "check-circle"),
)
WORDS: Mapping[ComplaintStatus, StatusWords] = MappingProxyType(
    {words.status: words for words in _ALL_WORDS}
)
STATUS_LABELS: Mapping[ComplaintStatus, str] = MappingProxyType(
    {words.status: words.label for words in _ALL_WORDS}
)

PRIORITY_WORDS = {"urgent": "Mendesak", "normal": "Biasa", "low": "Rendah"}

# From each status to those that may follow (product page 2.0.2, decision 17).
MOVES: Mapping[ComplaintStatus, frozenset[ComplaintStatus]] = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.DISPOSED, _S.NOT_COMPETENT, _S.RESOLVED}),
        _S.DISPOSED: frozenset({_S.IN_PROGRESS, _S.RECEIVED, _S.NOT_COMPETENT}),
        _S.IN_PROGRESS: frozenset(
            {_S.PENDING_SCHEDULED, _S.PENDING_NOTED, _S.RESOLVED, _S.NOT_COMPETENT}
        ),
        _S.PENDING_SCHEDULED: frozenset({_S.IN_PROGRESS, _S.RESOLVED}),
        _S.PENDING_NOTED: frozenset({_S.IN_PROGRESS}),
        _S.NOT_COMPETENT: frozenset({_S.RECEIVED}),
        _S.RESOLVED: frozenset({_S.IN_PROGRESS}),
    }
)


def may_move(complaint: Complaint, to: ComplaintStatus) -> bool:
    """Whether the complaint may take this status now.

    An archived or withdrawn one may not, nor one that follows another case.
    """
    if complaint.archived_at is not None or complaint.withdrawn_at is not None:
        return False
    if complaint.leading_id is not None:
        return False
    return to in MOVES[complaint.status]


# In the hands of an office; a conflict of interest takes it out of them whatever its step.
_IN_WORK = frozenset({_S.DISPOSED, _S.IN_PROGRESS, _S.PENDING_SCHEDULED, _S.PENDING_NOTED})


def _stands_alone(complaint: Complaint) -> bool:
    live = complaint.archived_at is None and complaint.withdrawn_at is None
    return live and complaint.leading_id is None and complaint.part_of_id is None


def may_divert(complaint: Complaint) -> bool:
    """Whether the case may go from its PD to the Inspektorat (to Disposisi, whatever its step)."""
    free = complaint.conflict_pd is None and _stands_alone(complaint)
    return free and complaint.status in _IN_WORK


def may_take_back(complaint: Complaint) -> bool:
    """Whether the case may come back to Masuk because it is no conflict of interest."""
    diverted = complaint.conflict_pd is not None and _stands_alone(complaint)
    return diverted and complaint.status in _IN_WORK | {_S.RECEIVED}


def require_move(complaint: Complaint, to: ComplaintStatus) -> None:
    """Check a move.

    Raises:
        MoveNotAllowedError: the table does not know it.
    """
    if not may_move(complaint, to):
        raise MoveNotAllowedError(f"{complaint.status.value} to {to.value}")


def publicly_visible(complaint: Complaint) -> bool:
    """Whether the public may see this complaint. Every list, page, count and file asks here."""
    return (
        complaint.status in _OPEN
        and complaint.privacy is not Privacy.SECRET
        and complaint.conflict_pd is None
        and complaint.public_approved_at is not None
        and complaint.withdrawn_at is None
        and complaint.archived_at is None
        and complaint.part_of_id is None
    )


def is_kept_secret(complaint: Complaint) -> bool:
    """Whether nothing of the case is for the public: its reporter's wish, or a conflict."""
    return complaint.privacy is Privacy.SECRET or complaint.conflict_pd is not None


def may_be_on_paper(complaint: Complaint) -> bool:
    """Whether the case may be taken along on paper: in an office's hands, nothing of it secret."""
    live = complaint.archived_at is None and complaint.withdrawn_at is None
    return live and not is_kept_secret(complaint) and complaint.pd_code is not None


def has_public_text(complaint: Complaint) -> bool:
    """Whether somebody has decided what is read of the case: it is whole, and past Masuk."""
    return _stands_alone(complaint) and complaint.status is not _S.RECEIVED
