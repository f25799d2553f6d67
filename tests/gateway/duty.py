"""Officers with a linked chat, for the tests of notices, reminders and the staff's dialogue."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import select

from channels.message import ControlEvent, ControlKind, InboundMessage, MediaKind, MediaRef
from gateway.dialogue import dialogue
from gateway.officers import staff_dialogue, staff_links, staff_sending
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from gateway.sending import replies
from store.models.messaging import Conversation, Direction, Message
from tests.gateway.fakes import FakeAdapter


@dataclass
class Officer:
    """One officer with a chat on a fake platform."""

    runtime: Runtime
    platform: FakeAdapter
    hear: object
    staff: Staff
    sender: str = "5550100900"
    _seen: int = field(default=0)

    def links(self) -> "Officer":
        """Type the code of the own page."""
        code = staff_links.new_code(self.runtime, self.staff)
        assert self.writes(f"SAMBUNG {code.figures}")[-1:] == ["sambung_berhasil"]
        return self

    def writes(self, text, *, quoting=None, photos=(), **details):
        """Send a message and return the catalogue keys of what came back."""
        self.runtime.now.advance(seconds=5)
        message = InboundMessage(
            channel=self.platform.name,
            account=self.platform.account,
            external_id=f"o{secrets.token_hex(4)}",
            sender=self.sender,
            text=text,
            sent_at=self.runtime.now(),
            dedup_scope="petugas",
            reply_to=quoting,
            media=tuple(MediaRef(MediaKind.IMAGE, source) for source in photos),
            **details,
        )
        self.hear(self.platform, message)
        return self.reads()

    def presses(self, payload):
        """Press a button of ours."""
        return self._controls(ControlKind.BUTTON, payload)

    def starts(self, payload):
        """Open the bot by a link."""
        return self._controls(ControlKind.START, payload)

    def _controls(self, kind, payload):
        event = ControlEvent(
            kind=kind,
            channel=self.platform.name,
            account=self.platform.account,
            sender=self.sender,
            event_id=secrets.token_hex(4),
            occurred_at=self.runtime.now(),
            value=payload,
        )
        self.hear(self.platform, event)
        return self.reads()

    def is_told(self):
        """Let the workers run once and return the keys of what is new in the chat."""
        staff_sending.drain(self.runtime)
        return self.reads()

    def reads(self):
        dialogue.drain(self.runtime)
        staff_dialogue.drain(self.runtime)
        replies.drain(self.runtime)
        return [message.text_key for message in self._new()]

    def last(self):
        """The newest message in the chat: its text, and its id on the platform."""
        number, part = max(
            (place, one)
            for place, one in enumerate(self.platform.sent, 1)
            if one.recipient == self.sender
        )
        return part, f"{self.platform.name.value}-{number}"

    def _new(self):
        with self.runtime.transaction() as session:
            ids = [
                row.id
                for row in session.scalars(
                    select(Conversation).where(Conversation.channel == self.platform.name)
                )
                if row.sender == self.sender
            ]
            statement = (
                select(Message)
                .where(
                    Message.conversation_id.in_(ids),
                    Message.direction == Direction.OUT,
                    Message.id > self._seen,
                )
                .order_by(Message.id)
            )
            found = list(session.scalars(statement))
        self._seen = found[-1].id if found else self._seen
        return found
