"""Catat aduan: an officer writes down what somebody said on the telephone, at the counter, online.

The form is kept while it is filled in; saving it makes one complaint, however often it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from channels.message import ChannelName, MediaKind
from gateway.cases.casefile import citizen_of, told_by_a_person
from gateway.cases.recording_form import SOCIAL, Record, read_record
from gateway.dialogue.filing import Filed, enter, new_pin
from gateway.errors import NotFoundError
from gateway.recording.recording_check import Checked, check
from gateway.recording.recording_notice import inform, offered_channel
from gateway.recording.recording_reading import Said, read_said, spoken_fields
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import reach, recordings
from store.complaints import append_event
from store.media import OFFICER, StoredMedium
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Attachment, Conversation, Direction, MediaState, Message
from store.models.recording import RecordingDraft
from store.reach import Contact

_ACCOUNT = "petugas"
# A scanned card may come as a PDF.
_PICTURES = frozenset({MediaKind.IMAGE, MediaKind.DOCUMENT})
_PIN_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Receipt:
    """What the officer reads aloud. `pin` is None when it was shown before: never twice."""

    ticket: str
    pin: str | None
    told: str
    renewable: bool = False


def findings(runtime: Runtime, staff: Staff, fields: Mapping[str, str]) -> Checked:
    """Return what the normalizer reads in a form so far."""
    staff.require(Permission.RECORD_CASES)
    with runtime.transaction() as session:
        return check(runtime, session, fields)


def sms_is_offered(runtime: Runtime) -> bool:
    """Whether number and PIN can be sent to a caller's phone at all."""
    return offered_channel(runtime) is not None


def save(runtime: Runtime, staff: Staff, key: str) -> Receipt:
    """Make one complaint of a kept form; again and at once, it stays one.

    Raises:
        NotFoundError: nothing was kept under this key.
        InvalidInputError: what must be put right; the form stays kept.
    """
    staff.require(Permission.RECORD_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        row = recordings.draft_of(session, staff.id, key, lock=True)
        known = recordings.filed_from(session, staff.id, key)
        if known is not None:
            recordings.drop(session, staff.id, key)
            return _shown_before(runtime, session, known)
        if row is None:
            raise NotFoundError("draft")
        record = read_record(row.form, row.fields, now, runtime.profile.timezone)
        filed, conversation = _file(runtime, session, staff, row, record)
        told = inform(runtime, session, conversation, filed, record)
        recordings.drop(session, staff.id, key)
        receipt = Receipt(filed.complaint.ticket, filed.pin, told)
    runtime.wake("outbox")
    return receipt


def renew_pin(runtime: Runtime, staff: Staff, key: str) -> Receipt:
    """Make another PIN for a complaint of one's own form whose PIN was not heard.

    Only within an hour, and only where no message carries the first one.

    Raises:
        NotFoundError: no such complaint, or that time is over.
    """
    staff.require(Permission.RECORD_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = recordings.filed_from(session, staff.id, key)
        if complaint is None or not _renewable(runtime, session, complaint):
            raise NotFoundError("pin")
        pin = new_pin(runtime, complaint)
        append_event(session, complaint, "pin_renewed", at=now, actor_id=staff.id)
        return Receipt(complaint.ticket, pin, "PIN yang lama tidak berlaku lagi.")


def _file(
    runtime: Runtime, session: Session, staff: Staff, row: RecordingDraft, record: Record
) -> tuple[Filed, Conversation]:
    now = runtime.now()
    conversation = _conversation(runtime, session, staff, row.key, record)
    messages = _messages(runtime, session, conversation, record)
    messages[0].dedup_scope = recordings.scope_of(staff.id)
    messages[0].external_id = row.key
    _attach(session, messages[0], row.files, identity=record.identity_files)
    asked = spoken_fields(record)
    said = [
        Said(str(message.id), message.text or "", key)
        for message, (_, key) in zip(messages, asked, strict=True)
    ]
    read = read_said(runtime, record, said, now)
    filed = enter(runtime, session, conversation, read, messages)
    complaint = filed.complaint
    complaint.source, complaint.channel = record.source, record.channel
    complaint.event_text = complaint.event_text or record.event or None
    if record.source == SOCIAL:
        posted = record.posted_at.isoformat() if record.posted_at else None
        complaint.origin = {"link": record.link, "posted_at": posted}
    facts = {"source": record.source}
    append_event(session, complaint, "recorded", at=now, actor_id=staff.id, data=facts)
    return filed, conversation


def _conversation(
    runtime: Runtime, session: Session, staff: Staff, key: str, record: Record
) -> Conversation:
    """Open the conversation of this record: nobody can be answered in it."""
    now = runtime.now()
    name = f"{recordings.scope_of(staff.id)}:{key}"
    contact = Contact(ChannelName.OPERATOR, _ACCOUNT, name, record.name or None)
    conversation = session.get_one(Conversation, reach.open_conversation(session, contact, now))
    conversation.sender = record.phone or None
    conversation.repliable = False
    conversation.last_inbound_at = now
    return conversation


def _messages(
    runtime: Runtime, session: Session, conversation: Conversation, record: Record
) -> list[Message]:
    now = runtime.now()
    messages = [
        Message(
            conversation_id=conversation.id,
            direction=Direction.IN,
            text=text,
            received_at=now,
            ordered_at=now,
        )
        for text, _ in spoken_fields(record)
    ]
    session.add_all(messages)
    session.flush()  # what is hidden in them is named by their ids
    return messages


def _attach(
    session: Session, message: Message, files: Sequence[Mapping[str, Any]], *, identity: bool
) -> None:
    for ordinal, file in enumerate(files):
        kind = _kind_of(str(file["mime"]))
        columns = {name: file[name] for name in StoredMedium.__dataclass_fields__}
        session.add(
            Attachment(
                message_id=message.id,
                ordinal=ordinal,
                kind=kind,
                is_identity=identity and kind in _PICTURES,
                identity_said_by=OFFICER if identity and kind in _PICTURES else None,
                filename=file["filename"],
                state=MediaState.STORED,
                **columns,
            )
        )


def _kind_of(mime: str) -> MediaKind:
    kinds = {"image": MediaKind.IMAGE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
    return kinds.get(mime.partition("/")[0], MediaKind.DOCUMENT)


def _shown_before(runtime: Runtime, session: Session, complaint: Complaint) -> Receipt:
    words = "Aduan ini sudah tersimpan. PIN hanya ditampilkan satu kali."
    return Receipt(complaint.ticket, None, words, _renewable(runtime, session, complaint))


def _renewable(runtime: Runtime, session: Session, complaint: Complaint) -> bool:
    young = runtime.now() - complaint.received_at <= _PIN_AGAIN
    if not young or complaint.status is not ComplaintStatus.RECEIVED:
        return False
    return told_by_a_person(citizen_of(session, complaint))
