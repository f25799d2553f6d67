"""Carrying out what the normalizer decided: the acts of an open draft.

Works inside the dialogue's transaction: rows change, outgoing messages are queued, nothing is sent.
The acts about a complaint that already has its ticket are in `gateway.dialogue.ticket_steps`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.cases import staff_alerts
from gateway.cases.notices import Saying, say
from gateway.dialogue import second_channel_consent, ticket_steps
from gateway.dialogue.filing import file_complaint
from gateway.dialogue.turns import Turn, write_state
from gateway.rules.dates import day_and_time
from gateway.rules.quiet_hours import draft_reminder, is_night, next_morning
from gateway.runtime import Runtime
from normalizer.draft import Act, Assembly, Field, Kind
from store.models.complaint import Priority

_DRAFT_LIFE = timedelta(days=7)
_AFTER_REMINDER = timedelta(days=1)  # at least: a sender may have been blocked meanwhile
REMINDER = "belum_terkirim"

# While a person has been called, the dialogue neither asks nor files: what the citizen orders is
# done, and an emergency is answered.
_LEFT_TO_THE_PERSON = {Act.ASK, Act.GREET, Act.HANDOVER, Act.FILE}
# After these the next message may be an answer, even where no draft is open.
_LISTENS_ON = {Act.WAIT, Act.ASK, Act.HANDOVER, Act.GREET}

Step = Callable[[Runtime, Session, Turn, Assembly], None]


def carry_out(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Do `assembly.act` and remember the new state of the dialogue."""
    now = runtime.now()
    for control in turn.controls:
        control.processed_at = now
    act = assembly.act
    emergency = assembly.draft.kind.value is Kind.EMERGENCY
    if turn.conversation.needs_person_at and act in _LEFT_TO_THE_PERSON and not emergency:
        act = Act.WAIT
    _STEPS[act](runtime, session, turn, assembly)
    for message in turn.messages:
        message.processed_at = message.processed_at or now
    if turn.conversation.draft_opened_at or act in _LISTENS_ON:
        turn.conversation.dialogue_state = write_state(assembly.state)
    else:
        turn.close(now)


def reminder_at(runtime: Runtime) -> datetime:
    """Return when a citizen who wrote just now is reminded of what is not sent yet."""
    return draft_reminder(runtime.now(), ZoneInfo(runtime.profile.timezone))


def remind(runtime: Runtime, session: Session, turn: Turn) -> None:
    """Tell a citizen, once, until when the draft is still open; at night it waits."""
    zone = ZoneInfo(runtime.profile.timezone)
    if is_night(runtime.now(), zone):
        turn.conversation.dialogue_due_at = next_morning(runtime.now(), zone)
        return
    opened_at = turn.conversation.draft_opened_at or runtime.now()
    until = max(opened_at + _DRAFT_LIFE, runtime.now() + _AFTER_REMINDER)
    values = {"TGL": day_and_time(until, runtime.profile.timezone)}
    say(runtime, session, turn.conversation, Saying(REMINDER, values))
    state = replace(turn.state, asked=(*turn.state.asked, REMINDER))
    turn.conversation.dialogue_state = write_state(state)
    turn.conversation.dialogue_due_at = until


def _wait(runtime: Runtime, _session: Session, turn: Turn, assembly: Assembly) -> None:
    turn.keep_open(runtime.now(), assembly.consumed)
    turn.conversation.draft_summary = assembly.draft.story


def _ask(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    _wait(runtime, session, turn, assembly)
    _say_all(runtime, session, turn, assembly)


def _file(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    _say_all(runtime, session, turn, assembly)
    complaint = file_complaint(runtime, session, turn.conversation, assembly, turn.messages)
    turn.conversation.needs_person_at = None
    if complaint.emergency:
        staff_alerts.note_emergency(session, complaint, runtime.now())
    else:
        second_channel_consent.offer(runtime, session, turn.conversation)
    if complaint.emergency and Field.PLACE in assembly.missing:
        question = Saying("minta_lokasi", complaint_id=complaint.id)
        say(runtime, session, turn.conversation, question)


def _greet(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    """Greet or help; an open draft stays open."""
    if turn.conversation.draft_opened_at is None:
        turn.close(runtime.now())
    _say_all(runtime, session, turn, assembly)


def _cancel(runtime: Runtime, session: Session, turn: Turn, _assembly: Assembly) -> None:
    collected = turn.conversation.draft_opened_at is not None
    turn.close(runtime.now())
    turn.conversation.needs_person_at = None
    say(runtime, session, turn.conversation, Saying("dibatalkan" if collected else "sambutan"))


def _hand_over(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    _wait(runtime, session, turn, assembly)
    turn.conversation.needs_person_at = runtime.now()
    _say_all(runtime, session, turn, assembly)


def _append(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    complaint = turn.complaint(assembly.ticket)
    if complaint is None:
        _wait(runtime, session, turn, assembly)
        return
    if assembly.value == "not_emergency":
        complaint.emergency, complaint.priority = False, Priority.NORMAL
    ticket_steps.append(runtime, session, complaint, turn.messages, assembly.draft)
    turn.conversation.draft_opened_at = None
    _say_all(runtime, session, turn, assembly)


def _shelve(runtime: Runtime, _session: Session, turn: Turn, _assembly: Assembly) -> None:
    turn.close(runtime.now())


def _say_all(runtime: Runtime, session: Session, turn: Turn, assembly: Assembly) -> None:
    for key in assembly.say:
        say(runtime, session, turn.conversation, Saying(key, assembly.values))


_STEPS: Mapping[Act, Step] = {
    Act.WAIT: _wait,
    Act.ASK: _ask,
    Act.FILE: _file,
    Act.GREET: _greet,
    Act.CANCEL: _cancel,
    Act.HANDOVER: _hand_over,
    Act.SHELVE: _shelve,
    Act.APPEND: _append,
    Act.SHOW_STATUS: ticket_steps.show_status,
    Act.SHOW_ANSWER: ticket_steps.show_answer,
    Act.RATE: ticket_steps.rate,
    Act.OBJECT: ticket_steps.object_to_refusal,
    Act.SET_PRIVACY: ticket_steps.set_privacy,
    Act.STOP_NEWS: ticket_steps.stop_news,
    Act.RESUME_NEWS: ticket_steps.resume_news,
    Act.DISPUTE: ticket_steps.dispute,
}
