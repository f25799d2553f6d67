"""A card photographed after the ticket: its NIK is asked about and fills a complaint without one.

Works inside the dialogue's transaction, before everything else that reads a turn: there is no draft
to which the answer could belong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.cases.notices import Saying, say
from gateway.dialogue import ticket_steps
from gateway.dialogue.ktp import kept
from gateway.dialogue.turns import Turn, said, source_messages, write_state
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.card import CardMemory
from normalizer.cards import AGREES, CARD_KEYS, same_person
from normalizer.commands import Command, read_order
from normalizer.draft import ComplaintDraft, Context, DialogueState
from store import cards
from store.complaints import append_event
from store.models.complaint import Complaint
from store.models.messaging import ControlRecord, Message

_TYPE_IT: Final = "ktp_foto"
_ASKS: Final = CARD_KEYS | {_TYPE_IT}
_DECLINES: Final = frozenset({Command.TIDAK, Command.LEWATI})

Item = ControlRecord | Message


@dataclass(frozen=True)
class _Question:
    """What was asked about: the photo's message, the case without a NIK, what the card says.

    `asked` is the text whose answer is awaited; "" before it is said.
    """

    runtime: Runtime
    session: Session
    turn: Turn
    photo: Message
    complaint: Complaint
    card: Mapping[str, Any]
    asked: str = ""

    def tell(self, key: str, **values: str) -> None:
        """Say a text of the catalogue about the case."""
        ticket = self.complaint.ticket
        saying = Saying(key, values, complaint_id=self.complaint.id, ticket=ticket)
        say(self.runtime, self.session, self.turn.conversation, saying)

    def ask(self, key: str, **values: str) -> None:
        """Say a text and wait for its answer, in the next message."""
        self.tell(key, **values)
        memory = CardMemory(offered=str(self.photo.id))
        state = DialogueState(awaiting=key, cards=memory)
        self.turn.conversation.dialogue_state = write_state(state)


def offer(runtime: Runtime, session: Session, turn: Turn) -> None:
    """Ask whether the NIK on a card that came after its ticket is the reporter's, once.

    Different numbers on several cards are left to a person, as are closed cases.
    """
    without = {
        one.id: one
        for one in turn.known
        if one.nik is None and one.archived_at is None and one.withdrawn_at is None
    }
    if turn.conversation.needs_person_at or not without:
        return
    told: list[tuple[cards.LateCard, Mapping[str, Any]]] = []
    for one in cards.late(session, list(without)):
        one.reading.offered_at = runtime.now()
        found = one.reading.found or {}
        if found.get("nik"):
            told.append((one, found))
    if len({card["nik"] for _, card in told}) != 1:
        return
    newest, card = told[0]
    complaint = without[newest.message.complaint_id or 0]
    question = _Question(runtime, session, turn, newest.message, complaint, card)
    given, name = complaint.reporter_name, card["name"]
    stranger = bool(given and name and not same_person(given, name))
    question.ask("ktp_nama" if stranger else "ktp_konfirmasi", NIK4=card["nik"][-4:])


def take(runtime: Runtime, session: Session, turn: Turn) -> Turn:
    """Carry out the answer to the question about a late card and return the turn without it.

    Whatever else came ends the question: it is read as if nothing had been asked.
    """
    question = _open_question(runtime, session, turn)
    if question is None:
        return turn
    came: list[Item] = [*turn.controls, *turn.fresh]
    for item in came:
        # What was sent before the photo is no answer, however late it was delivered.
        if _sent_at(item) >= question.photo.ordered_at and _answers(question, item):
            return _without(question, item)
    return turn


def _sent_at(item: Item) -> datetime:
    return item.occurred_at if isinstance(item, ControlRecord) else item.ordered_at


def _open_question(runtime: Runtime, session: Session, turn: Turn) -> _Question | None:
    """Return the question that is open and close it; None where nobody wants to know any more."""
    if turn.conversation.draft_opened_at is not None or not (turn.fresh or turn.controls):
        return None
    state = turn.state
    if state.awaiting not in _ASKS or state.cards.offered is None:
        return None
    turn.conversation.dialogue_state = None
    photo = session.get_one(Message, int(state.cards.offered))
    known = {one.id: one for one in turn.known if one.nik is None}
    complaint = known.get(photo.complaint_id or 0)
    readings = cards.of_messages(session, [photo.id])[photo.id]
    card = next((row.found for row in readings if row.found and row.found["nik"]), None)
    if complaint is None or card is None or photo.withdrawn_at is not None:
        return None
    return _Question(runtime, session, turn, photo, complaint, card, state.awaiting)


def _answers(question: _Question, item: Item) -> bool:
    """Do what a message or button says; False if it says nothing of the card."""
    order = read_order(said(item) if isinstance(item, Message) else item.value or "")
    about_card = question.asked in CARD_KEYS
    if order is not None and order.command in AGREES and about_card:
        _settle(question, question.card["nik"], question.card["name"])
        return True
    if order is not None and order.command in _DECLINES:
        _end_photo(question)
        if order.command is Command.TIDAK and about_card:
            question.ask(_TYPE_IT)
        return True
    read = _read(question, item)
    if read is None or read.nik is None:
        return False
    _settle(question, read.nik.value, read.reporter_name.value if read.reporter_name else None)
    return True


def _settle(question: _Question, nik: str, name: str | None) -> None:
    """Write the NIK into the complaint, as if it had come with it."""
    runtime, complaint = question.runtime, question.complaint
    complaint.nik, complaint.nik_problem = nik, None
    complaint.nik_key = runtime.keys.lookup("nik", nik)
    complaint.reporter_name = complaint.reporter_name or name
    append_event(question.session, complaint, "nik_added", at=runtime.now())
    question.tell("nik_tercatat", T=complaint.ticket)
    _end_photo(question)


def _end_photo(question: _Question) -> None:
    until = question.runtime.now() + kept(question.runtime)
    cards.keep_until(question.session, [question.photo.id], until)


def _read(question: _Question, item: Item) -> ComplaintDraft | None:
    if isinstance(item, ControlRecord):
        return None
    alone = replace(question.turn, messages=(item,), controls=())
    runtime = question.runtime
    context = Context(runtime.tenant, question.turn.conversation.channel, runtime.now())
    return assemble(DialogueState(), source_messages(alone), context).draft


def _without(question: _Question, item: Item) -> Turn:
    """Give the answer to the complaint's thread, and leave the rest to the dialogue."""
    item.processed_at = question.runtime.now()
    read = _read(question, item)
    if isinstance(item, Message) and read is not None:
        ticket_steps.append(question.runtime, question.session, question.complaint, [item], read)
    turn = question.turn
    return replace(
        turn,
        messages=tuple(one for one in turn.messages if one is not item),
        controls=tuple(one for one in turn.controls if one is not item),
    )
