import pytest
from sqlalchemy import select

from gateway.cases import neighbours
from store.complaints import by_ticket
from store.models.complaint import Complaint, Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app

HERE = {"latitude_deg": 1.4700, "longitude_deg": 102.1100}
NEAR = {"latitude_deg": 1.4704, "longitude_deg": 102.1100}  # 44 m
FAR = {"latitude_deg": 1.4800, "longitude_deg": 102.1100}  # 1.1 km


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def heard_at(office, pin, text="Lampu jalan mati di Damon", **columns):
    return office.hears(text, place={"pin": pin}, kecamatan="Bengkalis", **columns)


def close_by(runtime, staff, ticket):
    with runtime.transaction() as session:
        case = by_ticket(session, ticket)
        found = neighbours.close_by(runtime, session, staff, case)
        return [(item.ticket, item.distance) for item in found]


def of_reporter(runtime, staff, ticket):
    with runtime.transaction() as session:
        case = by_ticket(session, ticket)
        return [item[0] for item in neighbours.of_reporter(session, staff, case)]


def test_cases_within_250_metres_are_named_with_their_distance(runtime, office):
    here = heard_at(office, HERE)
    near = heard_at(office, NEAR, "Tiang listrik miring")
    heard_at(office, FAR, "Jembatan lapuk")

    assert close_by(runtime, office.rina, here) == [(near, "40 m")]
    assert close_by(runtime, office.rina, near) == [(here, "40 m")]


def test_a_case_without_a_pin_has_no_neighbours(runtime, office):
    heard_at(office, HERE)
    without = office.hears("Lampu mati di Damon", place=None, kecamatan="Bengkalis")

    assert close_by(runtime, office.rina, without) == []


def test_a_pd_is_told_only_of_its_own_neighbours(runtime, office):
    own, foreign = heard_at(office, HERE), heard_at(office, NEAR)
    other_own = heard_at(office, NEAR, privacy=Privacy.SECRET)
    office.disposes(own)
    office.disposes(foreign, pd_code="DISHUB")
    office.disposes(other_own, publish=False)

    assert close_by(runtime, office.andi, own) == [(other_own, "40 m")]
    assert close_by(runtime, office.hadi, foreign) == []


def test_the_same_persons_other_cases_follow_nik_and_conversation(runtime, office):
    first = office.hears()
    by_nik = office.hears("Jalan rusak di Damon, NIK 1403010107859002", sender="+6281255501022")
    by_chat = office.hears("Air keruh di Wonosari")
    stranger = office.hears("Pohon tumbang di Damon", sender="+6281255501023")
    office.disposes(first)
    office.disposes(by_chat)

    assert of_reporter(runtime, office.rina, first) == [by_chat, by_nik]
    assert of_reporter(runtime, office.rina, stranger) == []
    assert of_reporter(runtime, office.andi, first) == [by_chat]


def test_who_has_neither_nik_nor_conversation_shares_no_reporter(runtime, office):
    parts = [office.hears(f"Aduan {number}", sender=f"+62812555010{number}") for number in (24, 25)]
    with runtime.transaction() as session:
        for case in session.scalars(select(Complaint)):
            case.conversation_id, case.nik_key = None, None

    assert of_reporter(runtime, office.rina, parts[0]) == []


def test_the_case_page_shows_both(runtime, office):
    here = heard_at(office, HERE)
    near = heard_at(office, NEAR, "Tiang listrik miring di Damon", sender="+6281255501022")
    rina = logged_in(make_app(runtime), "rina")

    rina.opens(f"/kotak/aduan/{here}")

    assert "Aduan lain di sekitar 250 m" in rina.page
    assert near in rina.page
    assert "(40 m)" in rina.page


def test_a_pd_reads_which_of_its_cases_are_close_by(runtime, office):
    here, near = heard_at(office, HERE), heard_at(office, NEAR)
    office.disposes(here)
    office.disposes(near)
    andi = logged_in(make_app(runtime), "andi")

    andi.opens(f"/pd/aduan/{here}")

    assert f'href="/pd/aduan/{near}"' in andi.page
    assert "Aduan lain pelapor ini" not in andi.page
