"""Aduan: the list of all cases that somebody may see, filtered, searched and sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from gateway.listing.list_filter import Asked, Criteria, asked_by, asked_words, case_filter
from gateway.listing.list_rows import CaseRow, case_rows
from gateway.listing.search_words import forgiving, terms_of
from gateway.rules.cursors import read_cursor, write_cursor
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store import listing, queues, search
from store.models.complaint import Complaint
from store.search import RankCursor
from store.visibility import seen_by


@dataclass(frozen=True)
class CaseList:
    """One page of the list.

    `total` is how many were found, in words where that is only a lower bound. `forgiven` says that
    words that look alike were searched too.
    """

    rows: Sequence[CaseRow]
    total: str
    chips: Sequence[Asked]
    earlier: str | None = None
    later: str | None = None
    forgiven: bool = False
    order: str = "terbaru"


def cases(runtime: Runtime, staff: Staff, asked: Criteria, cursor: str | None = None) -> CaseList:
    """Return one page of what `asked` finds among the cases that this person may see."""
    asked = asked_by(staff, asked)
    searched = terms_of(asked.words)
    chips = asked_words(runtime, asked)
    if asked.words and not searched:
        return CaseList([], "0", chips, order=asked.order or "cocok")
    with runtime.transaction() as session:
        where = seen_by(staff.role, staff.pd_code) & listing.matching(case_filter(runtime, asked))
        if not searched:
            return _sorted(runtime, session, staff, where, _Order(asked.order, cursor, chips))
        terms, forgiven = forgiving(session, searched)
        query = search.query_of(terms)
        if asked.order in {"", "cocok"}:
            page = search.ranked_page(session, where, query, _read_rank(cursor))
            ids = [case.id for case in page.cases]
            marks = search.excerpts(session, ids, query) if ids else {}
            return CaseList(
                case_rows(runtime, session, staff, page.cases, marks),
                _bounded(page.found, search.RANKED - 1),
                chips,
                _write_rank(page.earlier),
                _write_rank(page.later),
                forgiven,
                "cocok",
            )
        order = _Order(asked.order, cursor, chips, query, forgiven=forgiven)
        return _sorted(runtime, session, staff, where & search.meets(query), order)


@dataclass(frozen=True)
class _Order:
    """How a list is sorted, from where it goes on, and what it was asked."""

    name: str
    cursor: str | None
    chips: Sequence[Asked]
    query: ColumnElement[object] | None = None
    forgiven: bool = False


def _sorted(
    runtime: Runtime, session: Session, staff: Staff, where: ColumnElement[bool], order: _Order
) -> CaseList:
    by_due = order.name == "batas"
    page = queues.page(
        session,
        where,
        read_cursor(order.cursor),
        oldest_first=by_due,
        by=Complaint.due_at if by_due else None,
    )
    ids = [case.id for case in page.cases]
    marks: Mapping[int, str] = {}
    if order.query is not None and ids:
        marks = search.excerpts(session, ids, order.query)
    return CaseList(
        case_rows(runtime, session, staff, page.cases, marks),
        _bounded(listing.count(session, where), listing.COUNTED_TO),
        order.chips,
        write_cursor(page.earlier),
        write_cursor(page.later),
        order.forgiven,
        "batas" if by_due else "terbaru",
    )


def _bounded(found: int, most: int) -> str:
    """Return a number in words: ``214``, ``1.250``, or ``10.000+`` where nobody counted on."""
    words = f"{min(found, most):,}".replace(",", ".")
    return f"{words}+" if found > most else words


def _write_rank(cursor: RankCursor | None) -> str | None:
    if cursor is None:
        return None
    return f"{'s' if cursor.backwards else 'l'}{cursor.rank}.{cursor.row_id}"


def _read_rank(text: str | None) -> RankCursor | None:
    """Read what `_write_rank` wrote; anything else means the first page."""
    try:
        rank, row_id = (text or "")[1:].split(".")
        if not (0 <= int(rank) < 2**31 and 0 <= int(row_id) < 2**63):
            return None
        return RankCursor(int(rank), int(row_id), backwards=(text or "")[0] == "s")
    except ValueError:
        return None
