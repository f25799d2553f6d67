"""One step on many cases: shown as a summary before, done case by case, undone for ten seconds.

Each case is a transaction of its own: one that somebody else has changed is left out and named,
the others are done. The row of the step is written first, so that a form that arrives twice acts
once, and what was done can be undone even if the process ended in the middle.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from gateway.cases.casefile import UNDO, CaseRef
from gateway.cases.pd_reminders import waits_for_pd
from gateway.casework import casework, disposal, labelling, reminding
from gateway.casework.casework import ARCHIVE_REASONS
from gateway.casework.disposal import Disposal
from gateway.errors import (
    ConflictError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import PRIORITY_WORDS, StatusWords
from gateway.runtime import Runtime
from gateway.settings import setting_labels
from gateway.showing.showing import status_words
from store import bulk as rows
from store import labels
from store.models.complaint import Complaint, ComplaintStatus, Privacy
from store.models.triage import BulkAction

MOST = 50
# Notices of the first case must not leave while the last is still being done.
_HOLD = UNDO + timedelta(seconds=60)
_REMIND = "ingatkan"
KINDS = {
    "disposisi": "Disposisi",
    "bukan-aduan": "Bukan aduan",
    "prioritas": "Prioritas",
    _REMIND: "Ingatkan PD",
    "label": "Label",
}


@dataclass(frozen=True)
class BulkForm:
    """What shall be done with all chosen cases; fields of the other kinds stay empty."""

    kind: str
    pd_code: str = ""
    note: str = ""
    publish: bool = False
    reason: str = ""
    priority: str = ""
    label: str = ""
    take_off: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the summary. `problem` says why it will be left out, empty if it will not."""

    ticket: str
    version: int
    title: str
    text: str
    status: StatusWords
    secret: bool
    problem: str


@dataclass(frozen=True)
class Outcome:
    """What became of a step on many cases.

    `until` is when undoing ends, aware UTC; None: what was said cannot be taken back.
    """

    action_id: int
    done: Sequence[str]
    left_out: Sequence[tuple[str, str]]
    until: datetime | None


def summary(runtime: Runtime, staff: Staff, kind: str, tickets: Sequence[str]) -> list[Line]:
    """Return what would be done with these cases, in the order they were chosen.

    Raises:
        NotFoundError: no such kind of step.
        InvalidInputError: none or more than fifty were chosen.
    """
    staff.require(Permission.DECIDE_CASES)
    if kind not in KINDS:
        raise NotFoundError("kind")
    wanted = list(dict.fromkeys(tickets))
    if not 0 < len(wanted) <= MOST:
        raise InvalidInputError({"": f"Pilih 1 sampai {MOST} aduan."})
    with runtime.transaction() as session:
        found = rows.cases(session, wanted)
    return [_line(kind, found[ticket]) for ticket in wanted if ticket in found]


def act(
    runtime: Runtime, staff: Staff, form: BulkForm, refs: Sequence[CaseRef], form_key: str
) -> Outcome:
    """Do the step on each of these cases; the same form sent twice acts once.

    Raises:
        InvalidInputError: the form lacks what its kind needs, or none or too many were chosen.
    """
    staff.require(Permission.DECIDE_CASES)
    _check(runtime, form, refs)
    action_id, before = _begin(runtime, staff, form, refs, form_key)
    if before is not None:
        return before
    done, left_out = [], []
    for ref in refs:
        problem = _one(partial(_step, runtime, staff, form, ref))
        if problem:
            left_out.append((ref.ticket, problem))
        else:
            done.append(ref.ticket)
    now = runtime.now()
    with runtime.transaction() as session:
        action = session.get_one(BulkAction, action_id)
        action.at = now
        action.changes = [item for item in action.changes if item["ticket"] in done]
    return Outcome(action_id, done, left_out, _until(form.kind, now))


def undo(runtime: Runtime, staff: Staff, action_id: int) -> int:
    """Take a step on many cases back (Urungkan); return how many cases are as they were.

    Raises:
        NotFoundError: no such step of this person.
        MoveNotAllowedError: it was longer ago than ten seconds, or undone before.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        action = rows.locked(session, action_id)
        if action is None or action.actor_id != staff.id:
            raise NotFoundError("bulk action")
        until = _until(action.kind, action.at)
        if action.undone_at is not None or until is None or now > until:
            raise MoveNotAllowedError("too late to undo")
        action.undone_at = now
        kind, changes = action.kind, list(action.changes)
    undone = [_one(_undoing(runtime, staff, kind, change)) for change in changes]
    return undone.count("")


def _check(runtime: Runtime, form: BulkForm, refs: Sequence[CaseRef]) -> None:
    problems: dict[str, str] = {}
    if not 0 < len({ref.ticket for ref in refs}) <= MOST:
        problems[""] = f"Pilih 1 sampai {MOST} aduan."
    agencies = {item.code for item in runtime.tenant.agencies if not item.external}
    if form.kind == "disposisi" and form.pd_code not in agencies:
        problems["pd_code"] = "Pilih Perangkat Daerah penanggung jawab."
    if form.kind == "bukan-aduan" and form.reason not in ARCHIVE_REASONS:
        problems["reason"] = "Pilih salah satu alasan."
    if form.kind == "prioritas" and form.priority not in PRIORITY_WORDS:
        problems["priority"] = "Pilih prioritas."
    if form.kind == "label" and form.label not in setting_labels.names(runtime):
        problems["label"] = "Pilih label."
    if form.kind not in KINDS:
        problems[""] = "Langkah tidak dikenal."
    if problems:
        raise InvalidInputError(problems)


def _begin(
    runtime: Runtime, staff: Staff, form: BulkForm, refs: Sequence[CaseRef], form_key: str
) -> tuple[int, Outcome | None]:
    """Write the row of the step; return its id, and the outcome if the form came before."""
    now = runtime.now()
    with runtime.transaction() as session:
        found = rows.cases(session, [ref.ticket for ref in refs])
        marks = labels.of_cases(session, [case.id for case in found.values()])
        changes = [
            {
                "ticket": case.ticket,
                "priority": case.priority.value,
                "label": form.label,
                "labelled": form.label in marks.get(case.id, ()),
            }
            for case in found.values()
            if not _problem(form.kind, case)  # what is left out is not this step's to undo
        ]
        action_id = rows.begin(
            session,
            {"form_key": f"{staff.id}:{form_key}", "kind": form.kind, "actor_id": staff.id,
             "at": now, "changes": changes},
        )  # fmt: skip
        if action_id is not None:
            return action_id, None
        return _earlier(session, f"{staff.id}:{form_key}")


def _earlier(session: Session, form_key: str) -> tuple[int, Outcome]:
    action = rows.of_form(session, form_key)
    done = [str(item["ticket"]) for item in action.changes]
    return action.id, Outcome(action.id, done, [], _until(action.kind, action.at))


def _until(kind: str, at: datetime) -> datetime | None:
    return None if kind == _REMIND else at + UNDO


def _step(runtime: Runtime, staff: Staff, form: BulkForm, ref: CaseRef) -> None:
    if form.kind == "bukan-aduan":
        casework.archive(runtime, staff, ref, form.reason)
    elif form.kind == "label":
        labelling.mark(runtime, staff, ref, form.label, on=not form.take_off)
    elif form.kind == _REMIND:
        _remind(runtime, staff, ref)
    elif form.kind == "prioritas":
        casework.set_priority(runtime, staff, ref, form.priority)
    else:
        with runtime.transaction() as session:
            case = rows.cases(session, [ref.ticket]).get(ref.ticket)
        if case is None:
            raise NotFoundError("case")
        disposal.dispose(runtime, staff, ref, _disposal_of(case, form), _HOLD)


def _remind(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    try:
        reminding.remind(runtime, staff, ref.ticket)
    except ConflictError:
        raise InvalidInputError({"": "sudah diingatkan hari ini"}) from None


def _disposal_of(case: Complaint, form: BulkForm) -> Disposal:
    """Return the form of a single disposisi: category, priority and texts are the case's own."""
    return Disposal(
        pd_code=form.pd_code,
        category=case.category_code or "",
        priority=case.priority.value,
        note=form.note,
        publish=form.publish,
        title=case.title,
        public_text=case.public_text,
    )


def _undoing(
    runtime: Runtime, staff: Staff, kind: str, change: dict[str, Any]
) -> Callable[[], object]:
    ref = CaseRef(str(change["ticket"]))
    if kind == "bukan-aduan":
        return lambda: casework.restore(runtime, staff, ref)
    if kind == "prioritas":
        return lambda: casework.set_priority(runtime, staff, ref, str(change["priority"]))
    if kind == "label":
        code, before = str(change["label"]), bool(change["labelled"])
        return lambda: labelling.mark(runtime, staff, ref, code, on=before)
    return lambda: disposal.undo_disposal(runtime, staff, ref, _HOLD)


def _one(step: Callable[[], object]) -> str:
    """Do a step on one case; return why it was refused, empty if it was done."""
    try:
        step()
    except InvalidInputError as error:
        return next(iter(error.problems.values()))
    except ConflictError:
        return "baru saja diubah petugas lain"
    except MoveNotAllowedError:
        return "statusnya sudah berubah"
    except NotFoundError:
        return "tidak ditemukan"
    return ""


def _line(kind: str, case: Complaint) -> Line:
    secret = case.privacy is Privacy.SECRET
    problem = _problem(kind, case)
    status = status_words(case)
    return Line(case.ticket, case.version, case.title, case.public_text, status, secret, problem)


def _problem(kind: str, case: Complaint) -> str:
    first = kind in {"disposisi", "bukan-aduan"}  # steps on what waits in Masuk
    checks = {
        "sudah diarsipkan": case.archived_at is not None or case.withdrawn_at is not None,
        "langkah berikutnya bukan di PD": kind == _REMIND and not waits_for_pd(case),
        "mengikuti aduan lain": first and case.leading_id is not None,
        "sudah didisposisikan": first and case.status is not ComplaintStatus.RECEIVED,
        "belum berkategori": kind == "disposisi" and case.category_code is None,
    }
    return next((words for words, applies in checks.items() if applies), "")
