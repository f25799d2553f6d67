"""Macros: what one will do is shown before, then done in one step or not at all.

A macro is a ready-made text with acts. Each act is the use case that the page would have called,
with its own checks, history and notices; here they share one transaction. The preview is the same
steps, taken back.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from gateway.answering.template_values import case_values, filled
from gateway.cases.casefile import CaseRef, open_case, seen_case
from gateway.casework import casework, pdwork
from gateway.casework.casework import Referral
from gateway.casework.pdwork import Plan
from gateway.errors import (
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.rules.dates import local, long_day
from gateway.rules.macro_steps import STEPS, Acts, Step
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import PRIORITY_WORDS
from gateway.runtime import Nudger, Runtime
from store import answer_templates
from store.complaints import append_event
from store.models.answering import AnswerTemplate
from store.models.complaint import Complaint

_TELLS = frozenset({Step.ACCEPT, Step.SCHEDULE, Step.REFER})  # the citizen hears of these


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro in the list of those that fit a case."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a macro does: what, with which words, and why it may not (empty: it may)."""

    what: str
    words: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """What a macro would do to a case now.

    Attributes:
        macro: which.
        version: of the case, as it was looked at.
        lines: in the order in which it is done; what comes behind a problem was not tried.
        text: what is put into the field behind what stands there, not sent.
        ready: whether nothing stands in the way.
    """

    macro: Macro
    version: int
    lines: Sequence[Line]
    text: str
    ready: bool


@dataclass(frozen=True)
class Offer:
    """The macros that fit a case, and the one that was chosen."""

    ticket: str
    title: str
    macros: Sequence[Macro]
    chosen: Preview | None


@dataclass(frozen=True)
class _Act:
    """One use case, ready to be called."""

    line: Line
    do: Callable[[Runtime], object]


def offer(runtime: Runtime, staff: Staff, ticket: str, template_id: int | None) -> Offer:
    """Return the macros of this person's office for a case, and what the chosen one would do.

    Raises:
        NotFoundError: no such number, or not this person's; no such macro.
    """
    staff.require(Permission.HANDLE_CASES, Permission.WORK_AT_PD)
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        rows = answer_templates.fitting(
            session, complaint.status.value, complaint.category_code, staff.pd_code
        )
        macros = [Macro(row.id, row.name) for row in rows if _is_macro(row, staff)]
        title = complaint.title
    chosen = None if template_id is None else _preview(runtime, staff, ticket, template_id)
    return Offer(ticket, title, macros, chosen)


def run(runtime: Runtime, staff: Staff, ref: CaseRef, template_id: int) -> str:
    """Do what a macro does, all of it or nothing, and return its name.

    Raises:
        NotFoundError: no such case or macro.
        ConflictError: the case was changed since the preview, also by the same form sent twice.
        InvalidInputError, MoveNotAllowedError, ForbiddenError: as the step that refused says.
    """
    staff.require(Permission.HANDLE_CASES, Permission.WORK_AT_PD)
    now = runtime.now()
    with _together(runtime) as inner, inner.transaction() as session:
        complaint = open_case(session, ref, staff)
        row = _macro(session, staff, template_id)
        for act in _acts(inner, session, staff, complaint, row):
            act.do(inner)
        name, complaint.last_activity_at = row.name, now
        append_event(
            session, complaint, "macro_run", at=now, actor_id=staff.id, data={"template": row.id}
        )
    return name


def _preview(runtime: Runtime, staff: Staff, ticket: str, template_id: int) -> Preview:
    """Do it all and take it back: so the preview cannot say anything else than the step."""
    with _taken_back(runtime) as inner, inner.transaction() as session:
        complaint = open_case(session, CaseRef(ticket), staff)
        version = complaint.version
        row = _macro(session, staff, template_id)
        lines = _tried(inner, _acts(inner, session, staff, complaint, row))
        text = filled(row.body, case_values(inner, session, complaint))
        macro = Macro(row.id, row.name)
    ready = not any(line.problem for line in lines)
    return Preview(macro, version, lines, text, ready)


def _tried(inner: Runtime, acts: Sequence[_Act]) -> list[Line]:
    lines: list[Line] = []
    refused = False
    for act in acts:
        problem = "" if refused else _why_not(partial(act.do, inner))
        refused = refused or bool(problem)
        lines.append(replace(act.line, problem=problem))
    return lines


def _why_not(step: Callable[[], object]) -> str:
    """Do a step; return why it was refused, empty if it was done."""
    try:
        step()
    except InvalidInputError as error:
        return next(iter(error.problems.values()))
    except MoveNotAllowedError:
        return "Status aduan sekarang tidak mengizinkan langkah ini."
    except ForbiddenError:
        return "Peran Anda tidak boleh melakukan langkah ini."
    return ""


def _is_macro(row: AnswerTemplate, staff: Staff) -> bool:
    return bool(row.acts) and row.pd_code == staff.pd_code


def _macro(session: Session, staff: Staff, template_id: int) -> AnswerTemplate:
    row = answer_templates.get(session, template_id)
    if row is None or not row.active or not _is_macro(row, staff):
        raise NotFoundError("macro")
    return row


def _acts(
    runtime: Runtime, session: Session, staff: Staff, complaint: Complaint, row: AnswerTemplate
) -> list[_Act]:
    """Return what a macro does to this case; a change of status comes last."""
    acts, ref = Acts(**row.acts), CaseRef(complaint.ticket)
    values = case_values(runtime, session, complaint)
    made = []
    if acts.priority:
        what = f"Prioritas menjadi {PRIORITY_WORDS[acts.priority]}"
        made.append(
            _Act(Line(what), lambda run: casework.set_priority(run, staff, ref, acts.priority))
        )
    if acts.note:
        note = filled(acts.note, values)
        shared = acts.note_for_pd or staff.pd_code is not None
        what = "Catatan, dibaca PD dan Diskominfo" if shared else "Catatan internal"
        made.append(
            _Act(
                Line(what, note),
                lambda run: casework.add_note(run, staff, ref, note, for_pd=acts.note_for_pd),
            )
        )
    if acts.step:
        made.append(_step(runtime, staff, ref, replace(acts, words=filled(acts.words, values))))
    return made


def _step(runtime: Runtime, staff: Staff, ref: CaseRef, acts: Acts) -> _Act:
    step = Step(acts.step)
    today = local(runtime.now(), runtime.profile.timezone).date()
    day = today + timedelta(days=acts.days) if acts.days is not None else None
    what = STEPS[step].words
    if step in _TELLS:
        what += ", pelapor dikabari"
    words = [acts.words, long_day(day) if day else ""]
    if step is Step.REFER:
        body = next((one for one in runtime.tenant.agencies if one.code == acts.body), None)
        referral = Referral(body.name, body.contact, acts.words) if body else Referral("", "", "")
        words = [referral.body, referral.contact, acts.words]
        return _Act(_line(what, words), lambda run: casework.refer(run, staff, ref, referral))
    return _Act(_line(what, words), _of_pd(step, staff, ref, acts.words, day))


def _of_pd(
    step: Step, staff: Staff, ref: CaseRef, words: str, day: date | None
) -> Callable[[Runtime], object]:
    if step is Step.ACCEPT:
        return lambda run: pdwork.accept(run, staff, ref, Plan(words, day))
    if step is Step.SCHEDULE:
        return lambda run: pdwork.schedule(run, staff, ref, day, words)
    return lambda run: pdwork.take_up_again(run, staff, ref)


def _line(what: str, words: Sequence[str]) -> Line:
    return Line(what, " · ".join(word for word in words if word))


class _TakenBackError(Exception):
    """Ends a transaction of which nothing shall stay."""


@dataclass
class _Later:
    """Keeps nudges until what they are about can be seen."""

    nudger: Nudger
    kinds: list[str] = field(default_factory=list)

    def wake(self, kind: str) -> None:
        self.kinds.append(kind)

    def answers(self) -> bool:
        return self.nudger.answers()


@contextmanager
def _together(runtime: Runtime) -> Iterator[Runtime]:
    """Give a runtime whose use cases share one transaction: all that they do stays, or nothing."""
    later = _Later(runtime.nudger)
    with runtime.transaction() as session:
        yield replace(runtime, transaction=lambda: nullcontext(session), nudger=later)
    for kind in dict.fromkeys(later.kinds):
        runtime.wake(kind)


@contextmanager
def _taken_back(runtime: Runtime) -> Iterator[Runtime]:
    """Give such a runtime, of which nothing stays."""
    with suppress(_TakenBackError), _together(runtime) as inner:
        yield inner
        raise _TakenBackError
