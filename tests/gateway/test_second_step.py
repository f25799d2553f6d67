"""The authenticator app as second step: setting it up, passing it, guessing, losing it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from gateway.accounts import accounts, second_step, totp
from gateway.accounts.accounts import TooManyAttemptsError
from gateway.accounts.sessions import HALF_LIFE
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from gateway.runtime import LoginRules
from store.models.second_step import RecoveryCode, SecondStep
from store.models.staff import AuditEntry, StaffUser
from tests.gateway.office import PASSWORD, open_office
from tests.gateway.rows import all_of, only

HOME = "203.0.113.7"
CLIENT = "Chrome di Android"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app_codes(runtime, office, clock):
    """Rina's telephone: returns the code of now; her second step is on."""
    second_step.prepare(runtime, office.rina)
    app = pyotp.TOTP(only(runtime, SecondStep).secret)
    app.paper = second_step.confirm(runtime, office.rina, app.at(clock()))
    clock.advance(seconds=30)
    return app


def half_in(runtime):
    return accounts.log_in(runtime, "rina", PASSWORD, HOME, client=CLIENT)


def finish(runtime, login, code):
    return second_step.pass_step(runtime, login.token, code, HOME, CLIENT)


@pytest.mark.usefixtures("app_codes")
def test_the_password_alone_opens_nothing(runtime):
    login = half_in(runtime)

    assert login.needs_code
    assert accounts.current(runtime, login.token) is None
    assert second_step.waits(runtime, login.token)


def test_password_and_code_open_a_new_session(runtime, app_codes, clock):
    half = half_in(runtime)

    login = finish(runtime, half, app_codes.at(clock()))

    assert accounts.current(runtime, login.token).username == "rina"
    assert login.token != half.token
    assert not second_step.waits(runtime, half.token)


@pytest.mark.parametrize("shift", [-30, 30])
def test_a_telephone_may_be_half_a_minute_off(runtime, app_codes, clock, shift):
    clock.advance(seconds=60)
    code = app_codes.at(clock() + timedelta(seconds=shift))

    assert finish(runtime, half_in(runtime), code).staff.username == "rina"


@pytest.mark.parametrize("shift", [-60, 60])
def test_a_code_of_another_minute_does_not_count(runtime, app_codes, clock, shift):
    clock.advance(seconds=90)
    code = app_codes.at(clock() + timedelta(seconds=shift))

    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), code)


def test_a_code_that_was_used_counts_no_more(runtime, app_codes, clock):
    code = app_codes.at(clock())
    finish(runtime, half_in(runtime), code)

    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), code)


def test_an_older_code_counts_no_more_once_a_newer_one_was_used(runtime, app_codes, clock):
    older = app_codes.at(clock())
    clock.advance(seconds=30)
    finish(runtime, half_in(runtime), app_codes.at(clock()))

    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), older)


def test_one_code_sent_many_times_at_once_lets_in_once(runtime, app_codes, clock):
    code = app_codes.at(clock())
    logins = [half_in(runtime) for _ in range(4)]

    def attempt(login):
        try:
            return finish(runtime, login, code)
        except InvalidInputError:
            return None

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, logins))

    assert sum(outcome is not None for outcome in outcomes) == 1


@pytest.mark.parametrize(
    "code", ["", "   ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "😀", "9" * 5000]
)
@pytest.mark.usefixtures("app_codes")
def test_what_is_no_code_is_refused(runtime, code):
    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), code)


def test_five_wrong_codes_close_the_door_for_a_quarter_of_an_hour(runtime, app_codes, clock):
    login = half_in(runtime)
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            finish(runtime, login, "000000")

    with pytest.raises(TooManyAttemptsError) as refused:
        finish(runtime, half_in(runtime), app_codes.at(clock()))
    again_at = refused.value.again_at
    clock.advance(minutes=15, seconds=1)

    assert again_at == clock() - timedelta(seconds=1)
    assert finish(runtime, half_in(runtime), app_codes.at(clock())).staff.username == "rina"


@pytest.mark.usefixtures("app_codes")
def test_the_password_again_does_not_give_more_tries(runtime):
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            finish(runtime, half_in(runtime), "000000")

    with pytest.raises(TooManyAttemptsError):
        finish(runtime, half_in(runtime), "000000")


def test_a_half_login_waits_ten_minutes(runtime, app_codes, clock):
    login = half_in(runtime)
    clock.advance(seconds=HALF_LIFE.total_seconds())

    with pytest.raises(NotFoundError):
        finish(runtime, login, app_codes.at(clock()))


def test_a_full_session_is_no_half_one(runtime, app_codes, clock):
    login = finish(runtime, half_in(runtime), app_codes.at(clock()))
    clock.advance(seconds=30)

    with pytest.raises(NotFoundError):
        finish(runtime, login, app_codes.at(clock()))


def test_a_code_from_paper_lets_in_once(runtime, app_codes):
    written = app_codes.paper[3].upper().replace("-", " ")

    login = finish(runtime, half_in(runtime), written)

    assert login.staff.username == "rina"
    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), app_codes.paper[3])


def test_the_paper_has_ten_different_codes(app_codes):
    assert len(set(app_codes.paper)) == 10


def test_new_paper_makes_the_old_worthless(runtime, office, app_codes, clock):
    fresh = second_step.renew_codes(runtime, office.rina, app_codes.at(clock()))

    with pytest.raises(InvalidInputError):
        finish(runtime, half_in(runtime), app_codes.paper[0])
    assert finish(runtime, half_in(runtime), fresh[0]).staff.username == "rina"


def test_neither_the_secret_nor_the_paper_stand_in_the_database(runtime, app_codes):
    with runtime.transaction() as session:
        kept = session.execute(text("SELECT secret FROM second_step")).scalar_one()
        hashes = [row.code_hash for row in session.query(RecoveryCode)]

    assert app_codes.secret.encode() not in bytes(kept)
    assert not {code.replace("-", "") for code in app_codes.paper} & set(hashes)


def test_the_first_code_must_be_right_before_anything_is_switched_on(runtime, office):
    second_step.prepare(runtime, office.rina)

    with pytest.raises(InvalidInputError):
        second_step.confirm(runtime, office.rina, "000000")

    assert not accounts.log_in(runtime, "rina", PASSWORD, HOME).needs_code


def test_a_page_left_open_keeps_its_secret(runtime, office):
    second_step.prepare(runtime, office.rina)
    first = second_step.state(runtime, office.rina).key

    second_step.prepare(runtime, office.rina)

    assert second_step.state(runtime, office.rina).key == first


@pytest.mark.usefixtures("app_codes")
def test_nobody_sees_the_secret_once_it_is_on(runtime, office):
    state = second_step.state(runtime, office.rina)

    assert (state.on, state.address, state.key, state.codes_left) == (True, "", "", 10)
    with pytest.raises(ConflictError):
        second_step.prepare(runtime, office.rina)


def test_it_is_switched_off_with_a_code(runtime, office, app_codes, clock):
    with pytest.raises(InvalidInputError):
        second_step.turn_off(runtime, office.rina, "000000")

    second_step.turn_off(runtime, office.rina, app_codes.at(clock()))

    assert not accounts.log_in(runtime, "rina", PASSWORD, HOME).needs_code
    assert all_of(runtime, RecoveryCode) == []


def test_where_it_is_required_nobody_switches_it_off(runtime, office, app_codes, clock):
    strict = replace(runtime, logins=LoginRules(second_step=True))

    with pytest.raises(InvalidInputError):
        second_step.turn_off(strict, office.rina, app_codes.at(clock()))

    assert second_step.state(strict, office.rina).on


@pytest.mark.usefixtures("office")
def test_the_days_of_grace_begin_with_the_first_login(runtime, clock):
    strict = replace(runtime, logins=LoginRules(second_step=True, grace_days=7))
    clock.advance(days=90)
    login = accounts.log_in(strict, "andi", PASSWORD, HOME)
    at_first = accounts.current(strict, login.token)
    clock.advance(days=7)
    later = accounts.log_in(strict, "andi", PASSWORD, HOME)

    assert not at_first.must_enrol
    assert accounts.current(strict, later.token).must_enrol


def test_who_has_it_on_need_not_set_it_up(runtime, app_codes, clock):
    strict = replace(runtime, logins=LoginRules(second_step=True, grace_days=0))

    login = finish(strict, half_in(strict), app_codes.at(clock()))

    assert not accounts.current(strict, login.token).must_enrol


def test_the_keeper_of_accounts_takes_a_lost_telephone_away(runtime, office, app_codes, clock):
    session = finish(runtime, half_in(runtime), app_codes.at(clock()))

    second_step.reset(runtime, office.tuti, "rina")

    assert accounts.current(runtime, session.token) is None
    assert not accounts.log_in(runtime, "rina", PASSWORD, HOME).needs_code
    entry = next(e for e in all_of(runtime, AuditEntry) if e.action == "second_step_reset")
    assert (entry.actor_id, entry.data) == (office.tuti.id, {"user": office.rina.id})


@pytest.mark.parametrize("who", ["rina", "andi", "sekda"])
@pytest.mark.usefixtures("app_codes")
def test_nobody_else_takes_a_second_step_away(runtime, office, who):
    with pytest.raises(ForbiddenError):
        second_step.reset(runtime, office.people[who], "rina")


def test_a_reset_for_nobody_is_an_error(runtime, office):
    with pytest.raises(NotFoundError):
        second_step.reset(runtime, office.tuti, "siapa")


def test_who_was_put_out_meanwhile_does_not_get_in(runtime, office, app_codes, clock):
    login = half_in(runtime)
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.rina.id).active = False

    with pytest.raises(NotFoundError):
        finish(runtime, login, app_codes.at(clock()))


def test_the_qr_code_is_a_drawing_without_code():
    drawing = totp.qr_drawing(totp.app_address("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "rina", "Sahut"))

    assert drawing.startswith("<svg")
    assert "style=" not in drawing
    assert "<script" not in drawing
