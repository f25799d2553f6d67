"""What still hangs on a perangkat daerah or a person, before either is switched off."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from store.models.complaint import Complaint, ComplaintStatus
from store.models.staff import Category, Role, StaffUser
from store.models.teamwork import CaseAssignment

_ENDED = (ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT)


def cases_of_pd(session: Session, code: str) -> int:
    """Return how many cases in work this PD is responsible for."""
    return session.scalar(select(func.count()).where(Complaint.pd_code == code, _in_work())) or 0


def cases_of_person(session: Session, user_id: int) -> int:
    """Return how many cases in work this person has inside the present office."""
    held = select(func.count()).select_from(CaseAssignment).join(Complaint)
    held = held.join(StaffUser, StaffUser.id == CaseAssignment.user_id)
    own = (
        CaseAssignment.user_id == user_id,
        StaffUser.pd_code.is_not_distinct_from(Complaint.pd_code),
    )
    return session.scalar(held.where(*own, _in_work())) or 0


def active_users_of_pd(session: Session, code: str, besides: int | None = None) -> int:
    """Return how many accounts of this PD may log in, leaving one person out."""
    own = [StaffUser.pd_code == code, StaffUser.active]
    if besides is not None:
        own.append(StaffUser.id != besides)
    return session.scalar(select(func.count()).select_from(StaffUser).where(*own)) or 0


def categories_of_pd(session: Session, code: str) -> int:
    """Return how many categories in use suggest this PD."""
    own = select(func.count()).where(Category.default_pd == code, Category.active)
    return session.scalar(own) or 0


def active_users_in_role(session: Session, role: Role, besides: int | None = None) -> int:
    """Return how many accounts of this role may log in, leaving one person out."""
    own = [StaffUser.role == role, StaffUser.active]
    if besides is not None:
        own.append(StaffUser.id != besides)
    return session.scalar(select(func.count()).select_from(StaffUser).where(*own)) or 0


def _in_work() -> ColumnElement[bool]:
    return and_(
        Complaint.status.not_in(_ENDED),
        Complaint.archived_at.is_(None),
        Complaint.withdrawn_at.is_(None),
    )
