"""Invented citizens and the addresses under which each is known on each channel."""

from dataclasses import dataclass

CHANNELS = ("whatsapp", "sms", "telegram", "messenger", "instagram")

# Ranges that belong to nobody; a citizen's number is added to each base.
_PHONE_BASE = 6281255501000
_CHAT_BASE = 5550100000
_PAGE_SCOPED_BASE = 6120000000000000
_INSTAGRAM_SCOPED_BASE = 1203000000000000

_NAMES = (
    ("salmah", "Salmah", "Idris"),
    ("yusuf", "Yusuf", "Hanafiah"),
    ("ratna", "Ratna", "Wulandari"),
    ("togar", "Togar", "Manihuruk"),
    ("kadek", "Kadek", "Suryani"),
    ("melky", "Melky", "Tuanakotta"),
)


@dataclass(frozen=True, slots=True)
class Citizen:
    """One invented person. `number` gives the addresses, from 1 up."""

    id: str
    number: int
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def phone(self) -> str:
        """E.164."""
        return f"+{_PHONE_BASE + self.number}"

    @property
    def chat_id(self) -> int:
        """Telegram chat and user id."""
        return _CHAT_BASE + self.number

    def address(self, channel: str) -> str:
        """The citizen's address as the API of `channel` writes it."""
        return {
            "whatsapp": f"whatsapp:{self.phone}",
            "sms": self.phone,
            "telegram": str(self.chat_id),
            "messenger": str(_PAGE_SCOPED_BASE + self.number),
            "instagram": str(_INSTAGRAM_SCOPED_BASE + self.number),
        }[channel]


def first_citizens() -> list[Citizen]:
    """The people who are there after a start or a reset."""
    return [
        Citizen(identifier, number, first, last)
        for number, (identifier, first, last) in enumerate(_NAMES, start=1)
    ]
