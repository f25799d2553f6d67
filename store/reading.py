"""Queries behind one case page: thread, parts, attachments, history, neighbours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, text, tuple_
from sqlalchemy.orm import Session

from store.models.complaint import (
    ANSWERED,
    Clock,
    Complaint,
    ComplaintEvent,
    CorrectedAnswer,
    Privacy,
)
from store.models.messaging import Attachment, ControlRecord, Conversation, Direction, Message
from store.models.outbox import OutboxPart
from store.models.staff import PerangkatDaerah

THREAD_LENGTH = 50


def thread(
    session: Session,
    conversation_id: int,
    complaint_id: int | None = None,
    before: tuple[datetime, int] | None = None,
) -> list[Message]:
    """Return up to `THREAD_LENGTH` messages, oldest first.

    Args:
        session: the caller's transaction.
        conversation_id: whose messages, where `complaint_id` is None.
        complaint_id: those of this complaint, from whichever channel they came.
        before: only those older than this (`ordered_at`, `id`).
    """
    whose = (
        Message.conversation_id == conversation_id
        if complaint_id is None
        else Message.complaint_id == complaint_id
    )
    statement = select(Message).where(whose)
    if before is not None:
        statement = statement.where(tuple_(Message.ordered_at, Message.id) < tuple_(*before))
    newest_first = statement.order_by(Message.ordered_at.desc(), Message.id.desc())
    return list(session.scalars(newest_first.limit(THREAD_LENGTH)))[::-1]


def came_by(session: Session, conversation_id: int) -> str:
    """Return the word of the newest link or poster through which a citizen came; often empty."""
    statement = (
        select(ControlRecord.value)
        .where(ControlRecord.conversation_id == conversation_id, ControlRecord.kind == "start")
        .order_by(ControlRecord.id.desc())
        .limit(5)
    )
    return next((value for value in session.scalars(statement) if value), "")


def citizen_messages(session: Session, complaint_id: int, after_id: int = 0) -> list[Message]:
    """Return what the citizen wrote for this complaint, oldest first; only behind one message."""
    statement = (
        select(Message)
        .where(
            Message.complaint_id == complaint_id,
            Message.direction == Direction.IN,
            Message.withdrawn_at.is_(None),
            Message.id > after_id,
        )
        .order_by(Message.ordered_at, Message.id)
        .limit(THREAD_LENGTH * 4)
    )
    return list(session.scalars(statement))


def parts_of(session: Session, message_ids: Sequence[int]) -> dict[int, list[OutboxPart]]:
    """Return the outgoing parts of each message in their order."""
    statement = (
        select(OutboxPart)
        .where(OutboxPart.message_id.in_(message_ids))
        .order_by(OutboxPart.message_id, OutboxPart.ordinal)
    )
    found: dict[int, list[OutboxPart]] = {}
    for part in session.scalars(statement):
        found.setdefault(part.message_id, []).append(part)
    return found


def tickets(session: Session, complaint_ids: Sequence[int]) -> dict[int, str]:
    """Return the numbers of complaints by id."""
    statement = select(Complaint.id, Complaint.ticket).where(Complaint.id.in_(set(complaint_ids)))
    return {row.id: row.ticket for row in session.execute(statement)}


def conversation_with(session: Session, conversation_id: int) -> Conversation | None:
    """Return one conversation."""
    return session.get(Conversation, conversation_id)


def anything_came(session: Session) -> bool:
    """Whether anybody has ever written."""
    return bool(session.scalar(select(select(Conversation.id).exists())))


def complaints_of(session: Session, conversation_id: int) -> list[Complaint]:
    """Return the complaints filed from a conversation, newest first."""
    statement = (
        select(Complaint)
        .where(Complaint.conversation_id == conversation_id)
        .order_by(Complaint.id.desc())
        .limit(20)
    )
    return list(session.scalars(statement))


def of_same_reporter(
    session: Session, complaint: Complaint, within: ColumnElement[bool]
) -> list[Row[Any]]:
    """Return ticket and title of other complaints with the same NIK or conversation.

    Newest first, and only those that `within` (who may see what) leaves.
    """
    if complaint.conversation_id is None and complaint.nik_key is None:
        return []  # a part of a split case: it has no reporter of its own
    same = or_(
        and_(Complaint.conversation_id.is_not(None),
             Complaint.conversation_id == complaint.conversation_id),
        and_(Complaint.nik_key.is_not(None), Complaint.nik_key == complaint.nik_key),
    )  # fmt: skip
    statement = (
        select(Complaint.ticket, Complaint.title)
        .where(same, within, Complaint.id != complaint.id)
        .order_by(Complaint.id.desc())
        .limit(10)
    )
    return list(session.execute(statement))


def history(session: Session, complaint_id: int, *, public: bool = False) -> list[ComplaintEvent]:
    """Return the history, oldest first; only its public entries if asked."""
    statement = select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id)
    if public:
        statement = statement.where(ComplaintEvent.public)
    return list(session.scalars(statement.order_by(ComplaintEvent.seq)))


def clocks_of(session: Session, complaint_id: int) -> list[Clock]:
    """Return the newest clock of each kind, K1 first."""
    statement = select(Clock).where(Clock.complaint_id == complaint_id).order_by(Clock.id)
    newest = {clock.kind: clock for clock in session.scalars(statement)}
    return [newest[kind] for kind in sorted(newest)]


def attachment_with_place(
    session: Session, attachment_id: int
) -> tuple[Attachment, Message, Complaint | None] | None:
    """Return an attachment with its message and complaint, or None."""
    statement = (
        select(Attachment, Message, Complaint)
        .join(Message, Message.id == Attachment.message_id)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(Attachment.id == attachment_id)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def answered_like(
    session: Session, complaint: Complaint, limit: int
) -> list[tuple[Complaint, CorrectedAnswer]]:
    """Return what the same PD last answered in the same category, the newest first.

    Nothing secret, and nothing whose public text nobody looked at. The final answer of each.
    """
    statement = (
        select(Complaint, CorrectedAnswer)
        .join(CorrectedAnswer, CorrectedAnswer.complaint_id == Complaint.id)
        .where(
            text(ANSWERED),
            Complaint.pd_code == complaint.pd_code,
            Complaint.category_code == complaint.category_code,
            Complaint.id != complaint.id,
            Complaint.privacy != Privacy.SECRET,
            Complaint.public_approved_at.is_not(None),
            CorrectedAnswer.final,
            CorrectedAnswer.sent_at.is_not(None),
        )
        .order_by(Complaint.resolved_at.desc(), CorrectedAnswer.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def pd_names(session: Session) -> dict[str, str]:
    """Return the names of all perangkat daerah by code."""
    return {row.code: row.name for row in session.scalars(select(PerangkatDaerah))}
