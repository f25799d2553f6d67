"""The words of the redacted texts, collected little by little, for those who mistype."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.models.search import SearchTerm, TermBookmark

MOST = 30_000
_BATCH = 500
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

# A secret case gives no words: a suggestion must not tell of it.
_COLLECT = text(
    """
    WITH batch AS (
        SELECT id, last_activity_at, privacy, title || ' ' || public_text || ' '
            || coalesce(desa, '') || ' ' || coalesce(kecamatan, '') AS words
        FROM complaint
        WHERE (last_activity_at, id) > (:at, :id) AND last_activity_at <= :until
        ORDER BY last_activity_at, id LIMIT :size
    ), counted AS (
        SELECT word, count(*) AS uses
        FROM batch, unnest(tsvector_to_array(to_tsvector('simple', words))) AS word
        WHERE privacy <> 'secret' AND word ~ '^[a-z]{3,24}$'
        GROUP BY word
    ), kept AS (
        INSERT INTO search_term (term, uses) SELECT word, uses FROM counted ORDER BY word
        ON CONFLICT (term) DO UPDATE SET uses = search_term.uses + excluded.uses
    )
    SELECT last_activity_at, id FROM batch ORDER BY last_activity_at DESC, id DESC LIMIT 1
    """
)


def collect(session: Session, until: datetime) -> bool:
    """Take the words of the next cases that changed until then; False when none is left.

    One collector at a time: the bookmark's row is locked. A case that changes again is counted
    again, so `uses` says which words are common, not how many cases have them.
    """
    beginning = {"id": 1, "at": _BEGINNING, "complaint_id": 0}
    session.execute(insert(TermBookmark).values(beginning).on_conflict_do_nothing())
    mark = session.get_one(TermBookmark, 1, with_for_update=True)
    values = {"at": mark.at, "id": mark.complaint_id, "until": until, "size": _BATCH}
    last = session.execute(_COLLECT, values).one_or_none()
    if last is None:
        return False
    mark.at, mark.complaint_id = last.last_activity_at, last.id
    _drop_rarest(session)
    return True


def uses_of(session: Session, words: Sequence[str]) -> dict[str, int]:
    """Return how common each of these words is; unknown ones are left out."""
    statement = select(SearchTerm.term, SearchTerm.uses).where(SearchTerm.term.in_(words))
    return {row.term: row.uses for row in session.execute(statement)}


def of_lengths(session: Session, ranges: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Return the words whose length lies in one of these ranges (both ends included)."""
    length = func.length(SearchTerm.term)
    asked = or_(*(length.between(low, high) for low, high in ranges))
    statement = select(SearchTerm.term, SearchTerm.uses).where(asked)
    return {row.term: row.uses for row in session.execute(statement)}


def _drop_rarest(session: Session) -> None:
    many = session.scalar(select(func.count()).select_from(SearchTerm)) or 0
    if many > MOST:
        rarest = (
            select(SearchTerm.term).order_by(SearchTerm.uses, SearchTerm.term).limit(many - MOST)
        )
        session.execute(delete(SearchTerm).where(SearchTerm.term.in_(rarest)))
