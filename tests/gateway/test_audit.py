"""The history as a whole: nobody changes it unnoticed, and erasing words leaves it whole."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gateway import audit
from gateway.audit import Finding
from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.runtime import Runtime
from store.models.complaint import ComplaintEvent
from store.models.history import HistoryAnchor, HistoryValue
from store.models.staff import AuditEntry
from tests.gateway.office import Office, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


def findings(runtime: Runtime, after: int = 0) -> list[Finding]:
    found = [one for step in audit.verify_complaints(runtime, after) for one in step.findings]
    return [*found, *audit.verify_rest(runtime)]


def tamper(runtime: Runtime, *statements: str) -> None:
    """Do what only a person with all rights on the database can."""
    with runtime.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))


@pytest.fixture
def sealed(runtime: Runtime, office: Office) -> str:
    """A case with a history of three entries and an opened identity, under an anchor."""
    ticket = office.hears()
    office.disposes(ticket)
    casework.unmask(runtime, office.rina, CaseRef(ticket), "Memeriksa laporan ganda")
    audit.seal(runtime)
    return ticket


@pytest.mark.usefixtures("sealed")
def test_an_untouched_history_is_whole(runtime):
    assert findings(runtime) == []
    assert audit.seal(runtime) == 0


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE complaint_event SET data = '{}' WHERE seq = 2",
            Finding("complaint", 1, "changed", 2),
        ),
        ("DELETE FROM complaint_event WHERE seq = 2", Finding("complaint", 1, "missing", 2)),
        (
            "DELETE FROM complaint_event WHERE seq = 3",
            Finding("complaint", 1, "truncated", 3),
        ),
        ("UPDATE audit_entry SET action = 'login'", Finding("audit", 1, "changed")),
        ("UPDATE audit_entry SET reason = 'Lain'", Finding("audit", 1, "changed")),
        ("DELETE FROM audit_entry", Finding("audit", 1, "missing")),
        (
            "UPDATE history_value SET new = old WHERE field = 'title'",
            Finding("complaint", 1, "changed", 2),
        ),
        ("UPDATE history_anchor SET at = at - interval '1 day'", Finding("anchor", 1, "changed")),
        (
            "DELETE FROM history_seal WHERE audit_id IS NOT NULL",
            Finding("anchor", 1, "changed"),
        ),
    ],
)
def test_tampering_is_found(runtime, statement, expected):
    tamper(runtime, statement)

    assert expected in findings(runtime)


@pytest.mark.usefixtures("sealed")
def test_two_entries_that_changed_places_are_found(runtime):
    tamper(
        runtime,
        "UPDATE complaint_event SET seq = 99 WHERE seq = 1",
        "UPDATE complaint_event SET seq = 1 WHERE seq = 2",
        "UPDATE complaint_event SET seq = 2 WHERE seq = 99",
    )

    assert Finding("complaint", 1, "reordered", 1) in findings(runtime)


@pytest.mark.usefixtures("sealed")
def test_a_whole_history_that_vanished_is_found_at_its_anchor(runtime):
    tamper(runtime, "DELETE FROM complaint_event", "DELETE FROM complaint")

    assert Finding("complaint", 1, "missing") in findings(runtime)
    assert Finding("complaint", 1, "truncated", 3) in findings(runtime)


def test_a_missing_anchor_leaves_entries_that_nothing_holds(runtime, office, sealed):
    casework.add_note(runtime, office.rina, CaseRef(sealed), "Sudah dicek.", for_pd=False)
    audit.seal(runtime)

    tamper(
        runtime,
        "DELETE FROM history_seal WHERE anchor_id = 2",
        "DELETE FROM history_anchor WHERE id = 2",
    )

    assert Finding("complaint", 1, "unsealed", 4) in findings(runtime)


def test_an_anchor_taken_out_of_the_middle_is_missed(runtime, office, sealed):
    casework.add_note(runtime, office.rina, CaseRef(sealed), "Sudah dicek.", for_pd=False)
    audit.seal(runtime)

    tamper(
        runtime,
        "DELETE FROM history_seal WHERE anchor_id = 1",
        "DELETE FROM history_anchor WHERE id = 1",
    )

    assert Finding("anchor", 1, "missing") in findings(runtime)


@pytest.mark.usefixtures("sealed")
def test_who_rewrites_the_chain_with_new_digests_does_not_fit_the_anchor(runtime):
    tamper(
        runtime,
        "UPDATE complaint_event SET digest = repeat('a', 64) WHERE seq = 3",
        "UPDATE history_seal SET digest = repeat('a', 64) WHERE complaint_id IS NOT NULL",
    )

    assert Finding("anchor", 1, "changed") in findings(runtime)


def test_an_audit_entry_that_vanished_before_its_anchor_is_missed_afterwards(
    runtime, sealed, office
):
    casework.unmask(runtime, office.dewi, CaseRef(sealed), "Menelepon balik warga")
    tamper(runtime, "DELETE FROM audit_entry WHERE id = 2")

    audit.seal(runtime)

    assert Finding("audit", 2, "missing") in findings(runtime)


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    "table", ["complaint_event", "audit_entry", "history_anchor", "history_seal", "history_value"]
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_lets_nobody_take_a_row_away(runtime, table, statement):
    with pytest.raises(ProgrammingError, match="append-only"), runtime.transaction() as session:
        session.execute(text(statement.format(table)))

    assert findings(runtime) == []


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE complaint_event SET actor_id = NULL",
        "UPDATE audit_entry SET at = at - interval '1 hour'",
        "UPDATE audit_entry SET reason = 'Alasan lain'",
        "UPDATE history_value SET new = old",
        "UPDATE history_anchor SET digest = ''",
    ],
)
def test_the_database_lets_nobody_change_a_row(runtime, statement):
    with pytest.raises(ProgrammingError, match="append-only"), runtime.transaction() as session:
        session.execute(text(statement))

    assert findings(runtime) == []


@pytest.mark.usefixtures("sealed")
def test_words_are_erased_and_the_history_stays_whole(runtime):
    with runtime.transaction() as session:
        session.execute(text("UPDATE audit_entry SET reason = NULL"))
        session.execute(text("UPDATE history_value SET old = NULL, new = NULL, erased_at = now()"))

    assert findings(runtime) == []
    assert only(runtime, AuditEntry).reason is None
    assert {value.new for value in all_of(runtime, HistoryValue)} == {None}


def test_entries_keep_what_stood_before(runtime, office):
    ticket = office.hears()
    before = office.complaint(ticket)

    office.disposes(ticket)

    event = all_of(runtime, ComplaintEvent)[-1]
    title = next(value for value in all_of(runtime, HistoryValue) if value.field == "title")
    assert event.data["changes"]["status"] == ["received", "disposed"]
    assert event.data["changes"]["pd_code"] == [None, "DPUPR"]
    assert (title.old, title.new) == (before.title, "Lampu jalan mati, Air Putih")
    assert "Lampu" not in str(event.data)


def test_each_run_seals_what_is_new(runtime, office, sealed):
    office.accepts(sealed)

    assert audit.seal(runtime) == 1
    assert [anchor.id for anchor in all_of(runtime, HistoryAnchor)] == [1, 2]
    assert findings(runtime) == []


def command(runtime: Runtime) -> Callable[..., tuple[int, str]]:
    runner = make_app(runtime).test_cli_runner()

    def run(*words: str) -> tuple[int, str]:
        done = runner.invoke(args=["audit", *words])
        return done.exit_code, done.output

    return run


@pytest.mark.usefixtures("sealed")
def test_the_command_says_whole_or_broken_by_its_exit_code(runtime):
    run = command(runtime)

    assert run("verify")[0] == 0
    assert "Riwayat utuh." in run("verify")[1]
    tamper(runtime, "UPDATE complaint_event SET kind = 'noted' WHERE seq = 2")
    code, words = run("verify")
    assert code == 1
    assert "aduan 1, entri 2: diubah" in words


@pytest.mark.usefixtures("sealed")
def test_the_command_goes_on_where_it_stopped(runtime, office):
    office.hears(sender="+6281255501031")
    tamper(runtime, "UPDATE complaint_event SET kind = 'noted' WHERE complaint_id = 1 AND seq = 2")

    code, words = command(runtime)("verify", "--after", "1")

    assert code == 0
    assert "1 aduan diperiksa; lanjutkan dengan --after 2" in words


@pytest.mark.usefixtures("sealed")
def test_an_anchor_noted_elsewhere_tells_when_everything_was_replaced(runtime):
    run = command(runtime)
    noted = audit.last_anchor_line(runtime)

    assert run("verify", "--expect", noted)[0] == 0
    assert run("verify", "--expect", "1 " + "0" * 64)[0] == 1
    assert run("verify", "--expect", "omong kosong")[0] == 1
    assert run("seal")[1] == "0 jangkar ditulis.\n"


def test_the_history_page_shows_both_values_as_the_reader_may_see(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    app = make_app(runtime)

    rina, andi = logged_in(app, "rina"), logged_in(app, "andi")
    rina.opens(f"/kotak/aduan/{ticket}?bagian=riwayat")
    andi.opens(f"/pd/aduan/{ticket}")

    assert "<dt>Status</dt><dd><del>Masuk (Tertutup)</del> <ins>Disposisi (Terbuka)" in rina.page
    assert "<dt>Judul publik</dt>" in rina.page
    assert "<dt>Status</dt><dd><del>Masuk (Tertutup)</del>" in andi.page
    assert "<dt>Judul publik</dt>" not in andi.page
