from gateway.demo import demo
from gateway.demo.demo import PASSWORD
from gateway.reading import inbox
from store import tenant
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Attachment
from store.models.outbox import OutboxPart
from store.models.staff import StaffUser
from tests.gateway.rows import all_of


def test_the_demo_has_something_on_every_screen_and_sends_nothing(runtime):
    with runtime.transaction() as session:
        tenant.seed(session, runtime.facts, {})

    made = demo.seed(runtime)
    again = demo.seed(runtime)

    statuses = {complaint.status for complaint in all_of(runtime, Complaint)}
    parts = {part.status.value for part in all_of(runtime, OutboxPart)}
    overview = inbox.overview(runtime, "verifikasi")
    counts = {queue.code: queue.count for queue in (*overview.action, *overview.watched)}
    assert (made, again) == (28, 0)
    assert statuses == set(ComplaintStatus) - {ComplaintStatus.PENDING_NOTED}
    assert parts == {"delivered", "failed"}
    assert "queued" not in parts
    assert [code for code, count in counts.items() if not count] == ["dibuka"]
    assert all(row.shared_key for row in all_of(runtime, Attachment))


def test_the_demo_names_its_people(runtime):
    with runtime.transaction() as session:
        tenant.seed(session, runtime.facts, {})

    demo.seed(runtime, PASSWORD)

    people = {user.username: user.pd_code for user in all_of(runtime, StaffUser)}
    assert people["andi"] == "DPUPR"
    assert set(people) == {
        "rina", "operator", "andi", "kepala.pupr", "inspektorat", "sekda", "bupati", "superadmin",
    }  # fmt: skip
    assert people["inspektorat"] == "INSPEKTORAT"
