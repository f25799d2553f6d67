"""Views of the list: those that everybody has, one's own, and those that admins share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from gateway.errors import InvalidInputError, NotFoundError
from gateway.listing.list_filter import Criteria, read_criteria
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import views
from store.models.search import SavedView

MOST_VIEWS = 30
_LONGEST_NAME = 60

_DEFAULTS: tuple[tuple[str, Criteria], ...] = (
    ("Semua aduan", Criteria()),
    ("Lewat batas", Criteria(late="ya", order="batas")),
    ("Batas terdekat", Criteria(status="berjalan", order="batas")),
    ("Mendesak", Criteria(status="berjalan", priority="urgent")),
    ("Masuk 7 hari terakhir", Criteria(period="7-hari")),
    ("Selesai 30 hari terakhir", Criteria(status="resolved", period="30-hari")),
)


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name and its address. `id` is None for those that everybody has."""

    name: str
    query: Mapping[str, str]
    id: int | None = None
    shared: bool = False
    removable: bool = False


@dataclass(frozen=True)
class Views:
    """What the side shows."""

    default: Sequence[View]
    saved: Sequence[View]
    may_share: bool


def offered(runtime: Runtime, staff: Staff) -> Views:
    """Return the views that this person may open."""
    with runtime.transaction() as session:
        rows = views.of(session, staff.id, with_shared=staff.may(Permission.SEE_SHARED_VIEWS))
    return Views(
        default=[View(name, criteria.query()) for name, criteria in _DEFAULTS],
        saved=[_view(runtime, staff, row) for row in rows],
        may_share=staff.may(Permission.SHARE_VIEWS),
    )


def save(runtime: Runtime, staff: Staff, name: str, asked: Criteria, *, shared: bool) -> None:
    """Keep a filter under a name; a view of this person with the same name is replaced.

    Raises:
        InvalidInputError: no name, or too many views.
        ForbiddenError: this person may not share views.
    """
    if shared:
        staff.require(Permission.SHARE_VIEWS)
    words = " ".join(name.replace("\0", "").split())[:_LONGEST_NAME]
    if not words:
        raise InvalidInputError({"name": "Beri nama tampilan ini."})
    query = asked.address()
    with runtime.transaction() as session:
        views.lock_owner(session, staff.id)
        known = views.named(session, staff.id, words)
        if known is not None:
            known.query, known.shared = query, shared
            return
        if views.how_many(session, staff.id) >= MOST_VIEWS:
            raise InvalidInputError(
                {"name": f"Sudah ada {MOST_VIEWS} tampilan. Hapus dulu yang tidak dipakai."}
            )
        session.add(
            SavedView(
                owner_id=staff.id,
                name=words,
                query=query,
                shared=shared,
                created_at=runtime.now(),
            )
        )


def remove(runtime: Runtime, staff: Staff, view_id: int) -> str:
    """Remove a view of one's own, or as admin a shared one, and return its name.

    Raises:
        NotFoundError: no such view, or it is not this person's to remove.
    """
    with runtime.transaction() as session:
        row = views.with_id(session, view_id)
        if row is None or not _may_remove(staff, row):
            raise NotFoundError("view")
        session.delete(row)
        return row.name


def _view(runtime: Runtime, staff: Staff, row: SavedView) -> View:
    # Read again: a PD or category that is gone since leaves the rest of the view working.
    asked = read_criteria(runtime, dict(parse_qsl(row.query)))
    return View(row.name, asked.query(), row.id, row.shared, _may_remove(staff, row))


def _may_remove(staff: Staff, row: SavedView) -> bool:
    return row.owner_id == staff.id or (row.shared and staff.may(Permission.SHARE_VIEWS))
