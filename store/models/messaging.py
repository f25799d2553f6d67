"""Tables of what is said: deliveries, conversations, messages, attachments, our accounts.

The parts of outgoing messages are in `store.models.outbox`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from channels.message import ChannelName, ErrorClass, MediaKind
from store.crypto import EncryptedBytes, EncryptedJSON, EncryptedText
from store.db import Base

# Whose platform tells no name with a message, and may tell it when asked: three times at most.
NAMELESS = "sender_name IS NULL AND profile_tries < 3 AND channel IN ('messenger', 'instagram')"


class Direction(StrEnum):
    """Who wrote a message."""

    IN = "in"
    OUT = "out"


class Author(StrEnum):
    """Who speaks in an outgoing message."""

    AUTO = "auto"  # the dialogue
    STAFF = "staff"  # an officer through the inbox
    PAGE_INBOX = "page_inbox"  # a person in the platform's own inbox, seen as an echo


class MediaState(StrEnum):
    """Where an attachment stands."""

    PENDING = "pending"
    STORED = "stored"
    TOO_LARGE = "too_large"
    EXPIRED = "expired"
    REFUSED = "refused"
    FAILED = "failed"
    ERASED = "erased"  # a photo of an identity card that has served


class TranscriptState(StrEnum):
    """Where the transcript of a recording stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class WebhookDelivery(Base):
    """One genuine request, raw, committed whatever the parser does; short retention."""

    __tablename__ = "webhook_delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(32))  # twilio, telegram, meta
    received_at: Mapped[datetime] = mapped_column(index=True)
    request: Mapped[Any] = mapped_column(EncryptedJSON)  # method, url, headers
    body: Mapped[bytes] = mapped_column(EncryptedBytes)
    parse_error: Mapped[str | None] = mapped_column(String(200))
    spool_key: Mapped[str | None] = mapped_column(String(64), unique=True)


class QuarantinedEvent(Base):
    """One event of a genuine request that could not be read; replayable from its delivery."""

    __tablename__ = "quarantined_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[ChannelName]
    path: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    replayed_at: Mapped[datetime | None]


class Conversation(Base):
    """One person on one channel at one of our accounts, endless.

    `sender_key` is the keyed hash of the sender. `last_inbound_at` is the provider's time of the
    citizen's last message, from which the reply window is computed. `draft_opened_at` is set while
    messages are being collected; `dialogue_due_at` is the timer of the dialogue. `held_by` names
    who else has the conversation on the platform until `held_until`; `held_at` is the platform's
    time of the last change. `profile_tries` counts how often the platform was asked for the name.
    Until `blocked_until` the sender is not answered (`SenderBlock`); a sweep empties it.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "account", "sender_key"),
        Index(
            "ix_conversation_due",
            "dialogue_due_at",
            postgresql_where=text("dialogue_due_at IS NOT NULL"),
        ),
        Index(
            "ix_conversation_draft",
            "draft_opened_at",
            "id",
            postgresql_where=text("draft_opened_at IS NOT NULL"),
        ),
        Index(
            "ix_conversation_person",
            "needs_person_at",
            "id",
            postgresql_where=text("needs_person_at IS NOT NULL"),
        ),
        Index(
            "ix_conversation_blocked",
            "blocked_until",
            "id",
            postgresql_where=text("blocked_until IS NOT NULL"),
        ),
        Index("ix_conversation_nameless", "profile_asked_at", postgresql_where=text(NAMELESS)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[ChannelName]
    account: Mapped[str] = mapped_column(String(64))
    sender_key: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str | None] = mapped_column(EncryptedText)
    sender_name: Mapped[str | None] = mapped_column(EncryptedText)
    aliases: Mapped[Any | None] = mapped_column(EncryptedJSON)
    repliable: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime]
    suppressed_reason: Mapped[str | None] = mapped_column(String(64))
    suppressed_at: Mapped[datetime | None]
    draft_opened_at: Mapped[datetime | None]
    draft_summary: Mapped[str | None] = mapped_column(EncryptedText)
    dialogue_due_at: Mapped[datetime | None]
    dialogue_state: Mapped[dict[str, Any] | None]
    needs_person_at: Mapped[datetime | None]
    held_by: Mapped[str | None] = mapped_column(String(16))
    held_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    profile_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    profile_asked_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]


class Message(Base):
    """One message in either direction.

    `text` is the original; earlier texts of an edited message are in `MessageVersion`. `extras`
    holds location, choice, contact, story. Order inside a conversation is (`ordered_at`, `id`):
    the provider's time, or the arrival where there is none. `redacted_text` is what a PD may read.
    `instead_of_id` is the message of another conversation whose words this one carries.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("dedup_scope", "external_id"),
        Index("ix_message_thread", "conversation_id", "ordered_at", "id"),
        Index(
            "ix_message_complaint",
            "complaint_id",
            "ordered_at",
            "id",
            postgresql_where=text("complaint_id IS NOT NULL"),
        ),
        Index(
            "ix_message_unprocessed",
            "conversation_id",
            postgresql_where=text("direction = 'in' AND processed_at IS NULL"),
        ),
        Index(
            "ix_message_instead",
            "instead_of_id",
            postgresql_where=text("instead_of_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    direction: Mapped[Direction]
    dedup_scope: Mapped[str | None] = mapped_column(String(640))
    external_id: Mapped[str | None] = mapped_column(String(512))
    text: Mapped[str | None] = mapped_column(EncryptedText)
    redacted_text: Mapped[str | None] = mapped_column(EncryptedText)
    extras: Mapped[Any | None] = mapped_column(EncryptedJSON)
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    ordered_at: Mapped[datetime]
    group_key: Mapped[str | None] = mapped_column(String(512))
    reply_to: Mapped[str | None] = mapped_column(String(512))
    forwarded: Mapped[bool] = mapped_column(default=False)
    unsupported: Mapped[bool] = mapped_column(default=False)
    blank: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    in_draft: Mapped[bool] = mapped_column(default=False)
    author: Mapped[Author | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    text_key: Mapped[str | None] = mapped_column(String(64))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))


class MessageVersion(Base):
    """A text of an edited message other than its newest, with the instant it was written."""

    __tablename__ = "message_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    text: Mapped[str | None] = mapped_column(EncryptedText)
    written_at: Mapped[datetime]


class ControlRecord(Base):
    """A control event that must act once (buttons, starts, opt-outs, calls)."""

    __tablename__ = "control_record"
    __table_args__ = (UniqueConstraint("dedup_scope", "event_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    dedup_scope: Mapped[str] = mapped_column(String(640))
    event_id: Mapped[str] = mapped_column(String(640))
    value: Mapped[str | None] = mapped_column(EncryptedText)
    occurred_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


class Attachment(Base):
    """One medium of a message, inbound or outbound.

    `original_key` is the content-addressed original, `shared_key` the copy without metadata that
    others may see, `thumbnail_key` its small picture. Identity photos are never shown to a PD;
    `identity_said_by`: ``reader``, ``officer``, nobody yet.
    `transcript` is what a machine heard in a recording ("" nothing); `transcript_state` is empty
    where nobody was asked, `transcript_due_at` when to ask (again).
    """

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("message_id", "ordinal"),
        Index("ix_attachment_due", "next_attempt_at", postgresql_where=text("state = 'pending'")),
        # What a file is still needed for, before it is deleted.
        Index(
            "ix_attachment_original",
            "original_key",
            postgresql_where=text("original_key IS NOT NULL"),
        ),
        Index(
            "ix_attachment_shared", "shared_key", postgresql_where=text("shared_key IS NOT NULL")
        ),
        Index(
            "ix_attachment_thumbnail",
            "thumbnail_key",
            postgresql_where=text("thumbnail_key IS NOT NULL"),
        ),
        Index(
            "ix_attachment_transcript",
            "transcript_due_at",
            postgresql_where=text("transcript_state = 'pending'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    ordinal: Mapped[int]
    kind: Mapped[MediaKind]
    source: Mapped[str | None] = mapped_column(EncryptedText)
    declared_mime: Mapped[str | None] = mapped_column(String(127))
    filename: Mapped[str | None] = mapped_column(EncryptedText)
    state: Mapped[MediaState]
    failure: Mapped[str | None] = mapped_column(String(32))  # why it is not here, for staff
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    mime: Mapped[str | None] = mapped_column(String(127))
    size_bytes: Mapped[int | None]
    original_key: Mapped[str | None] = mapped_column(String(128))
    shared_key: Mapped[str | None] = mapped_column(String(128))
    thumbnail_key: Mapped[str | None] = mapped_column(String(128))
    is_identity: Mapped[bool] = mapped_column(default=False)
    identity_said_by: Mapped[str | None] = mapped_column(String(8))
    transcript: Mapped[str | None] = mapped_column(EncryptedText)
    transcript_state: Mapped[TranscriptState | None]
    transcript_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    transcript_due_at: Mapped[datetime | None]


class ChannelAccount(Base):
    """What we know of one of our accounts: health and pauses."""

    __tablename__ = "channel_account"
    channel: Mapped[ChannelName] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_inbound_at: Mapped[datetime | None]
    last_outbound_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    paused_class: Mapped[ErrorClass | None]
    paused_code: Mapped[str | None] = mapped_column(String(64))
