"""Open cases that may tell of the same incident, each with its reasons: a person judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from channels.message import Location
from gateway.runtime import Runtime
from normalizer.duplicates import Incident, compare
from store import groups
from store.groups import Sought
from store.models.complaint import Complaint

_RECENT = timedelta(days=30)
_SHOWN = 3
_REASONS = {
    "same text": "isi sama",
    "street": "jalan sama",
    "landmark": "patokan sama",
    "desa": "desa sama",
    "category": "kategori sama",
    "words": "kata-kata mirip",
}


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """An open case and why it may be the same."""

    ticket: str
    title: str
    reasons: str


def similar_cases(
    runtime: Runtime, session: Session, own: Incident, besides: int | None = None
) -> Sequence[SimilarCase]:
    """Return the open cases of the last 30 days that are most alike, best first.

    Args:
        runtime: of this process.
        session: a read transaction.
        own: what is compared.
        besides: its own id, if it has one; pairs judged apart are not offered again.
    """
    sought = Sought(besides, own.category, own.desa)
    rows = groups.alike_candidates(session, sought, runtime.now() - _RECENT)
    scored = [(compare(own, _incident_of_row(row)), row) for row in rows]
    same = sorted((pair for pair in scored if pair[0].same), key=lambda pair: -pair[0].score)
    return [
        SimilarCase(row["ticket"], row["title"], _words(found.reasons))
        for found, row in same[:_SHOWN]
    ]


def incident_of(complaint: Complaint) -> Incident:
    """Return what of a case is compared."""
    return _incident(
        complaint.public_text,
        complaint.place or {},
        at=complaint.received_at,
        category=complaint.category_code,
        desa=complaint.desa,
    )


def reasons_between(one: Complaint, other: Complaint) -> str:
    """Return in words what two cases have in common, empty if nothing."""
    return _words(compare(incident_of(one), incident_of(other)).reasons)


def _incident_of_row(row: Mapping[str, Any]) -> Incident:
    return _incident(
        row["public_text"],
        row["place"] or {},
        at=row["received_at"],
        category=row["category_code"],
        desa=row["desa"],
    )


def _incident(text: str, place: Mapping[str, Any], **known: Any) -> Incident:
    pin = place.get("pin")
    return Incident(
        text=text,
        street=place.get("street"),
        landmark=place.get("landmark"),
        pin=Location(**pin) if pin else None,
        **known,
    )


def _words(reasons: Sequence[str]) -> str:
    return ", ".join(_REASONS.get(reason, f"berjarak {reason}") for reason in reasons)
