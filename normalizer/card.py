"""An identity card that was photographed: what was read, what is asked, what was answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """What was read off a photo; `family`: it is a Kartu Keluarga, which tells no NIK."""

    nik: str | None = None
    name: str | None = None
    family: bool = False


@dataclass(frozen=True, slots=True)
class CardOffer:
    """A NIK to be confirmed; `stranger`: the name beside it is not the one that was given."""

    nik: str
    message_id: str
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class CardMemory:
    """The messages whose card was offered last, called right, and called wrong."""

    offered: str | None = None
    confirmed: str | None = None
    refused: frozenset[str] = frozenset()
