"""Keamanan akun and the login with a second step, as people meet them."""

import re
from dataclasses import replace

import pyotp
import pytest

from gateway.runtime import LoginRules
from store.models.second_step import SecondStep
from store.models.staff import StaffSession
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.rows import all_of, only

pytestmark = pytest.mark.usefixtures("office")
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


def set_up(browser, runtime, clock):
    """Set the second step up in the browser; return the telephone."""
    browser.opens("/akun/keamanan")
    browser.follows(browser.sends("/akun/langkah-kedua/mulai"))
    telephone = pyotp.TOTP(only(runtime, SecondStep).secret)
    browser.sends("/akun/langkah-kedua/aktifkan", code=telephone.at(clock()))
    clock.advance(seconds=30)
    return telephone


def log_in(app, **fields):
    browser = Browser(app)
    browser.opens("/masuk")
    return browser, browser.sends("/masuk", username="rina", password=PASSWORD, **fields)


def test_setting_up_shows_a_drawing_a_key_and_once_ten_codes(app, runtime, clock):
    browser = logged_in(app, "rina")
    browser.opens("/akun/keamanan")

    shown = browser.follows(browser.sends("/akun/langkah-kedua/mulai"))
    telephone = pyotp.TOTP(only(runtime, SecondStep).secret)
    done = browser.sends("/akun/langkah-kedua/aktifkan", code=telephone.at(clock()))
    codes = re.findall(r"<code>([a-z0-9-]{11})</code>", browser.page)
    browser.opens("/akun/keamanan")

    assert "<svg viewBox" in shown
    assert telephone.secret[:4] in shown
    assert done.status_code == 200
    assert len(codes) == 10
    assert "Kode cadangan tersisa: <b>10</b>" in browser.page
    assert not any(code in browser.page for code in codes)
    assert telephone.secret[:4] not in browser.page


def test_a_wrong_first_code_says_so(app):
    browser = logged_in(app, "rina")
    browser.opens("/akun/keamanan")
    browser.follows(browser.sends("/akun/langkah-kedua/mulai"))

    response = browser.sends("/akun/langkah-kedua/aktifkan", code="000000")

    assert response.status_code == 422
    assert "Kode keliru atau sudah dipakai." in browser.page


def test_the_login_asks_for_the_code_and_then_goes_on(app, runtime, clock):
    telephone = set_up(logged_in(app, "rina"), runtime, clock)

    browser, response = log_in(app, lanjut="/kotak/?antrean=koreksi")
    asked = browser.follows(response)
    inside = browser.opens("/kotak/")
    browser.opens("/masuk/kode?lanjut=/kotak/?antrean%3Dkoreksi")
    wrong = browser.sends("/masuk/kode", code="000000", lanjut="/kotak/?antrean=koreksi")
    right = browser.sends(
        "/masuk/kode", code=telephone.at(clock()), lanjut="/kotak/?antrean=koreksi"
    )

    assert "Kode 6 angka dari aplikasi autentikator" in asked
    assert inside.headers["Location"].startswith("/masuk")
    assert wrong.status_code == 403
    assert right.headers["Location"] == "/kotak/?antrean=koreksi"
    assert browser.opens("/kotak/").status_code == 200


def test_too_many_wrong_codes_say_when_to_come_back(app, runtime, clock):
    telephone = set_up(logged_in(app, "rina"), runtime, clock)
    browser, response = log_in(app)
    browser.follows(response)
    for _ in range(5):
        browser.sends("/masuk/kode", code="000000")

    refused = browser.sends("/masuk/kode", code=telephone.at(clock()))

    assert refused.status_code == 429
    assert "Terlalu banyak percobaan. Coba lagi pukul 08.30." in browser.page


@pytest.mark.parametrize("method", ["opens", "sends"])
def test_without_a_password_there_is_no_code_to_give(app, method):
    browser = Browser(app)
    browser.opens("/masuk")

    response = getattr(browser, method)("/masuk/kode")

    assert response.headers["Location"] == "/masuk"


def test_after_the_days_of_grace_everything_leads_to_the_second_step(runtime, clock):
    app = make_app(replace(runtime, logins=LoginRules(second_step=True, grace_days=7)))
    browser, _ = log_in(app)
    browser.opens("/akun/keamanan")
    warned = browser.page
    clock.advance(days=8)
    browser, _ = log_in(app)

    led = browser.opens("/kotak/")
    asked = browser.client.get(
        "/kotak/",
        base_url="https://aduan.kabcontoh.go.id",
        headers={"X-Requested-With": "fetch"},
    )
    page = browser.follows(led)
    set_up(browser, runtime, clock)

    assert "Wajib untuk semua petugas. Aktifkan sebelum Jum 27/11 08.15." in warned
    assert led.headers["Location"] == "/akun/keamanan"
    assert (asked.status_code, asked.json) == (401, {"masuk": "/akun/keamanan"})
    assert "Aktifkan langkah kedua dahulu." in page
    assert browser.opens("/kotak/").status_code == 200


def test_the_other_places_can_be_closed(app):
    telephone = logged_in(app, "rina")
    browser = logged_in(app, "rina")
    stranger = logged_in(app, "andi")
    browser.opens("/akun/keamanan")
    listed = browser.page

    browser.sends("/akun/sesi/akhiri-lain")

    assert listed.count("(di sini)") == 1
    assert "Akhiri semua sesi lain" in listed
    assert telephone.opens("/kotak/").status_code == 302
    assert browser.opens("/kotak/").status_code == 200
    assert stranger.opens("/pd/").status_code == 200


def test_one_other_place_can_be_closed_and_nobody_elses(app, runtime):
    telephone, browser, stranger = (logged_in(app, name) for name in ("rina", "rina", "andi"))
    stranger.opens("/akun/keamanan")
    browser.opens("/akun/keamanan")
    (key,) = re.findall(r"/akun/sesi/([0-9a-f]{16})/akhiri", browser.page)

    theirs = stranger.sends(f"/akun/sesi/{key}/akhiri")
    browser.opens("/akun/keamanan")
    browser.sends(f"/akun/sesi/{key}/akhiri")

    assert theirs.status_code == 403
    assert telephone.opens("/kotak/").status_code == 302
    assert browser.opens("/kotak/").status_code == 200
    assert not any(row.token_hash.startswith(key) for row in all_of(runtime, StaffSession))


def test_the_login_says_once_when_and_where_the_account_was_used(app, clock):
    first = Browser(app)
    first.client.environ_base["HTTP_USER_AGENT"] = ANDROID
    first.opens("/masuk")
    first.sends("/masuk", username="rina", password=PASSWORD)
    clock.advance(hours=3)

    browser, response = log_in(app)
    once = browser.follows(response)
    browser.opens("/akun")

    assert "Terakhir masuk 20/11/2026 08.15, Chrome di Android." in once
    assert "Terakhir masuk" not in browser.page
