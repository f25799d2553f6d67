"""Windows, long threads, limits, and what happens when something fails."""

from datetime import date, timedelta

import pytest
from flask import Flask

from channels.message import ChannelName
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, pdwork
from gateway.casework.pdwork import Plan, Return
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.reading import reading
from gateway.rules import windows
from gateway.rules.windows import WindowState
from store.models.complaint import ComplaintStatus
from store.models.messaging import Conversation, Message
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.rows import all_of


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.mark.parametrize(
    ("channel", "hours", "state", "words"),
    [
        (ChannelName.WHATSAPP, 23.5, WindowState.OPEN, "tutup dalam 30 mnt"),
        (ChannelName.WHATSAPP, 24, WindowState.CLOSED, "templat “kabar aduan”"),
        (ChannelName.MESSENGER, 25, WindowState.HUMAN, "sampai 7 hari"),
        (ChannelName.MESSENGER, 24 * 7, WindowState.CLOSED, "dikirim saat warga menulis lagi"),
        (ChannelName.SMS, 900, WindowState.FREE, "kapan saja"),
        (ChannelName.X, 0, WindowState.UNREACHABLE, "sedang tidak aktif"),
    ],
)
def test_the_server_judges_the_window(runtime, office, clock, channel, hours, state, words):
    office.hears(channel=channel)
    clock.advance(hours=hours)

    window = windows.judge(runtime, all_of(runtime, Conversation)[0])

    assert window.state is state
    assert words in window.words


def test_who_opted_out_is_unreachable(runtime, office):
    office.hears()
    with runtime.transaction() as session:
        session.query(Conversation).one().suppressed_reason = "opt_out"

    window = windows.judge(runtime, all_of(runtime, Conversation)[0])

    assert window.state is WindowState.UNREACHABLE


def test_a_long_thread_opens_at_its_end_and_leads_back(runtime, office, clock):
    ticket = office.hears()
    case = office.complaint(ticket)
    with runtime.transaction() as session:
        for number in range(60):
            at = clock() + timedelta(minutes=number + 1)
            session.add(
                Message(
                    conversation_id=case.conversation_id,
                    complaint_id=case.id,
                    direction="in",
                    text=f"pesan {number}",
                    received_at=at,
                    ordered_at=at,
                )
            )

    newest = reading.case(runtime, office.rina, ticket).thread
    older = reading.case(runtime, office.rina, ticket, before=newest.older).thread

    assert [newest.messages[0].text, newest.messages[-1].text] == ["pesan 10", "pesan 59"]
    assert older.messages[-1].text == "pesan 9"
    assert older.older is None


def test_a_nonsense_cursor_means_the_newest_messages(runtime, office):
    ticket = office.hears()

    thread = reading.case(runtime, office.rina, ticket, before="abc.x").thread

    assert len(thread.messages) == 2


def test_a_scheduled_case_can_be_taken_up_before_its_day(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    pdwork.schedule(runtime, office.andi, CaseRef(ticket), date(2026, 12, 1), "Menunggu alat")

    pdwork.take_up_again(runtime, office.andi, CaseRef(ticket))
    with pytest.raises(MoveNotAllowedError):
        pdwork.take_up_again(runtime, office.andi, CaseRef(ticket))

    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS


def refusals(runtime, office, ticket):
    ref = CaseRef(ticket)
    return [
        lambda: pdwork.accept(runtime, office.andi, ref, Plan("x" * 301, date(2026, 11, 27))),
        lambda: pdwork.accept(runtime, office.andi, ref, Plan("Ganti", date(2026, 11, 1))),
        lambda: pdwork.send_back(runtime, office.andi, ref, Return("entah")),
        lambda: pdwork.send_back(runtime, office.andi, ref, Return("unclear", "", "TIDAK_ADA")),
        lambda: pdwork.schedule(runtime, office.andi, ref, None, "Alasan"),
        lambda: casework.archive(runtime, office.rina, ref, "entah"),
        lambda: casework.unmask(runtime, office.rina, ref, "cek"),
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_form_with_a_fault_moves_nothing(runtime, office, number):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(InvalidInputError):
        refusals(runtime, office, ticket)[number]()

    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


def test_a_disposed_case_is_not_archived_and_a_live_one_not_restored(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    for step in (
        lambda: casework.archive(runtime, office.rina, CaseRef(ticket), "spam"),
        lambda: casework.restore(runtime, office.rina, CaseRef(ticket)),
    ):
        with pytest.raises(MoveNotAllowedError):
            step()

    assert office.complaint(ticket).archived_at is None


def test_a_closed_case_is_not_asked_about(runtime, office):
    ticket = office.hears(status=ComplaintStatus.RESOLVED)

    with pytest.raises(MoveNotAllowedError):
        pdwork.ask(runtime, office.rina, CaseRef(ticket), "where")

    assert [m.text_key for m in all_of(runtime, Message)].count("minta_info") == 0


def test_leaders_and_managers_open_no_case(runtime, office):
    ticket = office.hears()

    for person in (office.sekda, office.tuti):
        with pytest.raises(NotFoundError):
            reading.case(runtime, person, ticket)


def test_a_fault_of_ours_says_so_and_logs_no_words_of_anybody(runtime, caplog):
    app: Flask = make_app(runtime)
    app.testing = False

    name = "Budi Santoso"

    def broken() -> str:
        raise RuntimeError(f"no row for {name}")

    broken.access_rule = "public"  # type: ignore[attr-defined]  # a view of this test
    app.add_url_rule("/rusak", view_func=broken)
    visitor = Browser(app)

    response = visitor.opens("/rusak")

    assert response.status_code == 500
    assert "Maaf, ada gangguan di sistem kami." in visitor.page
    assert "Budi" not in caplog.text + str([record.__dict__ for record in caplog.records])


def test_a_polling_page_without_a_session_learns_that_it_must_log_in(runtime):
    browser = Browser(make_app(runtime))

    response = browser.client.get("/kotak/pembaruan", headers={"X-Requested-With": "fetch"})

    assert response.status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "/kotak/pembaruan?sejak=abc",
        "/kotak/percakapan/999",
        "/kotak/aduan/x/entah",
        "/lampiran/9/kecil",
    ],
)
@pytest.mark.usefixtures("office")
def test_addresses_that_lead_nowhere_are_not_found(runtime, address):
    browser = logged_in(make_app(runtime), "rina")

    assert browser.opens(address).status_code == 404


def test_small_steps_and_moved_messages_work_from_the_page(runtime, office):
    first = office.hears()
    second = office.hears("Sampah menumpuk di pasar Damon sejak 5 November 2026")
    browser = logged_in(make_app(runtime), "rina")
    browser.opens(f"/kotak/aduan/{first}?semua=1")
    offered = "Pindahkan" in browser.page
    message = all_of(runtime, Message)[0]

    moved = browser.sends(f"/kotak/pesan/{message.id}/pindah", ticket=second)
    browser.opens(f"/kotak/aduan/{first}")
    unknown = browser.sends(f"/kotak/aduan/{first}/langkah/entah")

    assert offered
    assert moved.headers["Location"] == f"/kotak/aduan/{second}"
    assert unknown.status_code == 404
    assert all_of(runtime, Message)[0].complaint_id == office.complaint(second).id
