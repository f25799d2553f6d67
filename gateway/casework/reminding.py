"""Ingatkan PD: a nudge from Diskominfo about one case, at most once on a working day."""

from gateway.cases import staff_alerts
from gateway.cases.casefile import CaseRef, open_case
from gateway.cases.pd_reminders import REMINDED, today, waits_for_pd, was_reminded
from gateway.cases.staff_alerts import FROM_DISKOMINFO, Alert
from gateway.errors import ConflictError, MoveNotAllowedError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store.complaints import append_event


def remind(runtime: Runtime, staff: Staff, ticket: str) -> int:
    """Nudge the PD that has the case; return how many people hear it in their chats.

    They hear it outside quiet hours. The case itself stays as it is: what the PD has open there
    can still be sent.

    Raises:
        NotFoundError: no such number.
        MoveNotAllowedError: the next step is not the PD's.
        ConflictError: the PD has been nudged for this working day.
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ticket), staff)
        if not waits_for_pd(complaint):
            raise MoveNotAllowedError("not in the hands of a PD")
        day = today(runtime, session)
        if was_reminded(session, complaint, day):
            raise ConflictError("nudged today")
        people = staff_alerts.officers_of(session, complaint.pd_code)
        once = f"{FROM_DISKOMINFO}:{complaint.id}:{complaint.pd_code}:{day.isoformat()}"
        alert = Alert(FROM_DISKOMINFO, once, complaint.id, {"pd": complaint.pd_code})
        staff_alerts.note(session, alert, people, now)
        facts = {"day": day.isoformat(), "pd": complaint.pd_code}
        append_event(session, complaint, REMINDED, at=now, actor_id=staff.id, data=facts)
    runtime.wake("alerts")
    return len(people)
