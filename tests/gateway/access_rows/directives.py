"""Arahan: a case that the leadership sees as a count only answers as one that is not there."""

from datetime import timedelta

from store.models.complaint import Complaint
from store.models.directive import Directive
from tests.gateway.access_rows import INBOX, LEADERS, PD, Row

_ONE = "/arahan/<int:directive_id>"

ROWS = (
    Row("GET", "/arahan/", LEADERS | PD | INBOX),
    Row("GET", "/arahan/baru", LEADERS),
    Row("POST", "/arahan/baru", LEADERS),
    # The head of DPUPR has an account, so it is not for the officers to answer.
    Row("POST", f"{_ONE}/tindak-lanjut", PD, ok={302, 403}),
    Row("POST", f"{_ONE}/tutup", LEADERS),
)


def seed(world):
    """Write one about each case, before it became what it is."""
    now = world.runtime.now()
    found = {}
    with world.runtime.transaction() as session:
        for kind, ticket in world.values["ticket"].items():
            case = session.query(Complaint).filter_by(ticket=ticket).one_or_none()
            if case is None:
                continue
            directive = Directive(
                author_id=world.office.people["sekda"].id,
                pd_code=case.pd_code,
                complaint_id=case.id,
                body=f"Selesaikan penanda{kind.replace('_', '')}x.",
                due_at=now + timedelta(days=3),
                created_at=now,
            )
            session.add(directive)
            session.flush()
            found[kind] = directive.id
    world.values["directive_id"] = {**found, "absent": 999_999}
