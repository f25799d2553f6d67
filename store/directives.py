"""Queries of Arahan: who may read which, the open ones of cases and PDs, those that are missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from store.models.complaint import Complaint, ComplaintStatus
from store.models.directive import Directive
from store.models.staff import PerangkatDaerah, Position, Role, StaffUser
from store.queues import WITHOUT_IDENTITY
from store.visibility import seen_by

PAGE_SIZE = 25
_MOST_SHOWN = 10
_BATCH = 100
_DISKOMINFO = frozenset({Role.ADMIN_DISKOMINFO, Role.OPERATOR})
_ENDED = (ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT)
# A case moves from one PD to another: whoever has it now has to answer what is asked about it.
_ADDRESSEE = func.coalesce(Complaint.pd_code, Directive.pd_code)

_Rows = Select[Directive, Position | None, str, str, str, str]


@dataclass(frozen=True, slots=True)
class DirectiveRow:
    """One Arahan with what stands around it.

    `pd_code` and `pd_name` are those of the PD that has to answer now; `ticket` and `title` are
    empty where it is about no case.
    """

    directive: Directive
    position: Position | None
    pd_code: str
    pd_name: str
    ticket: str
    title: str

    @property
    def acknowledged_at(self) -> datetime | None:
        """When the PD that has to answer now said that it will; None while it has not."""
        same = self.directive.acknowledged_pd == self.pd_code
        return self.directive.acknowledged_at if same else None


def add(session: Session, values: dict[str, Any]) -> int | None:
    """Write an Arahan and return its id; None where the same form (`form_key`) made one before."""
    statement = upsert(Directive).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["form_key"])
    return session.scalar(statement.returning(Directive.id))


def case_for(
    session: Session, role: Role, pd_code: str | None, ticket: str, *, lock: bool = False
) -> Complaint | None:
    """Return a case that somebody of this role and PD may see, without identity."""
    statement = select(Complaint).where(Complaint.ticket == ticket, seen_by(role, pd_code))
    if lock:
        return session.scalar(statement.with_for_update())
    return session.scalar(statement.options(*WITHOUT_IDENTITY))


def lock_one(
    session: Session, role: Role, pd_code: str | None, directive_id: int
) -> DirectiveRow | None:
    """Lock an Arahan that somebody of this role and PD may read."""
    statement = _rows(role, pd_code).where(Directive.id == directive_id)
    row = session.execute(statement.with_for_update(of=Directive)).one_or_none()
    return None if row is None else DirectiveRow(*row)


def page(
    session: Session, role: Role, pd_code: str | None, before: int | None, *, ended: bool
) -> list[DirectiveRow]:
    """Return one page and one row more: the open ones or the `ended`, newest first."""
    state = Directive.closed_at.is_not(None) if ended else Directive.closed_at.is_(None)
    statement = _rows(role, pd_code).where(state).order_by(Directive.id.desc())
    if before is not None:
        statement = statement.where(Directive.id < before)
    return _read(session, statement.limit(PAGE_SIZE + 1))


def open_ones(session: Session, role: Role, pd_code: str | None) -> list[DirectiveRow]:
    """Return the open ones with the nearest deadlines."""
    statement = _rows(role, pd_code).where(Directive.closed_at.is_(None))
    return _read(session, statement.order_by(Directive.due_at, Directive.id).limit(_MOST_SHOWN))


def open_without_case(session: Session, role: Role, pd_code: str | None) -> list[DirectiveRow]:
    """Return those of the open ones that are about no case."""
    statement = _rows(role, pd_code).where(
        Directive.closed_at.is_(None), Directive.complaint_id.is_(None)
    )
    return _read(session, statement.order_by(Directive.due_at, Directive.id).limit(_MOST_SHOWN))


def of_cases(
    session: Session, role: Role, pd_code: str | None, tickets: Sequence[str]
) -> list[DirectiveRow]:
    """Return the open ones about these cases, the nearest deadline first."""
    statement = _rows(role, pd_code).where(
        Directive.closed_at.is_(None), Complaint.ticket.in_(tickets)
    )
    return _read(session, statement.order_by(Directive.due_at, Directive.id))


def has_head(session: Session, pd_code: str) -> bool:
    """Whether a PD has an active account of its head."""
    statement = select(StaffUser.id).where(
        StaffUser.active, StaffUser.pd_code == pd_code, StaffUser.role == Role.KEPALA_PD
    )
    return session.scalar(statement.limit(1)) is not None


def any_missed(session: Session, now: datetime) -> bool:
    """Whether a deadline has passed of which nobody was told."""
    return session.scalar(select(Directive.id).where(_missed(now)).limit(1)) is not None


def lock_missed(session: Session, now: datetime) -> list[tuple[Directive, Complaint | None]]:
    """Lock those whose deadline has passed untold, with their cases; others' are skipped."""
    statement = (
        select(Directive, Complaint)
        .outerjoin(Complaint, Complaint.id == Directive.complaint_id)
        .options(*WITHOUT_IDENTITY)
        .where(_missed(now))
        .order_by(Directive.due_at, Directive.id)
        .limit(_BATCH)
        .with_for_update(of=Directive, skip_locked=True)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, tuple[Directive, Position | None]]:
    """Return these Arahan with the seats of their authors, by id."""
    statement = (
        select(Directive, StaffUser.position)
        .join(StaffUser, StaffUser.id == Directive.author_id)
        .where(Directive.id.in_(ids))
    )
    return {row[0].id: (row[0], row[1]) for row in session.execute(statement)}


def is_over(case: Complaint | None) -> bool:
    """Whether the case of an Arahan has ended, so that nothing is left to do."""
    if case is None:
        return False
    put_away = case.archived_at is not None or case.withdrawn_at is not None
    return put_away or case.status in _ENDED


def close(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Take these off the list; nobody decided it."""
    session.execute(update(Directive).where(Directive.id.in_(ids)).values(closed_at=now))


def _rows(role: Role, pd_code: str | None) -> _Rows:
    """Return what this role and PD may read; of a case only if the case is theirs to see."""
    office = aliased(PerangkatDaerah)
    columns = (
        Directive,
        StaffUser.position,
        _ADDRESSEE,
        func.coalesce(office.name, _ADDRESSEE),
        func.coalesce(Complaint.ticket, ""),
        func.coalesce(Complaint.title, ""),
    )
    return (
        select(*columns)
        .join(StaffUser, StaffUser.id == Directive.author_id)
        .outerjoin(Complaint, Complaint.id == Directive.complaint_id)
        .outerjoin(office, office.code == _ADDRESSEE)
        .where(
            or_(
                and_(Directive.complaint_id.is_(None), _own(role, pd_code)),
                and_(Directive.complaint_id.is_not(None), seen_by(role, pd_code)),
            )
        )
    )


def _own(role: Role, pd_code: str | None) -> ColumnElement[bool]:
    if role in _DISKOMINFO or role is Role.PIMPINAN:
        return true()
    return Directive.pd_code == pd_code


def _read(session: Session, statement: _Rows) -> list[DirectiveRow]:
    return [DirectiveRow(*row) for row in session.execute(statement)]


def _missed(now: datetime) -> ColumnElement[bool]:
    return and_(
        Directive.closed_at.is_(None), Directive.reminded_at.is_(None), Directive.due_at <= now
    )
