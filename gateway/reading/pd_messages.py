"""What a citizen added to a case, as its perangkat daerah reads it: redacted, nobody named."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import casework_rows, reading
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Message

_HEARD = " · transkrip otomatis, mohon periksa"
_REDACTED = "(isi pesan hanya dibuka Diskominfo)"


@dataclass(frozen=True, slots=True)
class PdMessage:
    """What a citizen added, redacted."""

    id: int
    at: str
    channel: str
    text: str


def pd_messages(
    runtime: Runtime,
    complaint: Complaint,
    messages: Sequence[Message],
    files: Sequence[Attachment],
) -> list[PdMessage]:
    """Return these messages of a citizen; `files` are their attachments."""
    spoken = {item.message_id for item in files if item.transcript}
    return [
        PdMessage(
            message.id,
            full_time(runtime, message.ordered_at),
            CHANNEL_WORDS[complaint.channel] + (_HEARD if message.id in spoken else ""),
            message.redacted_text or (_REDACTED if message.redacted_text is None else ""),
        )
        for message in messages
    ]


def pd_messages_after(
    runtime: Runtime, session: Session, complaint: Complaint, message_id: int
) -> list[PdMessage]:
    """Return what the citizen wrote behind this message; a part's citizen writes to the whole."""
    whole_id = complaint.part_of_id or complaint.id
    messages = reading.citizen_messages(session, whole_id, message_id)
    files = casework_rows.attachments_of(session, [message.id for message in messages])
    return pd_messages(runtime, complaint, messages, files)
