"""Draf jawaban: what the PD writes for Diskominfo. A returned one stays; the next is a new row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gateway.answering.drafting import ANSWERS, LONGEST_ANSWER, PROPOSALS, awaits_draft, stale
from gateway.answering.template_values import require_complete
from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.showing.photo_views import require_proof
from store import complaints
from store.complaints import append_event
from store.models.complaint import Complaint, DraftAnswer


@dataclass(frozen=True)
class DraftForm:
    """The fields of a PD's draft, or the reason of a proposal. `version` 0: a new draft.

    `no_photo` says why no photo shows the work; only Diskominfo reads it.
    """

    done: str = ""
    planned: str = ""
    due_on: date | None = None
    contact: str = ""
    no_photo: str = ""
    proposal: str = "in_progress"
    version: int = 0

    def body(self) -> str:
        """The fields as one text, as Diskominfo and the citizen read it."""
        lines = [self.done.strip(), self.planned.strip()]
        if self.due_on and self.proposal in ANSWERS:
            lines.append(f"Paling lambat {self.due_on.day}/{self.due_on.month}/{self.due_on.year}.")
        if self.contact.strip():
            lines.append(f"Kontak: {self.contact.strip()}.")
        return " ".join(line for line in lines if line)


def save_draft(
    runtime: Runtime, staff: Staff, ref: CaseRef, form: DraftForm, *, submit: bool
) -> int:
    """Save the PD's draft, and hand it to Diskominfo when `submit`; return its new version.

    Raises:
        InvalidInputError: submitted empty or too long, or a review day is missing.
        StaleTextError: a colleague saved it meanwhile.
        MoveNotAllowedError: the case is not in this PD's hands now.
    """
    staff.require(Permission.WORK_AT_PD)
    _check_form(form, submit=submit)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if not awaits_draft(complaint):
            raise MoveNotAllowedError("no draft is expected")
        draft = _draft_to_write(session, complaint, staff, form)
        draft.body, draft.fields = form.body(), _fields(form)
        draft.proposal, draft.saved_at, draft.author_id = form.proposal, now, staff.id
        draft.proposed_on = form.due_on
        if submit:
            require_complete(draft.body, "done")
            if form.proposal == "resolved":
                require_proof(session, complaint, [form.no_photo])
            _submit(runtime, session, complaint, draft, staff)
        session.flush()
        return draft.version


def _check_form(form: DraftForm, *, submit: bool) -> None:
    problems: dict[str, str] = {}
    if form.proposal not in PROPOSALS:
        problems["proposal"] = "Pilih usul status."
    if len(form.body()) > LONGEST_ANSWER:
        problems["done"] = f"Draf paling panjang {LONGEST_ANSWER} huruf."
    if submit and not form.done.strip():
        problems["done"] = "Tulis apa yang sudah dilakukan."
    if submit and form.proposal == "pending_noted" and form.due_on is None:
        problems["due_on"] = "Isi tanggal tinjau ulang."
    if problems:
        raise InvalidInputError(problems)


def _draft_to_write(
    session: Session, complaint: Complaint, staff: Staff, form: DraftForm
) -> DraftAnswer:
    last = complaints.latest_draft(session, complaint.id)
    instruction = complaints.latest_disposisi(session, complaint.id)
    if instruction is None:
        raise MoveNotAllowedError("no disposisi")
    if last is not None and last.submitted_at is None and last.disposisi_id == instruction.id:
        if last.version != form.version:
            raise stale(session, last)
        return last
    draft = DraftAnswer(
        complaint_id=complaint.id,
        disposisi_id=instruction.id,
        author_id=staff.id,
        round=last.round + 1 if last and last.disposisi_id == instruction.id else 1,
    )
    session.add(draft)
    return draft


def _submit(
    runtime: Runtime, session: Session, complaint: Complaint, draft: DraftAnswer, staff: Staff
) -> None:
    now = runtime.now()
    draft.submitted_at = now
    complaint.draft_submitted_at, complaint.draft_returned_at = now, None
    complaint.citizen_wrote_at = None
    complaint.last_activity_at = now
    clocks.stop(session, complaint, "K3", now)
    clocks.start(runtime, session, complaint, "K4")
    facts = {"round": draft.round, "proposal": draft.proposal}
    append_event(session, complaint, "draft_submitted", at=now, actor_id=staff.id, data=facts)


def _fields(form: DraftForm) -> Mapping[str, str]:
    return {
        "done": form.done,
        "planned": form.planned,
        "due_on": form.due_on.isoformat() if form.due_on else "",
        "contact": form.contact,
        "no_photo": form.no_photo,
    }
