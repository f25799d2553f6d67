"""What every step of casework shares: opening a case with the right to it, moving it, telling.

Works inside the caller's transaction. Only use cases open transactions and wake the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from channels.gsm7 import segments, to_gsm7
from channels.message import ChannelName
from gateway.cases.notices import NEWS_PRIORITY, Saying, say, tenant_values
from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.dates import day_and_time
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Staff
from gateway.rules.statuses import STATUS_LABELS, require_move
from gateway.rules.windows import SPOKEN
from gateway.runtime import Runtime
from store import complaints, groups, second_channel
from store.media import StoredMedium
from store.models.complaint import Complaint, ComplaintStatus, Privacy
from store.models.messaging import Conversation

UNDO = timedelta(seconds=10)  # for so long a step's news are held back, and it can be undone
_LONGEST_PD_IN_SMS = 16


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Which case an officer means, and the version that stood on the screen (None: any)."""

    ticket: str
    version: int | None = None


@dataclass(frozen=True)
class News:
    """One notice to the citizen of a case.

    `flexible` names the placeholder that is shortened where the channel is SMS and the text would
    not fit into one. `photos` go with it where the channel carries pictures.
    """

    key: str
    values: dict[str, str] = field(default_factory=dict)
    flexible: str | None = None
    not_before: datetime | None = None
    photos: Sequence[StoredMedium] = ()


def may_see(complaint: Complaint, staff: Staff) -> bool:
    """Whether this person may work on the case: Diskominfo on all, a PD only on its own.

    Never the PD that the case is about.
    """
    if staff.role in INBOX_ROLES:
        return True
    own = complaint.pd_code == staff.pd_code is not None
    return staff.role in PD_ROLES and own and complaint.conflict_pd != staff.pd_code


def seen_case(session: Session, ticket: str, staff: Staff, *, lock: bool = False) -> Complaint:
    """Return a case to read it.

    Raises:
        NotFoundError: there is no such number, or it is not this person's: nobody learns which.
    """
    complaint = complaints.by_ticket(session, ticket, lock=lock)
    if complaint is None or not may_see(complaint, staff):
        raise NotFoundError("case")
    return complaint


def open_case(session: Session, ref: CaseRef, staff: Staff) -> Complaint:
    """Lock the case for the rest of the transaction.

    Raises:
        NotFoundError: there is no such number, or it is not this person's: nobody learns which.
        ConflictError: somebody changed it since it stood on the screen.
    """
    complaint = seen_case(session, ref.ticket, staff, lock=True)
    if ref.version is not None and complaint.version != ref.version:
        raise ConflictError("case")
    return complaint


def move(complaint: Complaint, to: ComplaintStatus, at: datetime) -> None:
    """Give the case a new status.

    Raises:
        MoveNotAllowedError: the table of statuses does not know this move.
    """
    require_move(complaint, to)
    complaint.status, complaint.status_at = to, at
    complaint.last_activity_at = at


# The corrected answer is a person's own text in our frame.
_WRITTEN_BY_PEOPLE = {"dijawab"}
# Where no channel leads to the citizen, an officer must say these himself.
_NEEDS_TELLING = {"dijawab", "minta_info"}


# Only the reporter of the leading case is asked: one answer is enough.
_NOT_FOR_FOLLOWERS = {"minta_info"}
# What the PD of a part lets the citizen know; the rest comes from the coordinator.
_FROM_PARTS = {"minta_info"}


def tell(runtime: Runtime, session: Session, complaint: Complaint, news: News) -> int | None:
    """Queue a notice to the citizen and return its message id; None when nobody is to be told.

    Nothing goes out after BERHENTI. Of a Rahasia case only number and status are told. What a
    person must tell waits in Perlu disampaikan. Who reported the same (a grouped case) hears it
    too, under the own number. A part of a split case speaks in the name of the whole.
    """
    if complaint.part_of_id is not None:
        return _tell_for_part(runtime, session, complaint, news)
    message_id = _tell_reporter(runtime, session, complaint, news)
    if news.key in _NOT_FOR_FOLLOWERS:
        return message_id
    told = {complaint.conversation_id}
    for follower in groups.followers_of(session, complaint.id):
        if follower.conversation_id not in told:
            told.add(follower.conversation_id)
            _tell_reporter(runtime, session, follower, news)
    return message_id


def _tell_for_part(runtime: Runtime, session: Session, part: Complaint, news: News) -> int | None:
    if news.key not in _FROM_PARTS:
        return None
    whole = session.get_one(Complaint, part.part_of_id)
    values = {"PD": pd_words(runtime, part.pd_code, whole.channel), **news.values}
    return tell(runtime, session, whole, replace(news, values=values))


def _tell_reporter(
    runtime: Runtime, session: Session, complaint: Complaint, news: News
) -> int | None:
    if complaint.news_stopped_at is not None:
        return None
    conversation = citizen_of(session, complaint)
    if conversation is None or told_by_a_person(conversation):
        if news.key in _NEEDS_TELLING:
            complaint.to_hand_over_at = runtime.now()
        return None
    key, values = _words(runtime, session, complaint, news, conversation.channel)
    saying = Saying(
        key,
        values,
        complaint_id=complaint.id,
        ticket=complaint.ticket,
        priority=NEWS_PRIORITY,
        not_before=news.not_before,
        human=key in _WRITTEN_BY_PEOPLE,
        flexible=news.flexible,
        photos=news.photos if key == news.key else (),  # Rahasia: number and status
    )
    return say(runtime, session, conversation, saying)


def news_text(
    runtime: Runtime, session: Session, complaint: Complaint, news: News, channel: ChannelName
) -> str:
    """Return the text that `tell` would send by this channel."""
    key, values = _words(runtime, session, complaint, news, channel)
    return runtime.catalogue.render(key, channel, {**tenant_values(runtime), **values})


def _words(
    runtime: Runtime, session: Session, complaint: Complaint, news: News, channel: ChannelName
) -> tuple[str, dict[str, str]]:
    """Return the catalogue key and its values for one channel."""
    standing = groups.leading(session, complaint)
    pd = pd_words(runtime, standing.pd_code, channel)
    values = {"T": complaint.ticket, "PD": pd, **news.values}
    if Privacy.SECRET in {complaint.privacy, standing.privacy}:
        return "status", values | status_values(runtime, session, standing)
    if news.flexible and channel is ChannelName.SMS:
        values[news.flexible] = _shortened(runtime, news.key, values, news.flexible)
    return news.key, values


def citizen_of(session: Session, complaint: Complaint) -> Conversation | None:
    """Return the conversation that the complaint came from.

    What was said to an officer or on the telephone came from none that can be answered: it is the
    address then to which the caller agreed, if there is one.
    """
    if complaint.conversation_id is None:
        return None
    own = session.get_one(Conversation, complaint.conversation_id)
    if own.channel not in SPOKEN:
        return own
    targets = second_channel.agreed(session, own.id)
    return session.get_one(Conversation, targets[-1]) if targets else own


def told_by_a_person(conversation: Conversation | None) -> bool:
    """Whether no channel leads to the citizen: an officer phones, or answers where it was said."""
    return conversation is None or conversation.channel in SPOKEN


def pd_words(runtime: Runtime, code: str | None, channel: ChannelName) -> str:
    """Return the responsible office as the citizen reads it; SMS takes the short form."""
    agency = next((item for item in runtime.tenant.agencies if item.code == code), None)
    if agency is None:
        return "Diskominfo"
    if channel is ChannelName.SMS and len(agency.name) > _LONGEST_PD_IN_SMS:
        return agency.code
    return agency.name


def when(runtime: Runtime, instant: datetime) -> str:
    """Return an instant as the government's people read it."""
    return day_and_time(instant, runtime.profile.timezone)


def required(value: str, field_name: str, sentence: str) -> str:
    """Return `value` without surrounding blanks.

    Raises:
        InvalidInputError: nothing was filled in.
    """
    text = value.strip()
    if not text:
        raise InvalidInputError({field_name: sentence})
    return text


def status_values(runtime: Runtime, session: Session, complaint: Complaint) -> dict[str, str]:
    """Return what the text `status` says of a case besides its number and office."""
    due_at = complaints.next_due(session, complaint.id)
    return {
        "STATUS": STATUS_LABELS[complaint.status],
        "TGL": when(runtime, complaint.status_at),
        "TGL2": when(runtime, due_at) if due_at else "-",
    }


def _shortened(runtime: Runtime, key: str, values: dict[str, str], name: str) -> str:
    """Return the value of `name`, cut between words so that the SMS has one segment."""
    everything = {**tenant_values(runtime), **values}
    words = to_gsm7(values[name]).split()
    kept = len(words)
    while kept:
        value = " ".join(words[:kept]) + ("" if kept == len(words) else "...")
        text = runtime.catalogue.render(key, ChannelName.SMS, {**everything, name: value})
        if segments(to_gsm7(text)) <= 1:
            return value
        kept -= 1
    return "..."
