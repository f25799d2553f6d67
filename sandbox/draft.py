"""What a citizen wants to send, before a platform gives it a shape."""

from dataclasses import dataclass

from sandbox.people import Citizen
from sandbox.thread import Entry, Option, Pin, StoredFile


class RefusedError(Exception):
    """The phone cannot do this. The text is Indonesian and shown to the person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One press of "Kirim"."""

    citizen: Citizen
    channel: str
    text: str | None = None
    files: tuple[StoredFile, ...] = ()
    pin: Pin | None = None
    quote: Entry | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button below a message. `pin` answers a request for the location."""

    citizen: Citizen
    channel: str
    entry: Entry
    option: Option
    pin: Pin | None = None
