"""The shapes of the pages of a perangkat daerah; no identity has a place in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.answering.drafting import Piece
from gateway.cases.neighbours import Neighbour
from gateway.reading.pd_examples import Example
from gateway.reading.pd_messages import PdMessage
from gateway.rules.clocks import Chip
from gateway.rules.statuses import StatusWords
from gateway.showing.case_views import ClockView, NoteView
from gateway.showing.group_views import PartView
from gateway.showing.photo_views import PhotoView
from gateway.showing.showing import AttachmentView, HistoryLine, PinView


@dataclass(frozen=True)
class PdRow:
    """One case in the list of a PD."""

    ticket: str
    title: str
    facts: str
    chip: Chip | None
    note: str
    returned: str
    step: str  # accept, draft, redraft, wait
    status: StatusWords
    unread: bool
    assigned: str = ""  # who has it, or that nobody took it for too long
    unassigned: bool = False
    draft_chip: Chip | None = None  # the next deadline, where the first one is not the draft's


@dataclass(frozen=True)
class PdListing:
    """A queue of a PD with the counts of all its queues."""

    code: str
    name: str
    counts: Sequence[tuple[str, str, int]]
    rows: Sequence[PdRow]
    earlier: str | None
    later: str | None
    first_help: bool  # how the work goes, until the person has put it away


@dataclass(frozen=True)
class DraftView:
    """The draft being written, and what came of the last round."""

    version: int
    done: str
    planned: str
    due_on: str
    contact: str
    no_photo: str
    proposal: str
    saved: str
    submitted: str
    round: int
    returned_reason: str
    returned_note: str
    marked: Sequence[Piece] = ()  # the draft as Diskominfo would rather have it


@dataclass(frozen=True)
class SentView:
    """An answer as it went out, beside the draft it came from."""

    at: str
    body: str
    changes: int
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class PdCase:
    """A case as its PD reads it."""

    ticket: str
    version: int
    title: str
    text: str
    status: StatusWords
    category: str
    reporter: str
    place: str
    pin: PinView | None
    attachments: Sequence[AttachmentView]
    messages: Sequence[PdMessage]
    notes: Sequence[NoteView]
    history: Sequence[HistoryLine]
    clocks: Sequence[ClockView]
    instruction: str
    plan: str
    parts: Sequence[PartView]
    coordinator: str
    same_reports: int
    draft: DraftView
    sent: Sequence[SentView]
    photos: Sequence[PhotoView]
    needs_photo: bool
    actions: frozenset[str]
    nearby: Sequence[Neighbour] = ()
    examples: Sequence[Example] = ()
    reminded: str = ""  # when Diskominfo nudged, if nothing has happened since
