"""The way out of a closed reply window: a template once, the words themselves wait."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from channels.message import ChannelName, DeliveryStatus, ErrorClass
from gateway.runtime import Runtime
from gateway.sending.sending import Leave, judge_window, view_of
from gateway.upkeep.message_templates import ANNOUNCEMENT, Purpose, notice, purpose_of
from store import late_failures, outbox_marks, staff_alerts
from store.models.complaint import Complaint, Privacy
from store.models.messaging import Author, Conversation, Message
from store.models.staff import PerangkatDaerah
from store.outbox import ClaimedPart
from store.outgoing import Outgoing, queue, say_by_template


def park(runtime: Runtime, part: ClaimedPart, code: str, *, refused: bool) -> None:
    """Park a part until the citizen writes again, and tell them by template that it waits.

    Args:
        runtime: of this process.
        part: claimed, not sent.
        code: what the officer reads as the reason.
        refused: the platform itself said that the window is closed; our own clock is not asked.
    """
    adapter = runtime.channels[part.channel]
    with runtime.transaction() as session:
        conversation = outbox_marks.locked_conversation(session, part.conversation_id)
        leave = judge_window(adapter.limits, view_of(conversation, part), runtime.now())
        if not refused and leave is not Leave.WINDOW_CLOSED:
            # The citizen wrote between claim and now.
            outbox_marks.put_back(session, part.part_id, runtime.now(), free=True)
            return
        fault = (ErrorClass.WINDOW_CLOSED, code)
        outbox_marks.mark_unsent(
            session, part.part_id, DeliveryStatus.PARKED, runtime.now(), fault=fault
        )
        _tell(runtime, session, conversation, part.message_id)


def rescue_refused(runtime: Runtime, limit: int) -> int:
    """Park what a platform took and refused later, the window being closed; return how many."""
    with runtime.transaction() as session:
        refused = late_failures.refused_late(session, limit)
    for part_id, conversation_id, message_id in refused:
        with runtime.transaction() as session:
            conversation = outbox_marks.locked_conversation(session, conversation_id)
            if late_failures.park_again(session, part_id, runtime.now()):
                _tell(runtime, session, conversation, message_id)
    return len(refused)


def _tell(runtime: Runtime, session: Session, conversation: Conversation, message_id: int) -> None:
    """Queue the template, once for each silence of the citizen.

    A question for the rating is asked by its template and not once more afterwards.
    """
    since = conversation.last_inbound_at
    if outbox_marks.told_since(session, conversation.id, ANNOUNCEMENT, since):
        return
    complaint_id, ticket, pd_name = _about(session, message_id, runtime.profile.kabupaten)
    values = {"1": ticket, "2": pd_name}
    purpose = purpose_of(session.get_one(Message, message_id).text_key)
    chosen = notice(runtime, session, conversation, purpose, values)
    if chosen is None:
        return
    text = chosen.text or _words(runtime, conversation.channel, values)
    if chosen.purpose is Purpose.RATING:
        say_by_template(session, message_id, chosen.content, text, runtime.now())
        return
    outgoing = Outgoing(
        text=text,
        pieces=(),
        author=Author.AUTO,
        complaint_id=complaint_id,
        text_key=ANNOUNCEMENT,
        template=chosen.content,
    )
    queue(session, conversation, outgoing, runtime.now())


def _about(session: Session, message_id: int, fallback: str) -> tuple[int | None, str, str]:
    """Return complaint id, ticket and PD of the words that wait."""
    complaint_id = session.get_one(Message, message_id).complaint_id
    complaint = session.get(Complaint, complaint_id) if complaint_id else None
    if complaint is None:
        return None, staff_alerts.ticket_of_message(session, message_id) or "-", fallback
    # Of a Rahasia case nothing but its number leaves unasked.
    shown = complaint.privacy is not Privacy.SECRET
    pd = session.get(PerangkatDaerah, complaint.pd_code) if complaint.pd_code and shown else None
    return complaint.id, complaint.ticket, pd.name if pd else fallback


def _words(runtime: Runtime, channel: ChannelName, values: Mapping[str, str]) -> str:
    """Return what the template will say, for the thread that officers read."""
    profile = runtime.profile
    known = {"T": values["1"], "APP": profile.app, "URL": profile.public_url}
    text = runtime.catalogue.render(ANNOUNCEMENT, channel, known)
    for place, value in values.items():
        text = text.replace(f"{{{{{place}}}}}", value)  # as the approved template writes it: {{1}}
    return text
