"""How a perangkat daerah answered such a matter before, for whoever writes the next draft."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.answering.marks import marked
from gateway.rules.statuses import publicly_visible
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import reading
from store.models.complaint import Complaint

_MOST = 3
_LOOKED_AT = 10  # some of the newest may not be public any more


@dataclass(frozen=True, slots=True)
class Example:
    """An answer that was sent; what looks as if it named somebody is left out."""

    title: str
    at: str
    text: str


def examples(runtime: Runtime, session: Session, complaint: Complaint) -> list[Example]:
    """Return up to three public answers of the same PD in the same category, the newest first."""
    if complaint.pd_code is None or not complaint.category_code:
        return []
    found: dict[int, Example] = {}
    for case, answer in reading.answered_like(session, complaint, _LOOKED_AT):
        if publicly_visible(case) and case.id not in found:
            at = full_time(runtime, answer.sent_at or answer.saved_at)
            found[case.id] = Example(case.title, at, _without_persons(answer.body))
    return list(found.values())[:_MOST]


def _without_persons(text: str) -> str:
    return "".join(f"[{one.why}]" if one.why else one.text for one in marked(text))
