"""Full text over the redacted texts: matching, ranking, marked excerpts; searches for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from store.models.complaint import Complaint
from store.models.messaging import Conversation
from store.models.search import IdentitySearch
from store.models.second_channel import SecondChannel
from store.queues import PAGE_SIZE, WITHOUT_IDENTITY

RANKED = 1_000
START, STOP = "\ue000", "\ue001"  # private use: in a citizen's text they mean nothing
_HEADLINE = f"StartSel={START},StopSel={STOP},MaxWords=24,MinWords=10,ShortWord=2,MaxFragments=1"
_INDONESIAN: ColumnElement[Any] = literal_column("'indonesian'::regconfig")


@dataclass(frozen=True, slots=True)
class Term:
    """One part of what is searched: any of `forms` (words or a phrase), or none if `excluded`."""

    forms: Sequence[str]
    phrase: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class RankCursor:
    """A place among ranked results: rank and id of the row next to it."""

    rank: int
    row_id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class RankedPage:
    """One page of results; `found` counts all that were ranked, at most `RANKED`."""

    cases: Sequence[Complaint]
    found: int
    earlier: RankCursor | None
    later: RankCursor | None


def query_of(terms: Sequence[Term]) -> ColumnElement[Any]:
    """Return the full-text query in which every term must be met (at least one term)."""
    whole = _term_query(terms[0])
    for term in terms[1:]:
        whole = func.tsquery_and(whole, _term_query(term))
    return whole


def meets(query: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition: the redacted text meets the query."""
    return Complaint.search.op("@@", is_comparison=True)(query)


def ranked_page(
    session: Session,
    where: ColumnElement[bool],
    query: ColumnElement[Any],
    cursor: RankCursor | None,
) -> RankedPage:
    """Return one page of the best results.

    Only the `RANKED` newest matches are ranked: ranking all that hold a common word would read
    half the table.
    """
    hits = _hits(where, query)
    backwards = cursor is not None and cursor.backwards
    total = select(func.count()).select_from(hits).scalar_subquery()
    statement = select(hits.c.id, hits.c.rank, total)
    if cursor is not None:
        here, there = tuple_(hits.c.rank, hits.c.id), tuple_(cursor.rank, cursor.row_id)
        statement = statement.where(here > there if backwards else here < there)
    order = (hits.c.rank, hits.c.id) if backwards else (hits.c.rank.desc(), hits.c.id.desc())
    found = list(session.execute(statement.order_by(*order).limit(PAGE_SIZE + 1)))
    more, rows = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    if not rows:
        return RankedPage([], 0, None, None)
    has_earlier = more if backwards else cursor is not None
    has_later = True if backwards else more
    return RankedPage(
        _in_order(session, [row.id for row in rows]),
        rows[0][2],
        RankCursor(rows[0].rank, rows[0].id, backwards=True) if has_earlier else None,
        RankCursor(rows[-1].rank, rows[-1].id) if has_later else None,
    )


def excerpts(session: Session, ids: Sequence[int], query: ColumnElement[Any]) -> dict[int, str]:
    """Return of each case the piece of its redacted text that meets the query best.

    The words that meet it stand between `START` and `STOP`.
    """
    text = func.ts_headline(_INDONESIAN, Complaint.public_text, query, _HEADLINE)
    statement = select(Complaint.id, text).where(Complaint.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(statement)}


def by_nik(hashes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition: the reporter's NIK has one of these keyed hashes."""
    return Complaint.nik_key.in_(hashes)


def by_sender(hashes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition: it came from a sender with one of these keyed hashes.

    Also from one who agreed to be told by SMS at such an address.
    """
    senders = select(Conversation.id).where(Conversation.sender_key.in_(hashes))
    others = select(SecondChannel.conversation_id).where(SecondChannel.target_id.in_(senders))
    return or_(Complaint.conversation_id.in_(senders), Complaint.conversation_id.in_(others))


def accounts(session: Session) -> list[tuple[Any, str]]:
    """Return channel and account of every account of ours that has conversations."""
    statement = select(Conversation.channel, Conversation.account).distinct()
    return [(row[0], row[1]) for row in session.execute(statement)]


def identity_search(
    session: Session, key: str, staff_id: int, now: datetime
) -> IdentitySearch | None:
    """Return this person's search with this key unless it has expired."""
    statement = select(IdentitySearch).where(
        IdentitySearch.key == key,
        IdentitySearch.staff_id == staff_id,
        IdentitySearch.expires_at > now,
    )
    return session.scalar(statement)


def drop_expired(session: Session, now: datetime) -> None:
    """Forget the searches for a person whose time is over."""
    session.execute(delete(IdentitySearch).where(IdentitySearch.expires_at <= now))


def _hits(where: ColumnElement[bool], query: ColumnElement[Any]) -> CTE:
    """Return the newest matches with their ranks, as whole numbers that a cursor can name."""
    rank = cast(func.ts_rank(Complaint.search, query) * 1_000_000, Integer)
    return (
        select(Complaint.id, rank.label("rank"))
        .where(where, meets(query))
        .order_by(Complaint.last_activity_at.desc(), Complaint.id.desc())
        .limit(RANKED)
        .cte("hits")
    )


def _term_query(term: Term) -> ColumnElement[Any]:
    parse = func.phraseto_tsquery if term.phrase else func.plainto_tsquery
    whole: ColumnElement[Any] = parse(_INDONESIAN, term.forms[0])
    for form in term.forms[1:]:
        whole = func.tsquery_or(whole, parse(_INDONESIAN, form))
    return func.tsquery_not(whole) if term.excluded else whole


def _in_order(session: Session, ids: Sequence[int]) -> list[Complaint]:
    statement = select(Complaint).where(Complaint.id.in_(ids)).options(*WITHOUT_IDENTITY)
    found = {case.id: case for case in session.scalars(statement)}
    return [found[case_id] for case_id in ids]
