"""What changed since the last look, as names: for streams that tell pages to ask again.

Reads by primary key only. A transaction may become visible after one that took a later number, so
each look goes back a little, and the caller forgets what it has told before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import health, states
from store.models.complaint import Complaint, ComplaintEvent
from store.models.messaging import Direction, Message
from store.models.outbox import OutboxPart
from store.models.teamwork import StaffNotice

# A PD hears nothing of a case about itself.
_OWN_PD = func.nullif(Complaint.pd_code, Complaint.conflict_pd).label("own_pd")
_LOOK_BACK = 200
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Marks:
    """The highest numbers seen so far."""

    event: int
    message: int
    notice: int
    part: int


@dataclass(frozen=True, slots=True)
class News:
    """One row that is new: its table and number, what it belongs to, and whom it is for.

    A part is new with every change of it; its number here is the change's. `pd_code` is the PD
    that has the case now, unless the case is about that PD.
    """

    table: str
    id: int
    complaint_id: int | None = None
    conversation_id: int | None = None
    user_id: int | None = None
    message_id: int | None = None
    pd_code: str | None = None


def marks(session: Session) -> Marks:
    """Return where the tables end now."""
    ends = [
        session.scalar(select(func.max(number))) or 0
        for number in (ComplaintEvent.id, Message.id, StaffNotice.id, OutboxPart.change_id)
    ]
    return Marks(*ends)


def news_after(session: Session, seen: Marks) -> list[News]:
    """Return the rows behind the marks, and some before them."""
    events = (
        select(ComplaintEvent.id, ComplaintEvent.complaint_id, _OWN_PD)
        .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
        .where(ComplaintEvent.id > seen.event - _LOOK_BACK)
    )
    messages = (
        select(Message.id, Message.complaint_id, Message.conversation_id, _OWN_PD)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(Message.id > seen.message - _LOOK_BACK)
    )
    notices = select(StaffNotice.id, StaffNotice.user_id).where(
        StaffNotice.id > seen.notice - _LOOK_BACK
    )
    parts = (
        select(OutboxPart.change_id, OutboxPart.message_id, _OWN_PD)
        .join(Message, Message.id == OutboxPart.message_id)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(OutboxPart.change_id > seen.part - _LOOK_BACK)
    )
    found = [
        News("event", row.id, row.complaint_id, pd_code=row.own_pd)
        for row in session.execute(events.order_by(ComplaintEvent.id).limit(_MOST))
    ]
    found += [
        News("message", row.id, row.complaint_id, row.conversation_id, pd_code=row.own_pd)
        for row in session.execute(messages.order_by(Message.id).limit(_MOST))
    ]
    found += [
        News("notice", row.id, user_id=row.user_id)
        for row in session.execute(notices.order_by(StaffNotice.id).limit(_MOST))
    ]
    found += [
        News("part", row.change_id, message_id=row.message_id, pd_code=row.own_pd)
        for row in session.execute(parts.order_by(OutboxPart.change_id).limit(_MOST))
    ]
    return found


def channels_now(session: Session) -> Any:
    """Return what the line on the channels rests on; it differs where the line may differ."""
    paused = {
        account: (row.paused_until, row.paused_code)
        for account, row in health.accounts(session).items()
    }
    checks = states.starting(session, "check:")
    found = {key: value.get("findings") for key, value in checks.items()}
    return paused, found, states.get(session, "silences")


def advanced(seen: Marks, news: Sequence[News]) -> Marks:
    """Return the marks behind these rows."""
    ends = {"event": seen.event, "message": seen.message, "notice": seen.notice, "part": seen.part}
    for row in news:
        ends[row.table] = max(ends[row.table], row.id)
    return Marks(**ends)


def count_changed(session: Session, pd_code: str, since: object) -> int:
    """Return how many cases of a PD had something happen after `since` (aware)."""
    statement = select(func.count()).where(
        Complaint.pd_code == pd_code, Complaint.last_activity_at > since
    )
    return session.scalar(statement) or 0


def last_event(
    session: Session, complaint_id: int, besides: Collection[str] = ()
) -> ComplaintEvent | None:
    """Return the newest entry of a case's history, `besides` those of these kinds."""
    return session.scalar(
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.kind.not_in(besides))
        .order_by(ComplaintEvent.seq.desc())
        .limit(1)
    )


def messages_after(session: Session, complaint_id: int, message_id: int) -> list[Message]:
    """Return the messages of a case that came behind this one, oldest first."""
    statement = (
        select(Message)
        .where(Message.complaint_id == complaint_id, Message.id > message_id)
        .order_by(Message.ordered_at, Message.id)
        .limit(50)
    )
    return list(session.scalars(statement))


def outgoing(
    session: Session, message_ids: Sequence[int]
) -> list[tuple[Message, Complaint | None]]:
    """Return those of these messages that went out, each with its case."""
    statement = (
        select(Message, Complaint)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(Message.id.in_(message_ids), Message.direction == Direction.OUT)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]
