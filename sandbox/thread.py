"""What stands in a thread on the phone: messages, their files, their buttons."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Direction = Literal["in", "out"]  # in: the citizen wrote; out: the government answered

# A receipt only moves forward; "failed" stays.
STATUS_RANK = {"queued": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file, held in memory. `kind`: image, voice, audio, video, document, sticker."""

    id: str
    kind: str
    mime: str
    filename: str
    content: bytes
    width: int = 0
    height: int = 0
    duration_s: int = 0

    def as_json(self) -> dict[str, Any]:
        """What the phone page needs to show the file."""
        return {
            "id": self.id,
            "kind": self.kind,
            "mime": self.mime,
            "filename": self.filename,
            "size_bytes": len(self.content),
            "url": f"/files/{self.id}",
        }


@dataclass(frozen=True, slots=True)
class Pin:
    """A place. Degrees, WGS 84. `live_s`: shared for so long (Telegram); 0: not any more."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    live_s: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "latitude": self.latitude,
            "longitude": self.longitude,
            "name": self.name,
            "address": self.address,
        }


@dataclass(frozen=True, slots=True)
class Option:
    """A button below a message.

    `kind`: callback (Telegram), postback (Messenger), quick_reply, text, location, contact or url.
    """

    kind: str
    title: str
    payload: str = ""


@dataclass(slots=True)
class Entry:
    """One message.

    Attributes:
        id: the provider's.
        citizen: whose thread it is in; empty when an answer went to nobody's address.
        address: the citizen's address on this channel, as the API writes it.
        reference: what the gateway sent along (status callback, metadata).
    """

    id: str
    channel: str
    citizen: str
    direction: Direction
    at: datetime
    address: str = ""
    text: str | None = None
    files: list[StoredFile] = field(default_factory=list)
    pin: Pin | None = None
    quote: str | None = None
    options: list[Option] = field(default_factory=list)
    status: str = "queued"
    error: str | None = None
    edited_at: datetime | None = None
    withdrawn: bool = False
    template: str | None = None
    reference: str | None = None
    shown: bool = True

    def advance(self, status: str, error: str | None = None) -> bool:
        """Move forward; return whether anything changed."""
        if STATUS_RANK[status] <= STATUS_RANK[self.status]:
            return False
        self.status = status
        self.error = error
        return True

    def as_json(self) -> dict[str, Any]:
        """Plain values for the page and the control API."""
        return {
            "id": self.id,
            "channel": self.channel,
            "citizen": self.citizen,
            "address": self.address,
            "direction": self.direction,
            "at": self.at.isoformat(),
            "text": self.text,
            "files": [file.as_json() for file in self.files],
            "location": self.pin.as_json() if self.pin else None,
            "quote": self.quote,
            "options": [
                {"kind": one.kind, "title": one.title, "payload": one.payload}
                for one in self.options
            ],
            "status": self.status,
            "error": self.error,
            "edited": self.edited_at is not None,
            "withdrawn": self.withdrawn,
            "template": self.template,
            "reference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One line of "Kejadian": what happened and what came of it."""

    number: int
    at: datetime
    channel: str
    citizen: str | None
    what: str
    outcome: str
    good: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "channel": self.channel,
            "citizen": self.citizen,
            "what": self.what,
            "outcome": self.outcome,
            "good": self.good,
        }
