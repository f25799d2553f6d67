import pytest

from channels.message import ChannelName
from gateway.errors import ForbiddenError, NotFoundError
from gateway.listing.search_words import Typed, What, read_typed
from gateway.listing.searches import open_search, results
from store.messages import identity_key
from store.models.messaging import Conversation
from store.models.search import IdentitySearch
from store.models.staff import AuditEntry
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

NIK = "1403010107859002"
PHONE = "081255501021"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def rina(app, office):
    browser = logged_in(app, office.rina.username)
    browser.opens("/daftar/")
    return browser


def knows_the_number(office):
    """Give the conversation the key by which intake would find it."""
    with office.runtime.transaction() as session:
        for row in session.query(Conversation):
            row.sender_key = identity_key(row.channel, row.account, row.sender)


def searches_logged(runtime):
    return [
        (entry.action, entry.reason)
        for entry in all_of(runtime, AuditEntry)
        if entry.action.startswith("search_")
    ]


@pytest.mark.parametrize(
    ("typed", "what", "value"),
    [
        ("26-00421-3", What.TICKET, "26-00421-3"),
        ("26004213", What.TICKET, "26-00421-3"),
        ("26 00421 3", What.TICKET, "26-00421-3"),
        ("26.00421/3", What.TICKET, "26-00421-3"),
        ("aduan 26-00421-3 sudah sampai mana", What.TICKET, "26-00421-3"),
        ("26-00421-4", What.WRONG_TICKET, ""),
        ("1403 0101 0785 9002", What.NIK, NIK),
        ("nik: 14.03.01.010785.9002", What.NIK, NIK),
        ("0812-5550-1021", What.PHONE, "+6281255501021"),
        ("+62 812 5550 1021", What.PHONE, "+6281255501021"),
        ("123456789012", What.NUMBER, ""),
        ("  lampu   jalan ", What.WORDS, "lampu jalan"),
        ("", What.NOTHING, ""),
        ("\0", What.NOTHING, ""),
        ("😀", What.WORDS, "😀"),
    ],
)
def test_one_box_knows_what_was_typed(typed, what, value):
    read = read_typed(typed)

    assert (read.what, read.value) == (what, value)


def test_what_was_typed_is_never_printed():
    assert NIK not in repr(read_typed(NIK))


def test_a_pd_may_be_named_beside_the_words(rina):
    response = rina.sends("/daftar/cari", q='"lampu jalan" pd:pupr')

    assert response.headers["Location"] == "/daftar/?kata=%22lampu+jalan%22&pd=DPUPR"


def test_a_number_opens_its_case_at_the_place_of_each_role(app, rina, office):
    ticket = office.hears()
    andi, sekda = logged_in(app, "andi"), logged_in(app, "sekda")
    andi.opens("/daftar/")
    sekda.opens("/daftar/")
    typed = ticket.replace("-", "")

    assert rina.sends("/daftar/cari", q=typed).headers["Location"] == f"/kotak/aduan/{ticket}"
    assert andi.sends("/daftar/cari", q=typed).headers["Location"] == f"/pd/aduan/{ticket}"
    assert sekda.sends("/daftar/cari", q=typed).headers["Location"] == f"/daftar/?kata={ticket}"


def test_a_wrong_check_digit_is_said_instead_of_searched(rina, office):
    office.hears()

    rina.follows(rina.sends("/daftar/cari", q="26-00001-1"))

    assert "Nomor aduan itu tidak cocok. Periksa lagi angkanya." in rina.page


def test_a_nik_finds_its_cases_only_after_a_reason_which_is_kept(rina, office, runtime):
    ticket = office.hears()
    office.hears("Jalan rusak di Wonosari", sender="+6281255501022")

    response = rina.sends("/daftar/cari", q=NIK)
    address = response.headers["Location"]
    asked = rina.follows(response)
    refused = rina.sends(address, reason="  ")
    rina.sends(address, reason="Laporan ganda diminta Inspektorat")
    rina.opens(address)

    assert NIK not in address
    assert "Alasan mencari dengan NIK" in asked
    assert ticket not in asked
    assert refused.status_code == 422
    assert ticket in rina.page
    assert "26-00002-9" not in rina.page
    assert NIK not in rina.page
    assert searches_logged(runtime) == [("search_nik", "Laporan ganda diminta Inspektorat")]


def test_a_phone_number_finds_its_cases_and_is_logged(rina, office, runtime):
    ticket = office.hears("Lampu mati di Damon")
    knows_the_number(office)

    response = rina.sends("/daftar/cari", q=PHONE)
    rina.follows(response)

    assert PHONE not in response.headers["Location"]
    assert ticket in rina.page
    assert "5550" not in rina.page
    assert searches_logged(runtime) == [("search_phone", None)]


def test_only_hashes_are_kept_of_what_was_searched(rina, runtime):
    rina.sends("/daftar/cari", q=NIK)
    rina.sends("/daftar/cari", q=PHONE)

    kept = str([vars(row) for row in all_of(runtime, IdentitySearch)])

    assert NIK not in kept
    assert "81255501021" not in kept


def test_the_address_is_of_one_person_and_for_half_an_hour(app, rina, office, clock):
    office.hears()
    knows_the_number(office)
    address = rina.sends("/daftar/cari", q=PHONE).headers["Location"]
    dewi = logged_in(app, "dewi")

    of_another = dewi.opens(address).status_code
    in_time = rina.opens(address).status_code
    clock.advance(minutes=30, seconds=1)
    too_late = rina.opens(address).status_code

    assert (of_another, in_time, too_late) == (404, 200, 404)


def test_who_may_not_search_persons_gets_no_search(app, office, runtime):
    office.hears()
    andi = logged_in(app, "andi")
    for typed in (NIK, PHONE, "123456789012"):
        andi.opens("/daftar/")
        response = andi.sends("/daftar/cari", q=typed)
        andi.follows(response)
        assert response.headers["Location"] == "/daftar/"
        assert "tidak dicari dari akun ini" in andi.page

    assert all_of(runtime, IdentitySearch) == []


def test_numbers_of_persons_in_an_address_are_not_searched(rina, office):
    office.hears()

    rina.opens(f"/daftar/?kata={NIK}")

    assert NIK not in rina.page


def test_the_use_case_itself_refuses_a_pd(runtime, office):
    with pytest.raises(ForbiddenError):
        open_search(runtime, office.andi, Typed(What.PHONE, "+6281255501021"))
    with pytest.raises(NotFoundError):
        results(runtime, office.rina, "tidak-ada")


def test_a_number_of_another_channel_is_not_taken_for_a_phone(rina, office):
    office.hears("Lampu mati di Damon", channel=ChannelName.TELEGRAM, sender="81255501021")
    knows_the_number(office)

    rina.follows(rina.sends("/daftar/cari", q=PHONE))

    assert "Tidak ada aduan dengan Nomor HP itu." in rina.page
