"""Who inside an office has a case, who follows it, and what waits for whom ("Untuk saya")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.casefile import CaseRef, open_case, seen_case
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Staff
from gateway.rules.permissions import Permission
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import teamwork
from store.complaints import append_event
from store.models.complaint import Complaint
from store.models.staff import StaffUser
from store.staff import user_names

_BATCH = 50
_WORDS = {
    "mention": "{who} menyebut Anda dalam catatan",
    "assigned": "{who} menugaskan aduan ini kepada Anda",
    "handed_over": "{who} mengalihkan aduan ini kepada Anda",
}
_FOLLOWED = {
    "disposed": "didisposisikan",
    "disposisi_undone": "batal didisposisikan",
    "accepted": "diterima Perangkat Daerah",
    "returned": "dikembalikan Perangkat Daerah",
    "scheduled": "dijadwalkan",
    "noted_pending": "ditunda dengan catatan",
    "resumed": "dilanjutkan",
    "draft_submitted": "menunggu koreksi",
    "draft_returned": "drafnya dikembalikan",
    "answered": "dijawab",
    "reopened": "dibuka kembali oleh warga",
    "citizen_added": "ditambah keterangannya oleh warga",
    "referred": "dinyatakan bukan kewenangan",
    "objected": "ditolak putusannya oleh warga",
    "withdrawn": "dicabut warga",
}


@dataclass(frozen=True, slots=True)
class Team:
    """Who has a case, to whom it may be given, and whether the reader follows or may take it."""

    assignee: str
    assignee_id: int | None
    candidates: Sequence[tuple[int, str]]
    follows: bool
    takes: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "Untuk saya"."""

    ticket: str
    words: str
    at: str
    new: bool


@dataclass(frozen=True)
class Lines:
    """A page of them; `older` leads to the next one."""

    rows: Sequence[Line]
    older: int | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What somebody who leaves has in hand, and who of the same office could take it."""

    count: int
    colleagues: Sequence[tuple[int, str]]


def team(runtime: Runtime, staff: Staff, ticket: str) -> Team:
    """Return who works on a case.

    Raises:
        NotFoundError: no such number, or not this person's.
    """
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        holder = teamwork.assignee(session, complaint)
        people: list[StaffUser] = []
        may_assign = _may_assign(staff, complaint, holder)
        if may_assign:
            people = _colleagues(session, complaint.pd_code)
        return Team(
            assignee=holder.name if holder else "",
            assignee_id=holder.id if holder else None,
            candidates=[(user.id, user.name) for user in people],
            follows=teamwork.follows(session, complaint.id, staff.id),
            takes=may_assign and (holder is None or holder.id != staff.id),
        )


def assign(runtime: Runtime, staff: Staff, ref: CaseRef, user_id: int | None) -> str:
    """Give a case to a person of its office and return the name; the first reader may, too.

    Raises:
        ForbiddenError: somebody else has it, and this person does not lead the office.
        InvalidInputError: nobody of that office.
    """
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        holder = teamwork.assignee(session, complaint)
        if not _may_assign(staff, complaint, holder):
            raise ForbiddenError(staff.role.value)
        user = teamwork.person(session, user_id) if user_id is not None else None
        if user is None or not _works_at(user, complaint.pd_code):
            raise InvalidInputError(
                {"petugas": "Pilih petugas dari kantor yang memegang aduan ini."}
            )
        if holder is not None and holder.id == user.id:
            return user.name
        _give(session, complaint, (holder, user), staff.id, now)
        if user.id != staff.id:
            teamwork.notify(session, [user.id], (complaint.id, "assigned"), staff.id, now)
        return user.name


def set_following(runtime: Runtime, staff: Staff, ref: CaseRef, *, follow: bool) -> None:
    """Let this person know what happens to the case, or no more.

    Raises:
        NotFoundError: no such number, or not this person's.
    """
    with runtime.transaction() as session:
        complaint = seen_case(session, ref.ticket, staff)
        if follow:
            teamwork.follow(session, complaint.id, staff.id, runtime.now())
        else:
            teamwork.unfollow(session, complaint.id, staff.id)


def lines(runtime: Runtime, staff: Staff, before: int | None = None) -> Lines:
    """Return a page of what is for this person, newest first."""
    with runtime.transaction() as session:
        found = teamwork.notices(session, (staff.id, staff.role, staff.pd_code), before)
        names = user_names(session, [row[0].actor_id for row in found if row[0].actor_id])
    rows = [
        Line(ticket, _words(notice.kind, names.get(notice.actor_id or 0)),
             full_time(runtime, notice.at), notice.read_at is None)
        for notice, ticket in found[: teamwork.PAGE]
    ]  # fmt: skip
    more = len(found) > teamwork.PAGE
    return Lines(rows, found[teamwork.PAGE - 1][0].id if more else None)


def count_unread(runtime: Runtime, staff: Staff) -> int:
    """Return how many lines wait for this person."""
    with runtime.transaction() as session:
        return teamwork.count_unread(session, staff.id)


def mark_read(runtime: Runtime, staff: Staff) -> None:
    """Note that this person has read all lines."""
    with runtime.transaction() as session:
        teamwork.mark_read(session, staff.id, runtime.now())


def open_work(runtime: Runtime, user_id: int) -> OpenWork:
    """Return what somebody who goes on leave, or goes, has in hand.

    Raises:
        NotFoundError: no such account.
    """
    with runtime.transaction() as session:
        user = _account(session, user_id)
        count = len(teamwork.open_cases_of(session, user_id, 0, 1000))
        people = _colleagues(session, user.pd_code)
        return OpenWork(count, [(one.id, one.name) for one in people if one.id != user_id])


def hand_over(runtime: Runtime, staff: Staff, from_id: int, to_id: int | None) -> int:
    """Give everything in work that one person has to another, or back to the office; count it.

    Done in batches: run again after an interruption it goes on with what is left.

    Raises:
        ForbiddenError: this person neither keeps accounts nor leads that office.
        InvalidInputError: the other one is not of the same office.
    """
    after, moved = 0, 0
    while True:
        with runtime.transaction() as session:
            giver = _account(session, from_id)
            _require_handing_over(staff, giver)
            taker = _taker(session, giver, to_id)
            cases = teamwork.open_cases_of(session, from_id, after, _BATCH)
            for case in sorted(cases, key=lambda row: row.id):
                _give(session, case, (giver, taker), staff.id, runtime.now())
            if taker is not None and taker.id != staff.id:
                for case in cases:
                    about = (case.id, "handed_over")
                    teamwork.notify(session, [taker.id], about, staff.id, runtime.now())
        if not cases:
            return moved
        after, moved = cases[-1].id, moved + len(cases)


def _give(
    session: Session,
    complaint: Complaint,
    people: tuple[StaffUser | None, StaffUser | None],
    actor_id: int,
    at: datetime,
) -> None:
    before, after = people
    teamwork.assign(session, complaint.id, after.id if after else None, actor_id, at)
    data = {"assignee": [before.id if before else None, after.id if after else None]}
    append_event(session, complaint, "assigned", at=at, actor_id=actor_id, data=data)


def _may_assign(staff: Staff, complaint: Complaint, holder: StaffUser | None) -> bool:
    """Whether this person gives the case away: one of its office, who leads it or has it.

    A case without a PD is in the hands of Diskominfo.
    """
    if staff.pd_code != complaint.pd_code:
        return False
    if staff.may(Permission.LEAD_PD) or staff.may(Permission.DECIDE_CASES):
        return True
    works = staff.may(Permission.WORK_AT_PD) or staff.may(Permission.HANDLE_CASES)
    return works and (holder is None or holder.id == staff.id)


def _colleagues(session: Session, pd_code: str | None) -> list[StaffUser]:
    return teamwork.colleagues(session, pd_code, PD_ROLES if pd_code else INBOX_ROLES)


def _works_at(user: StaffUser, pd_code: str | None) -> bool:
    roles = PD_ROLES if pd_code else INBOX_ROLES
    return user.active and user.role in roles and user.pd_code == pd_code


def _account(session: Session, user_id: int) -> StaffUser:
    user = teamwork.person(session, user_id)
    if user is None:
        raise NotFoundError("account")
    return user


def _require_handing_over(staff: Staff, giver: StaffUser) -> None:
    own = staff.may(Permission.LEAD_PD) and staff.pd_code == giver.pd_code
    if not own and not staff.may(Permission.KEEP_ACCOUNTS):
        raise ForbiddenError(staff.role.value)


def _taker(session: Session, giver: StaffUser, to_id: int | None) -> StaffUser | None:
    if to_id is None:
        return None
    taker = teamwork.person(session, to_id)
    if taker is None or taker.id == giver.id or not _works_at(taker, giver.pd_code):
        raise InvalidInputError({"kepada": "Pilih petugas lain dari kantor yang sama."})
    return taker


def _words(kind: str, who: str | None) -> str:
    if kind in _WORDS:
        return _WORDS[kind].format(who=who or "Petugas")
    return f"Aduan yang Anda ikuti {_FOLLOWED.get(kind, 'berubah')}"
