import pytest

from gateway.answering import answers
from gateway.answering.answers import Correction
from gateway.cases.casefile import CaseRef
from gateway.dialogue.filing import pin_hash
from gateway.errors import InvalidInputError
from gateway.reading import leaders, tracking
from store.models.complaint import Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app

HOME = "203.0.113.7"
PIN = "493021"


pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def visitor(runtime):
    return Browser(make_app(runtime))


def with_pin(office, runtime, **columns) -> str:
    ticket = office.hears(**columns)
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).pin_hash = pin_hash(runtime, ticket, PIN)
    return ticket


def test_the_emergency_numbers_come_first_and_are_links(visitor):
    visitor.opens("/")

    assert visitor.page.index('href="tel:110"') < visitor.page.index("<h1>")
    assert "tel:112" not in visitor.page


def test_the_front_page_says_how_to_reach_each_channel(visitor):
    visitor.opens("/")

    assert "https://wa.me/6281255501001" in visitor.page
    assert "sms:+6281255501101" in visitor.page
    assert "https://t.me/aduan_bengkalis_bot" in visitor.page


def test_number_and_pin_open_ones_own_case(visitor, office, runtime):
    ticket = with_pin(office, runtime)
    office.disposes(ticket)
    visitor.opens("/cek")

    visitor.sends("/cek", number=ticket.replace("-", " "), pin="493 021")

    assert "Disposisi" in visitor.page
    assert "diteruskan ke Dinas Pekerjaan Umum dan Penataan Ruang" in visitor.page
    assert "1403010107859002" not in visitor.page


def test_the_answer_to_a_secret_case_is_read_here(visitor, office, runtime):
    ticket = office.in_correction(privacy=Privacy.SECRET)
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).pin_hash = pin_hash(runtime, ticket, PIN)
    answers.send_answer(
        runtime, office.rina, CaseRef(ticket), Correction("Pungutan dikembalikan.", final=True)
    )
    visitor.opens("/cek")

    visitor.sends("/cek", number=ticket, pin=PIN)

    assert "Pungutan dikembalikan." in visitor.page


def test_an_unknown_number_and_a_wrong_pin_get_the_same_page(visitor, office, runtime):
    ticket = with_pin(office, runtime)
    pages = []
    for number in (ticket, "26-00002-9"):
        visitor.opens("/cek")
        response = visitor.sends("/cek", number=number, pin="000000")
        pages.append((response.status_code, "Nomor atau PIN tidak cocok." in visitor.page))

    assert pages == [(422, True), (422, True)]


def test_a_wrong_check_digit_is_told_without_a_look_up(visitor):
    visitor.opens("/cek")

    visitor.sends("/cek", number="26-00421-9", pin=PIN)

    assert "sepertinya ada angka yang tertukar" in visitor.page


def test_five_wrong_pins_lock_the_number_for_an_hour(office, runtime, clock):
    ticket = with_pin(office, runtime)
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            tracking.track(runtime, ticket, "000000", HOME)

    with pytest.raises(InvalidInputError) as caught:
        tracking.track(runtime, ticket, PIN, "203.0.113.200")
    clock.advance(minutes=61)

    assert caught.value.problems["number"] == tracking.LOCKED
    assert tracking.track(runtime, ticket, PIN, HOME).mine


def test_without_a_pin_only_an_open_case_is_shown_in_its_public_form(office, runtime):
    ticket = with_pin(office, runtime)
    with pytest.raises(InvalidInputError):
        tracking.track(runtime, ticket, "", HOME)
    office.disposes(ticket)

    shown = tracking.track(runtime, ticket, "", HOME)

    assert not shown.mine
    assert shown.text == "Lampu jalan depan masjid mati sejak awal November."


def test_a_secret_case_has_no_public_form(office, runtime):
    ticket = with_pin(office, runtime, privacy=Privacy.SECRET)
    office.disposes(ticket)

    with pytest.raises(InvalidInputError) as caught:
        tracking.track(runtime, ticket, "", HOME)

    assert caught.value.problems["number"] == tracking.NO_MATCH


def test_a_late_case_says_so(office, runtime, clock):
    ticket = with_pin(office, runtime)
    office.disposes(ticket)
    clock.advance(days=4)

    assert tracking.track(runtime, ticket, PIN, HOME).late == "2 hr"


def test_leaders_see_figures_of_offices_and_nobodys_words(runtime, office, clock):
    late = office.hears()
    office.disposes(late)
    office.hears("Got mampet di Damon sejak 2 November 2026")
    clock.advance(days=4)
    sekda = logged_in(make_app(runtime), "sekda")

    sekda.opens("/pimpinan/")

    assert "Dinas Pekerjaan Umum dan Penataan Ruang: 1 aduan lewat batas" in sekda.page
    assert "Lampu" not in sekda.page
    assert "Budi" not in sekda.page
    assert late not in sekda.page


def test_leaders_see_how_often_the_suggested_office_was_right(runtime, office):
    for suggested in ("DPUPR", "DISHUB"):
        office.disposes(
            office.hears(suggestions=[{"pd": suggested, "confidence": 0.6, "words": []}])
        )

    (line,) = leaders.monitor(runtime).suggestions
    sekda = logged_in(make_app(runtime), "sekda")
    sekda.opens("/pimpinan/")

    assert (line.month, line.decided, line.first_percent) == ("November 2026", 2, 50)
    assert "Ketepatan saran kantor" in sekda.page
