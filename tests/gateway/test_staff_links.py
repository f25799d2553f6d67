"""An officer links a chat once; whoever has no good code learns nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest

from channels.message import ChannelName
from gateway.dialogue.staff_linking import LINKABLE
from gateway.errors import InvalidInputError
from gateway.officers import staff_links
from store.models.complaint import Complaint
from store.models.messaging import Conversation
from store.models.staff import Attempt, StaffUser
from store.models.staff_contact import StaffContact
from tests.gateway.citizen import Citizen
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.rows import all_of


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def andi(runtime, telegram, hear, office):
    return Officer(runtime, telegram, hear, office.andi)


def test_the_figures_of_the_page_link_the_chat_and_work_once(runtime, andi, telegram, hear, office):
    code = staff_links.new_code(runtime, office.andi)

    assert andi.writes(f"sambung {code.figures}") == ["sambung_berhasil"]
    stranger = Officer(runtime, telegram, hear, office.hadi, sender="5550100901")
    assert stranger.writes(f"SAMBUNG {code.figures}") == ["sambung_gagal"]

    (chat,) = staff_links.links_of(runtime, office.andi).chats
    assert (chat.name, chat.address) == ("Telegram", "****900")
    assert staff_links.links_of(runtime, office.hadi).chats == []


def test_the_link_for_telegram_carries_a_token_of_its_own(runtime, andi, office):
    code = staff_links.new_code(runtime, office.andi)
    address = urlsplit(code.telegram_url)

    assert andi.starts(parse_qs(address.query)["start"][0]) == ["sambung_berhasil"]
    assert (address.netloc, address.path) == ("t.me", "/aduan_bengkalis_bot")
    assert code.figures.replace(" ", "") not in code.telegram_url
    assert len(address.query) <= len("start=") + 64


@pytest.mark.parametrize("wrong", ["000000", "expired", "replaced"])
def test_what_is_wrong_with_a_code_is_never_said(runtime, andi, office, clock, wrong):
    code = staff_links.new_code(runtime, office.andi)
    figures = code.figures
    if wrong == "000000":
        figures = "000 000" if code.figures != "000 000" else "000 001"
    if wrong == "expired":
        clock.advance(minutes=10)
    if wrong == "replaced":
        staff_links.new_code(runtime, office.andi)

    assert andi.writes(f"SAMBUNG {figures}") == ["sambung_gagal"]
    assert all_of(runtime, StaffContact) == []


def test_guessing_ends_after_five_tries_of_a_sender_even_with_the_right_code(
    runtime, andi, telegram, hear, office, clock
):
    for number in range(8):
        assert andi.writes(f"SAMBUNG 00000{number}") == ["sambung_gagal"]
    code = staff_links.new_code(runtime, office.andi)
    of_hadi = staff_links.new_code(runtime, office.hadi)
    hadi = Officer(runtime, telegram, hear, office.hadi, sender="5550100901")

    assert andi.writes(f"SAMBUNG {code.figures}") == ["sambung_gagal"]
    assert [one.key for one in all_of(runtime, Attempt)].count("all") == 5
    assert hadi.writes(f"SAMBUNG {of_hadi.figures}") == ["sambung_berhasil"]
    clock.advance(minutes=61)
    andi.links()


def test_no_more_than_ten_codes_are_made_within_an_hour(runtime, office):
    for _ in range(10):
        staff_links.new_code(runtime, office.andi)

    with pytest.raises(InvalidInputError):
        staff_links.new_code(runtime, office.andi)


def test_a_linked_chat_is_never_a_citizens_again(runtime, andi):
    andi.links()

    assert andi.writes("Lampu jalan depan masjid desa Air Putih mati sejak kemarin") == [
        "petugas_bantu"
    ]
    (conversation,) = all_of(runtime, Conversation)
    assert all_of(runtime, Complaint) == []
    assert conversation.draft_opened_at is None


def test_an_open_draft_of_the_chat_ends_when_it_is_linked(runtime, andi):
    andi.writes("Lampu jalan mati")
    andi.links()

    (conversation,) = all_of(runtime, Conversation)
    assert conversation.draft_opened_at is None
    assert andi.writes("NIK 1403010107859002") == ["petugas_bantu"]
    assert all_of(runtime, Complaint) == []


def test_a_wrong_code_does_not_hurry_a_citizens_draft(runtime, telegram, hear):
    citizen = Citizen(runtime, telegram, hear, sender="5550100777")
    citizen.writes("Lampu jalan mati")
    citizen.waits(seconds=100)

    assert citizen.writes("SAMBUNG 123456") == ["sambung_gagal"]
    assert citizen.waits(hours=1) == []


def test_lepas_ends_the_link_and_the_chat_is_a_citizens_again(runtime, andi):
    andi.links()

    assert andi.writes("LEPAS") == ["sambung_lepas"]
    assert all_of(runtime, StaffContact) == []
    assert andi.writes("halo") == ["sambutan"]


def test_the_page_ends_a_link_too_and_twice_does_no_harm(runtime, andi, office):
    andi.links()

    staff_links.unlink(runtime, office.andi, "telegram")
    staff_links.unlink(runtime, office.andi, "telegram")
    staff_links.unlink(runtime, office.andi, "sms")

    assert all_of(runtime, StaffContact) == []


def test_a_chat_that_is_linked_anew_belongs_to_the_last_one(runtime, andi, telegram, hear, office):
    andi.links()
    Officer(runtime, telegram, hear, office.hadi, sender=andi.sender).links()

    (contact,) = all_of(runtime, StaffContact)
    assert contact.user_id == office.hadi.id


def test_another_chat_on_the_same_channel_takes_the_place_of_the_first(
    runtime, andi, telegram, hear, office
):
    andi.links()
    Officer(runtime, telegram, hear, office.andi, sender="5550100902").links()

    (chat,) = staff_links.links_of(runtime, office.andi).chats
    assert chat.address == "****902"


def test_a_number_for_sms_cannot_be_linked(runtime, sms, hear, office):
    code = staff_links.new_code(runtime, office.andi)
    officer = Officer(runtime, sms, hear, office.andi, sender="+6281255501033")

    assert officer.writes(f"SAMBUNG {code.figures}") == ["sambung_gagal"]
    assert [name for name in LINKABLE if name is ChannelName.SMS] == []


def test_an_account_that_was_closed_links_nothing(runtime, andi, office):
    code = staff_links.new_code(runtime, office.andi)
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).active = False

    assert andi.writes(f"SAMBUNG {code.figures}") == ["sambung_gagal"]
