"""What a group of cases means: who follows whom, and how a case leaves its group.

Works inside the caller's transaction. `gateway.casework.groups` holds the steps of officers.
"""

from sqlalchemy.orm import Session

from gateway.cases.casefile import News, tell, when
from gateway.rules import clocks
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store import groups
from store.casework_rows import withdraw_unsent
from store.complaints import append_event, last_clock
from store.models.complaint import Complaint, Privacy


def part_from(
    runtime: Runtime, session: Session, follower: Complaint, leader: Complaint, staff: Staff
) -> None:
    """Take a case out of its group: back in Masuk, with the rest of its time.

    Its reporter is told so, unless the notice of the grouping has not left yet: then neither goes.
    """
    now = runtime.now()
    unsent = withdraw_unsent(session, follower.id, groups.since_when(session, follower.id), now)
    follower.leading_id = None
    follower.last_activity_at = now
    clocks.reopen(session, follower, "K1", now)
    append_event(
        session, follower, "ungrouped", at=now, actor_id=staff.id, public=True,
        data={"leading": leader.id, "ticket": leader.ticket},
    )  # fmt: skip
    facts = {"follower": follower.id, "ticket": follower.ticket}
    append_event(session, leader, "follower_left", at=now, actor_id=staff.id, data=facts)
    if not unsent:
        _tell_apart(runtime, session, follower)


def open_followers(session: Session, complaint_id: int) -> int:
    """Return how many others reported the same openly; Rahasia ones are not betrayed."""
    followers = groups.followers_of(session, complaint_id)
    return sum(follower.privacy is not Privacy.SECRET for follower in followers)


def release(runtime: Runtime, session: Session, leader: Complaint, staff: Staff) -> None:
    """Let every follower go, because the case that led them ends without an answer."""
    for follower in groups.followers_of(session, leader.id):
        part_from(runtime, session, follower, leader, staff)


def _tell_apart(runtime: Runtime, session: Session, follower: Complaint) -> None:
    clock = last_clock(session, follower.id, "K1")
    values = {"TGL": when(runtime, clock.due_at) if clock else "-"}
    tell(runtime, session, follower, News("dipisah", values))
