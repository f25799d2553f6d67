"""Noting what members of staff are to be told, inside the caller's transaction.

Only people who have linked a chat get rows. `gateway.officers.staff_sending` joins and sends them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.rules.clocks import office_calendar
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Permission
from gateway.rules.permissions import holders
from gateway.rules.quiet_hours import is_quiet
from gateway.runtime import Runtime
from store import staff_alerts
from store.models.complaint import Complaint
from store.models.staff import StaffUser

URGENT, MENTIONED = "petugas_mendesak", "petugas_disebut"
DIRECTIVE, DIRECTIVE_MISSED = "petugas_arahan", "petugas_arahan_lewat"
UNMASKINGS = "petugas_pembukaan"
FROM_DISKOMINFO = "petugas_ingatkan"
# What is told at night and on holidays too.
ALWAYS = frozenset({URGENT})
_OFFICERS = holders(Permission.HEAR_PD_WORK)
_HEADS = holders(Permission.LEAD_PD)


@dataclass(frozen=True)
class Alert:
    """One thing to tell.

    `kind` is the catalogue key of its line, `once` what makes it the same thing the next time,
    `facts` codes, ids and counts that the line is made of.
    """

    kind: str
    once: str
    complaint_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def officers_rest(runtime: Runtime, session: Session) -> bool:
    """Whether officers are left alone now: at night, on weekends and holidays."""
    if not runtime.timers.quiet_hours:
        return False
    return is_quiet(runtime.now(), office_calendar(runtime, session))


def note(session: Session, alert: Alert, user_ids: Iterable[int], now: datetime) -> None:
    """Tell these people once; doing it again with the same `once` changes nothing."""
    rows = [
        {
            "user_id": user_id,
            "kind": alert.kind,
            "once_key": f"{alert.once}:{user_id}",
            "complaint_id": alert.complaint_id,
            "facts": dict(alert.facts),
            "created_at": now,
        }
        for user_id in user_ids
    ]
    staff_alerts.add(session, rows)


def note_emergency(session: Session, complaint: Complaint, now: datetime) -> None:
    """Tell everybody at Diskominfo that an emergency came in and was answered with the numbers."""
    alert = Alert(URGENT, f"{URGENT}:{complaint.id}", complaint.id, {"room": "kotak"})
    note(session, alert, staff_alerts.reachable(session, INBOX_ROLES), now)


def note_mentions(
    session: Session, complaint: Complaint, people: Sequence[StaffUser], now: datetime
) -> None:
    """Tell colleagues in their chats that a note calls them; not a word of it."""
    linked = set(staff_alerts.linked(session, [user.id for user in people]))
    once = f"{MENTIONED}:{complaint.id}:{now.isoformat()}"
    for code in {user.pd_code for user in people}:
        facts = {"room": "kotak"} if code is None else {"pd": code}
        called = [user.id for user in people if user.pd_code == code and user.id in linked]
        note(session, Alert(MENTIONED, once, complaint.id, facts), called, now)


def all_of_pd(session: Session, pd_code: str) -> Sequence[int]:
    """Return everybody of a PD who can be told something."""
    return staff_alerts.reachable(session, PD_ROLES, pd_code)


def officers_of(session: Session, pd_code: str | None) -> Sequence[int]:
    """Return who works on cases of a PD, or its head where nobody else has linked a chat.

    Without a PD it is Diskominfo's admins.
    """
    if pd_code is None:
        return staff_alerts.reachable(session, holders(Permission.DECIDE_CASES))
    found = staff_alerts.reachable(session, _OFFICERS, pd_code)
    return found or staff_alerts.reachable(session, _HEADS, pd_code)


def heads_of(session: Session, pd_code: str | None) -> Sequence[int]:
    """Return the head of a PD, or its officers where the head has linked no chat."""
    if pd_code is None:
        return staff_alerts.reachable(session, holders(Permission.DECIDE_CASES))
    found = staff_alerts.reachable(session, _HEADS, pd_code)
    return found or staff_alerts.reachable(session, _OFFICERS, pd_code)
