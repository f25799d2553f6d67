"""Writing to a citizen, and keeping a conversation's messages with the right complaint."""

from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.answering.template_values import require_complete
from gateway.cases.casefile import CaseRef, citizen_of, open_case, required
from gateway.cases.notices import Words, write
from gateway.cases.second_channel import window_of
from gateway.dialogue.filing import file_complaint, take_over
from gateway.dialogue.turns import gather, source_messages, words_of
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.form_once import once, only_if_doubled
from gateway.rules.people import Permission, Staff
from gateway.rules.windows import WindowState, judge
from gateway.runtime import Runtime
from gateway.upkeep.message_templates import shelf_of
from normalizer.assemble import assemble
from normalizer.draft import ComplaintDraft, Context, DialogueState, Kind, SourceMessage
from store import casework_rows as rows
from store.complaints import append_event
from store.conversations import attachments_of
from store.models.complaint import Complaint
from store.models.messaging import Conversation, Direction, Message

_LONGEST_REPLY = 4000
_JUST_CLOSED = (
    "Jendela balasan sudah tertutup. Tulisan Anda tetap ada: pilih templat, "
    "lalu kirim tulisan sebagai isi yang menyusul."
)
_NO_COMPLAINT = {Kind.GREETING, Kind.SPAM}


@dataclass(frozen=True)
class Reply:
    """An officer's words. `form_key` is unique to the form, so that a double click sends once."""

    text: str
    form_key: str = ""


def reply_to_case(runtime: Runtime, staff: Staff, ref: CaseRef, reply: Reply) -> None:
    """Write to the reporter of a case; whoever reads Balasan warga has now answered.

    Raises:
        InvalidInputError: nothing was written, or the citizen cannot be reached.
    """
    staff.require(Permission.HANDLE_CASES)
    text = _checked(reply.text)
    try:
        with runtime.transaction() as session:
            complaint = open_case(session, CaseRef(ref.ticket), staff)
            conversation = citizen_of(session, complaint)
            if conversation is None:
                raise InvalidInputError({"text": "Aduan ini tidak punya percakapan."})
            words = Words(text, staff.id, complaint.id)
            if not _write_once(runtime, session, conversation, words, reply.form_key):
                return
            complaint.citizen_wrote_at = None
            complaint.last_activity_at = runtime.now()
            append_event(session, complaint, "replied", at=runtime.now(), actor_id=staff.id)
    except IntegrityError as error:
        only_if_doubled(error)
        return
    runtime.wake("outbox")


def reply_to_conversation(
    runtime: Runtime, staff: Staff, conversation_id: int, reply: Reply
) -> None:
    """Write to a citizen who has no complaint yet.

    Raises:
        NotFoundError: no such conversation.
        InvalidInputError: nothing was written, or the citizen cannot be reached.
    """
    staff.require(Permission.HANDLE_CASES)
    text = _checked(reply.text)
    try:
        with runtime.transaction() as session:
            conversation = _conversation(session, conversation_id)
            words = Words(text, staff.id)
            _write_once(runtime, session, conversation, words, reply.form_key)
    except IntegrityError as error:
        only_if_doubled(error)
        return
    runtime.wake("outbox")


def file_draft(runtime: Runtime, staff: Staff, conversation_id: int) -> str:
    """Make a complaint of what a citizen wrote so far (Jadikan aduan); return its ticket.

    The citizen gets the number and the PIN as for any other complaint.

    Raises:
        NotFoundError: no such conversation.
        MoveNotAllowedError: nothing in it waits to become a complaint.
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        conversation = _conversation(session, conversation_id)
        (turn,) = gather(session, [conversation])
        if not turn.messages:
            raise MoveNotAllowedError("nothing to file")
        context = Context(tenant=runtime.tenant, channel=conversation.channel, now=now)
        assembly = assemble(turn.state, source_messages(turn), context)
        if assembly.draft.kind.value in _NO_COMPLAINT:
            kind = replace(assembly.draft.kind, value=Kind.COMPLAINT)
            assembly = replace(assembly, draft=replace(assembly.draft, kind=kind))
        complaint = file_complaint(runtime, session, conversation, assembly, turn.messages)
        conversation.needs_person_at = conversation.dialogue_due_at = None
        conversation.dialogue_state = None
        append_event(session, complaint, "filed_by_staff", at=now, actor_id=staff.id)
    runtime.wake("outbox")
    return complaint.ticket


def mark_handled(runtime: Runtime, staff: Staff, conversation_id: int) -> None:
    """Take a conversation out of Percakapan baru: the open draft is dropped, nothing is sent.

    Raises:
        NotFoundError: no such conversation.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        conversation = _conversation(session, conversation_id)
        rows.drop_draft(session, conversation_id, runtime.now())
        conversation.needs_person_at = conversation.draft_opened_at = None
        conversation.draft_summary = conversation.dialogue_state = None
        conversation.dialogue_due_at = None


def move_message(runtime: Runtime, staff: Staff, message_id: int, ticket: str) -> str:
    """Give a citizen's message to another complaint of the same conversation.

    Returns:
        The ticket of the complaint that had it before, or an empty string.

    Raises:
        NotFoundError: no such message or complaint.
        MoveNotAllowedError: they belong to different people, or it is our own message.
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        target = open_case(session, CaseRef(ticket), staff)
        message = rows.message_in(session, message_id)
        if message is None:
            raise NotFoundError("message")
        foreign = message.conversation_id != target.conversation_id
        if foreign or message.direction is not Direction.IN:
            raise MoveNotAllowedError("another conversation")
        before = rows.complaint_in(session, message.complaint_id)
        if before is not None and before.id == target.id:
            return before.ticket
        words = words_of(message, attachments_of(session, [message.id])[message.id])
        take_over(runtime, session, target, [message], _read(runtime, target, message, words))
        facts = {"message": message.id, "to": target.id, "from": before.id if before else None}
        for complaint in (before, target):
            if complaint is not None:
                append_event(
                    session, complaint, "message_moved", at=now, actor_id=staff.id, data=facts
                )
        return before.ticket if before else ""


def _read(runtime: Runtime, complaint: Complaint, message: Message, words: str) -> ComplaintDraft:
    """Let the normalizer read one message, for what in it names a person."""
    source = SourceMessage(id=str(message.id), at=message.ordered_at, text=words)
    context = Context(tenant=runtime.tenant, channel=complaint.channel, now=runtime.now())
    return assemble(DialogueState(), [source], context).draft


def _checked(text: str) -> str:
    words = required(text, "text", "Balasan belum ditulis.")
    require_complete(words, "text")
    if len(words) > _LONGEST_REPLY:
        raise InvalidInputError({"text": f"Balasan paling panjang {_LONGEST_REPLY} huruf."})
    return words


def _conversation(session: Session, conversation_id: int) -> Conversation:
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    if conversation is None:
        raise NotFoundError("conversation")
    return conversation


def _has_template(session: Session, conversation: Conversation) -> bool:
    """Whether a template may be sent: then the composer offers nothing else, and neither do we."""
    return bool(shelf_of(session, conversation).usable())


def _write_once(
    runtime: Runtime, session: Session, conversation: Conversation, words: Words, form_key: str
) -> bool:
    window = window_of(runtime, session, conversation)
    if window.state is WindowState.UNREACHABLE:
        raise InvalidInputError({"text": window.words})
    if judge(runtime, conversation).state is WindowState.CLOSED and _has_template(
        session, conversation
    ):
        raise InvalidInputError({"text": _JUST_CLOSED})
    return once(
        session,
        words.staff_id,
        form_key,
        lambda: write(runtime, session, conversation, words),
    )
