import pytest

from gateway.accounts import accounts
from gateway.accounts.accounts import LoginRefusedError, Role, TooManyAttemptsError
from gateway.errors import InvalidInputError, NotFoundError
from store.models.staff import StaffSession, StaffUser
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.rows import all_of, only

HOME = "203.0.113.7"
pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def test_a_login_is_known_by_its_token_only(runtime):
    login = accounts.log_in(runtime, "RINA ", PASSWORD, HOME)

    assert accounts.current(runtime, login.token).username == "rina"
    assert accounts.current(runtime, login.token + "x") is None
    assert login.token not in str(only(runtime, StaffSession).token_hash)


def test_a_pd_officer_carries_the_name_of_the_office(runtime):
    login = accounts.log_in(runtime, "andi", PASSWORD, HOME)

    person = accounts.current(runtime, login.token)

    assert (person.pd_code, person.unit) == (
        "DPUPR",
        "Dinas Pekerjaan Umum dan Penataan Ruang",
    )


def test_an_unknown_name_and_a_wrong_password_get_the_same_words(runtime):
    refusals = []
    for username in ("rina", "siapa"):
        with pytest.raises(LoginRefusedError) as caught:
            accounts.log_in(runtime, username, "salah sekali", HOME)
        refusals.append(caught.value.problems)

    assert refusals[0] == refusals[1]
    assert refusals[0] == {"username": "Nama pengguna atau kata sandi keliru."}


def fail(runtime, times, username="rina", address=HOME):
    for _ in range(times):
        with pytest.raises(LoginRefusedError):
            accounts.log_in(runtime, username, "salah sekali", address)


def test_five_failures_lock_the_name_from_every_address(runtime, clock):
    fail(runtime, 5)

    with pytest.raises(TooManyAttemptsError) as caught:
        accounts.log_in(runtime, "rina", PASSWORD, "203.0.113.200")

    assert (caught.value.again_at - clock()).total_seconds() == 900


def test_five_failures_lock_the_address_for_every_name(runtime):
    for username in ("a", "b", "c", "d", "e"):
        fail(runtime, 1, username)

    with pytest.raises(TooManyAttemptsError):
        accounts.log_in(runtime, "andi", PASSWORD, HOME)

    assert accounts.log_in(runtime, "andi", PASSWORD, "203.0.113.200").staff.username == "andi"


def test_the_lock_opens_after_fifteen_minutes(runtime, clock):
    fail(runtime, 5)

    clock.advance(minutes=15, seconds=1)

    assert accounts.log_in(runtime, "rina", PASSWORD, HOME).staff.username == "rina"


def test_a_session_ends_when_nobody_uses_it(runtime, clock):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    clock.advance(minutes=50)
    used = accounts.current(runtime, login.token)
    clock.advance(minutes=50)
    still = accounts.current(runtime, login.token)
    clock.advance(minutes=61)

    assert used is not None
    assert still is not None
    assert accounts.current(runtime, login.token) is None


def test_a_page_that_asks_by_itself_keeps_no_session_alive(runtime, clock):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    for _ in range(7):
        clock.advance(minutes=10)
        polled = accounts.current(runtime, login.token, touch=False)

    assert polled is None


def test_a_session_ends_after_its_longest_time_however_much_it_is_used(runtime, clock):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    for _ in range(25):
        clock.advance(minutes=30)
        accounts.current(runtime, login.token)

    assert accounts.current(runtime, login.token) is None


def test_a_new_login_replaces_the_session_that_the_browser_had(runtime):
    first = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    second = accounts.log_in(runtime, "rina", PASSWORD, HOME, replaces=first.token)

    assert accounts.current(runtime, first.token) is None
    assert accounts.current(runtime, second.token) is not None


def test_logging_out_ends_the_session(runtime):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    accounts.log_out(runtime, login.token)

    assert accounts.current(runtime, login.token) is None


def test_a_new_password_ends_all_sessions(runtime):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)

    accounts.set_password(runtime, "rina", "kata-sandi-baru")

    assert accounts.current(runtime, login.token) is None
    assert accounts.log_in(runtime, "rina", "kata-sandi-baru", HOME).staff.username == "rina"


def test_an_inactive_account_does_not_get_in_and_is_put_out(runtime, office):
    login = accounts.log_in(runtime, "rina", PASSWORD, HOME)
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.rina.id).active = False

    assert accounts.current(runtime, login.token) is None
    with pytest.raises(LoginRefusedError):
        accounts.log_in(runtime, "rina", PASSWORD, HOME)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": "rina"}, "username"),
        ({"username": " "}, "username"),
        ({"password": "pendek"}, "password"),
        ({"pd_code": "TIDAK_ADA"}, "pd_code"),
    ],
)
def test_an_account_with_a_fault_is_not_made(runtime, fields, problem):
    form = {"username": "baru", "password": PASSWORD, "pd_code": "DPUPR", **fields}
    before = len(all_of(runtime, StaffUser))

    with pytest.raises(InvalidInputError) as caught:
        accounts.create_user(
            runtime, form["username"], "Baru", Role.PETUGAS_PD, form["password"], form["pd_code"]
        )

    assert problem in caught.value.problems
    assert len(all_of(runtime, StaffUser)) == before


def test_passwords_are_kept_as_argon2_hashes(runtime):
    made = accounts.create_user(runtime, "lina", "Lina", Role.KEPALA_PD, PASSWORD, "DPUPR")

    user = next(user for user in all_of(runtime, StaffUser) if user.id == made)

    assert user.password_hash.startswith("$argon2id$")
    assert "lina" in [account.username for account in accounts.list_users(runtime)]


def test_a_password_for_nobody_is_an_error(runtime):
    with pytest.raises(NotFoundError):
        accounts.set_password(runtime, "siapa", PASSWORD)
