"""Telling a caller, who agreed, what an officer wrote down: number, PIN, and how to object."""

from sqlalchemy.orm import Session

from channels.message import ChannelName
from gateway.cases.identity import mask_address
from gateway.cases.notices import Saying, say
from gateway.cases.recording_form import SOCIAL, Record, caller_addresses
from gateway.dialogue.filing import Filed
from gateway.rules.windows import CHANNEL_WORDS, WindowState, judge
from gateway.runtime import Runtime
from store import reach, second_channel
from store.models.complaint import Privacy
from store.models.messaging import Conversation
from store.reach import Contact
from store.second_channel import Agreement

_OFFICE = "Diskominfo"
_SUMMARY_LENGTH = 80
_OPEN = frozenset({WindowState.OPEN, WindowState.FREE})


def offered_channel(runtime: Runtime) -> ChannelName | None:
    """Return the channel by which a caller's phone is reached, None if there is none."""
    names = (name for name, _ in caller_addresses(""))
    return next((name for name in names if name in runtime.channels), None)


def inform(
    runtime: Runtime, session: Session, conversation: Conversation, filed: Filed, record: Record
) -> str:
    """Queue `lewat_telepon` where the caller agreed and can be reached, and note the agreement.

    Returns:
        What the officer reads about it.
    """
    if record.source == SOCIAL:
        return "Tidak ada pesan yang dikirim ke media sosial."
    if not record.consent:
        return "Tidak ada SMS: bacakan nomor dan PIN."
    target = _target(runtime, session, record)
    if target is None:
        return "Pesan tidak dapat dikirim ke nomor ini: bacakan nomor dan PIN."
    now = runtime.now()
    second_channel.agree(session, conversation.id, target.id, Agreement.OPERATOR, now)
    complaint = filed.complaint
    secret = complaint.privacy is Privacy.SECRET
    values = {
        "T": complaint.ticket,
        "NAMA": _OFFICE,
        "RINGKAS": "aduan rahasia" if secret else complaint.title[:_SUMMARY_LENGTH].rstrip(". "),
    }
    saying = Saying(
        "lewat_telepon",
        values,
        complaint_id=complaint.id,
        ticket=complaint.ticket,
        secrets={"PIN": filed.pin},
    )
    say(runtime, session, target, saying)
    name = CHANNEL_WORDS[target.channel]
    address = mask_address(record.phone)
    return f"Nomor dan PIN juga dikirim lewat {name} ke {address}."


def _target(runtime: Runtime, session: Session, record: Record) -> Conversation | None:
    """Return the caller's own conversation on the channel that reaches the phone now.

    WhatsApp lets us begin only by template: free words go where the citizen wrote today.
    """
    name = offered_channel(runtime)
    if name is None:
        return None
    sender = dict(caller_addresses(record.phone))[name]
    contact = Contact(name, runtime.channels[name].account, sender)
    if name is ChannelName.SMS:
        found: int | None = reach.open_conversation(session, contact, runtime.now())
    else:
        found = reach.find_conversation(session, contact)
    if found is None:
        return None
    target = session.get_one(Conversation, found)
    return target if judge(runtime, target).state in _OPEN else None
