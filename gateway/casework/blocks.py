"""Blocking a sender for a while: nothing is lost, nothing is answered, emergencies pass."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.cases.casefile import required, when
from gateway.cases.identity import shows_a_number
from gateway.cases.notices import Saying, say
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.block_reasons import HOURS, REASONS
from gateway.rules.people import Permission, Staff
from gateway.rules.windows import SPOKEN, WindowState, judge
from gateway.runtime import Runtime
from store import blocks, staff_contacts
from store.models.messaging import Conversation
from store.models.sender_block import SenderBlock
from store.models.staff import AuditEntry

_SHORTEST, _LONGEST = 5, 300
_HEARS: Final = (WindowState.FREE, WindowState.OPEN)


@dataclass(frozen=True)
class NewBlock:
    """What an admin decided: a code of `REASONS`, words for colleagues, a key of `HOURS`."""

    reason: str
    words: str
    hours: str


def block(runtime: Runtime, staff: Staff, conversation_id: int, new: NewBlock) -> None:
    """Block the sender of a conversation; they are told once, politely.

    Raises:
        NotFoundError: there is no such conversation.
        InvalidInputError: says beside which field.
    """
    staff.require(Permission.BLOCK_SENDERS)
    words = _checked(new)
    now, until = runtime.now(), runtime.now() + timedelta(hours=int(new.hours))
    with runtime.transaction() as session:
        conversation = _locked(session, conversation_id)
        _refuse_others(runtime, session, conversation)
        made = SenderBlock(
            conversation_id=conversation.id,
            made_by=staff.id,
            made_at=now,
            until=until,
            reason=new.reason,
            words=words,
        )
        session.add(made)
        session.flush()  # the audit names its id
        _write_down(runtime, session, made, ("sender_blocked", staff.id))
        if judge(runtime, conversation).state in _HEARS:
            saying = Saying("diblokir", {"TGL": when(runtime, until)})
            say(runtime, session, conversation, saying)
        conversation.blocked_until, conversation.needs_person_at = until, None
    runtime.wake("outbox")


def lift(runtime: Runtime, staff: Staff, conversation_id: int) -> None:
    """End a block early. Doing it twice is as once.

    Raises:
        NotFoundError: there is no such conversation.
    """
    staff.require(Permission.BLOCK_SENDERS)
    with runtime.transaction() as session:
        conversation = _locked(session, conversation_id)
        made = blocks.newest(session, conversation.id)
        if conversation.blocked_until is None or made is None:
            return
        conversation.blocked_until = None
        if conversation.draft_opened_at is not None:
            conversation.dialogue_due_at = runtime.now()
        made.lifted_at, made.lifted_by = runtime.now(), staff.id
        _write_down(runtime, session, made, ("sender_unblocked", staff.id))


def end_due(runtime: Runtime) -> int:
    """Let blocks end whose time is over; return how many."""
    with runtime.transaction() as session:
        over = blocks.lock_over(session, runtime.now())
        for conversation in over:
            conversation.blocked_until = None
            made = blocks.newest(session, conversation.id)
            if made is not None:
                _write_down(runtime, session, made, ("sender_block_ended", None))
        return len(over)


def _checked(new: NewBlock) -> str:
    problems = {}
    if new.reason not in REASONS:
        problems["reason"] = "Pilih alasan."
    if new.hours not in HOURS:
        problems["hours"] = "Pilih lamanya."
    if problems:
        raise InvalidInputError(problems)
    words = required(new.words, "words", "Tulis keterangan untuk rekan.")
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise InvalidInputError({"words": f"Keterangan {_SHORTEST} sampai {_LONGEST} huruf."})
    if shows_a_number(words):
        problem = "Ada nomor yang tampak seperti NIK atau nomor HP. Hapus dulu."
        raise InvalidInputError({"words": problem})
    return words


def _locked(session: Session, conversation_id: int) -> Conversation:
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    if conversation is None:
        raise NotFoundError("conversation")
    return conversation


def _refuse_others(runtime: Runtime, session: Session, conversation: Conversation) -> None:
    if conversation.channel in SPOKEN:
        words = "Panggilan tidak dapat diblokir: isinya bisa darurat."
        raise InvalidInputError({"": words})
    if staff_contacts.of_conversations(session, [conversation.id]):
        raise InvalidInputError({"": "Ini percakapan petugas."})
    until = conversation.blocked_until
    if until is not None and until > runtime.now():
        words = f"Pengirim ini sudah diblokir sampai {when(runtime, until)}."
        raise InvalidInputError({"": words})


def _write_down(
    runtime: Runtime, session: Session, made: SenderBlock, act: tuple[str, int | None]
) -> None:
    """Keep in the audit what was done, and by whom (None: it ended by itself)."""
    action, actor_id = act
    facts = {
        "block": made.id,
        "conversation": made.conversation_id,
        "reason": made.reason,
        "until": made.until.isoformat(),
    }
    session.add(AuditEntry(at=runtime.now(), actor_id=actor_id, action=action, data=facts))
