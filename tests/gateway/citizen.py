"""A citizen who writes on a fake platform and hears what the dialogue answers."""

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from channels.message import (
    Choice,
    ControlEvent,
    ControlKind,
    InboundMessage,
    Location,
    MediaKind,
    MediaRef,
)
from gateway.dialogue import dialogue
from gateway.runtime import Runtime
from store.models.complaint import Complaint
from store.models.messaging import Conversation, Direction, Message
from tests.gateway.fakes import FakeAdapter

_ids = count(1)


@dataclass
class Citizen:
    """Writes, presses, sends pictures; `writes` returns the catalogue keys of what came back."""

    runtime: Runtime
    platform: FakeAdapter
    hear: object
    sender: str = "+6281255501001"
    _last_heard: int = field(default=0)

    def writes(self, text, *, after_s=5, photos=0, pin=False, media=(), **details):
        self.runtime.now.advance(seconds=after_s)
        external_id = f"m{next(_ids)}"
        self.hear(
            self.platform,
            InboundMessage(
                channel=self.platform.name,
                account=self.platform.account,
                external_id=external_id,
                sender=self.sender,
                text=text,
                dedup_scope="uji",
                media=(
                    *media,
                    *(
                        MediaRef(MediaKind.IMAGE, f"{external_id}-{number}")
                        for number in range(photos)
                    ),
                ),
                location=Location(1.4672, 102.1083) if pin else None,
                **details,
            ),
        )
        return self.hears()

    def chooses(self, payload, title="Tombol", after_s=5):
        return self.writes(title, after_s=after_s, choice=Choice(title, payload))

    def presses(self, payload):
        """Press a button of a platform that reports it as an event, not as a message."""
        number = next(_ids)
        event = ControlEvent(
            kind=ControlKind.BUTTON,
            channel=self.platform.name,
            account=self.platform.account,
            sender=self.sender,
            event_id=f"b{number}",
            occurred_at=self.runtime.now(),
            value=payload,
        )
        self.hear(self.platform, event)
        return self.hears()

    def waits(self, **units):
        self.runtime.now.advance(**units)
        return self.hears()

    def hears(self):
        dialogue.drain(self.runtime)
        return [message.text_key for message in self._new_answers()]

    def reads(self):
        """The text of the newest answer."""
        with self.runtime.transaction() as session:
            return session.scalars(
                select(Message.text)
                .where(Message.direction == Direction.OUT)
                .order_by(Message.id.desc())
            ).first()

    def _new_answers(self):
        with self.runtime.transaction() as session:
            found = list(
                session.scalars(
                    select(Message)
                    .join(Conversation)
                    .where(
                        Message.direction == Direction.OUT,
                        Message.id > self._last_heard,
                        Conversation.sender_key == self._key(session),
                    )
                    .order_by(Message.id)
                )
            )
        self._last_heard = found[-1].id if found else self._last_heard
        return found

    def _key(self, session):
        row = session.scalars(
            select(Conversation).where(Conversation.channel == self.platform.name)
        )
        return next(item.sender_key for item in row if item.sender == self.sender)


def complaints(runtime):
    """All complaints, oldest first."""
    with runtime.transaction() as session:
        return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def messages_of(runtime, complaint):
    """The citizen's messages of a complaint, oldest first."""
    with runtime.transaction() as session:
        return list(
            session.scalars(
                select(Message)
                .where(Message.complaint_id == complaint.id, Message.direction == Direction.IN)
                .order_by(Message.id)
            )
        )
