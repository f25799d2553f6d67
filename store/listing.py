"""The list of cases: what a filter means, how many it finds, their columns for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, select
from sqlalchemy.orm import Session

from channels.message import ChannelName, MediaKind
from store import labels
from store.models.complaint import Complaint, ComplaintStatus, Priority
from store.models.messaging import Attachment, Message

COUNTED_TO = 10_000
RUNNING = (
    ComplaintStatus.RECEIVED,
    ComplaintStatus.DISPOSED,
    ComplaintStatus.IN_PROGRESS,
    ComplaintStatus.PENDING_SCHEDULED,
    ComplaintStatus.PENDING_NOTED,
)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is asked of a case; empty fields ask nothing.

    `since` and `until` bound the arrival (aware, `until` excluded). `late_at` asks that a deadline
    has passed by then. `put_away` is ``archived`` or ``withdrawn``; without it neither is listed.
    """

    statuses: Sequence[ComplaintStatus] = ()
    pd_code: str = ""
    category_code: str = ""
    kecamatan: str = ""
    desa: str = ""
    channel: ChannelName | None = None
    kind: str = ""
    priority: Priority | None = None
    since: datetime | None = None
    until: datetime | None = None
    late_at: datetime | None = None
    with_photo: bool = False
    put_away: str = ""
    label: str = ""


def matching(wanted: CaseFilter) -> ColumnElement[bool]:
    """Return the condition of a filter."""
    equal = {
        Complaint.pd_code: wanted.pd_code,
        Complaint.category_code: wanted.category_code,
        Complaint.kecamatan: wanted.kecamatan,
        Complaint.desa: wanted.desa,
        Complaint.channel: wanted.channel,
        Complaint.kind: wanted.kind,
        Complaint.priority: wanted.priority,
    }
    rules = [column == value for column, value in equal.items() if value]
    if wanted.statuses:
        rules.append(Complaint.status.in_(wanted.statuses))
    if wanted.since:
        rules.append(Complaint.received_at >= wanted.since)
    if wanted.until:
        rules.append(Complaint.received_at < wanted.until)
    if wanted.late_at:
        rules.append(Complaint.due_at < wanted.late_at)
    if wanted.label:
        rules.append(labels.carries(wanted.label))
    if wanted.with_photo:
        rules.append(_has_photo())
    return and_(_put_away(wanted.put_away), *rules)


def count(session: Session, where: ColumnElement[bool]) -> int:
    """Return how many cases there are, `COUNTED_TO` + 1 where there are more than that."""
    found = select(literal(1)).where(where).select_from(Complaint)
    bounded = found.limit(COUNTED_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0


_EXPORTED = (
    Complaint.id,
    Complaint.ticket,
    Complaint.title,
    Complaint.public_text,
    Complaint.public_approved_at,
    Complaint.privacy,
    Complaint.status,
    Complaint.kind,
    Complaint.category_code,
    Complaint.pd_code,
    Complaint.desa,
    Complaint.kecamatan,
    Complaint.channel,
    Complaint.priority,
    Complaint.received_at,
    Complaint.last_activity_at,
    Complaint.resolved_at,
    Complaint.due_at,
)


def export_batch(
    session: Session, where: ColumnElement[bool], after_id: int | None, size: int
) -> Sequence[Any]:
    """Return the next `size` cases, newest number first, without anything that names a person.

    Args:
        session: a transaction for this batch alone.
        where: filter and visibility.
        after_id: the last id of the batch before, None for the first.
        size: how many at most.
    """
    statement = select(*_EXPORTED).where(where)
    if after_id is not None:
        statement = statement.where(Complaint.id < after_id)
    return session.execute(statement.order_by(Complaint.id.desc()).limit(size)).all()


def nearby(
    session: Session, where: ColumnElement[bool], kecamatan: str, since: datetime, limit: int
) -> Iterator[tuple[str, str, Any]]:
    """Give ticket, title and place of the newest cases of a kecamatan that are still active.

    A place is encrypted, so distances are judged by the caller over a bounded number of rows.
    """
    statement = (
        select(Complaint.ticket, Complaint.title, Complaint.place)
        .where(
            where,
            Complaint.kecamatan == kecamatan,
            Complaint.last_activity_at >= since,
            Complaint.archived_at.is_(None),
            Complaint.withdrawn_at.is_(None),
        )
        .order_by(Complaint.last_activity_at.desc(), Complaint.id.desc())
        .limit(limit)
    )
    for row in session.execute(statement):
        yield row.ticket, row.title, row.place


def _put_away(how: str) -> ColumnElement[bool]:
    if how == "archived":
        return Complaint.archived_at.is_not(None)
    if how == "withdrawn":
        return Complaint.withdrawn_at.is_not(None)
    return and_(Complaint.archived_at.is_(None), Complaint.withdrawn_at.is_(None))


def _has_photo() -> ColumnElement[bool]:
    return exists().where(
        Message.complaint_id == Complaint.id,
        Attachment.message_id == Message.id,
        Attachment.kind == MediaKind.IMAGE,
        Attachment.is_identity.is_(False),
    )
