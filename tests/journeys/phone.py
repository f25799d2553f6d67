"""A citizen with a phone in the sandbox: writes, presses, reads, looks at the ticks."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.live import Stack, eventually

TICKET = re.compile(r"\b\d{2}-\d{5}-\d\b")
PIN = re.compile(r"PIN:? \*?(\d{6})\b")
# The last tick that the phone shows; SMS knows no "read", Telegram nothing but "arrived".
LAST_TICK = {
    "whatsapp": "read",
    "sms": "delivered",
    "telegram": "delivered",
    "messenger": "read",
    "instagram": "read",
}

Message = dict[str, Any]


@dataclass
class Phone:
    """One citizen on one channel. `reads` goes through the answers once, in their order."""

    stack: Stack
    citizen: str
    channel: str
    _read: int = field(default=0)

    @classmethod
    def of(cls, stack: Stack, channel: str, citizen: str, name: str = "Warga Coba") -> "Phone":
        """Invite the citizen and hand over the phone."""
        first, _, last = name.partition(" ")
        wish = {"id": citizen, "first_name": first, "last_name": last}
        stack.sandbox("POST", "/api/citizens", wish)
        return cls(stack, citizen, channel)

    @property
    def address(self) -> str:
        """Phone number, chat id or page-scoped id."""
        people = self.stack.sandbox("GET", "/api/citizens")["citizens"]
        found = next(one for one in people if one["id"] == self.citizen)
        return str(found["addresses"][self.channel]).removeprefix("whatsapp:")

    def writes(self, text: str | None = None, **more: Any) -> list[Message]:
        """Send a message and return what it became on the platform."""
        wish = {"channel": self.channel, "text": text, **more}
        path = f"/api/citizens/{self.citizen}/messages"
        return list(self.stack.sandbox("POST", path, wish)["messages"])

    def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        wish = {"channel": self.channel, "message": message["id"], "text": text}
        self.stack.sandbox("POST", f"/api/citizens/{self.citizen}/edits", wish)

    def is_given_a_ticket(self) -> str:
        """Wait for the ticket. Who was asked in between, on a slow machine, confirms the record."""
        message = self.reads("PIN", "Apakah sudah benar?")
        if "PIN" not in message["text"]:
            self.presses(message, "Kirim")
            message = self.reads("PIN")
        return ticket_of(message)

    def presses(self, message: Message, title: str) -> None:
        """Press a button of a message, or type its words where the channel has no buttons."""
        if not message["options"]:
            self.writes(title)
            return
        self.writes(choice={"message": message["id"], "title": title})

    def thread(self) -> list[Message]:
        """Everything on the phone, oldest first."""
        path = f"/api/citizens/{self.citizen}/thread?channel={self.channel}"
        return list(self.stack.sandbox("GET", path)["messages"])

    def answers(self) -> list[Message]:
        """What the government wrote, oldest first."""
        return [one for one in self.thread() if one["direction"] == "out"]

    def reads(self, *words: str) -> Message:
        """Wait for the next answer with one of these words; earlier ones count as read."""

        def look() -> Message | None:
            for number, message in enumerate(self.answers()):
                text = message["text"] or ""
                if number >= self._read and any(word in text for word in words):
                    self._read = number + 1
                    return message
            return None

        try:
            return eventually(look, " or ".join(words))
        except AssertionError as error:
            heard = [one["text"] for one in self.answers()]
            raise AssertionError(f"{self.channel}: never read {words!r} in {heard!r}") from error

    def ticks(self, message: Message) -> str:
        """Wait for the last tick that the channel reports and return it."""
        last = LAST_TICK[self.channel]

        def look() -> bool:
            return any(
                one["id"] == message["id"] and one["status"] == last for one in self.thread()
            )

        eventually(look, f"{self.channel}: {last}")
        return last

    def fault(self, name: str, **more: Any) -> None:
        """Switch a fault on for this citizen on this channel."""
        wish = {"name": name, "channel": self.channel, "citizen": self.citizen, **more}
        self.stack.sandbox("POST", "/api/faults", wish)

    def mends(self, name: str) -> None:
        """Switch it off."""
        self.fault(name, active=False)


def ticket_of(message: Message) -> str:
    """The number in a message."""
    found = TICKET.search(message["text"])
    assert found, message["text"]
    return found.group()


def pin_of(message: Message) -> str:
    """The PIN in a message."""
    found = PIN.search(message["text"])
    assert found, message["text"]
    return found.group(1)
