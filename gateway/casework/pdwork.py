"""What a perangkat daerah does with a case: accept, return, schedule, ask, propose.

A PD never sees who reported or the raw text; it writes to the citizen through the service.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from gateway.cases.casefile import CaseRef, News, move, open_case, required, tell, when
from gateway.cases.giving_back import ask_back, give_back, until_when
from gateway.cases.mentions import tell_mentioned
from gateway.cases.parts import whole_of
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.dates import local, short_day
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Permission, Staff
from gateway.rules.permissions import holders
from gateway.runtime import Runtime
from gateway.showing.record_views import QUESTION_NOTE
from store import complaints
from store import staff as staff_rows
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus, Disposisi, Note
from store.models.staff import StaffUser

_LONGEST_PLAN_DAYS = 365
_LONGEST_SCHEDULE_DAYS = 90
_ANSWER_WITHIN = clocks.Rule(5, clocks.Unit.WORKING_DAYS)
_LONGEST_LINE = 300

RETURN_REASONS = {
    "not_ours": "Bukan tugas kami",
    "unclear": "Kurang jelas",
    "already_handled": "Sudah ditangani",
    "duplicate": "Ganda",
}
# Ready-made questions leave at once; they ask for nothing that names a person.
QUESTIONS = {
    "where": "Di mana tepatnya lokasinya? Sebutkan patokan terdekat.",
    "when": "Sejak kapan kejadiannya?",
    "photo": "Mohon kirim foto keadaan sekarang.",
    "still": "Apakah masalahnya masih terjadi hari ini?",
}


@dataclass(frozen=True)
class Plan:
    """First response of a PD: one line for the citizen, and the day it expects to be done."""

    words: str
    expected_on: date | None


@dataclass(frozen=True)
class Return:
    """Why a PD sends a case back, and which PD it thinks responsible."""

    reason: str
    note: str = ""
    suggested_pd: str | None = None


def accept(runtime: Runtime, staff: Staff, ref: CaseRef, plan: Plan) -> None:
    """Take a disposisi up: the first response, which stops K2.

    Raises:
        InvalidInputError: plan or day is missing or impossible.
        MoveNotAllowedError: the case does not wait for acceptance.
    """
    staff.require(Permission.WORK_AT_PD)
    words = required(plan.words, "plan", "Tulis rencana penanganan dalam satu kalimat.")
    expected_on = _day(runtime, plan.expected_on, "expected_on", _LONGEST_PLAN_DAYS)
    _not_too_long(words, "plan")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        instruction = _waiting_disposisi(session, complaint)
        move(complaint, ComplaintStatus.IN_PROGRESS, now)
        instruction.accepted_at, instruction.plan = now, words
        instruction.return_reason = instruction.return_note = instruction.suggested_pd = None
        complaint.return_asked_at = None
        instruction.expected_on = expected_on
        clocks.stop(session, complaint, "K2", now)
        facts = {"disposisi": instruction.id}
        append_event(
            session, complaint, "accepted", at=now, actor_id=staff.id, public=True, data=facts
        )
        values = {"RENCANA": words.rstrip("."), "TGL": _closing(runtime, session, expected_on)}
        tell(runtime, session, complaint, News("ditangani", values, "RENCANA"))
    runtime.wake("outbox")


def send_back(runtime: Runtime, staff: Staff, ref: CaseRef, form: Return) -> bool:
    """Return a disposisi to Diskominfo; the case waits in Masuk again.

    After one working day it is a wish: the case stays until Diskominfo agrees.

    Returns:
        Whether the case went back at once.

    Raises:
        InvalidInputError: no known reason, or an unknown PD is suggested.
        MoveNotAllowedError: it was accepted before.
    """
    staff.require(Permission.WORK_AT_PD)
    known = {item.code for item in runtime.tenant.agencies}
    if form.reason not in RETURN_REASONS:
        raise InvalidInputError({"reason": "Pilih alasan pengembalian."})
    if form.suggested_pd and form.suggested_pd not in known:
        raise InvalidInputError({"suggested_pd": "Perangkat Daerah tidak dikenal."})
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        instruction = _waiting_disposisi(session, complaint)
        instruction.return_reason = form.reason
        instruction.return_note = form.note.strip() or None
        instruction.suggested_pd = form.suggested_pd or None
        at_once = runtime.now() <= until_when(runtime, session, instruction)
        step = give_back if at_once else ask_back
        step(runtime, session, complaint, instruction, staff)
        return at_once


def schedule(runtime: Runtime, staff: Staff, ref: CaseRef, day: date | None, reason: str) -> None:
    """Put the work off to a day within 90 days (Pending - Perwaktu) and tell the citizen.

    Raises:
        InvalidInputError: day or reason is missing or impossible.
        MoveNotAllowedError: the status does not allow it.
    """
    staff.require(Permission.WORK_AT_PD)
    words = required(reason, "reason", "Tulis alasan penjadwalan.")
    _not_too_long(words, "reason")
    resume_on = _day(runtime, day, "resume_on", _LONGEST_SCHEDULE_DAYS)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        move(complaint, ComplaintStatus.PENDING_SCHEDULED, now)
        complaint.resume_on, complaint.status_details = resume_on, {"reason": words}
        append_event(
            session, complaint, "scheduled", at=now, actor_id=staff.id, public=True,
            data={"resume_on": resume_on.isoformat()},
        )  # fmt: skip
        values = {"TGL": _closing(runtime, session, resume_on), "ALASAN": words.rstrip(".")}
        tell(runtime, session, complaint, News("tunda_waktu", values, "ALASAN"))
    runtime.wake("outbox")


def take_up_again(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """End a Pending before its day: the case is in Penanganan again.

    Raises:
        MoveNotAllowedError: the case is not pending.
    """
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.status not in _PENDING:
            raise MoveNotAllowedError("not pending")
        _resume(session, complaint, runtime, staff.id)


def resume_due(runtime: Runtime) -> int:
    """Bring scheduled cases whose day has come back to Penanganan; return how many.

    Called by the sweep. Cases in Pending - Catatan return the same way on their review day.
    """
    today = local(runtime.now(), runtime.profile.timezone).date()
    with runtime.transaction() as session:
        due = complaints.lock_resumable(session, today)
        for complaint in due:
            _resume(session, complaint, runtime, None)
        return len(due)


def ask(runtime: Runtime, staff: Staff, ref: CaseRef, question: str) -> None:
    """Ask the citizen something; K3 stands still until the answer.

    Args:
        runtime: the connected parts.
        staff: a PD may send only a ready-made question (a key of `QUESTIONS`), Diskominfo also
            words of its own.
        ref: the case.
        question: the key or the words.

    Raises:
        InvalidInputError: nothing was asked.
    """
    words = QUESTIONS.get(question, question if staff.role in INBOX_ROLES else "").strip()
    if not words:
        raise InvalidInputError({"question": "Pilih atau tulis pertanyaan."})
    _not_too_long(words, "question")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.status in _OVER or complaint.archived_at:
            raise MoveNotAllowedError("the case is closed")
        calendar = clocks.office_calendar(runtime, session)
        until = clocks.due_after(now, _ANSWER_WITHIN, calendar).due_at
        clocks.pause(session, complaint, "K3", now, until=until)
        if staff.role in PD_ROLES:
            clocks.stop(session, complaint, "K2", now)
        complaint.last_activity_at = now
        append_event(session, complaint, "asked", at=now, actor_id=staff.id, public=True)
        values = {"TANYA": words, "TGL": when(runtime, until)}
        tell(runtime, session, complaint, News("minta_info", values, "TANYA"))
        whole = whole_of(session, complaint)
        if whole.to_hand_over_at is not None:
            session.add(_question(whole, staff, words, now))
    runtime.wake("outbox")


def propose_question(runtime: Runtime, staff: Staff, ref: CaseRef, words: str) -> None:
    """Ask Diskominfo to ask the citizen something in the PD's own words, which it reads first.

    A note for both offices, which calls the officer who routed the case, or whoever could have.

    Raises:
        InvalidInputError: nothing was written, or too much.
        MoveNotAllowedError: the case is closed.
    """
    staff.require(Permission.WORK_AT_PD)
    text = required(words, "words", "Tulis pertanyaannya.")
    _not_too_long(text, "words")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if complaint.status in _OVER or complaint.archived_at:
            raise MoveNotAllowedError("the case is closed")
        readers = _readers(session, complaint)
        whom = "".join(f"@{user.username} " for user in readers)
        body = f"{whom}Usul pertanyaan untuk warga: {text}"
        note = Note(
            complaint_id=complaint.id, author_id=staff.id, body=body, for_pd=True, created_at=now
        )
        session.add(note)
        append_event(session, complaint, "noted", at=now, actor_id=staff.id)
        tell_mentioned(session, complaint, staff, (text, True), now, readers)


def _readers(session: Session, complaint: Complaint) -> list[StaffUser]:
    """Return who routed the case; everybody who may, if that person is at Diskominfo no more."""
    instruction = complaints.latest_disposisi(session, complaint.id)
    routed_by = instruction.created_by if instruction else None
    officer = session.get(StaffUser, routed_by) if routed_by else None
    if officer is not None and officer.active and officer.role in INBOX_ROLES:
        return [officer]
    roles = sorted(holders(Permission.DECIDE_CASES))
    return [user for role in roles for user in staff_rows.active_in_role(session, role)]


def _question(complaint: Complaint, staff: Staff, words: str, at: datetime) -> Note:
    """Keep a question that no channel carries, for the officer who will ask it."""
    return Note(
        complaint_id=complaint.id,
        author_id=staff.id,
        body=f"{QUESTION_NOTE}{words}",
        for_pd=True,
        created_at=at,
    )


_PENDING = {ComplaintStatus.PENDING_SCHEDULED, ComplaintStatus.PENDING_NOTED}
_OVER = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}


def _resume(session: Session, complaint: Complaint, runtime: Runtime, actor_id: int | None) -> None:
    move(complaint, ComplaintStatus.IN_PROGRESS, runtime.now())
    complaint.resume_on = complaint.status_details = None
    append_event(session, complaint, "resumed", at=runtime.now(), actor_id=actor_id, public=True)


def _waiting_disposisi(session: Session, complaint: Complaint) -> Disposisi:
    instruction = complaints.latest_disposisi(session, complaint.id)
    if complaint.status is not ComplaintStatus.DISPOSED or instruction is None:
        raise MoveNotAllowedError("no disposisi waits")
    return instruction


def _day(runtime: Runtime, day: date | None, name: str, longest_days: int) -> date:
    today = local(runtime.now(), runtime.profile.timezone).date()
    if day is None:
        raise InvalidInputError({name: "Isi tanggal."})
    if not today <= day <= today + timedelta(days=longest_days):
        raise InvalidInputError(
            {name: f"Tanggal harus antara hari ini dan {longest_days} hari lagi."}
        )
    return day


def _not_too_long(words: str, name: str) -> None:
    if len(words) > _LONGEST_LINE:
        raise InvalidInputError({name: f"Paling panjang {_LONGEST_LINE} huruf."})


def _closing(runtime: Runtime, session: Session, day: date) -> str:
    """Return a day with the time at which the office closes, as the texts expect it."""
    closes = clocks.office_calendar(runtime, session).closes
    return f"{short_day(day)} {closes:%H.%M}"
