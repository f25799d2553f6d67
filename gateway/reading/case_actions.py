"""Which steps the page of a case offers: those that work now, to a person who may take them."""

from gateway.cases.parts import CANCELLED, may_split
from gateway.cases.pd_reminders import waits_for_pd
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import (
    has_public_text,
    may_be_on_paper,
    may_divert,
    may_move,
    may_take_back,
)
from store.models.complaint import Complaint, ComplaintStatus

_P, _S = Permission, ComplaintStatus
_OVER = {_S.RESOLVED, _S.NOT_COMPETENT}
_REFERABLE = {_S.RECEIVED, _S.DISPOSED, _S.IN_PROGRESS}


def actions_on(staff: Staff, complaint: Complaint) -> frozenset[str]:
    """Return the names of the steps that this person may take on the case now."""
    decides, answers = staff.may(_P.DECIDE_CASES), staff.may(_P.ANSWER_CASES)
    live = complaint.archived_at is None and complaint.withdrawn_at is None
    alone = live and complaint.leading_id is None
    received = alone and complaint.status is _S.RECEIVED
    request = complaint.kind == "information_request"
    wanted = {
        "dispose": decides and may_move(complaint, _S.DISPOSED),
        "archive": received,
        "restore": complaint.archived_at is not None and complaint.archived_reason != CANCELLED,
        "refer": decides
        and complaint.status in _REFERABLE
        and may_move(complaint, _S.NOT_COMPETENT),
        "correct": answers and live and complaint.draft_submitted_at is not None,
        "answer": answers and received and request,
        "objection": decides and live and complaint.status is _S.NOT_COMPETENT,
        "calm": received and (complaint.emergency or complaint.priority.value == "urgent"),
        "ask": live and complaint.status not in _OVER,
        "read": complaint.citizen_wrote_at is not None,
        "hand_over": live and complaint.to_hand_over_at is not None,
        "settle": complaint.dispute is not None,
        "mend": alone,
        "split": decides and may_split(complaint),
        "priority": decides and alone,
        "divert": decides and may_divert(complaint),
        "publish": decides and has_public_text(complaint),
        "take_back": decides and may_take_back(complaint),
        "resume": live and complaint.status in {_S.PENDING_SCHEDULED, _S.PENDING_NOTED},
        "copy": may_be_on_paper(complaint),
        "remind": waits_for_pd(complaint),
    }
    return frozenset(name for name, allowed in wanted.items() if allowed)
