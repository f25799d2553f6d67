"""The shapes of a case page: what `gateway.reading.reading` gives and the templates print."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.cases.identity import Reporter
from gateway.cases.neighbours import Neighbour
from gateway.cases.similar import SimilarCase
from gateway.rules.clocks import Chip
from gateway.rules.statuses import StatusWords
from gateway.rules.windows import Window
from gateway.showing.group_views import Related
from gateway.showing.showing import HistoryLine, PinView
from gateway.showing.threads import MessageView


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock with its chip and its reasons."""

    chip: Chip
    due: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note."""

    who: str
    at: str
    body: str
    for_pd: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A PD that may be responsible, with the words that caused it."""

    code: str
    name: str
    percent: int
    words: Sequence[str]


@dataclass(frozen=True)
class Thread:
    """Messages with the link to older ones, and what may be written now.

    `held`: who else has the conversation on the platform. `source`: what led the citizen to us.
    """

    messages: Sequence[MessageView]
    older: str | None
    window: Window | None
    whole: bool
    held: str = ""
    source: str = ""


@dataclass(frozen=True)
class Details:
    """The panel beside a case."""

    reporter: Reporter
    place: str
    pin: PinView | None
    event: str
    story: str
    public_text: str
    approved: bool
    suggestions: Sequence[Suggestion]
    clocks: Sequence[ClockView]
    others: Sequence[tuple[str, str]]
    nearby: Sequence[Neighbour]
    similar: Sequence[SimilarCase]


@dataclass(frozen=True, slots=True)
class Origin:
    """The post from which an officer wrote a case down."""

    link: str
    posted: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Words that no channel carries: an officer tells them. `how` is phoned or replied."""

    how: str
    text: str


@dataclass(frozen=True)
class CaseView:
    """A case as one page shows it. `actions` names the steps that work now."""

    ticket: str
    version: int
    title: str
    status: StatusWords
    kind: str
    kind_code: str
    privacy: str
    secret: bool
    urgent: bool
    priority: str
    category: str
    category_code: str
    pd: str
    pd_code: str
    channel: str
    channel_words: str
    clock: ClockView | None
    received: str
    archived: bool
    public: bool
    status_reason: str
    returned: str
    instruction: str
    unread: bool
    sisters: Sequence[str]
    actions: frozenset[str]
    thread: Thread
    notes: Sequence[NoteView]
    history: Sequence[HistoryLine]
    history_whole: bool
    details: Details
    origin: Origin | None = None
    dispute: str = ""
    hand_over: HandOver | None = None
    related: Related = field(default_factory=Related)
    conflict: str = ""
    named: Sequence[tuple[str, str]] = ()
    returns: int = 0
    return_asked: bool = False


@dataclass(frozen=True)
class ConversationView:
    """A conversation of which no complaint has come yet."""

    id: int
    sender: Reporter
    channel: str
    channel_words: str
    needs_person: bool
    has_draft: bool
    summary: str
    tickets: Sequence[tuple[str, str]]
    thread: Thread
