"""Who may see which cases: the condition that every query for cases of somebody carries."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from store.models.complaint import Complaint, Privacy
from store.models.staff import Role

_DISKOMINFO = frozenset({Role.ADMIN_DISKOMINFO, Role.OPERATOR})
_AGENCIES = frozenset({Role.KEPALA_PD, Role.PETUGAS_PD, Role.INSPEKTORAT})


def seen_by(role: Role, pd_code: str | None) -> ColumnElement[bool]:
    """Return which cases a person of this role and PD may see (product page 2.0.4).

    Diskominfo sees all; a PD and the inspectorate what is theirs, never a case about themselves;
    the leadership what is neither secret nor withdrawn nor put away; everybody else none.
    """
    if role in _DISKOMINFO:
        return true()
    if role in _AGENCIES and pd_code is not None:
        about_others = or_(Complaint.conflict_pd.is_(None), Complaint.conflict_pd != pd_code)
        return and_(Complaint.pd_code == pd_code, about_others)
    if role is Role.PIMPINAN:
        return and_(
            Complaint.privacy != Privacy.SECRET,
            Complaint.conflict_pd.is_(None),
            Complaint.archived_at.is_(None),
            Complaint.withdrawn_at.is_(None),
            Complaint.part_of_id.is_(None),
        )
    return false()
