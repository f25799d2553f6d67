"""What the normalizer takes and gives. Pure values; all instants are aware.

`normalizer.assemble.assemble` reads the messages of one open draft (or of one new thought after a
ticket) and returns an `Assembly`: what was found, what is missing, and the one thing to do next.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from channels.message import ChannelName, Location
from normalizer.card import Card, CardMemory, CardOffer
from normalizer.tenant import Tenant

T = TypeVar("T")


class Kind(StrEnum):
    """What a citizen brings (decision 21)."""

    COMPLAINT = "complaint"
    ASPIRATION = "aspiration"
    INFORMATION_REQUEST = "information_request"
    EMERGENCY = "emergency"
    SPAM = "spam"
    GREETING = "greeting"


class NikProblem(StrEnum):
    """Why there is no NIK of the reporter."""

    MISSING = "missing"
    INVALID_LENGTH = "invalid_length"
    INVALID_DATE = "invalid_date"
    INVALID_REGION = "invalid_region"
    KK_ONLY = "kk_only"
    PHOTO_ONLY = "photo_only"
    MULTIPLE = "multiple"


class Precision(StrEnum):
    """How exact a resolved time is."""

    MINUTE = "minute"
    HOUR = "hour"
    PART_OF_DAY = "part_of_day"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Field(StrEnum):
    """What a complaint needs; the values of `Assembly.missing`."""

    NIK = "nik"
    STORY = "story"
    PLACE = "place"
    TIME = "time"


class Act(StrEnum):
    """The next step of the dialogue. The gateway carries it out."""

    WAIT = "wait"  # nothing to say, keep the messages in the open draft
    ASK = "ask"  # say `say`, keep the draft open
    FILE = "file"  # make the complaint and issue the ticket
    GREET = "greet"  # greet; the messages never become a complaint
    SHOW_STATUS = "show_status"  # tell the state of `ticket`, or of the latest one if None
    SHOW_ANSWER = "show_answer"  # JAWABAN: repeat the latest answer
    CANCEL = "cancel"  # BATAL: drop the open draft
    HANDOVER = "handover"  # PETUGAS, or two misunderstandings: a person takes over
    APPEND = "append"  # belongs to the existing complaint `ticket`
    RATE = "rate"  # 1-5, SUDAH, SEBAGIAN, BELUM for a resolved complaint; `value` holds it
    OBJECT = "object"  # KEBERATAN against "bukan kewenangan"
    SET_PRIVACY = "set_privacy"  # UBAH after the ticket: `value` is anonymous, secret or named
    STOP_NEWS = "stop_news"  # BERHENTI
    RESUME_NEWS = "resume_news"  # IKUT <ticket>
    DISPUTE = "dispute"  # SALAH, BUKAN SAYA: `value` is wrong or not_me
    SHELVE = "shelve"  # spam: kept, not a complaint, no answer


@dataclass(frozen=True, slots=True)
class Span:
    """Where something was read: message id and character range in its original text."""

    message_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """One thing found, with its confidence (0 to 1) and where it stands."""

    value: T
    confidence: float
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """One citizen message as the normalizer sees it, oldest first in the list.

    `attachments` holds gold-set kinds: foto, video, audio, dokumen, lokasi, foto_ktp, stiker.
    `choice` is the payload of a pressed button; `cards` was read off its photos.
    `spoken`: a machine wrote (part of) the text down from a recording and may have misheard.
    `no_card`: its photos were read well, and none of them shows an identity card.
    """

    id: str
    at: datetime
    text: str = ""
    attachments: tuple[str, ...] = ()
    location: Location | None = None
    choice: str | None = None
    spoken: bool = False
    cards: tuple[Card, ...] = ()
    no_card: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedTime:
    """An event time. `value` is the start; `approximate` for "sekitar", "kira-kira"."""

    value: datetime
    precision: Precision
    text: str
    approximate: bool = False
    tolerance_days: int = 0


@dataclass(frozen=True, slots=True)
class ChronologyEntry:
    """One event of the story, in the order told."""

    time: ResolvedTime | None
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened. Names are those of the tenant's gazetteer; street, landmark as written."""

    text: str
    desa: str | None = None
    kecamatan: str | None = None
    kecamatan_inferred: str | None = None
    region_code: str | None = None
    street: str | None = None
    rt: str | None = None
    rw: str | None = None
    landmark: str | None = None
    pin: Location | None = None
    outside_region: bool = False
    elsewhere: str | None = None  # the other government's kabupaten or kota, where it lies outside
    pole: str | None = None  # the code of a lamp post, as painted on it

    @property
    def sufficient(self) -> bool:
        """Street, landmark, desa or a pin; a kecamatan or town alone is not enough."""
        return bool(self.street or self.landmark or self.desa or self.pin)


@dataclass(frozen=True, slots=True)
class Redaction:
    """An identity word in free text. `what`: nik, kk, phone, email, plate, name, number."""

    span: Span
    what: str


@dataclass(frozen=True, slots=True)
class PdSuggestion:
    """A PD that may be responsible, with the words that caused it."""

    pd: str
    confidence: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplaintDraft:
    """All that the messages say, in one record."""

    kind: Finding[Kind]
    nik: Finding[str] | None = None
    nik_problem: NikProblem | None = None
    sex: str | None = None
    birth_date: date | None = None
    reporter_name: Finding[str] | None = None
    event_start: Finding[ResolvedTime] | None = None
    chronology: tuple[ChronologyEntry, ...] = ()
    place: Finding[Place] | None = None
    category: Finding[str] | None = None
    pd_suggestions: tuple[PdSuggestion, ...] = ()
    anonymous: bool = False
    secret: bool = False
    urgent: bool = False
    ticket_query: str | None = None
    story: str = ""  # the complaint in the citizen's words, commands and bare NIK lines left out
    title: str = ""  # at most 80 characters, without identities
    public_text: str = ""  # the story with every identity replaced; empty for spam and greetings
    redactions: tuple[Redaction, ...] = ()
    attachments: tuple[str, ...] = ()
    identity_photos: tuple[str, ...] = ()  # messages whose picture is an identity card
    card_offer: CardOffer | None = None  # a NIK read off a photo, not confirmed yet


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What the dialogue remembers of an open draft between messages.

    Attributes:
        asked: catalogue keys asked so far, in order, with repetitions.
        skipped: fields that the citizen declined.
        confirmed_fields: fields whose low-confidence guess the citizen confirmed.
        awaiting: the catalogue key whose answer we wait for, or None.
        misunderstood: answers in a row that told us nothing.
        privacy: anonymous, secret or named, once chosen.
        emergency_answered: the emergency numbers were already sent in this draft.
        told_complete: the citizen pressed "Sudah lengkap" or wrote OK.
        heard: messages acted on, as (id, key awaited then or ""): commands are done, answers stay.
        cards: what was answered about photographed identity cards.
    """

    asked: tuple[str, ...] = ()
    skipped: frozenset[Field] = frozenset()
    confirmed_fields: frozenset[Field] = frozenset()
    awaiting: str | None = None
    misunderstood: int = 0
    privacy: str | None = None
    emergency_answered: bool = False
    told_complete: bool = False
    heard: tuple[tuple[str, str], ...] = ()
    cards: CardMemory = field(default_factory=CardMemory)


@dataclass(frozen=True, slots=True)
class KnownComplaint:
    """A complaint already filed from this conversation, newest first in the context.

    `relayed`: an officer or a recording took it down. `disputed`: the citizen has called it wrong.
    """

    ticket: str
    filed_at: datetime
    open: bool
    resolved: bool = False  # status Selesai, so 1-5 and BELUM are answers to it
    text: str = ""
    category: str | None = None
    desa: str | None = None
    relayed: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the normalizer may know besides the messages.

    `tenant` comes from `normalizer.tenant.load_tenant`. `now` is the instant of the assembly; the
    quiet period is judged against it: `quiet_s` after the last message, at most `cap_s` after the
    first; `media_wait_s` after the first where only photos or pins came.
    """

    tenant: Tenant
    channel: ChannelName
    now: datetime
    known: tuple[KnownComplaint, ...] = ()
    first_contact: bool = False
    quiet_s: int = 90
    cap_s: int = 900
    media_wait_s: int = 600


@dataclass(frozen=True, slots=True)
class Assembly:
    """The result: the draft, what is missing, and the one thing to do.

    Attributes:
        draft: all that was found.
        missing: fields still missing and not declined, in the order in which they are asked.
        act: the next step.
        say: catalogue keys to send, in order; FILE lists only what comes before `tiket_terbit`
            (``darurat``); the gateway adds the ticket text itself.
        values: placeholders that only the normalizer knows (RINGKAS, LOK, NIK4, PRIVASI, JML).
        state: what to remember.
        immediate: act now; False means: wait until the quiet period is over and then do `act`.
        ticket: the existing complaint that the act is about.
        value: argument of RATE, SET_PRIVACY and DISPUTE.
        consumed: ids of messages that are commands or bare answers and do not belong to a story.
    """

    draft: ComplaintDraft
    missing: tuple[Field, ...]
    act: Act
    state: DialogueState
    say: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    immediate: bool = False
    ticket: str | None = None
    value: str | None = None
    consumed: tuple[str, ...] = ()
