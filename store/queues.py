"""The queues of the inbox: which cases stand in each, how many, and one page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, text, tuple_
from sqlalchemy.orm import Session, defer

from channels.message import DeliveryStatus
from store.models.complaint import (
    OPEN_CASE,
    Clock,
    Complaint,
    ComplaintStatus,
    Disposisi,
    DraftAnswer,
    Priority,
)
from store.models.messaging import Attachment, Conversation, Direction, Message
from store.models.outbox import OutboxPart

_S = ComplaintStatus
PAGE_SIZE = 25
_SOON = timedelta(days=1)
OFFICE_CLOCKS = ("K1", "K2", "K3", "K4", "K5")
PD_CLOCKS = ("K2", "K3", "K5")  # the others run for Diskominfo or for the citizen
_WORKING = (_S.DISPOSED, _S.IN_PROGRESS, _S.PENDING_SCHEDULED, _S.PENDING_NOTED)
_TROUBLE = (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN, DeliveryStatus.SUPPRESSED)
OLDEST_FIRST = frozenset(
    {"verifikasi", "mendesak", "dikembalikan", "koreksi", "baru", "draf", "sampaikan"}
)


# Lists never open what names a person; touching such a column there is an error.
WITHOUT_IDENTITY = tuple(
    defer(getattr(Complaint, name), raiseload=True)
    for name in ("nik", "reporter_name", "original_text", "chronology", "place", "event_text")
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the sorted instant and the id of the row next to it."""

    at: datetime
    row_id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases; the cursors are None where the list ends."""

    cases: Sequence[Complaint]
    earlier: Cursor | None
    later: Cursor | None


def inbox_conditions(now: datetime) -> Mapping[str, ColumnElement[bool]]:
    """Return what puts a case into each queue of Diskominfo."""
    live = and_(Complaint.archived_at.is_(None), Complaint.withdrawn_at.is_(None))
    received = and_(live, Complaint.status == _S.RECEIVED, Complaint.leading_id.is_(None))
    whole = Complaint.part_of_id.is_(None)
    urgent = or_(Complaint.emergency, Complaint.priority == Priority.URGENT)
    returned = Complaint.returned_at.is_not(None)
    return {
        "mendesak": and_(received, urgent),
        "verifikasi": and_(received, not_(urgent), not_(returned)),
        "dikembalikan": or_(
            and_(received, not_(urgent), returned),
            and_(live, Complaint.return_asked_at.is_not(None)),
        ),
        "koreksi": and_(live, Complaint.draft_submitted_at.is_not(None)),
        "balasan": and_(
            live,
            Complaint.citizen_wrote_at.is_not(None),
            Complaint.status != _S.RECEIVED,
            whole,
        ),
        "periksa": and_(live, Complaint.dispute.is_not(None)),
        "sampaikan": and_(live, Complaint.to_hand_over_at.is_not(None)),
        "dibuka": and_(
            live,
            Complaint.status == _S.IN_PROGRESS,
            Complaint.verdict == "belum",
            Complaint.draft_submitted_at.is_(None),
        ),
        # A case knows its nearest deadline: `due_at` follows its clocks.
        "lewat": and_(live, Complaint.due_at <= now),
        "tempo": and_(live, Complaint.due_at > now, Complaint.due_at <= now + _SOON),
        "penanganan": and_(live, whole, Complaint.status.in_(_WORKING)),
        "selesai": and_(live, whole, Complaint.status == _S.RESOLVED),
        "bukan-kewenangan": and_(live, Complaint.status == _S.NOT_COMPETENT),
        "bukan-aduan": and_(Complaint.archived_at.is_not(None), whole),
        "dicabut": Complaint.withdrawn_at.is_not(None),
    }


def pd_conditions(now: datetime) -> Mapping[str, ColumnElement[bool]]:
    """Return what puts a case into each queue of its PD; the PD itself is a condition apart."""
    live = and_(Complaint.archived_at.is_(None), Complaint.withdrawn_at.is_(None))
    working = and_(live, Complaint.status.in_(_WORKING))
    drafting = and_(
        live, Complaint.status == _S.IN_PROGRESS, Complaint.draft_submitted_at.is_(None)
    )
    returned = Complaint.draft_returned_at.is_not(None)
    return {
        "semua": working,
        "baru": and_(live, Complaint.status == _S.DISPOSED),
        "draf": and_(drafting, not_(returned)),
        "dikembalikan": and_(drafting, returned),
        "balasan": and_(working, Complaint.citizen_wrote_at.is_not(None)),
        "dikerjakan": and_(working, Complaint.status != _S.DISPOSED),
        "tempo": and_(working, Complaint.due_at <= now + _SOON),
        "selesai": and_(live, Complaint.status.in_((_S.RESOLVED, _S.NOT_COMPETENT))),
    }


def counts(
    session: Session, conditions: Mapping[str, ColumnElement[bool]], within: ColumnElement[bool]
) -> dict[str, int]:
    """Return how many cases stand in each queue, in one query."""
    columns = [
        func.count().filter(condition).label(f"q{place}")
        for place, condition in enumerate(conditions.values())
    ]
    row = session.execute(select(*columns).where(within)).one()
    return dict(zip(conditions, row, strict=True))


def inbox_counts(
    session: Session, conditions: Mapping[str, ColumnElement[bool]], codes: Sequence[str]
) -> dict[str, int]:
    """Return how many cases stand in these queues, how many talks wait, how many parts failed.

    One query, which reads the cases in work alone: those of the archive are many, and counted only
    when their own queue is opened (`count_of`).
    """
    columns = [func.count().filter(conditions[code]).label(f"q{code}") for code in codes]
    talks = select(func.count()).select_from(_conversations().subquery()).scalar_subquery()
    parts = select(func.count()).select_from(OutboxPart).where(_in_trouble()).scalar_subquery()
    row = session.execute(select(*columns, talks, parts).where(_in_work())).one()
    return dict(zip((*codes, "percakapan", "gagal"), row, strict=True))


def count_of(session: Session, where: ColumnElement[bool]) -> int:
    """Return how many cases stand in one queue."""
    return session.scalar(select(func.count()).select_from(Complaint).where(where)) or 0


def _in_work() -> ColumnElement[bool]:
    """Each arm is a partial index: the open cases, and the few closed ones that need a person."""
    return or_(
        text(OPEN_CASE),
        Complaint.citizen_wrote_at.is_not(None),
        Complaint.dispute.is_not(None),
        Complaint.to_hand_over_at.is_not(None),
    )


def page(
    session: Session,
    where: ColumnElement[bool],
    cursor: Cursor | None,
    *,
    oldest_first: bool,
    by: Any = None,
) -> Page:
    """Return one page of cases after (or before) a cursor, without counting the others.

    `by` is a column of instants to sort by instead of the arrival or the last activity.
    """
    own = Complaint.received_at if oldest_first else Complaint.last_activity_at
    column: Any = own if by is None else by
    backwards = cursor is not None and cursor.backwards
    ascending = oldest_first != backwards
    statement = select(Complaint).where(where).options(*WITHOUT_IDENTITY)
    if cursor is not None:
        here, there = tuple_(column, Complaint.id), tuple_(cursor.at, cursor.row_id)
        statement = statement.where(here > there if ascending else here < there)
    order = (column, Complaint.id) if ascending else (column.desc(), Complaint.id.desc())
    found = list(session.scalars(statement.order_by(*order).limit(PAGE_SIZE + 1)))
    more, cases = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        cases.reverse()
    if not cases:
        return Page([], None, None)
    first, last = cases[0], cases[-1]
    has_earlier = more if backwards else cursor is not None
    has_later = True if backwards else more
    return Page(
        cases,
        _cursor(first, column.key, backwards=True) if has_earlier else None,
        _cursor(last, column.key, backwards=False) if has_later else None,
    )


def most_pressing_clocks(
    session: Session, ids: Sequence[int], kinds: Sequence[str] = OFFICE_CLOCKS
) -> dict[int, Clock]:
    """Return for each case the running clock of these kinds that falls due first."""
    return {number: clocks[0] for number, clocks in running_clocks(session, ids, kinds).items()}


def running_clocks(
    session: Session, ids: Sequence[int], kinds: Sequence[str]
) -> dict[int, list[Clock]]:
    """Return for each case that has any the running clocks of these kinds, first due first."""
    statement = (
        select(Clock)
        .where(Clock.complaint_id.in_(ids), Clock.stopped_at.is_(None), Clock.kind.in_(kinds))
        .order_by(Clock.due_at, Clock.id)
    )
    found: dict[int, list[Clock]] = {}
    for clock in session.scalars(statement):
        found.setdefault(clock.complaint_id, []).append(clock)
    return found


def attachment_counts(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return how many attachments the citizen's messages of each case have."""
    statement = (
        select(Message.complaint_id, func.count())
        .join(Attachment, Attachment.message_id == Message.id)
        .where(Message.complaint_id.in_(ids), Message.direction == Direction.IN)
        .group_by(Message.complaint_id)
    )
    return {row[0]: row[1] for row in session.execute(statement) if row[0] is not None}


def last_disposisi(session: Session, ids: Sequence[int]) -> dict[int, Disposisi]:
    """Return the newest instruction of each case."""
    statement = select(Disposisi).where(Disposisi.complaint_id.in_(ids)).order_by(Disposisi.id)
    return {row.complaint_id: row for row in session.scalars(statement)}


def last_drafts(session: Session, ids: Sequence[int]) -> dict[int, DraftAnswer]:
    """Return the newest draft of each case."""
    statement = (
        select(DraftAnswer).where(DraftAnswer.complaint_id.in_(ids)).order_by(DraftAnswer.id)
    )
    return {row.complaint_id: row for row in session.scalars(statement)}


def waiting_conversations(session: Session) -> list[Conversation]:
    """Return conversations without a finished complaint: those calling a person first."""
    statement = (
        _conversations()
        .order_by(
            Conversation.needs_person_at.is_(None), Conversation.last_activity_at, Conversation.id
        )
        .limit(PAGE_SIZE * 4)
    )
    return list(session.scalars(statement))


def blocked_conversations(session: Session) -> list[Conversation]:
    """Return conversations whose sender is blocked, the block that ends first on top."""
    statement = select(Conversation).where(Conversation.blocked_until.is_not(None))
    order = (Conversation.blocked_until, Conversation.id)
    return list(session.scalars(statement.order_by(*order).limit(PAGE_SIZE * 4)))


def troubled_parts(session: Session) -> list[tuple[OutboxPart, Message, str | None]]:
    """Return undelivered parts nobody has dealt with, newest first, with message and ticket."""
    statement = (
        select(OutboxPart, Message, Complaint.ticket)
        .join(Message, Message.id == OutboxPart.message_id)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .where(_in_trouble())
        .order_by(OutboxPart.id.desc())
        .limit(PAGE_SIZE * 4)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def changed_since(session: Session, where: ColumnElement[bool], since: datetime) -> int:
    """Return how many cases of a queue changed since then."""
    statement = select(func.count()).where(where, Complaint.last_activity_at > since)
    return session.scalar(statement) or 0


def _conversations() -> Select[Conversation]:
    # A blocked sender waits for nobody; only an emergency calls a person all the same.
    collecting = and_(
        Conversation.draft_opened_at.is_not(None), Conversation.blocked_until.is_(None)
    )
    return select(Conversation).where(or_(Conversation.needs_person_at.is_not(None), collecting))


def _in_trouble() -> ColumnElement[bool]:
    return and_(
        OutboxPart.status.in_(_TROUBLE),
        OutboxPart.dismissed_at.is_(None),
        OutboxPart.retry_at.is_(None),
    )


def _cursor(case: Complaint, key: str, *, backwards: bool) -> Cursor:
    return Cursor(getattr(case, key).astimezone(UTC), case.id, backwards)


def changed_conversations(session: Session, since: datetime) -> int:
    """Return how many waiting conversations changed since then."""
    statement = _conversations().where(Conversation.last_activity_at > since)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0
