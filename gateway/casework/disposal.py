"""Disposisi: Diskominfo routes a received case to one PD, and may undo it for ten seconds.

The case is locked, version and table of moves are checked, the history is written, and what the
citizen is told is queued in the same transaction.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gateway.cases import conflict_marks, feedback
from gateway.cases.casefile import UNDO, CaseRef, News, move, open_case, tell, when
from gateway.cases.conflict_signs import INSPECTORATE
from gateway.cases.parts import cancel_open
from gateway.cases.public_words import public_problems
from gateway.cases.routing import instruct, start_pd_clocks
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.dates import local
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import require_move
from gateway.runtime import Runtime
from store import casework_rows as rows
from store import complaints
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus, Priority, Privacy

_LONGEST_DUE_DAYS = 90


@dataclass(frozen=True)
class Disposal:
    """The form of the Disposisi dialog. `due_on` replaces the rule's deadline of the draft.

    `conflict` is the code of the PD that the complaint is about: it goes to the inspectorate
    instead, whatever `pd_code` says, as Rahasia, and that PD never sees it.
    """

    pd_code: str
    category: str
    priority: str = "normal"
    note: str = ""
    due_on: date | None = None
    publish: bool = True
    conflict: str = ""
    title: str = ""
    public_text: str = ""
    notify: bool = True


def dispose(
    runtime: Runtime, staff: Staff, ref: CaseRef, form: Disposal, hold: timedelta = UNDO
) -> datetime:
    """Route a received case to one PD; return until when it can be undone (aware UTC).

    The checked public text is approved with it, except for a Rahasia case. The citizen's notice
    is held back until the undo has passed.

    Raises:
        ForbiddenError: not an admin of Diskominfo.
        InvalidInputError: the form; problems by field.
        MoveNotAllowedError: somebody disposed or archived it before.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        require_move(complaint, ComplaintStatus.DISPOSED)
        form = _checked(runtime, complaint, form)
        if form.conflict:
            conflict_marks.note(session, complaint, staff, (form.conflict, now))
        feedback.note_disposal(session, complaint, staff, (form.pd_code, form.category), now)
        _route(complaint, form, now)
        instruction = instruct(session, complaint, staff, now, form.note)
        clocks.stop(session, complaint, "K1", now)
        first_reply = when(runtime, start_pd_clocks(runtime, session, complaint, form.due_on))
        message_id = None
        if form.notify:
            news = News("diteruskan", {"TGL": first_reply}, not_before=now + hold)
            message_id = tell(runtime, session, complaint, news)
        facts = {"pd": form.pd_code, "disposisi": instruction.id, "message": message_id}
        append_event(
            session, complaint, "disposed", at=now, actor_id=staff.id, public=True, data=facts
        )
    runtime.wake("outbox")
    return now + UNDO


def undo_disposal(runtime: Runtime, staff: Staff, ref: CaseRef, within: timedelta = UNDO) -> None:
    """Take a disposisi back while its notice has not left (Urungkan).

    Raises:
        MoveNotAllowedError: too late, or the PD has already acted.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        instruction = complaints.latest_disposisi(session, complaint.id)
        if complaint.status is not ComplaintStatus.DISPOSED or instruction is None:
            raise MoveNotAllowedError("nothing to undo")
        noted = complaints.event_at(
            session, complaint.id, conflict_marks.NOTED, instruction.created_at
        )
        if noted is not None and "audit" in noted.data:
            raise MoveNotAllowedError("a diversion is lifted, with a reason")
        if now > instruction.created_at + within or not rows.withdraw_unsent(
            session, complaint.id, instruction.created_at, now
        ):
            raise MoveNotAllowedError("too late to undo")
        instruction.returned_at, instruction.return_reason = now, complaints.UNDONE
        feedback.forget_disposal(session, complaint)
        if noted is not None:
            conflict_marks.lift(session, complaint, staff, instruction.created_at)
        cancel_open(session, complaint, staff, now)
        move(complaint, ComplaintStatus.RECEIVED, now)
        complaint.pd_code, complaint.public_approved_at = None, None
        clocks.stop_all(session, complaint, now)
        clocks.reopen(session, complaint, "K1", now)
        append_event(session, complaint, "disposisi_undone", at=now, actor_id=staff.id)


def _checked(runtime: Runtime, complaint: Complaint, form: Disposal) -> Disposal:
    """Return the form as it counts for this case.

    Raises:
        InvalidInputError: problems by field.
    """
    if form.conflict:
        form = replace(form, pd_code=INSPECTORATE)
    about_a_pd = bool(form.conflict) or complaint.conflict_pd is not None
    secret = complaint.privacy is Privacy.SECRET or about_a_pd
    problems = _disposal_problems(runtime, form, secret=secret)
    problems |= _conflict_problems(runtime, complaint, form)
    if problems:
        raise InvalidInputError(problems)
    return replace(form, publish=form.publish and not secret)


def _disposal_problems(runtime: Runtime, form: Disposal, *, secret: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    agencies = {item.code for item in runtime.tenant.agencies if not item.external}
    if form.pd_code not in agencies:
        problems["pd_code"] = "Pilih Perangkat Daerah penanggung jawab."
    if form.category not in {item.code for item in runtime.tenant.categories}:
        problems["category"] = "Pilih kategori."
    if form.priority not in {item.value for item in Priority}:
        problems["priority"] = "Pilih prioritas."
    today = local(runtime.now(), runtime.profile.timezone).date()
    latest = today + timedelta(days=_LONGEST_DUE_DAYS)
    if form.due_on is not None and not today <= form.due_on <= latest:
        problems["due_on"] = f"Batas paling lambat {_LONGEST_DUE_DAYS} hari dari sekarang."
    if form.publish and not secret:
        problems |= public_problems(form.title, form.public_text)
    return problems


def _conflict_problems(runtime: Runtime, complaint: Complaint, form: Disposal) -> dict[str, str]:
    agencies = {item.code for item in runtime.tenant.agencies if not item.external}
    if form.conflict and form.conflict not in agencies - {INSPECTORATE}:
        return {"conflict": "Pilih Perangkat Daerah yang diadukan."}
    if form.pd_code == complaint.conflict_pd:
        return {"pd_code": "Aduan ini tentang Perangkat Daerah itu. Pilih yang lain."}
    if complaint.part_of_id is not None and form.conflict:
        return {"conflict": "Alihkan aduan utamanya, bukan bagiannya."}
    return {}


def _route(complaint: Complaint, form: Disposal, now: datetime) -> None:
    move(complaint, ComplaintStatus.DISPOSED, now)
    complaint.pd_code, complaint.category_code = form.pd_code, form.category
    complaint.priority = Priority(form.priority)
    complaint.returned_at = complaint.citizen_wrote_at = complaint.status_details = None
    complaint.draft_submitted_at = complaint.draft_returned_at = None
    if form.publish:
        complaint.title = form.title.strip()
        complaint.public_text = form.public_text.strip()
        complaint.public_approved_at = now
