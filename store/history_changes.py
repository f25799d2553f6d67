"""What an entry of the history says of values: what stood there before, and what stands there now.

Codes go into the entry itself. Texts stand in a table of their own, where a person's words can be
erased; the entry holds only their salted digests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from store.digests import linked, new_salt, salted
from store.models.complaint import Complaint
from store.models.history import HistoryValue

# Attributes of a complaint whose change is worth reading later; none of them names the reporter.
_CODES = (
    "status",
    "pd_code",
    "category_code",
    "kind",
    "privacy",
    "priority",
    "emergency",
    "desa",
    "kecamatan",
    "event_at",
    "resume_on",
    "conflict_pd",
    "dispute",
)
_TEXTS = ("title", "public_text")
_KEY = "history_changes"


class Entry(Protocol):
    """An entry of the history, as a row of the model or as columns."""

    complaint_id: Any
    seq: Any
    kind: Any
    actor_id: Any
    at: Any
    public: Any
    data: Any
    salt: Any


@dataclass(slots=True)
class Changes:
    """Old and new values by attribute, and the salts of the texts."""

    codes: dict[str, list[Any]] = field(default_factory=dict)
    texts: dict[str, list[str | None]] = field(default_factory=dict)
    salts: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """What the entry itself holds: codes, and digests of texts."""
        digests = {name: salted(self.salts[name], pair) for name, pair in self.texts.items()}
        parts: Mapping[str, Any] = {"changes": self.codes, "texts": digests}
        return {name: part for name, part in parts.items() if part}


def chain_digest(previous: str, entry: Entry) -> str:
    """Return the digest that an entry has behind the one whose digest is `previous`."""
    return linked(previous, _entry_digest(entry))


def take_changes(session: Session, complaint_id: int) -> Changes:
    """Return what was flushed on this complaint since the last call, and forget it."""
    found: dict[str, list[Any]] = session.info.get(_KEY, {}).pop(complaint_id, {})
    real = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    texts = {name: pair for name, pair in real.items() if name in _TEXTS}
    return Changes(
        codes={name: pair for name, pair in real.items() if name in _CODES},
        texts=texts,
        salts={name: new_salt() for name in texts},
    )


def keep_texts(session: Session, event_id: int, changes: Changes) -> None:
    """Write the texts of an entry beside the chain."""
    for name, (old, new) in changes.texts.items():
        salt = changes.salts[name]
        session.add(HistoryValue(event_id=event_id, field=name, salt=salt, old=old, new=new))


def text_agrees(value: HistoryValue, digests: Mapping[str, Any]) -> bool:
    """Whether a text is still the one that its entry speaks of; an erased one cannot disagree."""
    if value.erased_at is not None:
        return value.old is None and value.new is None
    return digests.get(value.field) == salted(value.salt, [value.old, value.new])


def _entry_digest(entry: Entry) -> str:
    """Return the salted digest of one entry, without the link to the one before it."""
    facts = [
        entry.complaint_id,
        entry.seq,
        entry.kind,
        entry.actor_id,
        entry.at.astimezone(UTC).isoformat(),
        entry.public,
        entry.data,
    ]
    return salted(entry.salt, facts)


@event.listens_for(Session, "before_flush")
def _collect(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.dirty:
        if isinstance(row, Complaint) and row.id is not None:
            _collect_from(session, row)


def _collect_from(session: Session, complaint: Complaint) -> None:
    kept = session.info.setdefault(_KEY, {}).setdefault(complaint.id, {})
    state = inspect(complaint)
    for name in (*_CODES, *_TEXTS):
        history = state.attrs[name].history
        if history.added and history.deleted:
            old, new = _plain(history.deleted[0]), _plain(history.added[0])
            kept[name] = [kept[name][0] if name in kept else old, new]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
