import pytest

from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.listing import views
from gateway.listing.list_filter import Criteria
from store.models.search import SavedView
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

pytestmark = pytest.mark.usefixtures("office")
LATE = Criteria(pd="DPUPR", late="ya", order="batas")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def rina(runtime):
    return logged_in(make_app(runtime), "rina")


def names(runtime, staff):
    return [view.name for view in views.offered(runtime, staff).saved]


def test_a_view_is_a_name_for_an_address(runtime, office):
    views.save(runtime, office.rina, "  PUPR   terlambat ", LATE, shared=False)

    (view,) = views.offered(runtime, office.rina).saved
    assert view.name == "PUPR terlambat"
    assert view.query == {"pd": "DPUPR", "lewat": "ya", "urut": "batas"}


def test_a_shared_view_is_seen_at_diskominfo_and_by_the_leadership(runtime, office):
    views.save(runtime, office.rina, "Bersama", LATE, shared=True)
    views.save(runtime, office.rina, "Sendiri", LATE, shared=False)

    assert names(runtime, office.rina) == ["Bersama", "Sendiri"]
    assert names(runtime, office.dewi) == ["Bersama"]
    assert names(runtime, office.sekda) == ["Bersama"]
    assert names(runtime, office.andi) == []


def test_only_admins_share(runtime, office):
    for person in (office.dewi, office.andi, office.sekda):
        with pytest.raises(ForbiddenError):
            views.save(runtime, person, "Bersama", LATE, shared=True)

    assert all_of(runtime, SavedView) == []


def test_the_same_name_replaces(runtime, office):
    views.save(runtime, office.rina, "Pantau", LATE, shared=False)
    views.save(runtime, office.rina, "Pantau", Criteria(photo="ya"), shared=True)

    (view,) = views.offered(runtime, office.rina).saved
    assert (view.query, view.shared) == ({"foto": "ya"}, True)


def test_a_view_needs_a_name_and_nobody_keeps_too_many(runtime, office):
    with pytest.raises(InvalidInputError):
        views.save(runtime, office.rina, " \0 ", LATE, shared=False)
    for number in range(views.MOST_VIEWS):
        views.save(runtime, office.rina, f"Tampilan {number}", LATE, shared=False)

    with pytest.raises(InvalidInputError):
        views.save(runtime, office.rina, "Satu lagi", LATE, shared=False)
    views.save(runtime, office.rina, "Tampilan 0", Criteria(), shared=False)


def test_only_the_owner_removes_a_view_and_an_admin_a_shared_one(runtime, office):
    views.save(runtime, office.dewi, "Milik Dewi", LATE, shared=False)
    kept = views.offered(runtime, office.dewi).saved[0].id

    with pytest.raises(NotFoundError):
        views.remove(runtime, office.rina, kept)
    assert views.remove(runtime, office.dewi, kept) == "Milik Dewi"
    with pytest.raises(NotFoundError):
        views.remove(runtime, office.dewi, kept)


def test_a_view_of_a_pd_that_is_gone_still_opens(runtime, office):
    views.save(runtime, office.rina, "Lama", LATE, shared=False)
    with runtime.transaction() as session:
        session.query(SavedView).one().query = "pd=HILANG&lewat=ya&dari=l1.2"

    (view,) = views.offered(runtime, office.rina).saved
    assert view.query == {"lewat": "ya"}


def test_saving_and_removing_by_the_page(rina, runtime):
    rina.opens("/daftar/?lewat=ya&pd=DPUPR")

    saved = rina.sends("/daftar/tampilan?lewat=ya&pd=DPUPR", name="PUPR <telat>", shared="on")
    rina.follows(saved)
    in_list = "Tampilan disimpan." in rina.page and "PUPR <telat>" in rina.page
    rina.opens("/kotak/")
    in_inbox = 'href="/daftar/?pd=DPUPR&lewat=ya"' in rina.page
    view = all_of(runtime, SavedView)[0]
    rina.follows(rina.sends(f"/daftar/tampilan/{view.id}/hapus"))

    assert in_list
    assert in_inbox
    assert "dihapus" in rina.page
    assert all_of(runtime, SavedView) == []


def test_a_view_without_a_name_says_so_and_keeps_the_filter(rina):
    rina.opens("/daftar/?lewat=ya")

    response = rina.sends("/daftar/tampilan?lewat=ya", name=" ")
    rina.follows(response)

    assert response.headers["Location"] == "/daftar/?lewat=ya"
    assert "Beri nama tampilan ini." in rina.page
