"""Who speaks for a perangkat daerah: its head, or its officers where it has none."""

from sqlalchemy.orm import Session

from gateway.rules.people import Permission, Staff
from store import directives


def speaks_for_pd(session: Session, staff: Staff) -> bool:
    """Whether this person of a PD answers for it to the leadership."""
    if staff.may(Permission.LEAD_PD):
        return True
    return staff.pd_code is not None and not directives.has_head(session, staff.pd_code)
