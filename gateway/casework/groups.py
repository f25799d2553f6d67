"""Serupa: cases of the same incident are grouped, taken apart again, or judged not the same.

A grouped case stays in Masuk with its number and its PIN; what happens to the leading case counts
for it, and its reporter hears the same news in its own channel.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.casefile import UNDO, CaseRef, News, may_see, open_case, tell
from gateway.cases.following import part_from
from gateway.errors import ConflictError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.showing.group_views import Pair, pair
from store import complaints, groups, reading
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus, Privacy

_OVER = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}


def join(runtime: Runtime, staff: Staff, ref: CaseRef, leader_ticket: str) -> datetime:
    """Let a case follow another one (Jadikan ikut aduan ini); return until when undoing is silent.

    Cases that followed it follow the other one too. The reporter is told after ten seconds.

    Args:
        runtime: the connected parts.
        staff: who decides.
        ref: the case that will follow.
        leader_ticket: the number of the case that will lead.

    Raises:
        NotFoundError: no such numbers.
        ConflictError: somebody changed the case meanwhile.
        InvalidInputError: these two cannot be grouped; the sentence says why.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        follower, leader = _both(session, staff, ref, leader_ticket)
        _check(follower, leader)
        for other in groups.followers_of(session, follower.id):
            other.leading_id = leader.id
            _note_joining(session, other, leader, staff, now)
        follower.leading_id = leader.id
        if follower.citizen_wrote_at is not None:
            leader.citizen_wrote_at = leader.citizen_wrote_at or follower.citizen_wrote_at
        follower.citizen_wrote_at = follower.returned_at = None
        follower.last_activity_at = leader.last_activity_at = now
        clocks.stop_all(session, follower, now)
        _note_joining(session, follower, leader, staff, now)
        tell(runtime, session, follower, News("digabung", not_before=now + UNDO))
    runtime.wake("outbox")
    return now + UNDO


def leave(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take a case out of its group (Pisahkan); it waits in Verifikasi again.

    Raises:
        MoveNotAllowedError: it is in no group.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        follower = open_case(session, ref, staff)
        if follower.leading_id is None:
            raise MoveNotAllowedError("follows nobody")
        leader = groups.leading(session, follower)
        part_from(runtime, session, follower, leader, staff)
    runtime.wake("outbox")


def judge_apart(runtime: Runtime, staff: Staff, ref: CaseRef, other_ticket: str) -> None:
    """Remember that two cases are not the same (Bukan serupa): they are not offered again.

    Raises:
        NotFoundError: no such numbers.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        case, other = _both(session, staff, CaseRef(ref.ticket), other_ticket)
        groups.note_unlike(session, (case.id, other.id), staff.id, now)
        for one, its_other in ((case, other), (other, case)):
            facts = {"other": its_other.id, "ticket": its_other.ticket}
            append_event(session, one, "judged_apart", at=now, actor_id=staff.id, data=facts)


def compare(runtime: Runtime, staff: Staff, ticket: str, other_ticket: str) -> Pair:
    """Return two cases beside each other, with what they have in common.

    Raises:
        NotFoundError: no such numbers, or the same number twice.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        case, other = (complaints.by_ticket(session, one) for one in (ticket, other_ticket))
        if case is None or other is None or case is other:
            raise NotFoundError("case")
        return pair(runtime, session, case, other, reading.pd_names(session))


def _both(
    session: Session, staff: Staff, ref: CaseRef, other_ticket: str
) -> tuple[Complaint, Complaint]:
    """Lock two cases, in one order whoever asks."""
    found = complaints.lock_cases(session, [ref.ticket, other_ticket])
    pair = [found.get(ticket) for ticket in (ref.ticket, other_ticket)]
    case, other = pair
    if case is None or other is None or not (may_see(case, staff) and may_see(other, staff)):
        raise NotFoundError("case")
    if case is other:
        raise InvalidInputError({"": "Pilih dua aduan yang berbeda."})
    if ref.version is not None and case.version != ref.version:
        raise ConflictError("case")
    return case, other


def _check(follower: Complaint, leader: Complaint) -> None:
    problem = _cannot_follow(follower) or _cannot_lead(leader)
    if problem:
        raise InvalidInputError({"": problem})


def _cannot_follow(case: Complaint) -> str:
    if case.part_of_id is not None or case.conflict_pd is not None:
        return f"{case.ticket} ditangani tersendiri dan tidak dapat digabung."
    if case.leading_id is not None:
        return f"{case.ticket} sudah mengikuti aduan lain. Pisahkan dulu."
    if case.archived_at is not None or case.withdrawn_at is not None:
        return f"{case.ticket} sudah diarsipkan."
    if case.status is not ComplaintStatus.RECEIVED:
        return f"{case.ticket} sudah didisposisikan, jadi hanya dapat menjadi aduan utama."
    return ""


def _cannot_lead(case: Complaint) -> str:
    if case.privacy is Privacy.SECRET or case.conflict_pd is not None:
        return f"{case.ticket} Rahasia dan tidak dapat menjadi aduan utama."
    if case.part_of_id is not None or case.leading_id is not None:
        return f"{case.ticket} bukan aduan utama. Pilih aduan yang diikutinya."
    over = case.status in _OVER or case.archived_at is not None or case.withdrawn_at is not None
    return f"{case.ticket} sudah ditutup." if over else ""


def _note_joining(
    session: Session, follower: Complaint, leader: Complaint, staff: Staff, at: datetime
) -> None:
    append_event(
        session, follower, "grouped", at=at, actor_id=staff.id, public=True,
        data={"leading": leader.id, "ticket": leader.ticket},
    )  # fmt: skip
    facts = {"follower": follower.id, "ticket": follower.ticket}
    append_event(session, leader, "follower_joined", at=at, actor_id=staff.id, data=facts)
