"""The page "Kesehatan kanal", the line above the inbox, and the commands of a terminal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.admin import Finding, Health
from channels.errors import SendError
from channels.message import ChannelName, ErrorClass
from gateway.runtime import Runtime
from gateway.sending import replies
from gateway.upkeep import channel_care
from store.models.messaging import ChannelAccount
from store.models.staff import AuditEntry
from tests.gateway.conftest import PUBLIC_URL
from tests.gateway.keeper import BAD, KeptAdapter
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, message, only, queue_answer

INSTAGRAM = ChannelName.INSTAGRAM


@pytest.fixture
def instagram() -> KeptAdapter:
    return KeptAdapter(INSTAGRAM)


@pytest.fixture
def kept(runtime: Runtime, instagram: KeptAdapter) -> Runtime:
    made = replace(runtime, channels={**runtime.channels, INSTAGRAM: instagram})
    open_office(made)
    return made


@pytest.fixture
def app(kept):
    return make_app(kept)


@pytest.fixture
def rina(app):
    return logged_in(app, "rina")


def stop_telegram(runtime, hear, telegram):
    hear(telegram, message("m1"))
    queue_answer(runtime)
    telegram.refuse(SendError(ErrorClass.REAUTH, "401", "x"))
    replies.drain(runtime)


@pytest.mark.parametrize(
    ("username", "status"),
    [("rina", 200), ("tuti", 200), ("dewi", 403), ("andi", 403), ("sekda", 403)],
)
def test_the_page_is_for_those_who_keep_the_channels(app, username, status):
    assert logged_in(app, username).opens("/kanal/").status_code == status


def test_every_channel_has_its_card(rina):
    rina.opens("/kanal/")

    for name in ("Telegram", "WhatsApp", "SMS", "Messenger", "Instagram"):
        assert name in rina.page
    assert 'aria-current="page">Kanal</a>' in rina.page


def test_opening_the_page_asks_the_worker_and_not_the_provider(rina, kept, instagram):
    rina.opens("/kanal/")

    assert "care" in kept.nudger.woken
    assert instagram.asked == []
    assert "Penyedia sedang ditanyai" in rina.page


def test_a_page_that_is_fresh_wakes_nobody(rina, kept):
    channel_care.check(kept, INSTAGRAM)

    rina.opens("/kanal/")

    assert "care" not in kept.nudger.woken


def test_what_a_provider_said_stands_there_with_its_end(rina, kept, instagram, clock):
    ends = clock.instant + timedelta(days=9)
    instagram.finds = (Finding("token", Health.NOTE, "Token berlaku 9 hari lagi.", ends),)
    channel_care.check(kept, INSTAGRAM)

    rina.opens("/kanal/")

    assert "Token berlaku 9 hari lagi." in rina.page
    assert "Berakhir 29 November 2026." in rina.page


def test_check_now_asks_and_comes_back(rina, instagram):
    rina.opens("/kanal/")

    response = rina.sends("/kanal/instagram/periksa")

    assert response.headers["Location"] == "/kanal/#instagram"
    assert len(instagram.asked) == 1
    assert "Instagram diperiksa." in rina.follows(response)


def test_connecting_shows_what_a_person_does_next(rina, kept, instagram):
    rina.opens("/kanal/")

    rina.sends("/kanal/instagram/sambungkan")

    assert f"Webhook dipasang ke {PUBLIC_URL}." in rina.page
    assert instagram.connected == [PUBLIC_URL]
    assert only(kept, AuditEntry).action == "channel_connected"


def test_a_refused_connection_is_told_on_the_page(rina, instagram):
    instagram.refuses = SendError(ErrorClass.REAUTH, "190", "x")
    rina.opens("/kanal/")

    response = rina.sends("/kanal/instagram/sambungkan")

    assert response.status_code == 400
    assert "Token halaman kedaluwarsa" in rina.page


def test_the_button_lets_a_stopped_channel_go_on(rina, kept, hear, telegram):
    stop_telegram(kept, hear, telegram)
    rina.opens("/kanal/")
    assert "Coba lagi sekarang" in rina.page

    response = rina.sends("/kanal/telegram/coba-lagi")

    assert "Coba lagi sekarang" not in rina.follows(response)
    (account,) = [one for one in all_of(kept, ChannelAccount) if one.channel == "telegram"]
    assert account.paused_until is None
    assert only(kept, AuditEntry).action == "channel_unpaused"


def test_a_test_message_leaves_and_its_address_is_on_no_page(rina, sms):
    rina.opens("/kanal/")

    response = rina.sends("/kanal/sms/uji", to="0812 5550 9907")

    page = rina.follows(response)
    assert [part.recipient for part in sms.sent] == ["+6281255509907"]
    assert "Pesan uji diterima oleh penyedia SMS." in page
    assert "9907" not in page


def test_a_wrong_address_is_told_beside_its_field_and_kept(rina, sms):
    rina.opens("/kanal/")

    response = rina.sends("/kanal/sms/uji", to="nomor saya")

    assert response.status_code == 400
    assert "Isi nomor HP" in rina.page
    assert 'value="nomor saya"' in rina.page
    assert sms.sent == []


@pytest.mark.parametrize("step", ["periksa", "sambungkan", "coba-lagi", "uji"])
def test_a_channel_that_is_off_is_not_found(rina, step):
    rina.opens("/kanal/")

    assert rina.sends(f"/kanal/x/{step}", to="1").status_code == 404


@pytest.mark.parametrize("step", ["periksa", "sambungkan", "coba-lagi", "uji"])
def test_an_operator_cannot_do_it_either(app, step):
    dewi = logged_in(app, "dewi")
    dewi.opens("/kotak/")

    assert dewi.sends(f"/kanal/sms/{step}", to="0812 5550 1001").status_code == 403


# The line above the inbox


def test_the_inbox_says_how_the_channels_do(rina, kept, hear, telegram):
    stop_telegram(kept, hear, telegram)

    rina.opens("/kotak/")

    assert "WhatsApp baik" in rina.page
    assert "Telegram berhenti mengirim" in rina.page
    assert 'href="/kanal/#telegram"' in rina.page


def test_an_operator_reads_the_line_without_the_link(app, kept, hear, telegram):
    stop_telegram(kept, hear, telegram)
    dewi = logged_in(app, "dewi")

    dewi.opens("/kotak/")

    assert "Telegram berhenti mengirim" in dewi.page
    assert "/kanal/" not in dewi.page


# The terminal


def run(app, *words: str):
    return app.test_cli_runner().invoke(args=["channels", *words])


def test_the_list_names_channels_and_their_state(app, kept, hear, telegram):
    stop_telegram(kept, hear, telegram)

    done = run(app, "list")

    assert done.exit_code == 0
    assert "telegram\t" in done.output
    assert "berhenti mengirim" in done.output


def test_a_check_without_trouble_ends_well(app, instagram):
    done = run(app, "check", "instagram")

    assert (done.exit_code, len(instagram.asked)) == (0, 1)
    assert "Token berlaku." in done.output


def test_a_check_with_trouble_ends_with_one(app, instagram):
    instagram.finds = (BAD,)

    done = run(app, "check", "instagram")

    assert done.exit_code == 1
    assert "MASALAH" in done.output


def test_a_check_of_all_leaves_out_what_cannot_be_asked(app, instagram):
    done = run(app, "check")

    assert (done.exit_code, len(instagram.asked)) == (0, 1)


def test_connecting_prints_what_to_do_next(app):
    done = run(app, "connect", "instagram")

    assert done.exit_code == 0
    assert f"Webhook dipasang ke {PUBLIC_URL}." in done.output


def test_a_test_says_whether_it_was_taken(app, telegram):
    taken = run(app, "test", "telegram", "--to", "5550100001")
    telegram.refuse(SendError(ErrorClass.RECIPIENT_GONE, "403-blocked", "x"))
    refused = run(app, "test", "telegram", "--to", "5550100001")

    assert (taken.exit_code, refused.exit_code) == (0, 1)
    assert "diterima oleh penyedia" in taken.output
    assert "memblokir bot" in refused.output


@pytest.mark.parametrize("words", [("check", "x"), ("connect", "x"), ("test", "x", "--to", "1")])
def test_a_channel_that_is_off_ends_with_one(app, words):
    done = run(app, *words)

    assert done.exit_code == 1
    assert "tidak aktif" in done.output
