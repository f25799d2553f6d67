import pytest

from store.models.staff import StaffUser
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.pages import Browser, logged_in, make_app

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.mark.parametrize(
    ("username", "home"),
    [
        ("rina", "/kotak/"),
        ("dewi", "/kotak/"),
        ("andi", "/pd/"),
        ("sekda", "/pimpinan/"),
        ("tuti", "/pengaturan/"),
    ],
)
def test_each_role_lands_on_its_own_screen(app, username, home):
    browser = Browser(app)
    browser.opens("/masuk")

    response = browser.sends("/masuk", username=username, password=PASSWORD)

    assert response.headers["Location"] == home
    assert browser.opens(home).status_code == 200


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(app):
    browser = Browser(app)
    browser.opens("/masuk")

    response = browser.sends("/masuk", username="rina", password=PASSWORD)

    cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("sahut_sesi"))
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_password_says_neither_which(app):
    browser = Browser(app)
    browser.opens("/masuk")

    response = browser.sends("/masuk", username="rina", password="salah")

    assert response.status_code == 403
    assert "Nama pengguna atau kata sandi keliru." in browser.page


def test_too_many_tries_say_when_to_come_back(app):
    browser = Browser(app)
    for _ in range(5):
        browser.opens("/masuk")
        browser.sends("/masuk", username="rina", password="salah")
    browser.opens("/masuk")

    response = browser.sends("/masuk", username="rina", password=PASSWORD)

    assert response.status_code == 429
    assert "Terlalu banyak percobaan. Coba lagi pukul 08.30." in browser.page


def test_an_expired_session_comes_back_to_where_one_was(app, clock):
    browser = logged_in(app, "rina")
    clock.advance(hours=2)

    sent_away = browser.opens("/kotak/?antrean=koreksi")
    browser.opens(sent_away.headers["Location"])
    back = browser.sends(
        "/masuk", username="rina", password=PASSWORD, lanjut="/kotak/?antrean=koreksi"
    )

    assert sent_away.headers["Location"] == "/masuk?lanjut=/kotak/?antrean%3Dkoreksi"
    assert back.headers["Location"] == "/kotak/?antrean=koreksi"


@pytest.mark.parametrize(
    "target",
    ["https://jahat.example", "//jahat.example", "/\\jahat.example", "javascript:alert(1)", "x"],
)
def test_the_login_leads_nowhere_else(app, target):
    browser = Browser(app)
    browser.opens("/masuk")

    response = browser.sends("/masuk", username="rina", password=PASSWORD, lanjut=target)

    assert response.headers["Location"] == "/kotak/"


def test_an_account_without_pd_gets_a_page_that_says_so(app, runtime, office):
    browser = logged_in(app, "andi")
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.andi.id).pd_code = None

    response = browser.opens("/pd/")

    assert response.status_code == 403
    assert "Akun Anda belum terhubung ke Perangkat Daerah. Hubungi Diskominfo." in browser.page


def test_logging_out_closes_the_door(app):
    browser = logged_in(app, "rina")
    browser.opens("/akun")

    browser.sends("/keluar")

    assert browser.opens("/kotak/").status_code == 302


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("andi", "/kotak/"),
        ("sekda", "/kotak/"),
        ("tuti", "/kotak/"),
        ("rina", "/pd/"),
        ("andi", "/pimpinan/"),
        ("dewi", "/koreksi/26-00001-0"),
    ],
)
def test_a_role_does_not_open_the_pages_of_another(app, username, address):
    assert logged_in(app, username).opens(address).status_code == 403


@pytest.mark.parametrize(
    "address", ["/masuk", "/cek", "/daftar/cari", "/kotak/aduan/26-00001-0/balas", "/keluar"]
)
def test_a_form_without_its_token_is_refused(app, address):
    browser = logged_in(app, "rina")

    response = browser.sends(address, token=False, username="rina", password=PASSWORD)

    assert response.status_code == 400


@pytest.mark.parametrize("address", ["/", "/cek", "/masuk", "/tidak-ada"])
def test_every_page_forbids_foreign_and_inline_code(app, address):
    headers = Browser(app).opens(address).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_accounts_are_made_and_listed_on_the_command_line(app):
    runner = app.test_cli_runner()

    made = runner.invoke(
        args=[
            "users",
            "create",
            "lina",
            "Lina",
            "kepala_pd",
            "--pd",
            "DPUPR",
            "--password",
            PASSWORD,
        ]
    )
    doubled = runner.invoke(
        args=["users", "create", "lina", "Lina", "kepala_pd", "--password", PASSWORD]
    )
    listed = runner.invoke(args=["users", "list"])
    changed = runner.invoke(args=["users", "password", "lina", "--password", "kata-sandi-baru"])
    unknown = runner.invoke(args=["users", "password", "siapa", "--password", "kata-sandi-baru"])

    assert (made.exit_code, changed.exit_code, unknown.exit_code) == (0, 0, 1)
    assert "sudah dipakai" in doubled.output
    assert "lina\tkepala_pd\tDPUPR\tLina" in listed.output
