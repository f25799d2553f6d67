"""One's own password: changed with the old one, and first of all where a keeper typed it."""

import pytest

from gateway.accounts import accounts, own_password, passwords, staff_accounts
from gateway.accounts.accounts import LoginRefusedError, TooManyAttemptsError
from gateway.accounts.own_password import NewPassword
from gateway.errors import InvalidInputError
from store.models.staff import AuditEntry, StaffUser
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.pages import Browser, make_app
from tests.gateway.rows import all_of

HOME = "203.0.113.7"
CHOSEN = "tiga kucing di dermaga"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def form(old=PASSWORD, new=CHOSEN, again=None):
    return NewPassword(old, new, new if again is None else again)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("rina", "12345678"),
        ("rina", "87654321"),
        ("rina", "abcdefgh"),
        ("rina", "17081945"),
        ("rina", "aaaaaaab"),
        ("rina", "Password123!"),
        ("rina", "P@ssw0rd"),
        ("rina", "Rahasia2026"),
        ("rina", "d1sk0minf0"),
        ("rinapuspita@kab.go.id", "RinaPuspita1"),
        ("rina", "pendek7"),
        ("rina", "x" * 201),
    ],
)
def test_a_password_that_is_tried_first_or_is_too_short_will_not_do(username, password):
    with pytest.raises(InvalidInputError) as caught:
        passwords.check(password, username)

    assert list(caught.value.problems) == ["password"]
    assert password not in str(caught.value.problems)


@pytest.mark.parametrize("password", [CHOSEN, "kuda-laut 88", "😀😁😂🤣😃😄😅😆", "908172635481"])
def test_a_password_that_nobody_guesses_will_do(password):
    assert passwords.problem(password, "rina") == ""


def test_changing_it_ends_the_sessions_elsewhere_and_is_written_down(office, runtime):
    here, elsewhere = (accounts.log_in(runtime, "rina", PASSWORD, HOME).token for _ in range(2))

    own_password.change(runtime, office.rina, here, form())

    assert accounts.current(runtime, here) is not None
    assert accounts.current(runtime, elsewhere) is None
    assert accounts.log_in(runtime, "rina", CHOSEN, HOME).staff.username == "rina"
    assert [e.actor_id for e in all_of(runtime, AuditEntry) if e.action == "password_changed"] == [
        office.rina.id
    ]
    with pytest.raises(LoginRefusedError):
        accounts.log_in(runtime, "rina", PASSWORD, HOME)
    assert CHOSEN not in repr(form())


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (form(new="12345678"), "password"),
        (form(new=PASSWORD), "password"),
        (form(again="lain sekali"), "again"),
        (form(old="salah sekali"), "old"),
        (form(old=""), "old"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_changes_nothing(
    office, runtime, typed, field
):
    token = accounts.log_in(runtime, "rina", PASSWORD, HOME).token

    with pytest.raises(InvalidInputError) as caught:
        own_password.change(runtime, office.rina, token, typed)

    assert list(caught.value.problems) == [field]
    assert accounts.log_in(runtime, "rina", PASSWORD, HOME).staff.username == "rina"


def test_five_wrong_old_ones_close_the_form_for_a_while(office, runtime, clock):
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            own_password.change(runtime, office.rina, None, form(old="salah sekali"))

    with pytest.raises(TooManyAttemptsError):
        own_password.change(runtime, office.rina, None, form())
    clock.advance(seconds=15 * 60 + 1)
    own_password.change(runtime, office.rina, None, form())

    assert accounts.log_in(runtime, "rina", CHOSEN, HOME).staff.username == "rina"


def test_a_password_that_a_keeper_typed_is_changed_before_anything_else(office, runtime):
    fields = {"username": "sari", "name": "Sari", "role": "operator", "pd_code": ""}
    staff_accounts.create(runtime, office.tuti, {**fields, "password": "pinjaman sementara"})
    sari = Browser(make_app(runtime))
    sari.opens("/masuk")

    sari.follows(sari.sends("/masuk", username="sari", password="pinjaman sementara"))
    led = [sari.opens(page).headers["Location"] for page in ("/kotak/", "/akun", "/akun/keamanan")]
    asked = sari.client.get("/langsung/sesi", headers={"X-Requested-With": "fetch"})
    sari.opens("/akun/kata-sandi")
    refused = sari.sends("/akun/kata-sandi", old="pinjaman sementara", password="a", again="a")
    again = sari.sends("/akun/kata-sandi", old="salah", password=CHOSEN, again=CHOSEN)
    done = sari.sends("/akun/kata-sandi", old="pinjaman sementara", password=CHOSEN, again=CHOSEN)

    assert led == ["/akun/kata-sandi"] * 3
    assert (asked.status_code, refused.status_code, again.status_code) == (401, 422, 422)
    assert "pinjaman" not in sari.page
    assert done.headers["Location"] == "/pintu"
    assert sari.opens("/kotak/").status_code == 200


@pytest.mark.usefixtures("office")
def test_a_keeper_who_gives_a_new_password_leaves_it_to_be_changed(runtime):
    accounts.set_password(runtime, "rina", "kata-sandi-baru")

    rina = next(user for user in all_of(runtime, StaffUser) if user.username == "rina")

    assert rina.must_change_password
