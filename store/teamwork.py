"""Queries of working together: assignments, who follows a case, notices to colleagues."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.complaint import Complaint, ComplaintStatus
from store.models.staff import Role, StaffUser
from store.models.teamwork import CaseAssignment, CaseFollow, StaffNotice
from store.visibility import seen_by

PAGE = 30
# What happens to a case that its followers are told; notes and openings of identities are not.
FOLLOWED = frozenset(
    {
        "disposed", "disposisi_undone", "accepted", "returned", "scheduled", "noted_pending",
        "resumed", "draft_submitted", "draft_returned", "answered", "reopened", "citizen_added",
        "referred", "objected", "withdrawn",
    }
)  # fmt: skip
_OVER = (ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT)


def assignee(session: Session, complaint: Complaint) -> StaffUser | None:
    """Return who has the case inside its present office; an earlier office's person counts not."""
    return session.scalar(
        select(StaffUser)
        .join(CaseAssignment, CaseAssignment.user_id == StaffUser.id)
        .where(
            CaseAssignment.complaint_id == complaint.id,
            StaffUser.pd_code.is_not_distinct_from(complaint.pd_code),
            StaffUser.active,
        )
    )


def assigned_names(session: Session, complaint_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of those who have these cases inside their present offices."""
    statement = (
        select(CaseAssignment.complaint_id, StaffUser.name)
        .join(StaffUser, StaffUser.id == CaseAssignment.user_id)
        .join(Complaint, Complaint.id == CaseAssignment.complaint_id)
        .where(
            CaseAssignment.complaint_id.in_(complaint_ids),
            StaffUser.pd_code.is_not_distinct_from(Complaint.pd_code),
            StaffUser.active,
        )
    )
    return {row.complaint_id: row.name for row in session.execute(statement)}


def assign(
    session: Session, complaint_id: int, user_id: int | None, actor_id: int | None, at: datetime
) -> None:
    """Give a case to a person, or to nobody."""
    if user_id is None:
        session.execute(delete(CaseAssignment).where(CaseAssignment.complaint_id == complaint_id))
        return
    values = {"user_id": user_id, "assigned_by": actor_id, "assigned_at": at}
    session.execute(
        upsert(CaseAssignment)
        .values(complaint_id=complaint_id, **values)
        .on_conflict_do_update(index_elements=["complaint_id"], set_=values)
    )


def open_cases_of(session: Session, user_id: int, after: int, limit: int) -> list[Complaint]:
    """Return the next cases in work that this person has inside the present office, by id."""
    statement = (
        select(Complaint)
        .join(CaseAssignment, CaseAssignment.complaint_id == Complaint.id)
        .join(StaffUser, StaffUser.id == CaseAssignment.user_id)
        .where(
            CaseAssignment.user_id == user_id,
            StaffUser.pd_code.is_not_distinct_from(Complaint.pd_code),
            Complaint.id > after,
            Complaint.status.not_in(_OVER),
            Complaint.archived_at.is_(None),
            Complaint.withdrawn_at.is_(None),
        )
        .order_by(Complaint.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def person(session: Session, user_id: int) -> StaffUser | None:
    """Return an account."""
    return session.get(StaffUser, user_id)


def colleagues(session: Session, pd_code: str | None, roles: Collection[Role]) -> list[StaffUser]:
    """Return the active people of one office by name; without a PD, of Diskominfo."""
    statement = (
        select(StaffUser)
        .where(StaffUser.pd_code == pd_code, StaffUser.role.in_(roles), StaffUser.active)
        .order_by(StaffUser.name, StaffUser.id)
    )
    return list(session.scalars(statement))


def named(session: Session, usernames: Collection[str]) -> list[StaffUser]:
    """Return the active people with these user names, lower case."""
    statement = select(StaffUser).where(
        func.lower(StaffUser.username).in_(usernames), StaffUser.active
    )
    return list(session.scalars(statement.order_by(StaffUser.id)))


def sees(session: Session, user: StaffUser, complaint_id: int) -> bool:
    """Whether this person may see the case."""
    visible = exists().where(Complaint.id == complaint_id, seen_by(user.role, user.pd_code))
    return bool(session.scalar(select(visible)))


def follows(session: Session, complaint_id: int, user_id: int) -> bool:
    """Whether this person follows the case."""
    return session.get(CaseFollow, (complaint_id, user_id)) is not None


def follow(session: Session, complaint_id: int, user_id: int, at: datetime) -> None:
    """Let a person know what happens to a case; twice is as once."""
    session.execute(
        upsert(CaseFollow)
        .values(complaint_id=complaint_id, user_id=user_id, since=at)
        .on_conflict_do_nothing()
    )


def unfollow(session: Session, complaint_id: int, user_id: int) -> None:
    """End that."""
    session.execute(
        delete(CaseFollow).where(
            CaseFollow.complaint_id == complaint_id, CaseFollow.user_id == user_id
        )
    )


def notify(
    session: Session, user_ids: Collection[int], about: tuple[int, str], actor_id: int, at: datetime
) -> None:
    """Write a line for each of these people: `about` is the case and the kind."""
    complaint_id, kind = about
    session.add_all(
        StaffNotice(user_id=user, complaint_id=complaint_id, kind=kind, actor_id=actor_id, at=at)
        for user in user_ids
    )


def tell_followers(
    session: Session, complaint_id: int, kind: str, actor_id: int | None, at: datetime
) -> None:
    """Write a line for everybody who follows the case, except who did it."""
    people = select(
        CaseFollow.user_id, CaseFollow.complaint_id, literal(kind), literal(actor_id), literal(at)
    ).where(CaseFollow.complaint_id == complaint_id)
    if actor_id is not None:
        people = people.where(CaseFollow.user_id != actor_id)
    columns = ["user_id", "complaint_id", "kind", "actor_id", "at"]
    session.execute(insert(StaffNotice).from_select(columns, people))


def forget(session: Session, complaint_ids: Sequence[int], pd_codes: Sequence[str]) -> None:
    """End that people of these offices follow these cases; their unread lines go."""
    people = select(StaffUser.id).where(StaffUser.pd_code.in_(pd_codes))
    session.execute(
        delete(CaseFollow).where(
            CaseFollow.complaint_id.in_(complaint_ids), CaseFollow.user_id.in_(people)
        )
    )
    session.execute(
        delete(StaffNotice).where(
            StaffNotice.complaint_id.in_(complaint_ids),
            StaffNotice.user_id.in_(people),
            StaffNotice.read_at.is_(None),
        )
    )


def notices(
    session: Session, user: tuple[int, Role, str | None], before: int | None
) -> list[tuple[StaffNotice, str]]:
    """Return a page of somebody's lines, newest first, with the number of each case.

    A case that `user` (id, role, PD) may no longer see has no line.
    """
    user_id, role, pd_code = user
    statement = (
        select(StaffNotice, Complaint.ticket)
        .join(Complaint, Complaint.id == StaffNotice.complaint_id)
        .where(StaffNotice.user_id == user_id, seen_by(role, pd_code))
    )
    if before is not None:
        statement = statement.where(StaffNotice.id < before)
    rows = session.execute(statement.order_by(StaffNotice.id.desc()).limit(PAGE + 1))
    return [(row[0], row[1]) for row in rows]


def count_unread(session: Session, user_id: int) -> int:
    """Return how many lines this person has not read."""
    statement = select(func.count()).where(
        StaffNotice.user_id == user_id, StaffNotice.read_at.is_(None)
    )
    return session.scalar(statement) or 0


def mark_read(session: Session, user_id: int, at: datetime) -> None:
    """Say that this person has read all lines."""
    session.execute(
        update(StaffNotice)
        .where(StaffNotice.user_id == user_id, StaffNotice.read_at.is_(None))
        .values(read_at=at)
    )
