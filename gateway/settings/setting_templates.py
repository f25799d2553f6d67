"""Ready-made texts as the history of settings keeps them: under their id, days as words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.settings.setting_areas import AREAS, Area
from store import answer_templates


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ready-made text as the history keeps it, with every field that it may lack."""
    shown = {"statuses": [], "categories": [], "active": True, "pd_code": None, "acts": {}, **row}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in shown.items()
    }


def _read(session: Session, key: str) -> Any:
    row = answer_templates.get(session, int(key))
    return None if row is None else plain(answer_templates.as_row(row))


TEMPLATE: Final[Area] = replace(AREAS["identity"], name="answer_template", read=_read, single=False)
