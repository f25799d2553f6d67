"""Disposisi: Diskominfo routes a received case to one PD, and may undo it for ten seconds.

The case is locked, version and table of moves are checked, the history is written, and what the
citizen is told is queued in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from gateway import clocks, feedback
from gateway.casefile import UNDO, CaseRef, News, move, open_case, tell, when
from gateway.dates import local
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.identity import shows_a_number
from gateway.parts import cancel_open
from gateway.people import Role, Staff
from gateway.runtime import Runtime
from gateway.statuses import require_move
from store import casework_rows as rows
from store import complaints
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus, Disposisi, Priority, Privacy

_LONGEST_DUE_DAYS = 90
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Disposal:
    """The form of the Disposisi dialog. `due_on` replaces the rule's deadline of the draft."""

    pd_code: str
    category: str
    priority: str = "normal"
    note: str = ""
    due_on: date | None = None
    publish: bool = True
    title: str = ""
    public_text: str = ""
    notify: bool = True


def dispose(runtime: Runtime, staff: Staff, ref: CaseRef, form: Disposal) -> datetime:
    """Route a received case to one PD; return until when it can be undone (aware UTC).

    The checked public text is approved with it, except for a Rahasia case. The citizen's notice
    is held back until the undo has passed.

    Raises:
        ForbiddenError: not an admin of Diskominfo.
        InvalidInputError: the form; problems by field.
        MoveNotAllowedError: somebody disposed or archived it before.
    """
    staff.require(Role.ADMIN_DISKOMINFO)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        require_move(complaint, ComplaintStatus.DISPOSED)
        secret = complaint.privacy is Privacy.SECRET
        problems = _disposal_problems(runtime, form, secret=secret)
        if problems:
            raise InvalidInputError(problems)
        feedback.note_disposal(session, complaint, staff, (form.pd_code, form.category), now)
        _route(complaint, form, now)
        if form.publish and not secret:
            complaint.title = form.title.strip()
            complaint.public_text = form.public_text.strip()
            complaint.public_approved_at = now
        instruction = _instruct(session, complaint, staff, form, now)
        first_reply = _start_pd_clocks(runtime, session, complaint, form.due_on)
        message_id = None
        if form.notify:
            news = News("diteruskan", {"TGL": first_reply}, not_before=now + UNDO)
            message_id = tell(runtime, session, complaint, news)
        facts = {"pd": form.pd_code, "disposisi": instruction.id, "message": message_id}
        append_event(
            session, complaint, "disposed", at=now, actor_id=staff.id, public=True, data=facts
        )
    runtime.wake("outbox")
    return now + UNDO


def undo_disposal(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take a disposisi back while its notice has not left (Urungkan).

    Raises:
        MoveNotAllowedError: too late, or the PD has already acted.
    """
    staff.require(Role.ADMIN_DISKOMINFO)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        instruction = complaints.latest_disposisi(session, complaint.id)
        if complaint.status is not ComplaintStatus.DISPOSED or instruction is None:
            raise MoveNotAllowedError("nothing to undo")
        if now > instruction.created_at + UNDO or not rows.withdraw_unsent(
            session, complaint.id, instruction.created_at, now
        ):
            raise MoveNotAllowedError("too late to undo")
        instruction.returned_at, instruction.return_reason = now, "undone"
        feedback.forget_disposal(session, complaint)
        cancel_open(session, complaint, staff, now)
        move(complaint, ComplaintStatus.RECEIVED, now)
        complaint.pd_code, complaint.public_approved_at = None, None
        clocks.stop_all(session, complaint, now)
        clocks.reopen(session, complaint, "K1", now)
        append_event(session, complaint, "disposisi_undone", at=now, actor_id=staff.id)


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
        problems |= _public_problems(form)
    return problems


def _public_problems(form: Disposal) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not 0 < len(form.title.strip()) <= _LONGEST_TITLE:
        problems["title"] = "Tulis judul publik, paling panjang 200 huruf."
    if not form.public_text.strip():
        problems["public_text"] = "Tulis isi publik."
    for name in ("title", "public_text"):
        if shows_a_number(getattr(form, name)):
            problems[name] = "Masih ada nomor yang tampak seperti NIK atau nomor HP. Samarkan dulu."
    return problems


def _route(complaint: Complaint, form: Disposal, now: datetime) -> None:
    move(complaint, ComplaintStatus.DISPOSED, now)
    complaint.pd_code, complaint.category_code = form.pd_code, form.category
    complaint.priority = Priority(form.priority)
    complaint.returned_at = complaint.citizen_wrote_at = complaint.status_details = None
    complaint.draft_submitted_at = complaint.draft_returned_at = None


def _instruct(
    session: Session, complaint: Complaint, staff: Staff, form: Disposal, now: datetime
) -> Disposisi:
    instruction = Disposisi(
        complaint_id=complaint.id,
        pd_code=form.pd_code,
        note=form.note.strip() or None,
        created_by=staff.id,
        created_at=now,
    )
    session.add(instruction)
    session.flush()  # the history names its id
    return instruction


def _start_pd_clocks(
    runtime: Runtime, session: Session, complaint: Complaint, due_on: date | None
) -> str:
    """Stop K1, start the PD's clocks, and return the deadline of the first response in words."""
    clocks.stop(session, complaint, "K1", runtime.now())
    response = clocks.start(runtime, session, complaint, "K2")
    clocks.start(runtime, session, complaint, "K3", due_on=due_on)
    clocks.start(runtime, session, complaint, "K5")
    return when(runtime, response.due_at)
