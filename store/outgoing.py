"""Writing outgoing messages: one message row and one outbox row for each call it will take."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from channels.message import DeliveryStatus, MediaKind
from store.media import StoredMedium
from store.models.messaging import (
    Attachment,
    Author,
    Conversation,
    Direction,
    MediaState,
    Message,
)
from store.models.outbox import OneTimeSecret, OutboxPart, PartKind

_SECRET_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent to one conversation.

    `pieces` are the text cut for the channel. `attachment_ids` name stored attachments, `photos`
    are kept files that become attachments of this message. `secrets`
    are values for placeholders that must never stand in a row for long (``PIN``). `said` is what a
    catalogue text was made of, should another channel need its own wording. `instead_of_id` is the
    message of another conversation whose words this one carries.
    """

    text: str
    pieces: Sequence[str]
    author: Author
    staff_id: int | None = None
    complaint_id: int | None = None
    text_key: str | None = None
    buttons: Sequence[tuple[str, str]] = ()
    location_request: bool = False
    attachment_ids: Sequence[int] = ()
    photos: Sequence[StoredMedium] = ()
    template: Mapping[str, Any] | None = None
    reply_to: str | None = None
    human: bool = False
    priority: int = 1
    not_before: datetime | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, Any] | None = None
    instead_of_id: int | None = None


def queue(session: Session, conversation: Conversation, outgoing: Outgoing, now: datetime) -> int:
    """Write the message and its parts; return the message id.

    A suppressed or unrepliable conversation gets its parts as SUPPRESSED, so that staff see why
    nothing left.
    """
    message = Message(
        conversation_id=conversation.id,
        complaint_id=outgoing.complaint_id,
        direction=Direction.OUT,
        text=outgoing.text,
        received_at=now,
        ordered_at=now,
        processed_at=now,
        author=outgoing.author,
        staff_id=outgoing.staff_id,
        text_key=outgoing.text_key,
        instead_of_id=outgoing.instead_of_id,
    )
    session.add(message)
    session.flush()  # the parts need the message's id
    for name, value in outgoing.secrets.items():
        keep_secret(session, message.id, name, value, now)
    attachment_ids = [*outgoing.attachment_ids, *_attach(session, message.id, outgoing.photos)]
    for ordinal, (kind, payload) in enumerate(_payloads(outgoing, attachment_ids)):
        part = _part(conversation, message.id, outgoing, now)
        part.ordinal, part.kind, part.payload = ordinal, kind, payload
        session.add(part)
    conversation.last_activity_at = now
    return message.id


def say_by_template(
    session: Session, message_id: int, template: Mapping[str, Any], text: str, now: datetime
) -> None:
    """Let a template say what a parked message would say, in its place; it is due at once."""
    session.get_one(Message, message_id).text = text
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.message_id == message_id, OutboxPart.status == DeliveryStatus.PARKED)
        .values(
            kind=PartKind.TEMPLATE,
            payload={"template": dict(template), "text": text},
            status=DeliveryStatus.QUEUED,
            status_at=now,
            next_attempt_at=now,
            error_class=None,
            error_code=None,
        )
    )


def keep_secret(session: Session, message_id: int, name: str, value: str, now: datetime) -> None:
    """Keep the value of a placeholder until the part that carries it is sent (decision 3)."""
    secret = OneTimeSecret(
        message_id=message_id, name=name, value=value, expires_at=now + _SECRET_LIFE
    )
    session.add(secret)


def _attach(session: Session, message_id: int, photos: Sequence[StoredMedium]) -> list[int]:
    """Give the message its photos; return their ids in order."""
    rows = [
        Attachment(
            message_id=message_id,
            ordinal=ordinal,
            kind=MediaKind.IMAGE,
            state=MediaState.STORED,
            **asdict(photo),
        )
        for ordinal, photo in enumerate(photos)
    ]
    session.add_all(rows)
    session.flush()  # the parts name them by their ids
    return [row.id for row in rows]


def _payloads(
    outgoing: Outgoing, attachment_ids: Sequence[int]
) -> list[tuple[PartKind, dict[str, Any]]]:
    if outgoing.template is not None:
        return [(PartKind.TEMPLATE, {"template": dict(outgoing.template), "text": outgoing.text})]
    payloads: list[tuple[PartKind, dict[str, Any]]] = [
        (PartKind.TEXT, {"text": piece}) for piece in outgoing.pieces
    ]
    if payloads:
        last = payloads[-1][1]
        last["buttons"] = [list(button) for button in outgoing.buttons]
        last["location_request"] = outgoing.location_request
        payloads[0][1]["reply_to"] = outgoing.reply_to
        if outgoing.said is not None:
            payloads[0][1]["said"] = dict(outgoing.said)
    payloads += [
        (PartKind.MEDIA, {"attachment_id": attachment_id}) for attachment_id in attachment_ids
    ]
    return payloads


def _part(
    conversation: Conversation, message_id: int, outgoing: Outgoing, now: datetime
) -> OutboxPart:
    unreachable = bool(conversation.suppressed_reason) or not conversation.repliable
    return OutboxPart(
        message_id=message_id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        account=conversation.account,
        reference=uuid.uuid4(),
        human=outgoing.human,
        priority=outgoing.priority,
        status=DeliveryStatus.SUPPRESSED if unreachable else DeliveryStatus.QUEUED,
        error_code=conversation.suppressed_reason or ("not_repliable" if unreachable else None),
        next_attempt_at=outgoing.not_before or now,
        status_at=now,
    )


def queue_again(session: Session, part_ids: Sequence[int], now: datetime) -> None:
    """Put parts that the platform had taken back into the queue.

    Each gets another reference, so that what is said of the lost call moves them no more.
    """
    session.execute(
        update(OutboxPart)
        .where(OutboxPart.id.in_(part_ids))
        .values(
            status=DeliveryStatus.QUEUED,
            status_at=now,
            next_attempt_at=now,
            external_id=None,
            sent_at=None,
            reference=func.gen_random_uuid(),
        )
        .execution_options(synchronize_session=False)
    )
