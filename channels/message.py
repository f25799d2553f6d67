"""The vocabulary shared by every room: what came in, and what the platform says of what went out.

What goes out is in `channels.outbound`, the raw request in `channels.webhook`.

Pure values. Nothing here reads a clock, a network or a database. All instants are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class ChannelName(StrEnum):
    """The ways in which a citizen can reach us (decision 12): code, and the word people read."""

    WHATSAPP = "whatsapp", "WhatsApp"
    SMS = "sms", "SMS"
    TELEGRAM = "telegram", "Telegram"
    MESSENGER = "messenger", "Messenger"
    INSTAGRAM = "instagram", "Instagram"
    WHATSAPP_CLOUD = "whatsapp_cloud", "WhatsApp"
    VOICE = "voice", "Telepon"
    X = "x", "X"
    WEB = "web", "Web"
    OPERATOR = "operator", "Petugas"

    word: str

    # The default stands for look-ups by code alone: ChannelName("sms").
    def __new__(cls, code: str, word: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.word = word
        return member


class MediaKind(StrEnum):
    """What an attachment is, as the platform declares it; the content is sniffed later."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    CONTACT = "contact"
    LINK = "link"


class DeliveryStatus(StrEnum):
    """The life of one outgoing part. `RANK` decides which report may replace which."""

    QUEUED = "queued"  # waits for the worker
    PARKED = "parked"  # reply window closed: leaves with the citizen's next message
    SENDING = "sending"  # claimed by a worker, the call may be on its way
    UNCERTAIN = "uncertain"  # the call left, the answer never came: a person decides
    SENT = "sent"  # the platform accepted it
    DELIVERED = "delivered"  # it reached the phone
    READ = "read"  # the citizen opened it
    FAILED = "failed"  # it will not arrive; the error says why
    SUPPRESSED = "suppressed"  # never tried: the citizen opted out or blocked us
    REDIRECTED = "redirected"  # its words go by another channel that the citizen agreed to


# A report moves a part only upwards. FAILED ranks between SENT and DELIVERED: a failure replaces
# "sent", a late "delivered" or "read" proves the failure wrong (payload rules of the platforms).
DELIVERY_RANK: Mapping[DeliveryStatus, int] = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.PARKED: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.UNCERTAIN: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.SUPPRESSED: 4,
    DeliveryStatus.REDIRECTED: 4,
    DeliveryStatus.FAILED: 4,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.READ: 6,
}


class ErrorClass(StrEnum):
    """What a failed send means for the worker; the closed set of `SendError`."""

    RETRY = "retry"  # passing fault: back off and try again
    RETRY_AFTER = "retry_after"  # throttled: the whole account waits, no attempt is used up
    PERMANENT = "permanent"  # this message cannot be sent as it is
    RECIPIENT_GONE = "recipient_gone"  # this identity cannot be reached on this channel
    WINDOW_CLOSED = "window_closed"  # reply window over
    REAUTH = "reauth"  # credentials: pause the account, keep its queue
    CONFIG = "config"  # set-up of the account: pause it, keep its queue
    AMBIGUOUS = "ambiguous"  # nobody knows whether it was sent; never resent blindly


@dataclass(frozen=True, slots=True)
class Location:
    """A shared pin. Degrees, WGS 84."""

    latitude_deg: float
    longitude_deg: float
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class LivePoint:
    """One report of a location that its sender shares for a while.

    `at` is when the position was taken. `until` is the announced end; None where it is open or has
    come. `running` is False in the report that sharing has ended. `heading_deg` counts from north.
    """

    at: datetime
    until: datetime | None = None
    running: bool = True
    heading_deg: int | None = None


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where one attachment can be fetched.

    `source` is the platform's URL, file id or media id of the best rendition. `fetchable` is
    False where the platform announces something that it will not hand over (too large, expired).
    """

    kind: MediaKind
    source: str
    mime: str | None = None
    filename: str | None = None
    size_bytes: int | None = None
    fetchable: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or list row that the citizen pressed; `payload` is what we put behind it."""

    title: str | None
    payload: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A shared contact. Its number is not the sender's unless `is_sender` says so."""

    name: str | None
    phone: str | None
    is_sender: bool = False


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a citizen.

    `account` is our address there (Twilio account SID, bot id, page id). `dedup_scope` names the
    space in which `external_id` is unique; usually channel and account. `sender` is E.164, a
    business-scoped id, a chat id, or None when the caller withheld it. `sent_at` is the
    provider's time or None (Twilio sends none). `text` is the original, untrimmed, without U+0000.
    `blank`: nothing in it can be read, heard or seen. `call_id` names the call of a recording: its
    CALL_STARTED event knows the sender. `public`: everyone can read it (a mention on X); its
    answer is private all the same. `live`: which report of a shared location `location` is.
    `standby`: somebody else has the conversation on the platform. `origin`: the advertisement or
    link that led here. `story_mention`: the citizen named us in a story of their own.
    """

    channel: ChannelName
    account: str
    external_id: str
    sender: str | None
    text: str | None = None
    dedup_scope: str = ""
    sender_name: str | None = None
    aliases: tuple[str, ...] = ()
    repliable: bool = True
    sent_at: datetime | None = None
    media: tuple[MediaRef, ...] = ()
    location: Location | None = None
    live: LivePoint | None = None
    contact: ContactCard | None = None
    group_key: str | None = None
    reply_to: str | None = None
    reply_to_story: str | None = None
    choice: Choice | None = None
    forwarded: bool = False
    unsupported: bool = False
    blank: bool = False
    call_id: str | None = None
    public: bool = False
    standby: bool = False
    origin: str | None = None
    story_mention: bool = False


class Holder(StrEnum):
    """Who besides us can have or answer a conversation on a platform."""

    INBOX = "inbox"  # a person in the platform's own inbox
    APP = "app"  # another application
    PHONE = "phone"  # a person at the telephone that shares our number


class ControlKind(StrEnum):
    """Events that are not messages."""

    START = "start"  # /start, Get Started: `value` is the deep-link or referral parameter
    COMMAND = "command"  # another bot command: `value` is it without the slash ("status 26-1-2")
    BUTTON = "button"  # postback or callback query: `value` is our payload
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    ECHO = "echo"  # our own account wrote: `value` is our part reference, or None for a person
    EDITED = "edited"  # `message` holds the new content
    WITHDRAWN = "withdrawn"  # the citizen unsent `external_id`
    REACTION = "reaction"  # `value` is the emoji, None when taken back
    HANDOVER = "handover"  # `holder` has the conversation now; None: it is ours again
    CALL_STARTED = "call_started"  # voice: who calls (sender None: withheld), before a recording
    CALL_CONTINUED = "call_continued"  # the same call reports again, should its start be lost
    CALL_KEY = "call_key"  # the caller pressed `value`, asked whether to get an SMS


@dataclass(frozen=True, slots=True)
class ControlEvent:
    """Something the citizen or the platform did that is not a message.

    `event_id` makes a redelivery recognisable where the event must act once (buttons, starts).
    `holder`: who wrote an echo that is not ours, or who has the conversation.
    """

    kind: ControlKind
    channel: ChannelName
    account: str
    sender: str | None
    event_id: str | None = None
    external_id: str | None = None
    occurred_at: datetime | None = None
    value: str | None = None
    sender_name: str | None = None
    message: InboundMessage | None = None
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What the platform says of a part we sent.

    Exactly one of `external_id`, `reference` (our own part reference) and `watermark` (everything
    sent to `recipient` at or before it) identifies the part or parts; Twilio gives both of the
    first two. `retry_waits_s` are the pauses before the further attempts that the platform's own
    documentation advises after this failure, in seconds; empty: none.
    """

    channel: ChannelName
    account: str
    status: DeliveryStatus
    external_id: str | None = None
    reference: str | None = None
    recipient: str | None = None
    watermark: datetime | None = None
    occurred_at: datetime | None = None
    error_code: str | None = None
    error_class: ErrorClass | None = None
    retry_waits_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RottenEvent:
    """One event of a genuine request that could not be read; quarantined, replayable.

    `path` says where in the body it stands (``entry[0].messaging[2]``), `reason` what was wrong,
    without any value of the body.
    """

    path: str
    reason: str


ChannelEvent = InboundMessage | ControlEvent | DeliveryReceipt | RottenEvent


@dataclass(frozen=True, slots=True)
class MediaContent:
    """A downloaded attachment. `mime` is only what the platform claims."""

    content: bytes
    mime: str | None = None
    filename: str | None = None
