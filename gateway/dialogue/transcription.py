"""Having recordings written down by a speech service, and what their words change.

The service is slow, so this runs in a thread of its own: no answer to a citizen waits for it. The
words are kept with the recording. A draft that nobody has answered yet is read again at once; a
draft that was answered without them hears the recording now; a complaint that holds no written
word, as after a telephone call, gets its story, unless a person has already looked after it.
"""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.dialogue.filing import black_out, describe
from gateway.dialogue.turns import Turn, read_state, source_messages, write_state
from gateway.errors import TranscriptionError
from gateway.runtime import Runtime, Transcriber
from normalizer.assemble import assemble
from normalizer.draft import ComplaintDraft, Context, DialogueState, Kind
from store import complaints, conversations, reading, transcripts
from store.crypto import CryptoError
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Conversation, Message
from store.transcripts import ClaimedRecording

logger = logging.getLogger(__name__)

# A service that is restarted, or that has much to do.
_PAUSES_S: Final = (30, 120, 600, 3600)
_MOST_TRIES: Final = len(_PAUSES_S) + 1
# Longer than any time-out: a claim that is older belongs to a worker that died.
_LEASE: Final = timedelta(hours=1)
_NO_STORY: Final = frozenset({Kind.SPAM, Kind.GREETING})
_at_work = threading.Lock()


def drain(runtime: Runtime) -> None:
    """Begin to write down what is due, beside everything else; once per process."""
    if runtime.transcriber is None:
        return
    thread = threading.Thread(
        target=_work_alone, args=(runtime, runtime.transcriber), name="transcripts", daemon=True
    )
    thread.start()


def work(runtime: Runtime, transcriber: Transcriber) -> int:
    """Write down every recording that is due, one after the other; return how many were tried."""
    tried = 0
    while True:
        with runtime.transaction() as session:
            now = runtime.now()
            claimed = transcripts.claim(session, now, now + _LEASE)
        if claimed is None:
            return tried
        _transcribe(runtime, transcriber, claimed)
        tried += 1


def _work_alone(runtime: Runtime, transcriber: Transcriber) -> None:
    if not _at_work.acquire(blocking=False):
        return  # the ticker calls again if something is left
    try:
        work(runtime, transcriber)
    except Exception as error:  # noqa: BLE001 (a thread's own traceback would quote rows)
        logger.error("transcription_stopped", extra={"error": type(error).__name__})
    finally:
        _at_work.release()


def _transcribe(runtime: Runtime, transcriber: Transcriber, claimed: ClaimedRecording) -> None:
    if claimed.tries > _MOST_TRIES:  # it took every worker down with it
        _keep(runtime, claimed, None)
        return
    try:
        words = transcriber.transcribe(runtime.media.read(claimed.key))
    except (TranscriptionError, OSError) as error:
        _put_off(runtime, claimed, error)
        return
    _keep(runtime, claimed, words)


def _put_off(runtime: Runtime, claimed: ClaimedRecording, error: Exception) -> None:
    again = getattr(error, "retryable", True) and claimed.tries < _MOST_TRIES
    logger.warning(
        "not_transcribed",
        extra={
            "attachment_id": claimed.attachment_id,
            "again": again,
            "error": type(error).__name__,
        },
    )
    if not again:
        _keep(runtime, claimed, None)
        return
    pause = timedelta(seconds=_PAUSES_S[claimed.tries - 1])
    with runtime.transaction() as session:
        transcripts.put_off(session, claimed.attachment_id, runtime.now() + pause)


def _keep(runtime: Runtime, claimed: ClaimedRecording, words: str | None) -> None:
    """Keep the words of a recording, None where there will be none, and act on them."""
    try:
        with runtime.transaction() as session:
            conversation, message = transcripts.lock_message(session, claimed.attachment_id)
            if not transcripts.settle(session, claimed.attachment_id, words):
                return
            if message.complaint_id is not None:
                _tell_complaint(runtime, session, conversation, message, words or "")
            elif _is_awaited(conversation, message, words):
                _tell_dialogue(runtime, conversation, message, words or "")
    except (SQLAlchemyError, CryptoError, LookupError, TypeError, ValueError) as error:
        # One rotten row must not hold up the others; its claim runs out and is tried again.
        logger.error(
            "transcript_not_kept",
            extra={"attachment_id": claimed.attachment_id, "error": type(error).__name__},
        )
        return
    runtime.wake("dialogue")


def _is_awaited(conversation: Conversation, message: Message, words: str | None) -> bool:
    """Whether the dialogue wants to know; of a blocked sender it may be a call for help."""
    if message.processed_at is not None and not message.in_draft:
        return bool(words) and conversation.blocked_until is not None
    return True


def _tell_dialogue(
    runtime: Runtime, conversation: Conversation, message: Message, words: str
) -> None:
    """Let the dialogue look now; a recording that it answered unheard is a new message to it."""
    state = read_state(conversation.dialogue_state)
    unheard = tuple(pair for pair in state.heard if pair[0] != str(message.id))
    if len(unheard) < len(state.heard):
        if not words:
            return
        conversation.dialogue_state = write_state(replace(state, heard=unheard))
        message.processed_at = None
    elif not message.in_draft:
        message.processed_at = None
    conversation.dialogue_due_at = runtime.now()


def _tell_complaint(
    runtime: Runtime, session: Session, conversation: Conversation, message: Message, words: str
) -> None:
    """Give the words to a complaint that was filed without them."""
    complaint = session.get(Complaint, message.complaint_id, with_for_update=True)
    if complaint is None or not words:
        return
    draft = _read(runtime, session, conversation, [message])
    black_out(session, [message], draft)
    messages = reading.citizen_messages(session, complaint.id)
    wordless = not any(item.text for item in messages)
    waits = complaint.status is ComplaintStatus.RECEIVED and complaint.archived_at is None
    if wordless and waits and not transcripts.touched_by_staff(session, complaint.id):
        whole = _read(runtime, session, conversation, messages)
        if whole.kind.value not in _NO_STORY:
            describe(runtime, complaint, whole)
    elif draft.kind.value is Kind.EMERGENCY:
        conversation.needs_person_at = conversation.needs_person_at or runtime.now()
    complaints.append_event(session, complaint, "transcribed", at=runtime.now())


def _read(
    runtime: Runtime, session: Session, conversation: Conversation, messages: list[Message]
) -> ComplaintDraft:
    files = conversations.attachments_of(session, [message.id for message in messages])
    turn = Turn(conversation, tuple(messages), (), files, ())
    context = Context(tenant=runtime.tenant, channel=conversation.channel, now=runtime.now())
    return assemble(DialogueState(), source_messages(turn), context).draft
