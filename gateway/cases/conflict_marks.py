"""Konflik kepentingan on the rows: the mark that keeps a case from the PD that it is about.

Works inside the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.parts import cancel_open
from gateway.rules.people import Staff
from store import complaints, splits
from store.casework_rows import keep_notes_from_pds
from store.complaints import append_event
from store.models.complaint import Complaint, Privacy

NOTED, LIFTED = "conflict_noted", "conflict_lifted"
_NO_FACTS: Mapping[str, int] = {}


def note(
    session: Session,
    complaint: Complaint,
    staff: Staff,
    about: tuple[str, datetime],
    facts: Mapping[str, int] = _NO_FACTS,
) -> None:
    """Keep the case from the PD that it is about, for good, and from the public.

    `about` is that PD's code and now; `facts` (ids) stand in the history beside them.
    """
    pd_code, now = about
    data = {"pd": pd_code, "before": complaint.privacy.value, **facts}
    complaint.conflict_pd, complaint.privacy = pd_code, Privacy.SECRET
    complaint.public_approved_at = None
    cancel_open(session, complaint, staff, now)
    for part in splits.parts_of(session, complaint.id):
        part.conflict_pd, part.privacy = pd_code, Privacy.SECRET
    append_event(session, complaint, NOTED, at=now, actor_id=staff.id, data=data)


def lift(
    session: Session,
    complaint: Complaint,
    staff: Staff,
    at: datetime,
    facts: Mapping[str, int] = _NO_FACTS,
) -> None:
    """Take the mark away. What the reporter chose since then stays, else what stood before.

    No PD that gets the case later reads what was noted meanwhile.
    """
    chosen = complaint.privacy
    last = complaints.latest_event(session, complaint.id, (NOTED, "privacy_changed"))
    if last is not None and last.kind == NOTED:
        chosen = Privacy(last.data["before"])
    noted = complaints.latest_event(session, complaint.id, (NOTED,))
    if noted is not None:
        keep_notes_from_pds(session, complaint.id, noted.at)
    data = {"pd": complaint.conflict_pd, **facts}
    for case in (complaint, *splits.parts_of(session, complaint.id)):
        case.conflict_pd, case.privacy = None, chosen
    append_event(session, complaint, LIFTED, at=at, actor_id=staff.id, data=data)
