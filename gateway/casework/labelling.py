"""Labels: words of Diskominfo for its own order, on any case; nobody else reads them."""

from gateway.cases.casefile import CaseRef, open_case
from gateway.errors import InvalidInputError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.settings.setting_labels import names
from store import labels
from store.complaints import append_event


def mark(runtime: Runtime, staff: Staff, ref: CaseRef, code: str, *, on: bool) -> None:
    """Put a label on a case, or take it off; doing it again changes nothing.

    Raises:
        InvalidInputError: there is no such label.
        NotFoundError: no such number.
    """
    staff.require(Permission.DECIDE_CASES)
    if code not in names(runtime):
        raise InvalidInputError({"label": "Pilih label."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        if on:
            changed = labels.put(session, complaint.id, code, staff.id, now)
        else:
            changed = labels.take_off(session, complaint.id, code)
        if changed:
            kind = labels.LABELLED if on else labels.UNLABELLED
            append_event(session, complaint, kind, at=now, actor_id=staff.id, data={"label": code})
