"""Writing to a citizen whose window is closed: an approved template now, words when they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from gateway.cases.casefile import CaseRef, citizen_of, open_case, pd_words, seen_case
from gateway.cases.notices import NOW_PRIORITY, Words, write
from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.form_once import once
from gateway.rules.people import Permission, Staff
from gateway.rules.windows import WindowState, judge
from gateway.runtime import Runtime
from gateway.upkeep.message_templates import (
    ANNOUNCEMENT,
    Purpose,
    noticed,
    purpose_of_template,
    shelf_of,
)
from gateway.upkeep.template_forms import About, TemplateForm, chosen_template, make_form
from store.complaints import append_event
from store.models.complaint import Complaint, Privacy
from store.models.messaging import Author, Conversation
from store.outgoing import Outgoing, queue

_LONGEST_FOLLOW_UP = 4000
# After one of these nobody needs to be told once more that words wait.
_ANNOUNCING = {Purpose.NEWS, Purpose.QUESTION, Purpose.PIN}


@dataclass(frozen=True)
class TemplateReply:
    """What an officer chose and wrote.

    `given` holds ``templat`` and the fields as `gateway.upkeep.template_forms` names them.
    `follow_up` leaves when the citizen answers; empty: nothing follows.
    `form_key` is unique to the form.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    follow_up: str = ""
    form_key: str = ""


def offer_for_case(
    runtime: Runtime, staff: Staff, ticket: str, given: Mapping[str, str]
) -> TemplateForm | None:
    """Return the template form of a case whose window is closed; None: free words may be written.

    Raises:
        NotFoundError: there is no such number, or it is not this person's.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        conversation = citizen_of(session, complaint)
        return _offer(runtime, session, conversation, complaint, given)


def offer_for_conversation(
    runtime: Runtime, staff: Staff, conversation_id: int, given: Mapping[str, str]
) -> TemplateForm | None:
    """Return the template form of a conversation without a case, as `offer_for_case` does.

    Raises:
        NotFoundError: no such conversation.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            raise NotFoundError("conversation")
        return _offer(runtime, session, conversation, None, given)


def send_to_case(runtime: Runtime, staff: Staff, ticket: str, reply: TemplateReply) -> None:
    """Send a template to the reporter of a case; whoever reads Balasan warga has now answered.

    Raises:
        NotFoundError: there is no such number, or it is not this person's.
        InvalidInputError: the template may not be sent, a place is empty, or nobody is reached.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ticket), staff)
        conversation = citizen_of(session, complaint)
        if conversation is None:
            raise InvalidInputError({"templat": "Aduan ini tidak punya percakapan."})
        if not _send(runtime, session, conversation, _Sender(staff.id, complaint.id), reply):
            return
        complaint.citizen_wrote_at = None
        complaint.last_activity_at = runtime.now()
        append_event(session, complaint, "replied", at=runtime.now(), actor_id=staff.id)
    runtime.wake("outbox")


def send_to_conversation(
    runtime: Runtime, staff: Staff, conversation_id: int, reply: TemplateReply
) -> None:
    """Send a template to a citizen who has no complaint yet.

    Raises:
        NotFoundError: no such conversation.
        InvalidInputError: the template may not be sent, a place is empty, or nobody is reached.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        conversation = session.get(Conversation, conversation_id, with_for_update=True)
        if conversation is None:
            raise NotFoundError("conversation")
        if not _send(runtime, session, conversation, _Sender(staff.id), reply):
            return
    runtime.wake("outbox")


@dataclass(frozen=True, slots=True)
class _Sender:
    staff_id: int
    complaint_id: int | None = None


def _offer(
    runtime: Runtime,
    session: Session,
    conversation: Conversation | None,
    complaint: Complaint | None,
    given: Mapping[str, str],
) -> TemplateForm | None:
    if conversation is None or judge(runtime, conversation).state is not WindowState.CLOSED:
        return None
    about = _about(runtime, complaint, conversation)
    return make_form(runtime, conversation.channel, shelf_of(session, conversation), about, given)


def _about(runtime: Runtime, complaint: Complaint | None, conversation: Conversation) -> About:
    """Return what a template begins with; of a Rahasia case only the number leaves."""
    if complaint is None:
        return About(pd=runtime.profile.kabupaten)
    if complaint.privacy is Privacy.SECRET:
        return About(complaint.ticket, runtime.profile.kabupaten)
    return About(complaint.ticket, pd_words(runtime, complaint.pd_code, conversation.channel))


def _send(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    sender: _Sender,
    reply: TemplateReply,
) -> bool:
    """Queue the template and what follows it; say whether this form had not done so before.

    The conversation is locked: the same form arriving twice at once is one after the other.
    """
    window = judge(runtime, conversation)
    if window.state is WindowState.UNREACHABLE:
        raise InvalidInputError({"templat": window.words})
    follow_up = reply.follow_up.strip()
    if len(follow_up) > _LONGEST_FOLLOW_UP:
        words = f"Isi yang menyusul paling panjang {_LONGEST_FOLLOW_UP} huruf."
        raise InvalidInputError({"text": words})
    template, values = chosen_template(shelf_of(session, conversation), reply.given)
    said = noticed(template, values)
    purpose = purpose_of_template(runtime, conversation.channel, template)

    def queue_both() -> int:
        outgoing = Outgoing(
            text=said.text or "",
            pieces=(),
            author=Author.STAFF,
            staff_id=sender.staff_id,
            complaint_id=sender.complaint_id,
            text_key=ANNOUNCEMENT if purpose in _ANNOUNCING else None,
            template=said.content,
            human=True,
            priority=NOW_PRIORITY,
        )
        message_id = queue(session, conversation, outgoing, runtime.now())
        if follow_up:
            words = Words(follow_up, sender.staff_id, sender.complaint_id)
            write(runtime, session, conversation, words)
        return message_id

    return once(session, sender.staff_id, reply.form_key, queue_both)
