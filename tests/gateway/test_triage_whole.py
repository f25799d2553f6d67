"""Acceptance check 10: group, ungroup, split, move a message. Nothing is lost, all of it is told.

And the same at once: two officers, two transactions, two orders.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.answering import correspondence
from gateway.cases.casefile import CaseRef
from gateway.casework import groups, pdwork, splitting
from gateway.casework.pdwork import Return
from gateway.casework.splitting import PartForm
from gateway.dialogue.filing import new_pin
from gateway.errors import GatewayError
from gateway.reading import inbox, leaders, pd_reading, tracking
from store import complaints
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus
from store.models.messaging import Message
from tests.gateway.office import open_office
from tests.gateway.rows import all_of

LAMP = "Lampu jalan mati di Jl Sudirman depan masjid Al-Ikhlas desa Air Putih sejak 3 November 2026"
SAME = "PJU mati total depan masjid Al-Ikhlas Jl Sudirman desa Air Putih sejak 4 November 2026"
FIRST, SECOND = "+6281255501041", "+6281255501043"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def pins(office, *tickets) -> dict[str, str]:
    with office.runtime.transaction() as session:
        return {
            ticket: new_pin(office.runtime, complaints.by_ticket(session, ticket))
            for ticket in tickets
        }


def kinds(office, ticket) -> list[str]:
    case_id = office.complaint(ticket).id
    rows = [row for row in all_of(office.runtime, ComplaintEvent) if row.complaint_id == case_id]
    return [row.kind for row in sorted(rows, key=lambda row: row.seq)]


def test_group_ungroup_split_and_move_keep_every_message_number_pin_and_step(runtime, office):
    leader = office.hears(LAMP, sender=FIRST)
    follower = office.hears(SAME, sender=SECOND)
    sister = office.hears("Sampah menumpuk di desa Meskom sejak 3 November 2026", sender=SECOND)
    office.hears_more(follower, "Tiang di sebelahnya juga mati")
    own_pins = pins(office, leader, follower, sister)
    wrote = {row.id: row.text for row in all_of(runtime, Message) if row.direction == "in"}

    groups.join(runtime, office.rina, CaseRef(follower), leader)
    office.disposes(leader)
    groups.leave(runtime, office.rina, CaseRef(follower))
    splitting.split(runtime, office.rina, CaseRef(leader), [PartForm("DISHUB", "Rambu roboh.")])
    moved = max(row_id for row_id, text in wrote.items() if "Tiang" in text)
    correspondence.move_message(runtime, office.rina, moved, sister)

    after = {row.id: row for row in all_of(runtime, Message) if row.direction == "in"}
    assert {row_id: row.text for row_id, row in after.items()} == wrote
    assert after[moved].complaint_id == office.complaint(sister).id
    for ticket, pin in own_pins.items():
        assert tracking.track(runtime, ticket, pin, "10.0.0.9").mine
    assert kinds(office, follower) == [
        "received", "citizen_added", "grouped", "ungrouped", "message_moved",
    ]  # fmt: skip
    assert kinds(office, leader) == [
        "received", "follower_joined", "disposed", "follower_left", "split",
    ]  # fmt: skip
    assert kinds(office, sister) == ["received", "message_moved"]
    assert kinds(office, f"{leader}-1") == ["part_made"]
    with runtime.transaction() as session:
        ids = [row.id for row in session.query(Complaint)]
        assert all(complaints.history_is_whole(session, case_id) for case_id in ids)


def test_two_officers_who_group_two_cases_both_ways_at_once_make_one_group(runtime, office):
    first, second = office.hears(LAMP, sender=FIRST), office.hears(SAME, sender=SECOND)

    def attempt(pair):
        try:
            groups.join(runtime, office.rina, CaseRef(pair[0]), pair[1])
        except GatewayError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, [(first, second), (second, first)]))

    following = [office.complaint(ticket).leading_id for ticket in (first, second)]
    assert sorted(outcomes) == ["done", "refused"]
    assert following.count(None) == 1


def test_two_officers_who_split_a_case_at_once_make_the_part_once(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    seen = CaseRef(ticket, office.complaint(ticket).version)

    def attempt(_):
        try:
            splitting.split(runtime, office.rina, seen, [PartForm("DISHUB", "Rambu roboh.")])
        except GatewayError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, range(2)))

    assert sorted(outcomes) == ["done", "refused"]
    assert [row.ticket for row in all_of(runtime, Complaint)] == [ticket, f"{ticket}-1"]


def test_queues_count_what_they_show(runtime, office, clock):
    first = office.hears(LAMP, sender=FIRST)
    second = office.hears(SAME, sender=SECOND)
    third = office.hears(sender="+6281255501045")
    groups.join(runtime, office.rina, CaseRef(second), first)
    office.disposes(first)
    office.disposes(third)
    splitting.split(runtime, office.rina, CaseRef(third), [PartForm("DISHUB", "Rambu roboh.")])
    clock.advance(days=4)
    office.hears_more(third, "Bagaimana kabarnya?")

    for queue in inbox.NAMES:
        shown = inbox.overview(runtime, queue)
        assert shown.listing.count == len(shown.listing.rows), queue
    counted = {item.code: item.count for item in inbox.overview(runtime, "selesai").watched}
    assert counted == {"lewat": 3, "tempo": 0, "penanganan": 2}


def test_the_leadership_sees_returns_and_counts_neither_parts_nor_followers(runtime, office):
    first, second = office.hears(LAMP, sender=FIRST), office.hears(SAME, sender=SECOND)
    third = office.hears(sender="+6281255501045")
    groups.join(runtime, office.rina, CaseRef(second), first)
    office.disposes(first)
    office.disposes(third)
    splitting.split(runtime, office.rina, CaseRef(third), [PartForm("DISHUB", "Rambu roboh.")])
    pdwork.send_back(runtime, office.hadi, CaseRef(f"{third}-1"), Return("not_ours"))
    office.disposes(f"{third}-1", pd_code="DISHUB")

    shown = leaders.monitor(runtime)

    assert (shown.totals.received, shown.totals.open) == (3, 2)
    assert sum(count for _, count in shown.statuses) == 2
    assert {line.name: line.returned for line in shown.lines}["Dinas Perhubungan"] == 1


def test_a_pd_reads_who_else_works_on_the_case(runtime, office):
    first, second = office.hears(LAMP, sender=FIRST), office.hears(SAME, sender=SECOND)
    groups.join(runtime, office.rina, CaseRef(second), first)
    office.disposes(first)
    splitting.split(runtime, office.rina, CaseRef(first), [PartForm("DISHUB", "Rambu roboh.")])

    whole = pd_reading.case(runtime, office.andi, first)
    part = pd_reading.case(runtime, office.hadi, f"{first}-1")

    assert [item.pd for item in whole.parts] == ["Dinas Perhubungan"]
    assert (whole.coordinator, whole.same_reports) == ("", 1)
    assert part.coordinator.startswith("Dinas Pekerjaan Umum")
    assert part.text == "Rambu roboh."
    assert part.status.status is ComplaintStatus.DISPOSED
