"""Officers' corrections, kept as what the normalizer can learn from.

Works inside the caller's transaction. `gateway.learning.feedback_review` counts them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.rules.people import Staff
from store import feedback
from store.models.complaint import Complaint
from store.models.feedback import Feedback

KEYWORDS = "keywords"
READ = "read"  # what the normalizer read out of the words, no suggestion
SUGGESTED = ("pd", "category")
_LONGEST_CODE = 100


@dataclass(frozen=True, slots=True)
class Corrected:
    """One field before and after an officer looked at it.

    `understood` and `corrected` are codes or names of areas that may be counted; `before` and
    `after` hold what may name a person or a house, and are kept encrypted.
    """

    field: str
    understood: str | None
    corrected: str | None
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, when (aware UTC), and which rule or model had spoken before."""

    staff: Staff
    at: datetime
    rule: str


def note_disposal(
    session: Session, complaint: Complaint, staff: Staff, chosen: tuple[str, str], at: datetime
) -> None:
    """Keep what was suggested beside the office and category that an officer chose.

    Args:
        session: the caller's transaction; the complaint is locked.
        complaint: as it stood before the disposisi.
        staff: who decided.
        chosen: code of the PD, code of the category.
        at: aware UTC.
    """
    pd_code, category = chosen
    suggested = [str(item["pd"]) for item in complaint.suggestions or []][:3]
    decision = Decision(staff, at, suggested_by(complaint))
    fields = [
        Corrected("pd", suggested[0] if suggested else None, pd_code),
        Corrected("category", complaint.category_code, category),
    ]
    _keep(session, complaint, fields, decision)
    pd_row = feedback.noted(session, complaint.id)["pd"]
    pd_row.rank = suggested.index(pd_code) + 1 if pd_code in suggested else None


def forget_disposal(session: Session, complaint: Complaint) -> None:
    """Take the decision back that was undone."""
    feedback.forget(session, complaint.id, SUGGESTED)


def note_mended(
    session: Session,
    complaint: Complaint,
    staff: Staff,
    corrected: Sequence[Corrected],
    at: datetime,
) -> None:
    """Keep what was understood beside what an officer made of it."""
    for item in corrected:
        rule = suggested_by(complaint) if item.field in SUGGESTED else READ
        _keep(session, complaint, [item], Decision(staff, at, rule))


def suggested_by(complaint: Complaint) -> str:
    """Return what suggested office and category: the keywords, or the version of a model."""
    return complaint.suggested_by or KEYWORDS


def _keep(
    session: Session, complaint: Complaint, fields: Sequence[Corrected], decision: Decision
) -> None:
    """Write one row for each field; one corrected again keeps what was understood first."""
    known = feedback.noted(session, complaint.id)
    for item in fields:
        row = known.get(item.field)
        if row is None:
            row = Feedback(
                complaint_id=complaint.id,
                field=item.field,
                understood=_cut(item.understood),
                details={"before": item.before},
                rule=decision.rule,
            )
            session.add(row)
        before = row.details["before"]
        row.corrected, row.details = _cut(item.corrected), {"before": before, "after": item.after}
        row.agreed = row.understood == row.corrected and before == item.after
        row.rank = 1 if row.agreed else None
        row.actor_id, row.at = decision.staff.id, decision.at
    session.flush()


def _cut(code: str | None) -> str | None:
    return code[:_LONGEST_CODE] if code is not None else None
