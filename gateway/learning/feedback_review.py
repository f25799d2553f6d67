"""Where the normalizer errs most, and how good its suggestions were month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.cases.feedback import SUGGESTED
from gateway.rules.dates import local
from gateway.runtime import Runtime
from store import feedback
from store.feedback import Mistake

FIELD_WORDS = {
    "pd": "Perangkat Daerah",
    "category": "Kategori",
    "kind": "Jenis",
    "event": "Waktu kejadian",
    "desa": "Desa",
    "kecamatan": "Kecamatan",
    "street": "Jalan",
    "landmark": "Patokan",
}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One month of suggestions of one field. Shares are of the decisions, 0 to 1."""

    month: str
    field: str
    decided: int
    suggested: int
    first_right: float
    among_three: float


@dataclass(frozen=True, slots=True)
class Review:
    """What the normalizer got wrong most, and how good its suggestions were."""

    mistakes: Sequence[Mistake]
    accuracy: Sequence[Accuracy]


def review(runtime: Runtime, *, days: int, limit: int) -> Review:
    """Return what was corrected in the last `days`, and the accuracy of each month in them."""
    now = runtime.now()
    zone = runtime.profile.timezone
    since = now - timedelta(days=days)
    first_day = local(since, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with runtime.transaction() as session:
        found = feedback.mistakes(session, since, limit)
        months = feedback.months(session, first_day, zone, SUGGESTED)
    return Review(
        found,
        [
            Accuracy(
                f"{row.first_day:%Y-%m}",
                row.field,
                row.decided,
                row.suggested,
                row.first_right / row.decided,
                row.among_three / row.decided,
            )
            for row in months
        ],
    )
