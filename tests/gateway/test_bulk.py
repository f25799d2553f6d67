"""One step on many cases: shown before, done case by case, undone for ten seconds."""

import pytest

from gateway.cases.casefile import CaseRef
from gateway.casework import bulk, casework, reminding
from gateway.casework.bulk import BulkForm
from gateway.errors import ForbiddenError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.listing import cases_list
from gateway.listing.list_filter import Criteria
from gateway.reading import pd_reading
from gateway.rules.statuses import publicly_visible
from gateway.settings import settings, settings_version
from store.models.complaint import ComplaintStatus, Priority, Privacy
from store.models.messaging import Message
from store.models.outbox import OutboxPart
from store.models.triage import BulkAction
from tests.gateway.office import open_office
from tests.gateway.rows import all_of
from tests.gateway.test_settings import with_rereading

LAMP = "Lampu jalan mati di Jl {} desa Air Putih sejak 3 November 2026"
TO_PUPR = BulkForm("disposisi", pd_code="DPUPR", publish=True)


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def three(office):
    """Three cases that wait for verification."""
    streets = ["Sudirman", "Hangtuah", "Pattimura"]
    return [
        office.hears(LAMP.format(street), sender=f"+628125550104{place}", category_code="PJU")
        for place, street in enumerate(streets)
    ]


def refs(office, tickets):
    return [CaseRef(ticket, office.complaint(ticket).version) for ticket in tickets]


def act(office, form, tickets, key="k1"):
    return bulk.act(office.runtime, office.rina, form, refs(office, tickets), key)


def test_many_cases_go_to_one_pd_each_with_its_own_notice(runtime, office, three):
    outcome = act(office, TO_PUPR, three)

    cases = [office.complaint(ticket) for ticket in three]
    told = [row for row in all_of(runtime, Message) if row.text_key == "diteruskan"]
    assert outcome.done == three
    assert outcome.left_out == []
    assert {case.status for case in cases} == {ComplaintStatus.DISPOSED}
    assert all(publicly_visible(case) for case in cases)
    assert {row.complaint_id for row in told} == {case.id for case in cases}


def test_undoing_takes_all_back_and_nobody_is_told(runtime, office, three, clock):
    outcome = act(office, TO_PUPR, three)
    clock.advance(seconds=10)

    assert bulk.undo(runtime, office.rina, outcome.action_id) == 3

    cases = [office.complaint(ticket) for ticket in three]
    ids = {row.id for row in all_of(runtime, Message) if row.text_key == "diteruskan"}
    states = {part.status for part in all_of(runtime, OutboxPart) if part.message_id in ids}
    assert {case.status for case in cases} == {ComplaintStatus.RECEIVED}
    assert states == {"suppressed"}


def test_after_ten_seconds_nothing_is_undone(runtime, office, three, clock):
    outcome = act(office, TO_PUPR, three)
    clock.advance(seconds=11)

    with pytest.raises(MoveNotAllowedError):
        bulk.undo(runtime, office.rina, outcome.action_id)

    assert office.complaint(three[0]).status is ComplaintStatus.DISPOSED


def test_undoing_twice_or_what_is_not_ones_own_is_refused(runtime, office, three):
    outcome = act(office, TO_PUPR, three)

    with pytest.raises(NotFoundError):
        bulk.undo(runtime, office.rina, outcome.action_id + 1)
    bulk.undo(runtime, office.rina, outcome.action_id)
    with pytest.raises(MoveNotAllowedError):
        bulk.undo(runtime, office.rina, outcome.action_id)


def test_a_case_that_a_colleague_changed_is_left_out_and_named(office, three):
    seen = refs(office, three)
    casework.set_priority(office.runtime, office.rina, CaseRef(three[1]), "urgent")

    outcome = bulk.act(office.runtime, office.rina, TO_PUPR, seen, "k1")

    assert outcome.done == [three[0], three[2]]
    assert outcome.left_out == [(three[1], "baru saja diubah petugas lain")]
    assert office.complaint(three[1]).status is ComplaintStatus.RECEIVED


def test_the_same_form_twice_acts_once(runtime, office, three):
    first = act(office, TO_PUPR, three)

    again = act(office, TO_PUPR, three)

    told = [row for row in all_of(runtime, Message) if row.text_key == "diteruskan"]
    assert (again.action_id, again.done) == (first.action_id, three)
    assert len(told) == 3


def test_archiving_many_can_be_undone(runtime, office, three):
    outcome = act(office, BulkForm("bukan-aduan", reason="spam"), three)
    archived = [office.complaint(ticket).archived_reason for ticket in three]

    bulk.undo(runtime, office.rina, outcome.action_id)

    assert archived == ["spam"] * 3
    assert [office.complaint(ticket).archived_at for ticket in three] == [None] * 3


def test_priorities_come_back_as_they_were(runtime, office, three):
    casework.set_priority(runtime, office.rina, CaseRef(three[0]), "urgent")

    outcome = act(office, BulkForm("prioritas", priority="low"), three)
    lowered = {office.complaint(ticket).priority for ticket in three}
    bulk.undo(runtime, office.rina, outcome.action_id)

    assert lowered == {Priority.LOW}
    assert [office.complaint(ticket).priority for ticket in three] == [
        Priority.URGENT, Priority.NORMAL, Priority.NORMAL,
    ]  # fmt: skip


def test_a_step_that_ended_in_the_middle_can_still_be_undone(runtime, office, three, clock):
    form = BulkForm("bukan-aduan", reason="spam")
    with runtime.transaction() as session:
        changes = [{"ticket": ticket, "priority": "normal"} for ticket in three]
        session.add(
            BulkAction(form_key=f"{office.rina.id}:k1", kind=form.kind, actor_id=office.rina.id,
                       at=clock(), changes=changes)
        )  # fmt: skip
    casework.archive(runtime, office.rina, CaseRef(three[0]), "spam")

    assert bulk.undo(runtime, office.rina, 1) == 1

    assert office.complaint(three[0]).archived_at is None


def test_undoing_what_ended_in_the_middle_leaves_alone_what_was_put_away_before(
    runtime, office, three
):
    casework.archive(runtime, office.dewi, CaseRef(three[0]), "spam")
    form = BulkForm("bukan-aduan", reason="test")
    action_id, _ = bulk._begin(runtime, office.rina, form, refs(office, three), "k1")

    assert bulk.undo(runtime, office.rina, action_id) == 0

    assert office.complaint(three[0]).archived_reason == "spam"


def test_the_summary_says_what_will_be_left_out_and_why(runtime, office, three):
    office.disposes(three[0])
    casework.archive(runtime, office.rina, CaseRef(three[1]), "spam")

    lines = bulk.summary(runtime, office.rina, "disposisi", [*three, three[2], "26-99999-0"])

    assert [(line.ticket, line.problem) for line in lines] == [
        (three[0], "sudah didisposisikan"),
        (three[1], "sudah diarsipkan"),
        (three[2], ""),
    ]


def test_a_secret_case_goes_to_the_pd_without_going_public(office):
    secret = office.hears(
        LAMP.format("Ahmad Yani"), sender="+6281255501048", category_code="PJU",
        privacy=Privacy.SECRET,
    )  # fmt: skip

    act(office, TO_PUPR, [secret])

    assert office.complaint(secret).status is ComplaintStatus.DISPOSED
    assert not publicly_visible(office.complaint(secret))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (BulkForm("disposisi", pd_code="KEMENKES"), "pd_code"),
        (BulkForm("bukan-aduan", reason="bosan"), "reason"),
        (BulkForm("prioritas", priority="tinggi"), "priority"),
        (BulkForm("hapus"), ""),
    ],
)
def test_a_form_without_what_its_step_needs_does_nothing(runtime, office, three, form, field):
    with pytest.raises(InvalidInputError) as refused:
        act(office, form, three)

    assert field in refused.value.problems
    assert all_of(runtime, BulkAction) == []


def test_at_most_fifty_cases_at_once(runtime, office):
    many = [CaseRef(f"26-{number:05d}-0") for number in range(51)]

    with pytest.raises(InvalidInputError):
        bulk.act(runtime, office.rina, TO_PUPR, many, "k1")
    with pytest.raises(InvalidInputError):
        bulk.summary(runtime, office.rina, "disposisi", [ref.ticket for ref in many])


def test_only_an_admin_acts_on_many(runtime, office, three):
    for person in (office.dewi, office.andi, office.sekda):
        with pytest.raises(ForbiddenError):
            bulk.act(runtime, person, TO_PUPR, refs(office, three), "k1")


def test_offices_are_reminded_of_many_cases_once_a_day_and_for_good(runtime, office, three):
    for ticket in three[:2]:
        office.disposes(ticket)
    first = act(office, BulkForm("ingatkan"), three[:1])

    outcome = act(office, BulkForm("ingatkan"), three, key="k2")

    lines = bulk.summary(runtime, office.rina, "ingatkan", three)
    assert [line.problem for line in lines] == ["", "", "langkah berikutnya bukan di PD"]
    assert (first.done, outcome.done) == (three[:1], [three[1]])
    assert outcome.left_out[0] == (three[0], "sudah diingatkan hari ini")
    with pytest.raises(MoveNotAllowedError):
        bulk.undo(runtime, office.rina, outcome.action_id)


def test_labels_are_put_on_taken_off_and_filtered_by_diskominfo_alone(runtime, office, three):
    run = with_rereading(runtime)
    settings.create(run, office.tuti, "label", {"code": "MUSREN", "name": "Musrenbang"})
    run = settings_version.look(run)
    marked = BulkForm("label", label="MUSREN")
    bulk.act(run, office.rina, marked, refs(office, three[:1]), "k1")
    office.disposes(three[1])
    reminding.remind(run, office.rina, three[1])

    outcome = bulk.act(run, office.rina, marked, refs(office, three), "k2")
    asked = Criteria(label="MUSREN")
    found = cases_list.cases(run, office.rina, asked)

    assert outcome.done == three
    assert {row.ticket for row in found.rows} == set(three)
    assert all("Musrenbang" in row.tags for row in found.rows)
    assert [chip.words for chip in found.chips] == ["Musrenbang"]
    theirs = cases_list.cases(run, office.andi, asked)  # the filter asks a PD nothing
    assert [(row.ticket, list(row.tags)) for row in theirs.rows] == [(three[1], [])]
    assert theirs.chips == []
    at_pd = pd_reading.case(run, office.andi, three[1])
    assert "Label" not in str(at_pd.history)
    assert at_pd.reminded  # a label answers no nudge
    bulk.undo(run, office.rina, outcome.action_id)
    assert [row.ticket for row in cases_list.cases(run, office.rina, asked).rows] == three[:1]
    off = BulkForm("label", label="MUSREN", take_off=True)
    bulk.act(run, office.rina, off, refs(office, three[:1]), "k3")
    assert cases_list.cases(run, office.rina, asked).rows == []


def test_a_label_that_is_not_there_is_refused(runtime, office, three):
    with pytest.raises(InvalidInputError) as refusal:
        act(office, BulkForm("label", label="HILANG"), three)

    assert list(refusal.value.problems) == ["label"]
    with pytest.raises(InvalidInputError):
        settings.create(runtime, office.tuti, "label", {"code": "A B", "name": "x" * 31})
