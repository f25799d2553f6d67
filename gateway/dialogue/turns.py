"""One turn of a conversation: what is open in it, gathered for a whole batch at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from channels.message import Location, MediaKind
from normalizer.card import Card, CardMemory
from normalizer.commands import read_order
from normalizer.draft import DialogueState, Field, SourceMessage
from store import cards, conversations
from store.groups import leading_statuses
from store.live_track import start_of
from store.models.card import CardReading
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Attachment, ControlRecord, Conversation, Message

_KNOWN_EACH = 5
_GOLD_KINDS = {
    MediaKind.IMAGE: "foto",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.DOCUMENT: "dokumen",
    MediaKind.STICKER: "stiker",
    MediaKind.CONTACT: "kontak",
    MediaKind.LINK: "tautan",
}
# What the platforms' own "start" buttons mean to us; a deep link is kept with the record.
_START = "MULAI"
_HELP = "BANTU"


@dataclass(frozen=True)
class Turn:
    """Everything that one step of one conversation may look at.

    `messages` is the open draft with what came since, oldest first; `controls` the buttons pressed
    since. `quoted` names the complaint that a message quotes, `readings` the identity cards on its
    photos, both by message id. `leading` holds the statuses of cases that known ones follow, by id.
    """

    conversation: Conversation
    messages: tuple[Message, ...]
    controls: tuple[ControlRecord, ...]
    attachments: Mapping[int, Sequence[Attachment]]  # empty for a message without
    known: tuple[Complaint, ...]
    quoted: Mapping[int, Complaint] = field(default_factory=dict)
    readings: Mapping[int, Sequence[CardReading]] = field(default_factory=dict)
    leading: Mapping[int, ComplaintStatus] = field(default_factory=dict)

    @property
    def state(self) -> DialogueState:
        """What the dialogue remembers.

        Raises:
            LookupError, TypeError, ValueError: the row was damaged.
        """
        return read_state(self.conversation.dialogue_state)

    @property
    def fresh(self) -> tuple[Message, ...]:
        """The messages that no step has handled yet."""
        return tuple(message for message in self.messages if message.processed_at is None)

    def complaint(self, ticket: str | None) -> Complaint | None:
        """The known complaint with this ticket; the latest one for None."""
        if ticket is None:
            return self.known[0] if self.known else None
        return next((item for item in self.known if item.ticket == ticket), None)

    def standing(self, complaint: Complaint) -> ComplaintStatus:
        """The status that counts for a known complaint: that of the case which it follows."""
        return self.leading.get(complaint.leading_id or 0, complaint.status)

    def keep_open(self, now: datetime, consumed: Sequence[str] = ()) -> None:
        """Keep every message in the open draft.

        Orders and bare answers alone (`consumed`) do not open one: there is nothing to lose yet.
        """
        for message in self.messages:
            message.in_draft = True
            message.processed_at = message.processed_at or now
        tells = any(str(message.id) not in consumed for message in self.messages)
        if tells and self.conversation.draft_opened_at is None:
            self.conversation.draft_opened_at = now

    def close(self, now: datetime) -> None:
        """Take every message out of the draft: they are kept, but belong to no complaint."""
        for message in self.messages:
            message.in_draft = False
            message.processed_at = message.processed_at or now
        self.conversation.draft_opened_at = None
        self.conversation.draft_summary = None
        self.conversation.dialogue_state = None


def gather(session: Session, due: Sequence[Conversation]) -> list[Turn]:
    """Return the turns of these conversations, in a fixed number of queries."""
    ids = [conversation.id for conversation in due]
    messages = conversations.open_messages(session, ids)
    controls = conversations.open_controls(session, ids)
    known = conversations.recent_complaints(session, ids, _KNOWN_EACH)
    all_messages = [message for group in messages.values() for message in group]
    attachments = conversations.attachments_of(session, [item.id for item in all_messages])
    readings = cards.of_messages(session, list(attachments))
    replies = [message.reply_to for message in all_messages if message.reply_to]
    quoted = conversations.quoted_complaints(session, ids, replies)
    leading = leading_statuses(session, [item for group in known.values() for item in group])
    return [
        Turn(
            conversation=conversation,
            messages=tuple(item for item in messages[conversation.id] if not item.withdrawn_at),
            controls=tuple(controls[conversation.id]),
            attachments=attachments,
            known=tuple(known[conversation.id]),
            quoted=_quoted(conversation.id, messages[conversation.id], quoted, known),
            readings=readings,
            leading=leading,
        )
        for conversation in due
    ]


def _quoted(
    conversation_id: int,
    messages: Sequence[Message],
    quoted: Mapping[tuple[int, str], int],
    known: Mapping[int, Sequence[Complaint]],
) -> dict[int, Complaint]:
    by_id = {complaint.id: complaint for complaint in known[conversation_id]}
    found: dict[int, Complaint] = {}
    for message in messages:
        complaint_id = quoted.get((conversation_id, message.reply_to or ""))
        if complaint_id in by_id:
            found[message.id] = by_id[complaint_id]
    return found


def source_messages(turn: Turn) -> list[SourceMessage]:
    """Return the turn as the normalizer reads it, oldest first."""
    sources = [
        replace(
            _source(message, turn.attachments[message.id]),
            cards=tuple(
                Card(**row.found) for row in turn.readings.get(message.id, ()) if row.found
            ),
            no_card=_shows_no_card(turn, message),
        )
        for message in turn.messages
    ]
    sources += [
        SourceMessage(
            id=f"c{control.id}",
            at=control.occurred_at,
            choice=_pressed(control),
        )
        for control in turn.controls
    ]
    return sorted(sources, key=lambda source: source.at)


def _shows_no_card(turn: Turn, message: Message) -> bool:
    """Whether all pictures of a message were read, and no card is on any of them."""
    seen = {row.attachment_id for row in turn.readings.get(message.id, ()) if row.no_card}
    pictures = {one.id for one in turn.attachments[message.id] if one.kind is MediaKind.IMAGE}
    return bool(pictures) and pictures <= seen


def said(message: Message) -> str:
    """Return the payload of the button that a message is, else its text."""
    choice = (message.extras or {}).get("choice")
    return str(choice["payload"]) if choice else message.text or ""


def _pressed(control: ControlRecord) -> str | None:
    """Return the order that a control event is."""
    if control.kind == "start":
        return _START
    # Whoever types a /command that nobody knows is helped, not left without an answer.
    if control.kind == "command" and read_order(control.value or "") is None:
        return _HELP
    return control.value


def words_of(message: Message, attachments: Sequence[Attachment]) -> str:
    """Return what a message says: what was written, then what its recordings are heard to say."""
    heard = (file.transcript for file in attachments)
    return "\n".join(words for words in (message.text, *heard) if words)


def _source(message: Message, attachments: Sequence[Attachment]) -> SourceMessage:
    extras: Mapping[str, Any] = message.extras or {}
    location = start_of(extras)
    kinds = tuple(_GOLD_KINDS[attachment.kind] for attachment in attachments)
    choice = extras.get("choice")
    return SourceMessage(
        id=str(message.id),
        # A platform's clock may run ahead of ours; nobody has written in the future.
        at=min(message.ordered_at, message.received_at),
        text=words_of(message, attachments),
        spoken=any(file.transcript for file in attachments),
        attachments=(*kinds, "lokasi") if location else kinds,
        location=Location(**location) if location else None,
        choice=choice["payload"] if choice else None,
    )


def write_state(state: DialogueState) -> dict[str, Any]:
    """Return `state` as JSON; it holds keys and message ids only."""
    return {
        "asked": list(state.asked),
        "skipped": sorted(item.value for item in state.skipped),
        "confirmed_fields": sorted(item.value for item in state.confirmed_fields),
        "awaiting": state.awaiting,
        "misunderstood": state.misunderstood,
        "privacy": state.privacy,
        "emergency_answered": state.emergency_answered,
        "told_complete": state.told_complete,
        "heard": [list(pair) for pair in state.heard],
        "cards": {
            "offered": state.cards.offered,
            "confirmed": state.cards.confirmed,
            "refused": sorted(state.cards.refused),
        },
    }


def read_state(stored: Mapping[str, Any] | None) -> DialogueState:
    """Return what `write_state` kept; an empty state for None."""
    if not stored:
        return DialogueState()
    return DialogueState(
        asked=tuple(stored["asked"]),
        skipped=frozenset(Field(item) for item in stored["skipped"]),
        confirmed_fields=frozenset(Field(item) for item in stored["confirmed_fields"]),
        awaiting=stored["awaiting"],
        misunderstood=stored["misunderstood"],
        privacy=stored["privacy"],
        emergency_answered=stored["emergency_answered"],
        told_complete=stored["told_complete"],
        heard=tuple((pair[0], pair[1]) for pair in stored["heard"]),
        cards=_read_cards(stored.get("cards") or {}),
    )


def _read_cards(stored: Mapping[str, Any]) -> CardMemory:
    return CardMemory(
        offered=stored.get("offered"),
        confirmed=stored.get("confirmed"),
        refused=frozenset(stored.get("refused", ())),
    )
