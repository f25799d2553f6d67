"""Perbaiki data, and what is remembered of what officers corrected."""

from dataclasses import replace

import pytest

from gateway import sweeps
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, disposal, mending
from gateway.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.learning import feedback_review
from store import complaints
from store.models.complaint import ComplaintEvent
from store.models.feedback import FIELDS, Feedback
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def form(runtime, office, ticket, **fields):
    return replace(mending.form(runtime, office.rina, ticket), **fields)


def mend(runtime, office, ticket, **fields):
    return mending.mend(
        runtime, office.dewi, CaseRef(ticket), form(runtime, office, ticket, **fields)
    )


def kept(runtime):
    return {row.field: row for row in all_of(runtime, Feedback)}


def test_a_mended_date_and_place_stand_in_the_record_and_in_the_history(runtime, office):
    ticket = office.hears()

    changed = mend(
        runtime, office, ticket, day="2026-11-05", clock="19:30", precision="hour",
        desa="Damon", kecamatan="Bengkalis", street="Jalan Antara", landmark="dekat surau",
    )  # fmt: skip

    case = office.complaint(ticket)
    assert changed == ["event", "desa", "street", "landmark"]
    assert case.event_at.isoformat() == "2026-11-05T12:30:00+00:00"
    assert (case.event_precision, case.desa, case.kecamatan) == ("hour", "Damon", "Bengkalis")
    assert case.place["street"] == "Jalan Antara"
    event = all_of(runtime, ComplaintEvent)[-1]
    assert (event.kind, event.data["fields"]) == ("mended", changed)
    assert event.data["changes"]["desa"] == ["Air Putih", "Damon"]
    assert event.data["changes"]["event_at"][1] == "2026-11-05T12:30:00+00:00"
    with runtime.transaction() as session:
        assert complaints.history_is_whole(session, case.id)


def test_the_words_of_a_place_are_kept_only_encrypted(runtime, office):
    ticket = office.hears()

    mend(runtime, office, ticket, landmark="depan rumah Pak Budi Santoso")

    row = kept(runtime)["landmark"]
    assert row.corrected == "given"
    assert row.details["after"] == "depan rumah Pak Budi Santoso"
    with runtime.transaction() as session:
        raw = session.connection().exec_driver_sql("SELECT feedback::text FROM feedback").scalar()
    assert "Budi" not in raw


def test_an_unknown_time_can_be_said_to_be_unknown(runtime, office):
    ticket = office.hears()

    mend(runtime, office, ticket, day="", clock="", precision="")

    case = office.complaint(ticket)
    assert (case.event_at, case.event_precision) == (None, None)


def test_a_field_mended_twice_remembers_what_was_understood_first(runtime, office):
    ticket = office.hears()
    mend(runtime, office, ticket, kind="aspiration")
    mend(runtime, office, ticket, kind="information_request")

    row = kept(runtime)["kind"]

    assert (row.understood, row.corrected, row.agreed) == (
        "complaint", "information_request", False,
    )  # fmt: skip


def test_a_field_mended_back_was_understood_well(runtime, office):
    ticket = office.hears()
    mend(runtime, office, ticket, street="Jalan Antara")
    mend(runtime, office, ticket, street="")

    assert kept(runtime)["street"].agreed


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", {"kind": "spam"}),
        ("category", {"category": "TIDAK_ADA"}),
        ("day", {"day": "2026-13-40"}),
        ("day", {"day": "2126-01-01"}),
        ("day", {"day": "0001-01-01", "clock": "00:00", "precision": "minute"}),
        ("day", {"day": "2026-11-01", "precision": "selamanya"}),
        ("clock", {"day": "2026-11-01", "precision": "minute"}),
        ("kecamatan", {"kecamatan": "Antah Berantah", "desa": ""}),
        ("desa", {"desa": "Antah Berantah"}),
        ("street", {"street": "a" * 201}),
        ("landmark", {"landmark": "hubungi 0812 5550 1021"}),
        ("", {}),
    ],
)
def test_a_fault_in_the_form_changes_nothing(runtime, office, field, values):
    ticket = office.hears()

    with pytest.raises(InvalidInputError) as caught:
        mend(runtime, office, ticket, **values)

    assert list(caught.value.problems) == [field]
    assert all_of(runtime, Feedback) == []


def test_who_mends_an_older_state_is_told(runtime, office):
    ticket = office.hears()
    version = office.complaint(ticket).version
    first = form(runtime, office, ticket, street="Jalan Antara")
    mending.mend(runtime, office.dewi, CaseRef(ticket, version), first)

    with pytest.raises(ConflictError):
        mending.mend(
            runtime, office.rina, CaseRef(ticket, version), replace(first, street="Jalan Lain")
        )

    assert office.complaint(ticket).place["street"] == "Jalan Antara"


def test_a_pd_mends_nothing_and_an_archived_case_is_left_alone(runtime, office):
    ticket = office.hears()
    filled = form(runtime, office, ticket, street="Jalan Antara")
    with pytest.raises(ForbiddenError):
        mending.mend(runtime, office.andi, CaseRef(ticket), filled)
    with pytest.raises(NotFoundError):
        mending.form(runtime, office.rina, "ADU-26-999999-9")
    casework.archive(runtime, office.rina, CaseRef(ticket), "test")

    with pytest.raises(MoveNotAllowedError):
        mending.mend(runtime, office.dewi, CaseRef(ticket), filled)


def test_a_disposisi_tells_whether_the_suggestion_was_right(runtime, office):
    ticket = office.hears(
        suggestions=[
            {"pd": "DISHUB", "confidence": 0.6, "words": ["lampu"]},
            {"pd": "DPUPR", "confidence": 0.3, "words": ["jalan"]},
        ],
        category_code="PJU",
    )

    office.disposes(ticket)

    rows = kept(runtime)
    pd, category = rows["pd"], rows["category"]
    assert (pd.understood, pd.corrected, pd.agreed, pd.rank) == ("DISHUB", "DPUPR", False, 2)
    assert (category.corrected, category.agreed, category.rule) == ("PJU", True, "keywords")


def test_an_undone_disposisi_teaches_nothing(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    disposal.undo_disposal(runtime, office.rina, CaseRef(ticket))

    assert all_of(runtime, Feedback) == []


def test_the_review_counts_mistakes_and_the_accuracy_of_a_month(runtime, office):
    for suggested in ("DPUPR", "DISHUB", "DISHUB"):
        ticket = office.hears(
            suggestions=[{"pd": suggested, "confidence": 0.6, "words": []}], category_code="PJU"
        )
        office.disposes(ticket)

    found = feedback_review.review(runtime, days=30, limit=5)

    (mistake,) = found.mistakes
    assert (mistake.field, mistake.understood, mistake.corrected, mistake.count) == (
        "pd", "DISHUB", "DPUPR", 2,
    )  # fmt: skip
    assert len(mistake.tickets) == 2
    by_field = {row.field: row for row in found.accuracy}
    assert by_field["pd"].month == "2026-11"
    assert (by_field["pd"].decided, by_field["pd"].suggested) == (3, 3)
    assert round(by_field["pd"].first_right, 2) == 0.33
    assert by_field["category"].first_right == 1.0


def test_what_was_corrected_goes_after_twelve_months(runtime, office):
    ticket = office.hears()
    mend(runtime, office, ticket, landmark="depan pasar")
    runtime.now.advance(days=200)
    office.disposes(ticket)

    sweeps.run(runtime)
    before = set(kept(runtime))
    runtime.now.advance(days=165, hours=1)
    sweeps.run(runtime)

    assert before == {"landmark", "pd", "category"}
    assert set(kept(runtime)) == {"pd", "category"}


def test_every_field_that_is_reviewed_has_its_end():
    assert set(feedback_review.FIELD_WORDS) == set(FIELDS)


def test_the_review_command_prints_codes_and_tickets_and_no_words(runtime, office):
    ticket = office.hears()
    mend(runtime, office, ticket, landmark="depan rumah Pak Budi Santoso")
    office.disposes(ticket)

    result = make_app(runtime).test_cli_runner().invoke(args=["normalizer", "review"])

    assert result.exit_code == 0, result.output
    assert f"Patokan\tgiven -> given\t1\t{ticket}" in result.output
    assert "Budi" not in result.output
    assert "masjid" not in result.output


def test_the_review_of_nothing_says_so(runtime):
    result = make_app(runtime).test_cli_runner().invoke(args=["normalizer", "review"])

    assert "Belum ada koreksi." in result.output
    assert "Belum ada disposisi." in result.output


def test_the_form_stands_over_the_case_and_keeps_what_was_written(runtime, office):
    ticket = office.hears()
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    assert f"/kotak/aduan/{ticket}/perbaiki" in rina.page
    rina.opens(f"/kotak/aduan/{ticket}/perbaiki")
    assert 'value="2026-11-03"' in rina.page

    fields = {"kind": "complaint", "category": "PJU", "day": "2026-11-03", "precision": "day"}
    wrong = rina.sends(f"/kotak/aduan/{ticket}/perbaiki", **fields, desa="Entah", street="Jl Baru")
    kept_words = 'value="Jl Baru"' in rina.page
    done = rina.sends(f"/kotak/aduan/{ticket}/perbaiki", **fields, desa="Air Putih", street="Jl B")

    assert wrong.status_code == 422
    assert kept_words
    assert done.status_code == 302
    assert office.complaint(ticket).place["street"] == "Jl B"


def test_an_operator_may_open_the_form_and_a_pd_may_not(runtime, office):
    ticket = office.hears()
    app = make_app(runtime)

    assert logged_in(app, "dewi").opens(f"/kotak/aduan/{ticket}/perbaiki").status_code == 200
    assert logged_in(app, "andi").opens(f"/kotak/aduan/{ticket}/perbaiki").status_code == 403
