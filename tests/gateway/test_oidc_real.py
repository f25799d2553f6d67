"""Logging in at a real OpenID provider, there and back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from gateway.accounts import oidc
from gateway.accounts.oidc_provider import AuthlibProvider, OidcClient
from gateway.runtime import LoginRules
from store.models.staff import StaffUser
from tests.gateway.office import open_office
from tests.gateway.openid import CLIENT_ID, SECRET, running_openid
from tests.gateway.pages import Browser, make_app
from tests.gateway.rows import all_of

BACK = "https://aduan.kabcontoh.go.id/masuk/oidc/kembali"
PEOPLE = {
    "orang-1": {
        "claims": {"email": "Rina@kabcontoh.go.id", "email_verified": True},
        "methods": ["pwd"],
    },
    "orang-2": {
        "claims": {"email": "dewi@kabcontoh.go.id", "email_verified": False},
        "methods": ["pwd", "otp"],
    },
}


@pytest.fixture
def app(runtime, free_port, tmp_path):
    open_office(runtime)
    oidc.connect(runtime, None, "rina", " rina@KABCONTOH.go.id ")
    oidc.connect(runtime, None, "dewi", "dewi@kabcontoh.go.id")
    with running_openid(free_port, tmp_path / "openid.log", BACK, PEOPLE) as origin:
        client = OidcClient(origin, CLIENT_ID, SECRET, "akun pemerintah")
        provider = AuthlibProvider(client, lambda: datetime.now(UTC))
        yield make_app(replace(runtime, logins=LoginRules(oidc=provider)))


def visit(address, **answer):
    """Go through the provider's pages as somebody; return where it sends the browser in the end."""
    with requests.Session() as person:
        person.trust_env = False
        origin = "/".join(address.split("/")[:3])
        for _ in range(8):
            params = answer if "/uji/" in address else {}
            page = person.get(address, params=params, allow_redirects=False, timeout=20)
            address = page.headers["Location"]
            if address.startswith(BACK):
                return address
            address = address if address.startswith("http") else origin + address
    raise AssertionError("the provider leads nowhere")


def test_people_come_back_logged_in_and_strangers_do_not(app, runtime):
    browser, other = Browser(app), Browser(app)
    offered = browser.opens("/masuk?lanjut=/kotak/").get_data(as_text=True)

    there = browser.opens("/masuk/oidc/?lanjut=/kotak/?antrean%3Dkoreksi")
    answer = visit(there.headers["Location"], siapa="orang-1")
    back = browser.opens(answer)
    again = browser.opens(answer)
    unverified = visit(other.opens("/masuk/oidc/").headers["Location"], siapa="orang-2")
    refused = other.opens(unverified)
    changed_mind = visit(other.opens("/masuk/oidc/").headers["Location"], batal="1")
    given_up = other.opens(changed_mind)

    assert "Masuk dengan akun pemerintah" in offered
    assert back.headers["Location"] == "/kotak/?antrean=koreksi"
    assert browser.opens("/kotak/").status_code == 200
    assert again.headers["Location"] == "/masuk"
    assert refused.status_code == 403
    assert "belum dihubungkan" in refused.get_data(as_text=True)
    assert given_up.status_code == 502
    users = {user.username: user.oidc_subject for user in all_of(runtime, StaffUser)}
    assert (users["rina"], users["dewi"]) == ("orang-1", None)
    assert len(users) == 6
