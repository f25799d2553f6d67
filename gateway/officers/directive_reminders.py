"""When the deadline of an Arahan passes: its PD hears of it, and the one who wrote it."""

from sqlalchemy.orm import Session

from gateway.cases import staff_alerts
from gateway.cases.staff_alerts import DIRECTIVE_MISSED, Alert
from gateway.runtime import Runtime
from store import directives
from store import staff_alerts as rows
from store.models.complaint import Complaint
from store.models.directive import Directive


def remind(runtime: Runtime, session: Session) -> int:
    """Tell of each missed deadline once, and take off the list what ended with its case.

    Returns:
        How many deadlines had passed.
    """
    missed = directives.lock_missed(session, runtime.now())
    over = [directive.id for directive, case in missed if directives.is_over(case)]
    if over:
        directives.close(session, over, runtime.now())
    for directive, case in missed:
        if directive.id not in over:
            _tell(runtime, session, directive, case)
            directive.reminded_at = runtime.now()
    return len(missed)


def _tell(runtime: Runtime, session: Session, directive: Directive, case: Complaint | None) -> None:
    once, facts = f"{DIRECTIVE_MISSED}:{directive.id}", {"directive": directive.id}
    people = staff_alerts.heads_of(session, case.pd_code if case else directive.pd_code)
    alert = Alert(DIRECTIVE_MISSED, once, directive.complaint_id, facts)
    staff_alerts.note(session, alert, people, runtime.now())
    # Without the case: the leadership works on none, and may no longer see this one.
    author = rows.linked(session, [directive.author_id])
    staff_alerts.note(session, Alert(DIRECTIVE_MISSED, once, None, facts), author, runtime.now())
