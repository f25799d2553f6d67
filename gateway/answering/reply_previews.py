"""How an officer's reply will read on the citizen's channel, before it is sent."""

from gateway.answering.preview_parts import Preview, channel_preview
from gateway.cases.casefile import citizen_of, may_see, told_by_a_person
from gateway.errors import NotFoundError
from gateway.rules.people import INBOX_ROLES, Staff
from gateway.runtime import Runtime
from store import complaints


def of_reply(runtime: Runtime, staff: Staff, ticket: str, text: str) -> list[Preview]:
    """Return the reply as the citizen's own channel shows it; nothing where there is none.

    Raises:
        NotFoundError: there is no such number, or it is not this person's.
    """
    staff.require(*INBOX_ROLES)
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        if complaint is None or not may_see(complaint, staff):
            raise NotFoundError("case")
        conversation = citizen_of(session, complaint)
    if conversation is None or told_by_a_person(conversation) or not text.strip():
        return []
    return [channel_preview(runtime, conversation.channel, text.strip())]
