"""The conversation with a citizen: messages since last time in, one next step out.

`drain` takes the conversations whose timer has run out. For each it gathers the open draft, lets
the normalizer decide, and has `gateway.dialogue.steps` carry the decision out; all in one
transaction, so that a message is never half understood. Nothing is sent: outbox rows are written.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.http import DEFAULT_MAX_BYTES
from channels.message import ChannelName, MediaKind
from gateway.cases.notices import Saying, say
from gateway.dialogue import blocked, ktp, late_cards, second_channel_consent, staff_linking
from gateway.dialogue.filing import enter
from gateway.dialogue.handover import is_held
from gateway.dialogue.steps import REMINDER, carry_out, remind, reminder_at
from gateway.dialogue.ticket_steps import append
from gateway.dialogue.turns import Turn, gather, source_messages
from gateway.errors import GatewayError
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.dialogue import wait_until
from normalizer.draft import Act, Assembly, Context, DialogueState, Kind, KnownComplaint
from store import conversations, staff_contacts
from store.calls import keep_pin
from store.crypto import CryptoError
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import MediaState, TranscriptState
from store.models.staff_contact import StaffContact

logger = logging.getLogger(__name__)

_BATCH = 20
_BUDGET_S = 20.0
_TRANSCRIPT_WAIT = timedelta(minutes=3)  # later words are read when they come
_MOST_MB = str(DEFAULT_MAX_BYTES >> 20)
_TAKEN_DOWN = {ChannelName.OPERATOR, ChannelName.VOICE}
_CLOSED = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}
# What can go wrong with one conversation's rows; anything else is a fault of the program and stops
# the drain, whose transaction then leaves every row as it was.
_ROTTEN = (SQLAlchemyError, GatewayError, CryptoError, LookupError, TypeError, ValueError)


def drain(runtime: Runtime) -> int:
    """Handle every conversation that is due; return how many.

    A conversation that cannot be handled is handed to a person and does not hold up the others.
    """
    handled = 0
    deadline = time.monotonic() + _BUDGET_S
    while time.monotonic() < deadline:
        taken, of_staff = _drain_batch(runtime)
        handled += taken
        if of_staff:
            runtime.wake("staff")
        if taken:
            runtime.wake("outbox")
            if runtime.card_reader is not None:
                runtime.wake("cards")
        if taken < _BATCH:
            return handled
    runtime.wake("dialogue")
    return handled


def _drain_batch(runtime: Runtime) -> tuple[int, int]:
    """Handle one batch; return how many, and how many of them are left to the staff's dialogue."""
    with runtime.transaction() as session:
        due = conversations.lock_due(session, runtime.now(), _BATCH)
        contacts = staff_contacts.of_conversations(session, [one.id for one in due])
        of_staff = 0
        for turn in gather(session, due):
            conversation = turn.conversation
            try:
                with session.begin_nested():
                    of_staff += not _handle(runtime, session, turn, contacts)
            except _ROTTEN as error:
                # Never the message itself: it may quote what the citizen wrote.
                logger.error(
                    "dialogue_failed",
                    extra={"conversation_id": conversation.id, "error": type(error).__name__},
                )
                conversation.dialogue_due_at = None
                conversation.needs_person_at = runtime.now()
        return len(due), of_staff


def _handle(
    runtime: Runtime, session: Session, turn: Turn, contacts: Mapping[int, StaffContact]
) -> bool:
    """Handle a turn if it is a citizen's; say whether it was."""
    turn.conversation.dialogue_due_at = None
    citizens = staff_linking.take(runtime, session, turn, contacts)
    if citizens is None:
        return False
    if citizens is not turn and _is_spent(citizens):
        _rest(runtime, citizens)
    elif not blocked.keeps_quiet(runtime, citizens):
        _handle_citizen(runtime, session, citizens)
    return True


def _handle_citizen(runtime: Runtime, session: Session, turn: Turn) -> None:
    if turn.conversation.channel is ChannelName.VOICE:
        _file_recordings(runtime, session, turn)
        return
    turn = _take_quoted(runtime, session, late_cards.take(runtime, session, turn))
    if is_held(turn.conversation, turn.fresh, runtime.now()):
        _leave_to_holder(runtime, turn)
        return
    came = len(turn.fresh) + len(turn.controls)
    turn = second_channel_consent.take(runtime, session, turn)
    if came and _is_spent(turn):
        _rest(runtime, turn)
        return
    if _is_spent(turn):
        _nothing_new(runtime, session, turn)
        return
    assembly = assemble(turn.state, source_messages(turn), _context(runtime, turn))
    if _pauses(runtime, session, turn, assembly):
        return
    ktp.note_answer(runtime, session, turn.state, assembly.state)
    unread = _holds_unread(turn)
    carry_out(runtime, session, turn, assembly)
    if unread and not turn.conversation.needs_person_at:
        say(runtime, session, turn.conversation, Saying("lampiran_ditolak", {"MB": _MOST_MB}))
    if turn.conversation.draft_opened_at and assembly.act is Act.ASK:
        turn.conversation.dialogue_due_at = reminder_at(runtime)


def _holds_unread(turn: Turn) -> bool:
    """Whether something came that nobody here can see: the citizen must not think we could."""
    heard = {message_id for message_id, _ in turn.state.heard}
    return any(
        message.unsupported
        or any(file.state is MediaState.TOO_LARGE for file in turn.attachments[message.id])
        for message in turn.messages
        if str(message.id) not in heard
    )


def _file_recordings(runtime: Runtime, session: Session, turn: Turn) -> None:
    """Make every recording a complaint of its own, at once: nobody can be asked any more.

    The caller waits for the number on the line. What was said only a person can tell, so neither
    an earlier call nor a later one is taken for the same matter.
    """
    context = replace(_context(runtime, turn), known=())
    for message in turn.messages:
        alone = replace(turn, messages=(message,), controls=(), known=())
        assembly = assemble(DialogueState(), source_messages(alone), context)
        filed = enter(runtime, session, turn.conversation, assembly, alone.messages)
        keep_pin(session, message.id, filed.pin, runtime.now())
    turn.close(runtime.now())


def _leave_to_holder(runtime: Runtime, turn: Turn) -> None:
    """Keep what came in the draft, silently, until the conversation is ours again."""
    turn.conversation.dialogue_due_at = turn.conversation.held_until
    if not turn.messages:
        return
    assembly = assemble(turn.state, source_messages(turn), _context(runtime, turn))
    turn.keep_open(runtime.now(), assembly.consumed)
    turn.conversation.draft_summary = assembly.draft.story
    if assembly.draft.kind.value is Kind.EMERGENCY and not turn.conversation.needs_person_at:
        turn.conversation.needs_person_at = runtime.now()


def _is_spent(turn: Turn) -> bool:
    """Whether nothing is left that a step could act on."""
    return not turn.fresh and not turn.controls and not _burst_is_over(turn)


def _rest(runtime: Runtime, turn: Turn) -> None:
    """Leave an open draft as it is: what came was about something else."""
    if turn.conversation.draft_opened_at is not None:
        turn.conversation.dialogue_due_at = reminder_at(runtime)


def _burst_is_over(turn: Turn) -> bool:
    """Whether the open draft holds messages that no step has answered yet."""
    heard = {message_id for message_id, _ in turn.state.heard}
    return any(str(message.id) not in heard for message in turn.messages)


def _take_quoted(runtime: Runtime, session: Session, turn: Turn) -> Turn:
    """Give messages that quote a ticket's message to that ticket, without further thought.

    A pressed button quotes too, but it is an order and goes through the normalizer.
    """
    taken: set[int] = set()
    for message in turn.fresh:
        complaint = turn.quoted.get(message.id)
        if complaint is not None and not (message.extras or {}).get("choice"):
            alone = replace(turn, messages=(message,), controls=())
            read = assemble(DialogueState(), source_messages(alone), _context(runtime, turn))
            append(runtime, session, complaint, alone.messages, read.draft)
            taken.add(message.id)
    return replace(turn, messages=tuple(item for item in turn.messages if item.id not in taken))


def _context(runtime: Runtime, turn: Turn) -> Context:
    return Context(
        tenant=runtime.tenant,
        channel=turn.conversation.channel,
        now=runtime.now(),
        known=tuple(_known(complaint, turn.standing(complaint)) for complaint in turn.known),
        first_contact=not turn.known and turn.conversation.dialogue_state is None,
        quiet_s=runtime.timers.quiet_s,
        cap_s=runtime.timers.burst_cap_s,
        media_wait_s=runtime.timers.media_wait_s,
    )


def _known(complaint: Complaint, status: ComplaintStatus) -> KnownComplaint:
    return KnownComplaint(
        ticket=complaint.ticket,
        filed_at=complaint.received_at,
        open=status not in _CLOSED and complaint.archived_at is None,
        resolved=status is ComplaintStatus.RESOLVED,
        text=complaint.original_text,
        category=complaint.category_code,
        desa=complaint.desa,
        relayed=complaint.channel in _TAKEN_DOWN,
        disputed=complaint.dispute is not None,
    )


def _pauses(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> bool:
    """Set the timer and say True while the burst may go on, or a card on a photo is being read."""
    if _still_writing(runtime, turn, assembly):
        return True
    held_until = ktp.held_until(runtime, session, turn, assembly)
    if held_until is not None:
        turn.keep_open(runtime.now(), assembly.consumed)
        turn.conversation.dialogue_due_at = held_until
    return held_until is not None


def _still_writing(runtime: Runtime, turn: Turn, assembly: Assembly) -> bool:
    """Set the timer and say True while the burst may still go on."""
    if assembly.immediate:
        return False
    quiet_until = wait_until(
        source_messages(turn),
        turn.state,
        quiet_s=runtime.timers.quiet_s,
        cap_s=runtime.timers.burst_cap_s,
        media_wait_s=runtime.timers.media_wait_s,
    )
    waits = [quiet_until] if quiet_until else []
    until = max(waits + _being_written_down(runtime, turn), default=None)
    if until is None or until <= runtime.now():
        return False
    turn.keep_open(runtime.now())
    turn.conversation.draft_summary = assembly.draft.story
    turn.conversation.dialogue_due_at = until
    return True


def _being_written_down(runtime: Runtime, turn: Turn) -> list[datetime]:
    """Return until when to wait for the words of recordings that no step has heard yet."""
    if runtime.transcriber is None:
        return []
    heard = {message_id for message_id, _ in turn.state.heard}
    return [
        message.received_at + _TRANSCRIPT_WAIT
        for message in turn.messages
        if str(message.id) not in heard
        and any(
            file.transcript_state is TranscriptState.PENDING
            or (file.kind is MediaKind.AUDIO and file.state is MediaState.PENDING)
            for file in turn.attachments[message.id]
        )
    ]


def _nothing_new(runtime: Runtime, session: Session, turn: Turn) -> None:
    """The timer of an abandoned draft: remind once, then end it, as the reminder said.

    The messages stay in the thread, and until then officers see the draft and can file it.
    """
    if turn.conversation.draft_opened_at is None:
        late_cards.offer(runtime, session, turn)
        return
    if turn.conversation.needs_person_at:
        return
    if not turn.messages or REMINDER in turn.state.asked:
        turn.close(runtime.now())
        return
    remind(runtime, session, turn)
