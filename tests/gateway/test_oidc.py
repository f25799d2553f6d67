"""The OpenID login: who gets in, and what of a provider's answer is not believed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.accounts import accounts, oidc, second_step, totp
from gateway.accounts.accounts import LoginRefusedError
from gateway.accounts.oidc_provider import AuthlibProvider, OidcClient
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError, OidcError
from gateway.runtime import LoginRules, OidcPerson, OidcTrip
from store.models.second_step import SecondStep
from store.models.staff import StaffUser
from tests.channels.provider import Answer, running_provider
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.pages import Browser, make_app
from tests.gateway.rows import all_of, only

BACK = "https://aduan.kabcontoh.go.id/masuk/oidc/kembali"
TRIP = OidcTrip("keadaan", "sekali-pakai", "p" * 64)
ANSWER = f"{BACK}?code=kode-uji&state=keadaan"
KEY = RSAKey.generate_key(2048, {"kid": "satu"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "satu"})


class FakeOidc:
    """A provider at which everybody is `who`."""

    name = "akun uji"

    def __init__(self) -> None:
        self.who: OidcPerson | Exception = OidcPerson("orang-1", "rina@kab.go.id", strong=False)
        self.trips: list[OidcTrip] = []

    def address(self, trip, back):
        self.trips.append(trip)
        return f"https://openid.example/masuk?state={trip.state}"

    def person(self, trip, back, answer):
        if isinstance(self.who, Exception):
            raise self.who
        return self.who


@pytest.fixture
def provider():
    return FakeOidc()


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def served(runtime, office, provider):
    """A runtime with the provider; Rina is connected."""
    with_provider = replace(runtime, logins=LoginRules(oidc=provider))
    oidc.connect(with_provider, office.tuti, "rina", "Rina@Kab.go.id")
    return with_provider


def come_back(runtime, state="keadaan"):
    return oidc.finish(runtime, TRIP, BACK, state, ANSWER, ("Chrome di Android", ""))


def test_a_connected_person_gets_in_and_is_known_by_the_mark_afterwards(served, provider):
    come_back(served)
    provider.who = OidcPerson("orang-1", "alamat-baru@kab.go.id", strong=False)

    login = come_back(served)

    assert accounts.current(served, login.token).username == "rina"


def test_a_password_that_only_a_keeper_knows_opens_nothing_after_that(served):
    accounts.set_password(served, "rina", "pinjaman sementara")

    login = come_back(served)

    assert not accounts.current(served, login.token).must_change_password
    with pytest.raises(LoginRefusedError):
        accounts.log_in(served, "rina", "pinjaman sementara", "203.0.113.7")


def test_who_takes_over_an_address_later_does_not_take_over_the_account(served, provider):
    come_back(served)
    provider.who = OidcPerson("orang-lain", "rina@kab.go.id", strong=False)

    with pytest.raises(InvalidInputError):
        come_back(served)


@pytest.mark.parametrize(
    "who",
    [
        OidcPerson("orang-9", "dewi@kab.go.id", strong=True),
        OidcPerson("orang-9", "", strong=True),
        OidcPerson("orang-9", "rina", strong=True),  # our own user name is no login of theirs
    ],
)
def test_nobody_is_let_in_or_made_whom_no_admin_connected(served, provider, who):
    provider.who = who
    before = len(all_of(served, StaffUser))

    with pytest.raises(InvalidInputError):
        come_back(served)

    assert len(all_of(served, StaffUser)) == before


def test_an_inactive_account_stays_closed(served, office):
    with served.transaction() as session:
        session.get_one(StaffUser, office.rina.id).active = False

    with pytest.raises(InvalidInputError):
        come_back(served)

    assert {user.oidc_subject for user in all_of(served, StaffUser)} == {None}


def test_an_answer_of_another_trip_is_refused(served):
    with pytest.raises(OidcError):
        come_back(served, state="keadaan lain 😀")


def test_every_trip_is_another(served, provider):
    oidc.set_out(served, BACK)
    oidc.set_out(served, BACK)

    first, second = provider.trips
    assert {first.state, first.nonce, first.verifier}.isdisjoint(
        {second.state, second.nonce, second.verifier}
    )
    assert 43 <= len(first.verifier) <= 128


@pytest.mark.parametrize(("strong", "asked"), [(False, True), (True, False)])
def test_our_second_step_is_asked_for_unless_the_provider_had_one(
    served, office, provider, clock, strong, asked
):
    second_step.prepare(served, office.rina)
    secret = only(served, SecondStep).secret
    second_step.confirm(served, office.rina, totp.pyotp.TOTP(secret).at(clock()))
    provider.who = OidcPerson("orang-1", "rina@kab.go.id", strong=strong)

    login = come_back(served)

    assert login.needs_code is asked
    assert (accounts.current(served, login.token) is None) is asked


def test_the_password_still_works(served):
    login = accounts.log_in(served, "rina", PASSWORD, "203.0.113.7")

    assert accounts.current(served, login.token).username == "rina"


def test_only_who_keeps_accounts_connects_them_and_each_login_once(served, office):
    with pytest.raises(ForbiddenError):
        oidc.connect(served, office.rina, "dewi", "dewi@kab.go.id")
    with pytest.raises(InvalidInputError):
        oidc.connect(served, office.tuti, "dewi", "RINA@kab.go.id")
    with pytest.raises(NotFoundError):
        oidc.connect(served, office.tuti, "siapa", "siapa@kab.go.id")

    oidc.connect(served, office.tuti, "rina", "")

    with pytest.raises(InvalidInputError):
        come_back(served)


@pytest.mark.usefixtures("office")
def test_without_a_provider_there_is_no_such_door(runtime):
    browser = Browser(make_app(runtime))

    assert browser.opens("/masuk/oidc/").status_code == 404
    assert "/masuk/oidc" not in browser.opens("/masuk").get_data(as_text=True)


def test_a_provider_that_is_away_leaves_the_password(served, provider):
    browser = Browser(make_app(served))
    provider.who = OidcError("away")
    there = browser.opens("/masuk/oidc/")
    state = there.headers["Location"].rpartition("=")[2]

    page = browser.opens(f"/masuk/oidc/kembali?code=x&state={state}")

    assert page.status_code == 502
    assert "masuk dengan kata sandi" in browser.page
    assert "Kata sandi" in browser.page


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?error=access_denied"])
def test_who_never_set_out_cannot_come_back(served, query):
    response = Browser(make_app(served)).opens(f"/masuk/oidc/kembali{query}")

    assert response.headers["Location"] == "/masuk"


@pytest.fixture
def wire():
    with running_provider() as listening:
        yield listening


@pytest.fixture
def real(wire, clock):
    return AuthlibProvider(OidcClient(wire.origin, "sahut", "rahasia-klien", "akun"), clock)


def answers(wire, clock, key=KEY, header=None, userinfo=None, facts=None, **claims):
    """Let the provider tell its addresses, a token, its keys, and who it is."""
    now = int(clock().timestamp())
    told = {
        "iss": wire.origin,
        "aud": "sahut",
        "sub": "orang-1",
        "nonce": "sekali-pakai",
        "iat": now,
        "exp": now + 300,
        **claims,
    }
    told = {name: value for name, value in told.items() if value is not None}
    header = {"alg": "RS256", "kid": "satu"} if header is None else header
    token = {
        "access_token": "akses",
        "token_type": "Bearer",
        "id_token": jwt.encode(header, told, key, algorithms=["RS256", "HS256", "ES256"]),
    }
    discovery = {
        "issuer": wire.origin,
        "authorization_endpoint": f"{wire.origin}/masuk",
        "token_endpoint": f"{wire.origin}/token",
        "jwks_uri": f"{wire.origin}/kunci",
        "userinfo_endpoint": f"{wire.origin}/siapa",
        **(facts or {}),
    }
    person = {"sub": "orang-1", "email": "Rina@Kab.go.id", "email_verified": True}
    keys = {"keys": [KEY.as_dict(private=False)]}
    said = [discovery, token, keys, person if userinfo is None else userinfo]
    wire.will_answer(*(Answer(body=json.dumps(one).encode()) for one in said))


def test_a_genuine_answer_names_the_person(real, wire, clock):
    answers(wire, clock, amr=["pwd", "otp"])

    person = real.person(TRIP, BACK, ANSWER)

    assert person == OidcPerson("orang-1", "rina@kab.go.id", strong=True)
    asked = wire.calls[1]
    assert b"code_verifier=" + b"p" * 64 in asked.body
    assert b"code=kode-uji" in asked.body
    assert b"rahasia-klien" not in asked.body


def test_the_way_there_carries_state_nonce_and_the_hash_of_the_verifier(real, wire, clock):
    answers(wire, clock)

    address = real.address(TRIP, BACK)

    assert address.startswith(f"{wire.origin}/masuk?")
    assert "state=keadaan" in address
    assert "nonce=sekali-pakai" in address
    assert "code_challenge_method=S256" in address
    assert "p" * 64 not in address
    assert "rahasia-klien" not in address


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://jahat.example"},
        {"aud": "layanan-lain"},
        {"aud": ["sahut", "lain"], "azp": "lain"},
        {"nonce": "lain"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
    ],
)
def test_a_token_made_for_something_else_is_not_believed(real, wire, clock, claims):
    answers(wire, clock, **claims)

    with pytest.raises(OidcError):
        real.person(TRIP, BACK, ANSWER)


def test_a_token_that_ran_out_is_not_believed(real, wire, clock):
    answers(wire, clock)
    clock.instant += timedelta(minutes=7)

    with pytest.raises(OidcError):
        real.person(TRIP, BACK, ANSWER)


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (OTHER_KEY, {"alg": "RS256", "kid": "satu"}),
        (OTHER_KEY, {"alg": "RS256"}),
        (ECKey.generate_key("P-256"), {"alg": "ES256", "kid": "satu"}),
    ],
)
def test_a_token_signed_by_somebody_else_is_not_believed(real, wire, clock, key, header):
    answers(wire, clock, key=key, header=header)

    with pytest.raises(OidcError):
        real.person(TRIP, BACK, ANSWER)


@pytest.mark.parametrize(
    ("userinfo", "login"),
    [
        ({"sub": "orang-1", "email": "rina@kab.go.id"}, ""),
        ({"sub": "orang-1", "email": "rina@kab.go.id", "email_verified": False}, ""),
        ({"sub": "orang-1", "email": "rina@kab.go.id", "email_verified": "true"}, ""),
        ({"sub": "orang-1", "email": ["rina@kab.go.id"], "email_verified": True}, ""),
        ({"sub": "orang-1"}, ""),
    ],
)
def test_an_address_counts_only_once_it_is_verified(real, wire, clock, userinfo, login):
    answers(wire, clock, userinfo=userinfo)

    assert real.person(TRIP, BACK, ANSWER).login == login


def test_what_is_told_about_somebody_else_is_not_believed(real, wire, clock):
    answers(wire, clock, userinfo={"sub": "orang-2", "email": "x@y.id", "email_verified": True})

    with pytest.raises(OidcError):
        real.person(TRIP, BACK, ANSWER)


@pytest.mark.parametrize(
    "facts", [{"issuer": "https://jahat.example"}, {"jwks_uri": None}, {"token_endpoint": 7}]
)
def test_a_provider_that_is_not_what_it_should_be_is_not_asked(real, wire, clock, facts):
    answers(wire, clock, facts=facts)

    with pytest.raises(OidcError):
        real.address(TRIP, BACK)

    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(body=b"<html>"),
        Answer(body=b"[]"),
        Answer(body="😀".encode()),
        Answer(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        Answer(silent=True),
    ],
)
def test_a_broken_provider_is_an_error_that_quotes_nothing(real, wire, answer):
    wire.will_answer(answer)

    with pytest.raises(OidcError) as caught:
        real.person(TRIP, BACK, ANSWER)

    assert "kode-uji" not in str(caught.value)
