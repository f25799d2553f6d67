"""How an officer's reply will read on the citizen's channel, before it is sent."""

from gateway.answering.preview_parts import Preview, channel_preview
from gateway.cases.casefile import citizen_of, seen_case, told_by_a_person
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime


def of_reply(runtime: Runtime, staff: Staff, ticket: str, text: str) -> list[Preview]:
    """Return the reply as the citizen's own channel shows it; nothing where there is none.

    Raises:
        NotFoundError: there is no such number, or it is not this person's.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        conversation = citizen_of(session, complaint)
    if conversation is None or told_by_a_person(conversation) or not text.strip():
        return []
    return [channel_preview(runtime, conversation.channel, text.strip())]
