import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.message import ChannelName
from gateway.cases.casefile import CaseRef
from gateway.casework.casework import archive
from gateway.listing import cases_list, search_terms
from gateway.listing.list_filter import Criteria, read_criteria
from store import terms
from store.models.complaint import Clock, Complaint, ComplaintStatus, Privacy
from store.models.search import SearchTerm
from tests.gateway.office import attach, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def rina(app):
    return logged_in(app, "rina")


FILTERS = (
    {"status": "in_progress"},
    {"pd": "DPUPR"},
    {"category": "PJU"},
    {"kecamatan": "Bengkalis"},
    {"desa": "Air Putih"},
    {"channel": "whatsapp"},
    {"kind": "complaint"},
    {"priority": "urgent"},
    {"period": "hari-ini"},
    {"since": "2026-11-20", "until": "2026-11-20"},
    {"photo": "ya"},
    {"words": "lampu"},
)


def tickets(found):
    return [row.ticket for row in found.rows]


def listed(runtime, staff, **asked):
    return tickets(cases_list.cases(runtime, staff, Criteria(**asked)))


def is_set(office, ticket, **columns):
    with office.runtime.transaction() as session:
        case = session.scalars(select(Complaint).where(Complaint.ticket == ticket)).one()
        for name, value in columns.items():
            setattr(case, name, value)


def test_diskominfo_lists_all_a_pd_its_own_and_the_leadership_nothing_secret(runtime, office):
    own = office.hears()
    office.disposes(own)
    other = office.hears("Pohon tumbang di Wonosari", privacy=Privacy.SECRET)

    assert set(listed(runtime, office.rina)) == {own, other}
    assert listed(runtime, office.andi) == [own]
    assert listed(runtime, office.hadi) == []
    assert listed(runtime, office.sekda) == [own]
    assert listed(runtime, office.tuti) == []


def test_a_pd_never_lists_the_case_that_is_about_itself(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    is_set(office, ticket, conflict_pd="DPUPR")

    assert listed(runtime, office.andi) == []


def test_each_filter_finds_the_case_that_it_means_and_no_other(runtime, office, clock):
    office.hears(
        "Usul: taman baca di desa Wonosari",
        channel=ChannelName.TELEGRAM,
        sender="5550100009",
        kind="aspiration",
        desa="Wonosari",
        kecamatan="Bantan",
        category_code=None,
    )
    is_set(office, listed(runtime, office.rina)[0], received_at=clock.instant - timedelta(days=2))
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    is_set(office, ticket, kecamatan="Bengkalis", desa="Air Putih", priority="urgent")
    attach(runtime, ticket)

    for asked in FILTERS:
        assert listed(runtime, office.rina, **asked) == [ticket], asked


def test_a_passed_deadline_is_found_and_the_nearest_comes_first(runtime, office, clock):
    late = office.hears()
    clock.advance(days=1)
    later = office.hears("Jalan rusak di Wonosari")
    with runtime.transaction() as session:
        first = session.scalars(select(Clock).join(Complaint).where(Complaint.ticket == late)).one()
        first.due_at = clock.instant - timedelta(minutes=1)

    assert listed(runtime, office.rina, late="ya") == [late]
    assert listed(runtime, office.rina, order="batas") == [late, later]
    assert listed(runtime, office.rina) == [later, late]


def test_a_case_without_a_running_clock_stands_behind_all_deadlines(runtime, office, clock):
    waiting = office.hears()
    clock.advance(minutes=1)
    running = office.hears("Jalan rusak di Wonosari")
    with runtime.transaction() as session:
        stopped = session.scalars(
            select(Clock).join(Complaint).where(Complaint.ticket == waiting)
        ).one()
        stopped.paused_at = clock.instant

    assert listed(runtime, office.rina, order="batas") == [running, waiting]
    assert listed(runtime, office.rina, late="ya") == []


def test_what_was_put_away_is_listed_only_when_asked_for(runtime, office):
    kept, away = office.hears(), office.hears("halo halo tes")
    archive(runtime, office.rina, CaseRef(away), "spam")

    assert listed(runtime, office.rina) == [kept]
    assert listed(runtime, office.rina, shelf="arsip") == [away]


def test_pages_follow_one_another_without_a_gap_and_lead_back(runtime, office, clock):
    made = []
    for number in range(30):
        clock.advance(minutes=1)
        made.append(office.hears(f"Lampu jalan mati di Damon nomor {number}"))
    newest_first = made[::-1]

    for asked in (Criteria(), Criteria(words="lampu"), Criteria(order="batas")):
        first = cases_list.cases(runtime, office.rina, asked)
        second = cases_list.cases(runtime, office.rina, asked, first.later)
        back = cases_list.cases(runtime, office.rina, asked, second.earlier)

        assert (len(first.rows), len(second.rows)) == (25, 5)
        assert {*tickets(first), *tickets(second)} == set(made)
        assert tickets(back) == tickets(first)
        assert (first.earlier, second.later) == (None, None)
        assert first.total == "30"
    assert listed(runtime, office.rina) == newest_first[:25]


@pytest.mark.parametrize(
    "cursor", ["", "x", "l", "l1.2.3", "lx.1", "l99999999999999999999.1", "s-1.5"]
)
def test_a_made_up_place_in_the_list_is_the_first_page(runtime, office, cursor):
    ticket = office.hears()

    for words in ("", "lampu"):
        found = cases_list.cases(runtime, office.rina, Criteria(words=words), cursor)
        assert tickets(found) == [ticket]


def test_what_an_address_does_not_know_is_left_out(runtime):
    asked = read_criteria(
        runtime,
        {
            "status": "hilang",
            "pd": "X",
            "mulai": "2026-13-40",
            "sampai": "9999-12-31",
            "kata": "081255501021",
            "urut": "a",
            "lewat": "mungkin",
        },
    )

    assert asked == Criteria()


def test_words_that_are_mistyped_find_the_case_all_the_same(runtime, office, clock):
    ticket = office.hears("Drainase depan pasar Damon tersumbat sampah")
    clock.advance(minutes=2)
    search_terms.collect(runtime)

    for typed in ("drainse", "drianase", "smapah", "tersumbatt", "drainase sampah"):
        assert listed(runtime, office.rina, words=typed) == [ticket], typed
    assert listed(runtime, office.rina, words="jembatan") == []
    assert cases_list.cases(runtime, office.rina, Criteria(words="drainse")).forgiven
    assert not cases_list.cases(runtime, office.rina, Criteria(words="drainase")).forgiven


def test_a_secret_case_lends_no_words_to_the_searches_of_others(runtime, office, clock):
    office.hears("Gratifikasi di kantor camat", privacy=Privacy.SECRET)
    clock.advance(minutes=2)
    search_terms.collect(runtime)

    found = cases_list.cases(runtime, office.rina, Criteria(words="gratfikasi"))

    assert tickets(found) == []
    assert not found.forgiven


def test_collecting_words_goes_on_where_it_stopped(runtime, office, clock):
    office.hears()
    clock.advance(minutes=2)

    assert search_terms.collect(runtime) == 1
    assert search_terms.collect(runtime) == 0
    ticket = office.hears("Pipa PDAM bocor di Wonosari")
    assert search_terms.collect(runtime) == 0, "a fresh case may still be in flight"
    clock.advance(minutes=2)
    assert search_terms.collect(runtime) == 1
    assert listed(runtime, office.rina, words="bocorr") == [ticket]


def test_two_that_collect_at_once_count_each_case_once(runtime, office, clock):
    office.hears("Drainase tersumbat di Damon")
    clock.advance(minutes=2)

    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: search_terms.collect(runtime), range(4)))

    assert sum(batches) == 1
    assert {row.term: row.uses for row in all_of(runtime, SearchTerm)}["drainase"] == 1


def test_the_rarest_words_go_when_there_are_too_many(runtime, office, clock, monkeypatch):
    office.hears("Lampu jalan mati di Damon")
    office.hears("Lampu taman redup di Damon")
    clock.advance(minutes=2)
    monkeypatch.setattr(terms, "MOST", 2)

    search_terms.collect(runtime)

    assert {row.term for row in all_of(runtime, SearchTerm)} == {"damon", "lampu"}


def test_phrases_and_left_out_words_are_understood(runtime, office):
    lamp = office.hears("Lampu jalan mati di Damon")
    road = office.hears("Jalan rusak, lampu lalu lintas menyala")

    assert listed(runtime, office.rina, words='"lampu jalan"') == [lamp]
    assert listed(runtime, office.rina, words="lampu -mati") == [road]
    assert listed(runtime, office.rina, words="-mati") == []
    assert listed(runtime, office.rina, words="\" ' & | ! ( ) :* <->") == []
    assert set(listed(runtime, office.rina, words="😀 lampu")) == {lamp, road}


def test_the_page_marks_what_was_searched_and_shows_no_identity(rina, office):
    office.hears()

    rina.opens("/daftar/?kata=lampu")

    assert re.search(r"<mark>[Ll]ampu</mark>", rina.page)
    assert "1403010107859002" not in rina.page
    assert "081255509902" not in rina.page
    assert "Budi" not in rina.page


def test_markup_in_a_citizens_text_stays_text(rina, office):
    office.hears("Lampu mati <script>alert(1)</script> di Damon")

    response = rina.client.get("/daftar/?kata=lampu", base_url="https://aduan.kabcontoh.go.id")

    assert b"<script>alert" not in response.data


def test_filters_in_force_can_be_taken_away_one_by_one(rina, office):
    office.hears()

    rina.opens("/daftar/?status=received&kata=lampu&urut=terbaru")

    assert 'href="/daftar/?kata=lampu&urut=terbaru"' in rina.page
    assert 'href="/daftar/?status=received&urut=terbaru"' in rina.page


def test_the_list_of_a_pd_leads_to_its_own_pages(app, office):
    ticket = office.hears()
    office.disposes(ticket)
    andi = logged_in(app, "andi")

    andi.opens("/daftar/")

    assert f'href="/pd/aduan/{ticket}"' in andi.page
    assert "/kotak/" not in andi.page
    assert "Unduh" not in andi.page


def test_the_leadership_reads_rows_without_a_way_into_the_case(app, office):
    ticket = office.hears()
    office.disposes(ticket)
    sekda = logged_in(app, "sekda")

    sekda.opens("/daftar/")

    assert ticket in sekda.page
    assert f"/aduan/{ticket}" not in sekda.page


def test_an_empty_filter_offers_the_way_back(rina):
    rina.opens("/daftar/?kata=hantu")

    assert "Tidak ada aduan dengan saringan ini." in rina.page
    assert "Hapus saringan" in rina.page


def test_every_role_with_cases_has_the_list_and_the_administrator_of_the_system_has_not(app):
    status = {
        name: logged_in(app, name).opens("/daftar/").status_code
        for name in ("rina", "dewi", "andi", "sekda", "tuti")
    }

    assert status == {"rina": 200, "dewi": 200, "andi": 200, "sekda": 200, "tuti": 403}


def test_the_status_of_a_finished_case_is_found_by_its_code(runtime, office):
    ticket = office.hears()
    is_set(office, ticket, status=ComplaintStatus.RESOLVED)

    assert listed(runtime, office.rina, status="resolved") == [ticket]
    assert listed(runtime, office.rina, status="berjalan") == []
