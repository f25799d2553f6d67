"""Pecah: a case whose matter concerns several PDs is cut into parts with one coordinator.

Each part is a case of its own for its PD: own clocks, own drafts, own return. The PD that has the
whole coordinates; the citizen knows one number and gets one answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases import parts, routing
from gateway.cases.casefile import UNDO, CaseRef, open_case
from gateway.cases.identity import shows_a_number
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import splits
from store.complaints import append_event
from store.models.complaint import Complaint, ComplaintStatus

MOST_PARTS = 5
_LONGEST_TEXT = 3000


@dataclass(frozen=True, slots=True)
class PartForm:
    """One part: which PD, and what it shall see to, without identities."""

    pd_code: str
    text: str


def split(runtime: Runtime, staff: Staff, ref: CaseRef, forms: Sequence[PartForm]) -> datetime:
    """Cut parts for other PDs off a disposed case; return until when that can be undone.

    Raises:
        InvalidInputError: no part, too many, a PD twice, or a text that names a number.
        MoveNotAllowedError: the case has no coordinator yet, or is over.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        whole = open_case(session, ref, staff)
        if not parts.may_split(whole):
            raise MoveNotAllowedError("not to be split now")
        _check(runtime, session, whole, forms)
        number = splits.number_of_parts(session, whole.id)
        for form in forms:
            number += 1
            part = _make(runtime, session, whole, form, number)
            _instruct(runtime, session, part, staff)
            facts = {"part": part.id, "pd": part.pd_code}
            append_event(
                session, whole, "split", at=now, actor_id=staff.id, public=True, data=facts
            )
        whole.last_activity_at = now
    return now + UNDO


def undo_split(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take the parts back that were made within the last ten seconds (Urungkan).

    Raises:
        MoveNotAllowedError: too late, or a PD has already acted.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        whole = open_case(session, CaseRef(ref.ticket), staff)
        made = [
            part
            for part in splits.open_parts(session, whole.id)
            if part.received_at + UNDO >= now and part.status is ComplaintStatus.DISPOSED
        ]
        if not made:
            raise MoveNotAllowedError("too late to undo")
        for part in made:
            parts.cancel(session, part, staff, now)


def cancel_part(runtime: Runtime, staff: Staff, ref: CaseRef) -> str:
    """Take one part back (Batalkan bagian); return the number of the whole.

    Raises:
        MoveNotAllowedError: it is no part, or has its answer already.
    """
    staff.require(Permission.DECIDE_CASES)
    with runtime.transaction() as session:
        part = open_case(session, ref, staff)
        over = part.archived_at is not None or part.status is ComplaintStatus.RESOLVED
        if part.part_of_id is None or over:
            raise MoveNotAllowedError("no open part")
        parts.cancel(session, part, staff, runtime.now())
        return parts.whole_of(session, part).ticket


def _check(runtime: Runtime, session: Session, whole: Complaint, forms: Sequence[PartForm]) -> None:
    taken = {whole.pd_code, *splits.pds_of_parts(session, whole.id)}
    known = {item.code for item in runtime.tenant.agencies if not item.external}
    problems: dict[str, str] = {}
    if not forms:
        problems["pd_1"] = "Isi paling sedikit satu bagian."
    if len(splits.parts_of(session, whole.id)) + len(forms) > MOST_PARTS:
        problems[""] = f"Paling banyak {MOST_PARTS} bagian."
    for place, form in enumerate(forms, start=1):
        if form.pd_code not in known:
            problems[f"pd_{place}"] = "Pilih Perangkat Daerah."
        elif form.pd_code in taken:
            problems[f"pd_{place}"] = "Perangkat Daerah ini sudah mempunyai bagian."
        taken.add(form.pd_code)
        problem = _text_problem(form.text)
        if problem:
            problems[f"text_{place}"] = problem
    if problems:
        raise InvalidInputError(problems)


def _text_problem(text: str) -> str:
    if not text.strip():
        return "Tulis bagian yang ditangani."
    if len(text) > _LONGEST_TEXT:
        return f"Paling panjang {_LONGEST_TEXT} huruf."
    if shows_a_number(text):
        return "Masih ada nomor yang tampak seperti NIK atau nomor HP. Samarkan dulu."
    return ""


def _make(
    runtime: Runtime, session: Session, whole: Complaint, form: PartForm, number: int
) -> Complaint:
    """Write the part. It has no reporter, no PIN and no raw text: those stay with the whole."""
    now = runtime.now()
    part = Complaint(
        ticket=f"{whole.ticket}-{number}",
        pin_hash="",
        status=ComplaintStatus.DISPOSED,
        status_at=now,
        received_at=now,
        last_activity_at=now,
        part_of_id=whole.id,
        pd_code=form.pd_code,
        public_text=form.text.strip(),
        original_text="",
        suggested_by=whole.suggested_by or "keywords",
        **{name: getattr(whole, name) for name in _SHARED},
    )
    session.add(part)
    session.flush()  # instruction, clocks and history refer to its id
    return part


_SHARED = (
    "kind", "privacy", "priority", "category_code", "channel", "title", "place", "desa",
    "kecamatan", "event_at", "event_precision",
)  # fmt: skip


def _instruct(runtime: Runtime, session: Session, part: Complaint, staff: Staff) -> None:
    instruction = routing.instruct(session, part, staff, runtime.now())
    routing.start_pd_clocks(runtime, session, part)
    whole = parts.whole_of(session, part)
    facts = {"ticket": whole.ticket, "disposisi": instruction.id, "pd": part.pd_code}
    append_event(session, part, "part_made", at=runtime.now(), actor_id=staff.id, data=facts)
