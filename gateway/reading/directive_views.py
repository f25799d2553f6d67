"""Arahan as they are read: by the leadership, by the PD that has to answer, by Diskominfo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases.heads import speaks_for_pd
from gateway.errors import NotFoundError
from gateway.rules.dates import local
from gateway.rules.people import PD_ROLES, Permission, Staff, position_words
from gateway.rules.statuses import StatusWords
from gateway.runtime import Runtime
from gateway.showing.showing import full_time, pd_short, status_words
from store import directives, reading
from store.directives import DirectiveRow


@dataclass(frozen=True, slots=True)
class DirectiveView:
    """One Arahan in words.

    `tone` is ``late``, ``waits``, ``taken`` or ``ended``; `answerable` says that this person may
    take it up now.
    """

    id: int
    who: str
    body: str
    due: str
    pd: str
    ticket: str
    title: str
    given: str
    state: str
    tone: str
    answerable: bool = False


@dataclass(frozen=True)
class DirectivePage:
    """One page of Arahan; `older` is the id to go on from, None at the end."""

    rows: Sequence[DirectiveView]
    older: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class CaseAsked:
    """The case about which somebody of the leadership wants to write: its public side."""

    ticket: str
    title: str
    text: str
    status: StatusWords
    pd: str


def page(
    runtime: Runtime, staff: Staff, before: int | None = None, *, ended: bool = False
) -> DirectivePage:
    """Return the Arahan that this person may read, newest first."""
    staff.require(Permission.SEE_DIRECTIVES)
    with runtime.transaction() as session:
        rows = directives.page(session, staff.role, staff.pd_code, before, ended=ended)
        shown = _views(runtime, session, staff, rows[: directives.PAGE_SIZE])
    older = shown[-1].id if len(rows) > directives.PAGE_SIZE else None
    return DirectivePage(shown, older, ended)


def open_ones(runtime: Runtime, staff: Staff) -> list[DirectiveView]:
    """Return the open ones that this person may read, the nearest deadline first."""
    with runtime.transaction() as session:
        rows = directives.open_ones(session, staff.role, staff.pd_code)
        return _views(runtime, session, staff, rows)


def of_office(
    runtime: Runtime, staff: Staff, tickets: Sequence[str]
) -> tuple[list[DirectiveView], Mapping[str, DirectiveView]]:
    """Return what a PD sees over its list: the open ones about no case, and one for each case."""
    with runtime.transaction() as session:
        alone = directives.open_without_case(session, staff.role, staff.pd_code)
        about = directives.of_cases(session, staff.role, staff.pd_code, tickets)
        views = _views(runtime, session, staff, [*alone, *about])
    nearest: dict[str, DirectiveView] = {}
    for view in views[len(alone) :]:
        nearest.setdefault(view.ticket, view)
    return views[: len(alone)], nearest


def of_case(runtime: Runtime, staff: Staff, ticket: str) -> list[DirectiveView]:
    """Return the open ones about a case, if this person may see the case."""
    with runtime.transaction() as session:
        rows = directives.of_cases(session, staff.role, staff.pd_code, [ticket])
        return _views(runtime, session, staff, rows)


def case_asked(runtime: Runtime, staff: Staff, ticket: str) -> CaseAsked:
    """Return the public side of a case that the leadership wants to write about.

    Raises:
        NotFoundError: no such case, or one that the leadership sees as a count only.
    """
    staff.require(Permission.GIVE_DIRECTIVES)
    with runtime.transaction() as session:
        case = directives.case_for(session, staff.role, staff.pd_code, ticket)
        if case is None:
            raise NotFoundError("case")
        pd = pd_short(reading.pd_names(session), case.pd_code)
        return CaseAsked(case.ticket, case.title, case.public_text, status_words(case), pd)


def _views(
    runtime: Runtime, session: Session, staff: Staff, rows: Sequence[DirectiveRow]
) -> list[DirectiveView]:
    at_pd = bool(rows) and staff.role in PD_ROLES
    head = at_pd and speaks_for_pd(session, staff)
    return [_view(runtime, staff, row, head=head) for row in rows]


def _view(runtime: Runtime, staff: Staff, row: DirectiveRow, *, head: bool) -> DirectiveView:
    directive = row.directive
    state, tone = _state(runtime, row)
    open_here = directive.closed_at is None and row.pd_code == staff.pd_code
    return DirectiveView(
        id=directive.id,
        who=position_words(row.position, runtime.profile.kabupaten),
        body=directive.body,
        due=f"{local(directive.due_at, runtime.profile.timezone):%d/%m/%Y}",
        pd=row.pd_name,
        ticket=row.ticket,
        title=row.title,
        given=full_time(runtime, directive.created_at),
        state=state,
        tone=tone,
        answerable=head and open_here and row.acknowledged_at is None,
    )


def _state(runtime: Runtime, row: DirectiveRow) -> tuple[str, str]:
    if row.directive.closed_at is not None:
        return f"Ditutup {full_time(runtime, row.directive.closed_at)}", "ended"
    taken = row.acknowledged_at
    words = f"Ditindaklanjuti sejak {full_time(runtime, taken)}" if taken else "Belum ditanggapi"
    if row.directive.due_at <= runtime.now():
        return f"Lewat batas. {words}", "late"
    return words, "taken" if taken else "waits"
