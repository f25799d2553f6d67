"""Ready-made texts of the office: found for a case, edited, seeded and exported."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.answering import AnswerTemplate

_OWN = ("name", "body", "statuses", "categories", "owner", "review_on", "active",
        "pd_code", "acts")  # fmt: skip


def seed(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store the texts of a government file."""
    session.add_all(
        AnswerTemplate(**{name: row[name] for name in _OWN if name in row}) for row in rows
    )


def read_all(session: Session) -> list[dict[str, Any]]:
    """Return every text as `seed` takes it."""
    return [as_row(row) for row in every(session)]


def as_row(row: AnswerTemplate) -> dict[str, Any]:
    """Return a text as `seed` takes it, without the fields that are empty."""
    values = {name: getattr(row, name) for name in _OWN}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def every(session: Session) -> list[AnswerTemplate]:
    """Return all texts by name, those put away last."""
    statement = select(AnswerTemplate).order_by(AnswerTemplate.active.desc(), AnswerTemplate.name)
    return list(session.scalars(statement))


def kept_by(session: Session, pd_code: str | None) -> list[AnswerTemplate]:
    """Return the texts that this PD keeps, without a PD those of Diskominfo."""
    return [row for row in every(session) if row.pd_code == pd_code]


def fitting(
    session: Session, status: str, category: str | None, pd_code: str | None
) -> list[AnswerTemplate]:
    """Return the texts for a case of this status and category, those of its category first.

    They are Diskominfo's and the reader's own PD's. There are a few dozen at most, so they are
    chosen here and not in the database.
    """
    rows = [
        row
        for row in every(session)
        if row.active
        and row.pd_code in {None, pd_code}
        and (not row.statuses or status in row.statuses)
        and (not row.categories or category in row.categories)
    ]
    return sorted(rows, key=lambda row: (not row.categories, row.name))


def get(session: Session, template_id: int, *, lock: bool = False) -> AnswerTemplate | None:
    """Return one text."""
    statement = select(AnswerTemplate).where(AnswerTemplate.id == template_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def named_id(session: Session, name: str) -> int:
    """Return the id of the text of this name, which is there."""
    return session.scalars(select(AnswerTemplate.id).where(AnswerTemplate.name == name)).one()


def named(session: Session, name: str) -> AnswerTemplate | None:
    """Return the text of this name."""
    return session.scalar(select(AnswerTemplate).where(AnswerTemplate.name == name))
