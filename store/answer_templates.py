"""Ready-made texts of the office: found for a case, edited, seeded and exported."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.answering import AnswerTemplate

_OWN = ("name", "body", "statuses", "categories", "owner", "review_on", "active")


def seed(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store the texts of a government file."""
    session.add_all(
        AnswerTemplate(**{name: row[name] for name in _OWN if name in row}) for row in rows
    )


def read_all(session: Session) -> list[dict[str, Any]]:
    """Return every text as `seed` takes it."""
    rows = [{name: getattr(row, name) for name in _OWN} for row in every(session)]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def every(session: Session) -> list[AnswerTemplate]:
    """Return all texts by name, those put away last."""
    statement = select(AnswerTemplate).order_by(AnswerTemplate.active.desc(), AnswerTemplate.name)
    return list(session.scalars(statement))


def fitting(session: Session, status: str, category: str | None) -> list[AnswerTemplate]:
    """Return the texts for a case of this status and category, those of its category first.

    There are a few dozen at most, so they are chosen here and not in the database.
    """
    rows = [
        row
        for row in every(session)
        if row.active
        and (not row.statuses or status in row.statuses)
        and (not row.categories or category in row.categories)
    ]
    return sorted(rows, key=lambda row: (not row.categories, row.name))


def get(session: Session, template_id: int, *, lock: bool = False) -> AnswerTemplate | None:
    """Return one text."""
    statement = select(AnswerTemplate).where(AnswerTemplate.id == template_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def named(session: Session, name: str) -> AnswerTemplate | None:
    """Return the text of this name."""
    return session.scalar(select(AnswerTemplate).where(AnswerTemplate.name == name))
