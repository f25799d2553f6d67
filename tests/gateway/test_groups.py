"""Serupa: cases of one incident share one course; nobody loses number, PIN or news."""

from dataclasses import replace

import pytest

from channels.message import ChannelName
from gateway.answering import answers, drafts
from gateway.answering.answers import Correction
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal, groups, pdwork
from gateway.dialogue.filing import new_pin
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from gateway.reading import inbox, reading, tracking
from gateway.rules.statuses import publicly_visible
from store import complaints
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus, Privacy
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from tests.gateway.citizen import Citizen
from tests.gateway.office import open_office
from tests.gateway.rows import all_of

LAMP = "Lampu jalan mati di Jl Sudirman depan masjid Al-Ikhlas desa Air Putih sejak 3 November 2026"
SAME = "PJU mati total depan masjid Al-Ikhlas Jl Sudirman desa Air Putih sejak 4 November 2026"
FIRST, SECOND, THIRD = "+6281255501041", "+6281255501043", "+6281255501044"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def pair(office):
    """The numbers of two cases of one incident, told by two people."""
    return office.hears(LAMP, sender=FIRST), office.hears(SAME, sender=SECOND)


def joined(office, follower, leader):
    return groups.join(office.runtime, office.rina, CaseRef(follower), leader)


def said_to(office, ticket) -> list[str | None]:
    """The catalogue keys of what was queued about a case."""
    case_id = office.complaint(ticket).id
    rows = all_of(office.runtime, Message)
    return [row.text_key for row in rows if row.direction == "out" and row.complaint_id == case_id]


def text_of(office, ticket, key) -> str:
    case_id = office.complaint(ticket).id
    rows = all_of(office.runtime, Message)
    return next(row.text for row in rows if (row.complaint_id, row.text_key) == (case_id, key))


def kinds(office, ticket) -> list[str]:
    case_id = office.complaint(ticket).id
    rows = [row for row in all_of(office.runtime, ComplaintEvent) if row.complaint_id == case_id]
    return [row.kind for row in sorted(rows, key=lambda row: row.seq)]


def pin_of(office, ticket) -> str:
    with office.runtime.transaction() as session:
        return new_pin(office.runtime, complaints.by_ticket(session, ticket))


def test_who_follows_hears_the_news_of_the_leading_case_under_the_own_number(office, pair):
    leader, follower = pair

    joined(office, follower, leader)
    office.disposes(leader)
    office.accepts(leader)

    assert said_to(office, follower) == ["tiket_terbit", "digabung", "diteruskan", "ditangani"]
    assert said_to(office, leader) == ["tiket_terbit", "diteruskan", "ditangani"]
    assert follower in text_of(office, follower, "ditangani")
    assert leader not in text_of(office, follower, "ditangani")


def test_a_question_goes_to_the_first_reporter_alone(runtime, office, pair):
    leader, follower = pair
    joined(office, follower, leader)
    office.disposes(leader)

    pdwork.ask(runtime, office.andi, CaseRef(leader), "photo")

    assert "minta_info" in said_to(office, leader)
    assert "minta_info" not in said_to(office, follower)


def test_number_and_pin_of_a_grouped_case_show_the_course_of_the_leading_one(runtime, office, pair):
    leader, follower = pair
    pin = pin_of(office, follower)
    joined(office, follower, leader)
    office.disposes(leader)
    office.accepts(leader)

    shown = tracking.track(runtime, follower, pin, "10.0.0.9")

    assert shown.ticket == follower
    assert shown.status.status is ComplaintStatus.IN_PROGRESS
    assert shown.pd.startswith("Dinas Pekerjaan Umum")
    assert [line.what for line in shown.timeline] == [
        "Masuk", "Digabung", "Diverifikasi", "Ditangani",
    ]  # fmt: skip


def test_a_grouped_case_leaves_verifikasi_and_its_clock_stops(runtime, office, pair):
    leader, follower = pair

    joined(office, follower, leader)

    keys = [row.key for row in inbox.overview(runtime, "verifikasi").listing.rows]
    with runtime.transaction() as session:
        running = complaints.running_clocks(session, office.complaint(follower).id)
    assert keys == [leader]
    assert running == []
    assert "grouped" in kinds(office, follower)
    assert "follower_joined" in kinds(office, leader)


def test_a_separated_case_waits_in_verifikasi_again_with_the_rest_of_its_time(
    runtime, office, pair, clock
):
    leader, follower = pair
    with runtime.transaction() as session:
        case_id = office.complaint(follower).id
        due_at = complaints.running_clock(session, case_id, "K1").due_at
    joined(office, follower, leader)
    clock.advance(hours=3)

    groups.leave(runtime, office.rina, CaseRef(follower))

    keys = {row.key for row in inbox.overview(runtime, "verifikasi").listing.rows}
    with runtime.transaction() as session:
        later = complaints.running_clock(session, case_id, "K1").due_at
        assert complaints.history_is_whole(session, case_id)
    assert keys == {leader, follower}
    assert (later - due_at).total_seconds() == 3 * 3600
    assert kinds(office, follower)[-1] == "ungrouped"


def test_grouping_undone_within_ten_seconds_tells_nobody(runtime, office, pair, clock):
    leader, follower = pair
    joined(office, follower, leader)
    clock.advance(seconds=5)

    groups.leave(runtime, office.rina, CaseRef(follower))

    case_id = office.complaint(follower).id
    message = next(row for row in all_of(runtime, Message) if row.text_key == "digabung")
    part = next(row for row in all_of(runtime, OutboxPart) if row.message_id == message.id)
    assert message.complaint_id == case_id
    assert part.status == "suppressed"
    assert "dipisah" not in said_to(office, follower)


def test_who_was_told_of_the_grouping_is_told_of_its_end(runtime, office, pair, clock):
    leader, follower = pair
    joined(office, follower, leader)
    for part in all_of(runtime, OutboxPart):
        with runtime.transaction() as session:
            session.get(OutboxPart, part.id).status = "sent"
    clock.advance(hours=1)

    groups.leave(runtime, office.rina, CaseRef(follower))

    assert said_to(office, follower)[-1] == "dipisah"


def test_the_followers_of_a_case_follow_where_it_goes(office, pair):
    leader, follower = pair
    third = office.hears(SAME + " lagi", sender=THIRD)
    joined(office, third, follower)

    joined(office, follower, leader)

    leader_id = office.complaint(leader).id
    assert office.complaint(third).leading_id == leader_id
    assert office.complaint(follower).leading_id == leader_id


def test_an_undone_disposisi_calls_the_news_of_the_followers_back(runtime, office, pair):
    leader, follower = pair
    joined(office, follower, leader)
    office.disposes(leader)

    disposal.undo_disposal(runtime, office.rina, CaseRef(leader))

    parts = all_of(runtime, OutboxPart)
    ids = {m.id for m in all_of(runtime, Message) if m.text_key == "diteruskan"}
    assert len(ids) == 2
    assert {part.status for part in parts if part.message_id in ids} == {"suppressed"}


def test_a_secret_case_may_follow_unseen_but_never_leads(runtime, office):
    leader = office.hears(LAMP, sender=FIRST)
    secret = office.hears(SAME, sender=SECOND, privacy=Privacy.SECRET)

    with pytest.raises(InvalidInputError):
        joined(office, leader, secret)
    joined(office, secret, leader)
    office.disposes(leader)

    shown = tracking.track(runtime, leader, "", "10.0.0.9")
    assert shown.reporters == 0
    assert not publicly_visible(office.complaint(secret))
    assert said_to(office, secret) == ["tiket_terbit", "status", "status"]


def test_open_followers_are_counted_for_the_public(runtime, office, pair):
    leader, follower = pair
    joined(office, follower, leader)
    office.disposes(leader)

    assert tracking.track(runtime, leader, "", "10.0.0.9").reporters == 1
    with pytest.raises(InvalidInputError):
        tracking.track(runtime, follower, "", "10.0.0.9")


@pytest.mark.parametrize("step", ["itself", "disposed", "archived", "following"])
def test_what_cannot_follow_is_refused_with_a_reason(runtime, office, pair, step):
    leader, follower = pair
    if step == "itself":
        leader = follower
    if step == "disposed":
        office.disposes(follower)
    if step == "archived":
        casework.archive(runtime, office.rina, CaseRef(follower), "spam")
    if step == "following":
        joined(office, follower, leader)

    with pytest.raises(InvalidInputError) as refused:
        joined(office, follower, leader)

    assert len(refused.value.problems[""]) > 10


def test_only_an_admin_groups(runtime, office, pair):
    leader, follower = pair

    for person in (office.dewi, office.andi):
        with pytest.raises(ForbiddenError):
            groups.join(runtime, person, CaseRef(follower), leader)


def test_an_unknown_number_is_not_found(office, pair):
    with pytest.raises(NotFoundError):
        joined(office, pair[0], "26-99999-0")


def test_of_two_officers_who_group_at_once_the_second_is_refused(runtime, office, pair):
    leader, follower = pair
    seen = office.complaint(follower).version
    groups.join(runtime, office.rina, CaseRef(follower, seen), leader)

    with pytest.raises(ConflictError):
        groups.join(runtime, office.rina, CaseRef(follower, seen), leader)

    assert kinds(office, follower).count("grouped") == 1


def test_archiving_the_leading_case_lets_its_followers_go(runtime, office, pair):
    leader, follower = pair
    joined(office, follower, leader)

    casework.archive(runtime, office.rina, CaseRef(leader), "spam")

    assert office.complaint(follower).leading_id is None
    assert kinds(office, leader)[-2:] == ["follower_left", "archived"]


def test_who_follows_can_rate_and_reopen_the_leading_case(runtime, office, hear, telegram):
    leader = office.hears(LAMP, sender=FIRST)
    citizen = Citizen(runtime, telegram, hear)
    citizen.writes(f"{SAME}. NIK 1403010107859002")
    follower = max(row.ticket for row in all_of(runtime, Complaint))
    joined(office, follower, leader)
    with runtime.transaction() as session:
        case = complaints.by_ticket(session, leader)
        case.status, case.pd_code = ComplaintStatus.RESOLVED, "DPUPR"
    citizen.hears()

    assert citizen.writes("4") == ["nilai_tersimpan"]
    assert citizen.writes("BELUM") == ["dibuka_kembali"]

    assert office.complaint(follower).rating == 4
    assert office.complaint(leader).status is ComplaintStatus.IN_PROGRESS
    assert follower in citizen.reads()


def test_what_a_follower_adds_wakes_the_leading_case(office, pair):
    leader, follower = pair
    joined(office, follower, leader)
    office.disposes(leader)

    office.hears_more(follower, "Sekarang tiang sebelahnya juga mati")

    assert office.complaint(leader).citizen_wrote_at is not None
    assert office.complaint(follower).citizen_wrote_at is not None


def test_a_follower_who_phoned_is_told_the_answer_by_a_person(runtime, office, clock):
    leader = office.hears(LAMP, sender=FIRST)
    follower = office.hears(SAME, ChannelName.OPERATOR, SECOND, source="phone")
    joined(office, follower, leader)
    office.disposes(leader)
    office.accepts(leader)
    form = DraftForm(done="Lampu sudah diganti.")
    drafts.save_draft(runtime, office.andi, CaseRef(leader), form, submit=True)

    def ticking():
        clock.advance(seconds=1)
        return clock()

    given = Correction("Lampu sudah diganti.", final=False)
    answers.send_answer(replace(runtime, now=ticking), office.rina, CaseRef(leader), given)

    waiting = [row.key for row in inbox.overview(runtime, "sampaikan").listing.rows]
    assert waiting == [follower]
    assert reading.case(runtime, office.rina, follower).hand_over.text == "Lampu sudah diganti."


def test_pairs_judged_apart_are_not_offered_again(runtime, office, pair):
    one, other = pair
    before = reading.case(runtime, office.rina, one).details.similar

    groups.judge_apart(runtime, office.rina, CaseRef(one), other)
    groups.judge_apart(runtime, office.rina, CaseRef(other), one)

    assert [item.ticket for item in before] == [other]
    assert reading.case(runtime, office.rina, one).details.similar == []
    assert reading.case(runtime, office.rina, other).details.similar == []
