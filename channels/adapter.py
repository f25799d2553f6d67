"""What every platform must be able to do, and the limits that shape our answers."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from channels.message import ChannelEvent, ChannelName, MediaContent, MediaKind, MediaRef
from channels.outbound import OutboundPart, SendResult
from channels.webhook import WebhookReply, WebhookRequest


@dataclass(frozen=True, slots=True)
class SendRate:
    """How quickly a platform takes parts of one account, by its documentation.

    `per_s` parts a second on average, `burst` at once. `media_per_s` is a lower rate for
    attachments, `recipient_per_s` and `recipient_burst` hold for one citizen. `by_segment`: a text
    costs as many as it has SMS segments.
    """

    per_s: float
    burst: int
    media_per_s: float | None = None
    recipient_per_s: float | None = None
    recipient_burst: int = 1
    by_segment: bool = False


@dataclass(frozen=True, slots=True)
class ChannelLimits:
    """How an answer must be cut for one platform.

    `text_units` counts characters, or UTF-8 bytes where `text_in_bytes`, or UTF-16 units where
    `text_in_utf16` (an emoji is two). `window` is the time
    after a citizen's message in which free text may be sent (None: always); `human_window` the
    longer one for answers written by a person. `buttons` is the number of quick answers that fit
    below a text (0: none), `button_title` their length. `media_bytes` gives the largest
    attachment per kind; a kind that is absent cannot be sent and is linked instead. `rate` is None
    where the platform or its gateway queues whatever comes.
    """

    text_units: int
    text_in_bytes: bool = False
    window: timedelta | None = None
    human_window: timedelta | None = None
    buttons: int = 0
    button_title: int = 20
    media_bytes: tuple[tuple[MediaKind, int], ...] = ()
    gsm7: bool = False
    text_in_utf16: bool = False
    rate: SendRate | None = None


class CallStep(StrEnum):
    """What a telephone call asks for besides what is kept of it."""

    AGAIN = "again"  # nothing was heard: the caller may speak once more
    TICKET = "ticket"  # the recording is over: the caller waits for the number


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One step of a call. `asked` counts how often the ticket was asked for before."""

    step: CallStep
    account: str
    call_id: str
    caller: str | None
    asked: int = 0


@dataclass(frozen=True, slots=True)
class CallTicket:
    """What a caller is told at the end; `ticket` is None while there is none.

    `pin` is spoken once. `offers_sms`: a key may be pressed to get both by SMS.
    """

    ticket: str | None = None
    pin: str | None = None
    offers_sms: bool = False


@runtime_checkable
class PhoneCalls(Protocol):
    """A channel on which people speak. What it answers is spoken to the caller."""

    def read_step(self, request: WebhookRequest) -> CallRequest:
        """Read a request that keeps nothing and wants an answer.

        Raises:
            PayloadError: it names no call or no known step.
        """
        ...

    def ask_again(self) -> WebhookReply:
        """What is said to a caller of whom nothing was heard."""
        ...

    def tell(self, request: CallRequest, ticket: CallTicket) -> WebhookReply:
        """What is said at the end; without a ticket the caller waits, for a bounded time."""
        ...

    def ask_caller(self, call_id: str) -> str | None:
        """Ask the provider who made a call; None if the number was withheld.

        Raises:
            MediaError: it did not say; `retryable` says whether it may later.
        """
        ...


class ChannelAdapter(Protocol):
    """One platform. verify, handshake, parse and acknowledge do no input or output.

    Secrets go into the constructor, as a list, so that they can be rotated.
    """

    @property
    def name(self) -> ChannelName:
        """The channel this adapter serves."""
        ...

    @property
    def account(self) -> str:
        """Our address on the platform, as in `InboundMessage.account`."""
        ...

    @property
    def limits(self) -> ChannelLimits:
        """What the platform takes."""
        ...

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature over the raw bytes.

        Raises:
            SignatureError: the platform did not make this request.
        """
        ...

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        """Answer the platform's GET when the webhook is set up.

        Raises:
            SignatureError: the verify token is wrong or the platform knows no handshake.
        """
        ...

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        """Read every event of the request that belongs to this channel and account.

        An event that cannot be read becomes a `RottenEvent`; events of other accounts, groups and
        public comments are left out.

        Raises:
            PayloadError: the body as a whole can never be genuine content.
        """
        ...

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        """What this platform wants to hear after the events are stored."""
        ...

    def send(self, part: OutboundPart) -> SendResult:
        """Make one API call.

        Raises:
            SendError: the part was not taken, or nobody knows.
        """
        ...

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        """Download one attachment.

        Raises:
            MediaError: it did not come; `retryable` says whether it may later.
        """
        ...
