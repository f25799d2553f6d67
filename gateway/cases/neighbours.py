"""Beside a case: other cases of its reporter, and others close by, as far as one may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from channels.message import Location
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from normalizer.duplicates import distance_m
from store import listing, reading
from store.models.complaint import Complaint
from store.visibility import seen_by

RADIUS_M = 250
_RECENT = timedelta(days=180)
_COMPARED = 200
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case close by; `distance` in words, e.g. ``40 m``."""

    ticket: str
    title: str
    distance: str


def of_reporter(session: Session, staff: Staff, complaint: Complaint) -> list[tuple[str, str]]:
    """Return ticket and title of the same person's other cases, newest first."""
    found = reading.of_same_reporter(session, complaint, seen_by(staff.role, staff.pd_code))
    return [(item.ticket, item.title) for item in found]


def close_by(
    runtime: Runtime, session: Session, staff: Staff, complaint: Complaint
) -> Sequence[Neighbour]:
    """Return the cases within `RADIUS_M` of this one's pin, nearest first.

    Both need a pin: a desa alone is no neighbourhood.
    """
    here = _pin(complaint.place)
    if here is None or complaint.kecamatan is None:
        return []
    rows = listing.nearby(
        session,
        seen_by(staff.role, staff.pd_code) & (Complaint.id != complaint.id),
        complaint.kecamatan,
        runtime.now() - _RECENT,
        _COMPARED,
    )
    measured = []
    for ticket, title, place in rows:
        pin = _pin(place)
        if pin is not None and (distance := distance_m(here, pin)) <= RADIUS_M:
            measured.append((distance, ticket, title))
    return [
        Neighbour(ticket, title, f"{round(distance / 10) * 10} m")
        for distance, ticket, title in sorted(measured)[:_SHOWN]
    ]


def _pin(place: Mapping[str, Any] | None) -> Location | None:
    pin = (place or {}).get("pin")
    return Location(**pin) if pin else None
