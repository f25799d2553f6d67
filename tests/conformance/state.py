"""What the database holds, as plain values that expectations can be compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from channels.message import MediaKind
from store.models.complaint import Complaint
from store.models.messaging import (
    Attachment,
    ControlRecord,
    Conversation,
    Direction,
    MediaState,
    Message,
    MessageVersion,
    QuarantinedEvent,
    WebhookDelivery,
)
from store.models.outbox import OutboxPart
from tests.conformance.service import Service

_GONE = {MediaState.TOO_LARGE, MediaState.EXPIRED, MediaState.REFUSED, MediaState.FAILED}


@dataclass(frozen=True)
class State:
    """All rows that a webhook can touch, oldest first; messages in the order of the thread."""

    messages: list[dict[str, Any]]
    outgoing: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    controls: list[dict[str, Any]]
    complaints: list[dict[str, Any]]
    quarantined: int
    deliveries: int
    raw: str

    def effects(self) -> tuple[Any, ...]:
        """What an ignored request must leave as it was."""
        return self.messages, self.outgoing, self.parts, self.contacts

    def totals(self) -> tuple[Any, ...]:
        """What a redelivery must leave as it was."""
        return *self.effects(), self.controls, self.complaints

    def message(self, external_id: str) -> dict[str, Any] | None:
        found = [row for row in self.messages if row["external_id"] == external_id]
        return found[0] if found else None


def read_state(service: Service) -> State:
    with service.runtime.transaction() as session:
        conversations = {row.id: row for row in session.scalars(select(Conversation))}
        attachments: dict[int, list[dict[str, Any]]] = {}
        for row in session.scalars(select(Attachment).order_by(Attachment.ordinal)):
            attachments.setdefault(row.message_id, []).append(_attachment(row))
        versions: dict[int, list[str | None]] = {}
        for version in session.scalars(select(MessageVersion).order_by(MessageVersion.written_at)):
            versions.setdefault(version.message_id, []).append(version.text)
        rows = list(session.scalars(select(Message).order_by(Message.ordered_at, Message.id)))
        views = [
            _message(row, conversations[row.conversation_id])
            | {"attachments": attachments.get(row.id, []), "versions": versions.get(row.id, [])}
            for row in rows
        ]
        deliveries = list(session.scalars(select(WebhookDelivery)))
        return State(
            messages=[view for view in views if view["direction"] is Direction.IN],
            outgoing=[view for view in views if view["direction"] is Direction.OUT],
            parts=[_part(row, conversations) for row in _all(session, OutboxPart)],
            contacts=[_contact(row) for row in conversations.values()],
            controls=[_control(row, conversations) for row in _all(session, ControlRecord)],
            complaints=[_complaint(row, rows, attachments) for row in _all(session, Complaint)],
            quarantined=len(_all(session, QuarantinedEvent)),
            deliveries=len(deliveries),
            raw="\n".join(row.body.decode("utf-8", "replace") for row in deliveries),
        )


def _all(session: Any, table: Any) -> list[Any]:
    return list(session.scalars(select(table).order_by(table.id)))


def _message(row: Message, conversation: Conversation) -> dict[str, Any]:
    extras: Mapping[str, Any] = row.extras or {}
    return {
        "id": row.id,
        "direction": row.direction,
        "channel": conversation.channel.value,
        "sender_id": conversation.sender,
        "external_id": row.external_id,
        "dedup_key": {"scope": row.dedup_scope, "id": row.external_id},
        "text": row.text or None,
        "sent_at": row.sent_at,
        "location": extras.get("location"),
        "group_key": row.group_key,
        "reply_to": row.reply_to,
        "unsupported": row.unsupported,
        "display_name": conversation.sender_name,
        "forwarded": row.forwarded,
        "choice": extras.get("choice"),
        "contact": extras.get("contact"),
        "aliases": conversation.aliases or [],
        "repliable": conversation.repliable,
        "blank": row.blank,
        "text_key": row.text_key,
        "reply_to_story": extras.get("reply_to_story"),
        "call_sid": extras.get("call_id"),
        "sender_withheld": conversation.sender is None,
        "sender_unresolved": conversation.sender is None,
        "public": bool(extras.get("public")),
        "withdrawn": row.withdrawn_at is not None,
        "edited": row.edited_at is not None,
    }


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "source_ref": row.source,
        "mime": row.declared_mime,
        "filename": row.filename,
        "size_bytes": row.size_bytes,
        "size": row.size_bytes,
        "url": row.source if row.kind is MediaKind.LINK else None,
        "fetchable": row.state not in _GONE,
    }


def _part(row: OutboxPart, conversations: Mapping[int, Conversation]) -> dict[str, Any]:
    return {
        "channel": row.channel.value,
        "external_id": row.external_id,
        "to": conversations[row.conversation_id].sender,
        "status": row.status.value,
        "error_code": row.error_code,
        "error_class": row.error_class.value if row.error_class else None,
        "attempts": row.attempts,
    }


def _contact(row: Conversation) -> dict[str, Any]:
    return {
        "channel": row.channel.value,
        "sender_id": row.sender,
        "suppressed": row.suppressed_reason,
    }


def _control(row: ControlRecord, conversations: Mapping[int, Conversation]) -> dict[str, Any]:
    conversation = conversations.get(row.conversation_id) if row.conversation_id else None
    return {
        "type": row.kind,
        "value": row.value,
        "event_id": row.event_id,
        "sender_id": conversation.sender if conversation else None,
    }


def _complaint(
    row: Complaint, messages: list[Message], attachments: Mapping[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    own = [message for message in messages if message.complaint_id == row.id]
    files = [
        file
        for message in own
        if message.direction is Direction.IN
        for file in attachments.get(message.id, [])
    ]
    return {"text": row.original_text, "attachments": files}
