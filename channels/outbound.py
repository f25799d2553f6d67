"""The vocabulary of what goes out: a part, what it carries, the platform's yes. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.message import ChannelName, MediaKind


@dataclass(frozen=True, slots=True)
class OutboundMedium:
    """One attachment to send: its content, or an address from which the platform fetches it."""

    kind: MediaKind
    mime: str
    filename: str
    content: bytes | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A message approved beforehand, the only thing WhatsApp takes outside its window.

    `language` is needed where one name stands for several languages (Meta); None: Indonesian.
    """

    content_id: str
    variables: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A quick answer offered below a text. Channels without buttons leave it out."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class OutboundPart:
    """One call to the platform: a text, a medium or a template.

    `reference` is our part's id; it travels as the vendor's callback key or metadata and comes
    back in receipts and echoes. `human_agent` marks an answer written by a person, sent after the
    ordinary window where the platform allows that (Meta, 7 days).
    """

    channel: ChannelName
    account: str
    recipient: str
    reference: str
    text: str | None = None
    medium: OutboundMedium | None = None
    template: Template | None = None
    buttons: tuple[Button, ...] = ()
    location_request: bool = False
    reply_to: str | None = None
    human_agent: bool = False


@dataclass(frozen=True, slots=True)
class SendResult:
    """The platform took the part. `external_id` is its name for it."""

    external_id: str
