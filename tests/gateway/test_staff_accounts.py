"""Accounts in Pengaturan: codes that open them once, and what keeps one from being switched off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.accounts import accounts, oidc, second_step, staff_accounts
from gateway.accounts.accounts import LoginRefusedError
from gateway.accounts.staff_accounts import CodeRefusedError
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.settings import settings
from store.models.setting import Invitation, SettingChange
from store.models.staff import StaffUser
from store.models.teamwork import CaseAssignment
from tests.gateway.office import PASSWORD, open_office

NEW = {"username": "sari@dinas.example", "name": "Sari", "role": "petugas_pd", "pd_code": "DPUPR"}
CHOSEN = "sandi pilihan sari"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def make(office, **form):
    return staff_accounts.create(office.runtime, office.tuti, NEW | form)


def save(office, username, **form):
    """Save the account as it is, with other fields."""
    person = office.people[username]
    now = settings.show(office.runtime, office.tuti, "user", str(person.id))
    fields = {name: "ya" if value is True else value or "" for name, value in now.value.items()}
    key = str(person.id)
    return settings.change(office.runtime, office.tuti, "user", key, fields | form, now.version)


def test_a_code_lets_a_person_choose_the_password(office):
    made = make(office)

    username = staff_accounts.accept(office.runtime, made.code.lower(), CHOSEN, CHOSEN)

    login = accounts.log_in(office.runtime, username, CHOSEN, "10.0.0.1")
    assert (login.staff.name, login.staff.pd_code) == ("Sari", "DPUPR")


def test_a_code_counts_once(office):
    made = make(office)
    staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN)

    with pytest.raises(CodeRefusedError):
        staff_accounts.accept(office.runtime, made.code, "sandi lain lagi", "sandi lain lagi")


def test_a_code_grows_old(office, clock):
    made = make(office)
    clock.advance(days=3, seconds=1)

    with pytest.raises(CodeRefusedError):
        staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN)


@pytest.mark.parametrize(("password", "again"), [("pendek", "pendek"), (CHOSEN, "lain sekali")])
def test_a_password_that_will_not_do_costs_no_code(office, password, again):
    made = make(office)

    with pytest.raises(InvalidInputError):
        staff_accounts.accept(office.runtime, made.code, password, again)

    assert staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN) == NEW["username"]


@pytest.mark.parametrize("code", ["", "-----", "2" * 20, "🙏" * 20, "\ud800"])
def test_a_made_up_code_opens_nothing(office, code):
    make(office)

    with pytest.raises(CodeRefusedError):
        staff_accounts.accept(office.runtime, code, CHOSEN, CHOSEN)


def test_a_code_is_kept_only_as_its_hash(office):
    made = make(office)

    with office.runtime.transaction() as session:
        kept = session.query(Invitation).one()
        noted = session.query(SettingChange).one()
    assert made.code not in kept.code_hash
    assert made.code not in str(noted.new)
    assert set(noted.new) == {"username", "name", "role", "pd_code", "position", "active"}


def test_a_first_password_works_at_once(office):
    make(office, password=CHOSEN)

    login = accounts.log_in(office.runtime, NEW["username"], CHOSEN, "10.0.0.1")

    assert login.staff.name == "Sari"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"username": "RINA"}, "username"),
        ({"username": "a b"}, "username"),
        ({"name": ""}, "name"),
        ({"role": "raja"}, "role"),
        ({"pd_code": ""}, "pd_code"),
        ({"pd_code": "TIDAKADA"}, "pd_code"),
        ({"role": "operator"}, "pd_code"),
        ({"password": "pendek"}, "password"),
    ],
)
def test_an_account_that_could_do_nothing_is_not_made(office, form, field):
    with pytest.raises(InvalidInputError) as refused:
        make(office, **form)

    with office.runtime.transaction() as session:
        assert session.query(StaffUser).count() == len(office.people)
    assert field in refused.value.problems


def test_a_reset_ends_password_and_sessions(office):
    login = accounts.log_in(office.runtime, "andi", PASSWORD, "10.0.0.1")

    made = staff_accounts.reset(office.runtime, office.tuti, office.andi.id)

    assert accounts.current(office.runtime, login.token) is None
    with pytest.raises(LoginRefusedError):
        accounts.log_in(office.runtime, "andi", PASSWORD, "10.0.0.1")
    assert staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN) == "andi"


def test_a_second_reset_makes_the_first_code_worthless(office):
    first = staff_accounts.reset(office.runtime, office.tuti, office.andi.id)
    second = staff_accounts.reset(office.runtime, office.tuti, office.andi.id)

    with pytest.raises(CodeRefusedError):
        staff_accounts.accept(office.runtime, first.code, CHOSEN, CHOSEN)
    assert staff_accounts.accept(office.runtime, second.code, CHOSEN, CHOSEN) == "andi"


def test_nobody_without_the_permission_makes_or_resets_accounts(office):
    with pytest.raises(ForbiddenError):
        staff_accounts.create(office.runtime, office.rina, NEW)
    with pytest.raises(ForbiddenError):
        staff_accounts.reset(office.runtime, office.dewi, office.andi.id)
    with pytest.raises(ForbiddenError):
        staff_accounts.list_accounts(office.runtime, office.rina)


def test_diskominfos_admin_gives_an_officer_of_a_pd_a_new_password(office):
    made = staff_accounts.reset(office.runtime, office.rina, office.andi.id)

    assert staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN) == "andi"


@pytest.mark.parametrize("role", ["superadmin", "admin_diskominfo", "operator", "inspektorat"])
def test_diskominfos_admin_opens_no_account_that_is_not_of_a_pd(office, role):
    own_pd = {"pd_code": "INSPEKTORAT"} if role == "inspektorat" else {"pd_code": ""}
    made = make(office, role=role, **own_pd)

    with pytest.raises(ForbiddenError):
        staff_accounts.reset(office.runtime, office.rina, made.user_id)

    listed = staff_accounts.list_helped(office.runtime, office.rina)
    assert made.user_id not in {one.id for one in listed}
    assert office.andi.id in {one.id for one in listed}
    assert staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN) == NEW["username"]


def test_what_a_keeper_does_to_the_ways_in_stands_in_their_history(office):
    staff_accounts.reset(office.runtime, office.rina, office.andi.id)
    oidc.connect(office.runtime, office.tuti, "andi", "Andi@kab.example")
    second_step.reset(office.runtime, office.tuti, "andi")

    ways = staff_accounts.ways_in(office.runtime, office.tuti, office.andi.id)

    told = [(one.actor, one.differences[0].label, one.differences[0].after) for one in ways.history]
    assert told == [
        (office.tuti.name, "Langkah kedua", "disetel ulang"),
        (office.tuti.name, "Akun masuk lain", "andi@kab.example"),
        (office.rina.name, "Kata sandi", "disetel ulang"),
    ]
    assert ways.oidc_login == "andi@kab.example"


def test_nobody_takes_away_the_own_second_step_as_a_keeper(office):
    with pytest.raises(InvalidInputError) as refused:
        second_step.reset(office.runtime, office.tuti, "tuti")

    assert "pengelola lain" in refused.value.problems["second_step"]


def test_an_account_that_is_not_there_is_not_reset(office):
    with pytest.raises(NotFoundError):
        staff_accounts.reset(office.runtime, office.tuti, 999)


def test_switching_off_logs_out_and_spoils_the_code(office):
    login = accounts.log_in(office.runtime, "dewi", PASSWORD, "10.0.0.1")
    made = staff_accounts.reset(office.runtime, office.tuti, office.dewi.id)

    save(office, "dewi", active="")

    assert accounts.current(office.runtime, login.token) is None
    with pytest.raises(CodeRefusedError):
        staff_accounts.accept(office.runtime, made.code, CHOSEN, CHOSEN)
    with pytest.raises(NotFoundError):
        staff_accounts.reset(office.runtime, office.tuti, office.dewi.id)


def test_who_holds_cases_is_not_switched_off(office):
    ticket = office.hears()
    with office.runtime.transaction() as session:
        session.add(
            CaseAssignment(
                complaint_id=office.complaint(ticket).id,
                user_id=office.dewi.id,
                assigned_at=office.runtime.now(),
            )
        )

    with pytest.raises(InvalidInputError) as refused:
        save(office, "dewi", active="")

    assert "1 aduan" in refused.value.problems["active"]


def test_the_last_person_of_a_pd_with_work_stays(office):
    office.disposes(office.hears())

    with pytest.raises(InvalidInputError) as refused:
        save(office, "andi", active="")
    make(office)
    save(office, "andi", active="")

    assert "terakhir" in refused.value.problems["active"]
    assert not settings.show(office.runtime, office.tuti, "user", str(office.andi.id)).value[
        "active"
    ]


def test_nobody_switches_off_or_moves_the_own_account(office):
    for form in ({"active": ""}, {"role": "operator"}):
        with pytest.raises(InvalidInputError) as refused:
            save(office, "tuti", **form)

        assert "pengelola lain" in "".join(refused.value.problems.values())


def test_the_service_keeps_one_keeper(office):
    other = staff_accounts.create(
        office.runtime, office.tuti, {"username": "wati", "name": "Wati", "role": "superadmin"}
    )
    wati = replace(office.tuti, id=other.user_id, username="wati")
    fields = {"name": "Tuti", "role": "superadmin", "active": ""}
    settings.change(office.runtime, wati, "user", str(office.tuti.id), fields, 0)

    now = settings.show(office.runtime, wati, "user", str(wati.id))
    form = {"name": "Wati", "role": "superadmin", "active": ""}
    by_another = replace(office.tuti, id=office.rina.id)
    with pytest.raises(InvalidInputError) as refused:
        settings.change(office.runtime, by_another, "user", str(wati.id), form, now.version)

    assert "terakhir" in refused.value.problems["active"]


def test_the_list_says_who_still_has_a_code(office, clock):
    made = make(office)

    line = next(
        one
        for one in staff_accounts.list_accounts(office.runtime, office.tuti)
        if one.id == made.user_id
    )

    assert line.invited_until == clock() + timedelta(days=3)
    assert line.last_login_at is None
