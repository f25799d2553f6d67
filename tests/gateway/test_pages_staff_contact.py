"""The page on which an officer links a chat."""

import re

import pytest

from gateway.officers import staff_links
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app

PAGE = "/akun/pemberitahuan/"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


def test_an_officer_makes_a_code_links_the_chat_and_ends_the_link(
    runtime, app, office, telegram, hear
):
    browser = logged_in(app, "andi")
    browser.opens(PAGE)
    assert "Belum ada percakapan yang tersambung." in browser.page

    answer = browser.sends(f"{PAGE}kode")
    figures = re.search(r"SAMBUNG (\d{3} \d{3})", browser.page)
    assert answer.status_code == 200
    assert figures
    assert 'href="https://t.me/aduan_bengkalis_bot?start=petugas-' in browser.page
    assert 'href="https://wa.me/6281255501001?text=SAMBUNG%20' in browser.page
    assert 'class="qr"' in browser.page

    officer = Officer(runtime, telegram, hear, office.andi)
    assert officer.writes(f"SAMBUNG {figures[1]}") == ["sambung_berhasil"]
    browser.opens(PAGE)
    assert "****900" in browser.page
    assert officer.sender not in browser.page
    assert figures[1] not in browser.page

    browser.follows(browser.sends(f"{PAGE}putus", channel="telegram"))
    assert "Sambungan diputus." in browser.page
    assert staff_links.links_of(runtime, office.andi).chats == []


def test_whoever_asks_for_too_many_codes_is_told_to_wait(app, office):
    browser = logged_in(app, office.andi.username)
    browser.opens(PAGE)
    for _ in range(10):
        browser.sends(f"{PAGE}kode")

    assert browser.sends(f"{PAGE}kode").status_code == 429
    assert "Terlalu banyak kode diminta." in browser.page


def test_a_leader_chooses_whether_a_summary_comes_every_day(runtime, app, office, telegram, hear):
    Officer(runtime, telegram, hear, office.sekda).links()
    browser = logged_in(app, "sekda")
    browser.opens(PAGE)
    assert 'name="daily" checked' in browser.page

    browser.follows(browser.sends(f"{PAGE}ringkasan"))

    assert 'name="daily" checked' not in browser.page
    assert not staff_links.links_of(runtime, office.sekda).daily


def test_an_officer_is_asked_for_no_summary_and_the_account_page_leads_here(app, office):
    browser = logged_in(app, office.andi.username)
    browser.opens("/akun")
    assert f'href="{PAGE}"' in browser.page
    browser.opens(PAGE)

    assert "Ringkasan" not in browser.page
    assert browser.sends(f"{PAGE}ringkasan").status_code == 403
