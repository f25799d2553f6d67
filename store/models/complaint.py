"""Tables of casework: complaints, their history, disposisi, drafts, answers, notes, clocks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Computed, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from channels.message import ChannelName
from store.crypto import EncryptedJSON, EncryptedText
from store.db import Base


class ComplaintStatus(StrEnum):
    """The seven statuses of SiPendekar (decisions 17 and 21)."""

    RECEIVED = "received"  # Masuk (Tertutup)
    DISPOSED = "disposed"  # Disposisi (Terbuka)
    IN_PROGRESS = "in_progress"  # Penanganan (Terbuka)
    PENDING_SCHEDULED = "pending_scheduled"  # Pending - Perwaktu (Terbuka)
    PENDING_NOTED = "pending_noted"  # Pending - Catatan (Tertutup)
    NOT_COMPETENT = "not_competent"  # Bukan Kewenangan (Terbuka)
    RESOLVED = "resolved"  # Selesai (Terbuka)


class Privacy(StrEnum):
    """Who may see what of a complaint."""

    ANONYMOUS = "anonymous"  # the public does not see who
    SECRET = "secret"  # the public does not see the report
    NAMED = "named"


class Priority(StrEnum):
    """How soon a person must look."""

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


# What indexes of the cases in work cover; a query names the same conditions to use them.
ANSWERED = "status = 'resolved'"
OPEN_CASE = (
    "status NOT IN ('resolved', 'not_competent') AND archived_at IS NULL AND withdrawn_at IS NULL"
)


LISTED = (
    "kecamatan",
    "category_code",
    "pd_code",
    "conflict_pd",
    "channel",
    "status",
    "kind",
    "priority",
    "privacy",
    "received_at",
    "due_at",
    "part_of_id",
)
NEVER = "9999-01-01 00:00:00+00"  # sorts after every deadline


class TicketCounter(Base):
    """The running number of each year; its row lock makes numbers unique."""

    __tablename__ = "ticket_counter"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class Complaint(Base):
    """One complaint record, in the style of BESADU.

    `original_text`, `nik`, `reporter_name`, `chronology` and `place` are encrypted; `title` and
    `public_text` are the redacted text that a PD and, once approved, the public may read.
    `version` guards against two people changing the same record.

    Three instants say in which queue the case waits: `returned_at` (the PD sent it back),
    `draft_submitted_at` (Diskominfo must correct), `draft_returned_at` (the PD must write again).
    A reopened case has the `verdict` "belum". `status_details` holds the words that belong to the
    present status: ``reason``, ``body`` and ``contact`` of the competent body.

    What an officer wrote down has a `source` (``phone``, ``walk_in``, ``letter``, ``social``,
    ``other``); a post's link stands in `origin`. `dispute` is set when the one it was written down
    for says that it is ``wrong`` or ``not_me``. `to_hand_over_at` is set while an answer waits for
    a person to tell it, because no channel carries it.

    `due_at` is the nearest deadline that runs and is not paused (K6, the citizen's, left out), or
    `NEVER`. A trigger on the clocks keeps it; nothing here writes it.

    A grouped case follows another one, `leading_id`: it stays as it is in Masuk, and its reporter
    hears what the leading case's reporter hears. A part (bagian) of a split case is a row of its
    own for one more PD, `part_of_id`: it has no reporter and no PIN, and the public never sees it.
    `conflict_pd` is the PD that the case is about: it goes to the inspectorate, never to that PD.
    `return_asked_at` is set while a PD asks, after its working day, to give the case back.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_waiting", "status", "received_at", "id"),
        Index("ix_complaint_status", "status", text("last_activity_at DESC"), text("id DESC")),
        Index(
            "ix_complaint_pd", "pd_code", "status", text("last_activity_at DESC"), text("id DESC")
        ),
        Index("ix_complaint_recent", text("last_activity_at DESC"), text("id DESC")),
        Index("ix_complaint_due", "due_at", "id"),
        Index(
            "ix_complaint_kecamatan", "kecamatan", text("last_activity_at DESC"), text("id DESC")
        ),
        # All that the list filters by, so that counting reads no row.
        Index(
            "ix_complaint_listed",
            "desa",
            postgresql_include=LISTED,
            postgresql_where=text("archived_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_complaint_conversation", "conversation_id", text("id DESC")),
        Index("ix_complaint_nik", "nik_key", postgresql_where=text("nik_key IS NOT NULL")),
        Index("ix_complaint_search", "search", postgresql_using="gin"),
        Index("ix_complaint_reopened", "id", postgresql_where=text("verdict = 'belum'")),
        Index("ix_complaint_disputed", "id", postgresql_where=text("dispute IS NOT NULL")),
        Index(
            "ix_complaint_one_opinion",
            "id",
            postgresql_where=text(
                "suggested_by IS NULL AND status = 'received' AND archived_at IS NULL"
            ),
        ),
        Index(
            "ix_complaint_to_hand_over",
            "to_hand_over_at",
            postgresql_where=text("to_hand_over_at IS NOT NULL"),
        ),
        Index(
            "ix_complaint_followers", "leading_id", postgresql_where=text("leading_id IS NOT NULL")
        ),
        Index("ix_complaint_parts", "part_of_id", postgresql_where=text("part_of_id IS NOT NULL")),
        Index(
            "ix_complaint_alike", "category_code", "desa", text("received_at DESC"),
            postgresql_where=text(OPEN_CASE),
        ),
        Index(
            "ix_complaint_alike_place", "desa", text("received_at DESC"),
            postgresql_where=text(OPEN_CASE),
        ),
        Index("ix_complaint_open", "status", postgresql_where=text(OPEN_CASE)),
        Index(
            "ix_complaint_answered", "pd_code", "category_code", text("resolved_at DESC"),
            postgresql_where=text(ANSWERED),
        ),
        Index(
            "ix_complaint_unread", "id", postgresql_where=text("citizen_wrote_at IS NOT NULL")
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[str] = mapped_column(String(16), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(255))
    status: Mapped[ComplaintStatus]
    status_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    privacy: Mapped[Privacy]
    priority: Mapped[Priority] = mapped_column(default=Priority.NORMAL)
    emergency: Mapped[bool] = mapped_column(default=False)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    pd_code: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[ChannelName]
    nik: Mapped[str | None] = mapped_column(EncryptedText)
    nik_key: Mapped[str | None] = mapped_column(String(64))
    nik_problem: Mapped[str | None] = mapped_column(String(32))
    reporter_name: Mapped[str | None] = mapped_column(EncryptedText)
    original_text: Mapped[str] = mapped_column(EncryptedText)
    chronology: Mapped[Any | None] = mapped_column(EncryptedJSON)
    place: Mapped[Any | None] = mapped_column(EncryptedJSON)
    desa: Mapped[str | None] = mapped_column(String(100))
    kecamatan: Mapped[str | None] = mapped_column(String(100))
    event_at: Mapped[datetime | None]
    event_precision: Mapped[str | None] = mapped_column(String(16))
    event_text: Mapped[str | None] = mapped_column(EncryptedText)
    title: Mapped[str] = mapped_column(String(200))
    public_text: Mapped[str] = mapped_column(Text)
    public_approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    archived_reason: Mapped[str | None] = mapped_column(String(64))
    news_stopped_at: Mapped[datetime | None]
    suggestions: Mapped[list[Any] | None]
    suggested_by: Mapped[str | None] = mapped_column(String(32))  # the model; None: not asked yet
    received_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    citizen_wrote_at: Mapped[datetime | None]  # since the last look of staff
    resolved_at: Mapped[datetime | None]
    resume_on: Mapped[date | None]
    rating: Mapped[int | None]
    verdict: Mapped[str | None] = mapped_column(String(16))
    returned_at: Mapped[datetime | None]
    draft_submitted_at: Mapped[datetime | None]
    draft_returned_at: Mapped[datetime | None]
    status_details: Mapped[Any | None] = mapped_column(EncryptedJSON)
    source: Mapped[str | None] = mapped_column(String(16))
    origin: Mapped[Any | None] = mapped_column(EncryptedJSON)
    dispute: Mapped[str | None] = mapped_column(String(16))
    to_hand_over_at: Mapped[datetime | None]
    leading_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    conflict_pd: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    return_asked_at: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=text(f"'{NEVER}'"))
    version: Mapped[int] = mapped_column(default=1)
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('indonesian', ticket || ' ' || title || ' ' || public_text"
            " || ' ' || coalesce(desa, '') || ' ' || coalesce(kecamatan, ''))",
            persisted=True,
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as is)


class ComplaintEvent(Base):
    """One entry of the history: append-only, hash-chained per complaint (decision 4).

    The chain runs over salted digests; `data` holds codes and ids only, never personal values.
    """

    __tablename__ = "complaint_event"
    __table_args__ = (UniqueConstraint("complaint_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    at: Mapped[datetime]
    public: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))


class Disposisi(Base):
    """The instruction that routes a complaint to one responsible PD.

    `noticed_at` is when its officers' notices were written.
    """

    __tablename__ = "disposisi"
    __table_args__ = (
        Index("ix_disposisi_complaint", "complaint_id", "id"),
        Index("ix_disposisi_unnoticed", "id", postgresql_where=text("noticed_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    pd_code: Mapped[str] = mapped_column(ForeignKey("perangkat_daerah.code"))
    note: Mapped[str | None] = mapped_column(EncryptedText)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    plan: Mapped[str | None] = mapped_column(Text)
    expected_on: Mapped[date | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(String(64))
    return_note: Mapped[str | None] = mapped_column(EncryptedText)
    suggested_pd: Mapped[str | None] = mapped_column(ForeignKey("perangkat_daerah.code"))
    noticed_at: Mapped[datetime | None]


class DraftAnswer(Base):
    """Draf jawaban of a PD. A returned one stays; the next round is a new row.

    `return_noticed_at` is when its officers' notices of the return were written.
    """

    __tablename__ = "draft_answer"
    __table_args__ = (
        Index("ix_draft_complaint", "complaint_id", "id"),
        Index(
            "ix_draft_returned",
            "id",
            postgresql_where=text("returned_at IS NOT NULL AND return_noticed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    disposisi_id: Mapped[int] = mapped_column(ForeignKey("disposisi.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    round: Mapped[int]
    body: Mapped[str] = mapped_column(EncryptedText)
    proposal: Mapped[str] = mapped_column(String(32), default="in_progress")  # status proposed
    proposed_on: Mapped[date | None]  # review date of a proposed Pending - Catatan
    fields: Mapped[Any | None] = mapped_column(EncryptedJSON)  # the form's fields behind `body`
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(String(64))
    return_note: Mapped[str | None] = mapped_column(EncryptedText)
    return_noticed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as is)


class CorrectedAnswer(Base):
    """Jawaban terkoreksi of Diskominfo: the only text that can be sent."""

    __tablename__ = "corrected_answer"
    __table_args__ = (Index("ix_corrected_complaint", "complaint_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft_answer.id"), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    body: Mapped[str] = mapped_column(EncryptedText)
    final: Mapped[bool]
    no_photo: Mapped[str | None] = mapped_column(EncryptedText)  # why no photo shows the work
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it as is)


class Note(Base):
    """An internal note. Another table than messages, so that no code path can send one."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_complaint", "complaint_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    body: Mapped[str] = mapped_column(EncryptedText)
    for_pd: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Clock(Base):
    """One running or stopped deadline. `explanation` lists the days counted and skipped.

    `alarm` is what happens next because time passes, at `alarm_at`: ``near`` (three quarters are
    over), then ``late``; None after it. A pause ends by itself at `paused_until`.
    """

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_complaint", "complaint_id", "id"),
        Index("ix_clock_due", "due_at", "id", postgresql_where=text("stopped_at IS NULL")),
        Index(
            "ix_clock_alarm",
            "alarm_at",
            postgresql_where=text(
                "alarm_at IS NOT NULL AND stopped_at IS NULL AND paused_at IS NULL"
            ),
        ),
        Index("ix_clock_paused", "paused_until", postgresql_where=text("paused_until IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    kind: Mapped[str] = mapped_column(String(8))  # K1 to K6
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    alarm: Mapped[str | None] = mapped_column(String(8))
    alarm_at: Mapped[datetime | None]
    explanation: Mapped[Any | None] = mapped_column(JSONB)
