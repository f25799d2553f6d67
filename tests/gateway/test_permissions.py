"""The table of roles and permissions: what must never be in it."""

import pytest

from gateway.errors import ForbiddenError
from gateway.rules.people import Permission, Role, Staff
from gateway.rules.permissions import GRANTS, holders

_ABOUT_CASES = {
    Permission.OPEN_INBOX,
    Permission.HANDLE_CASES,
    Permission.OPEN_IDENTITY,
    Permission.RECORD_CASES,
    Permission.DECIDE_CASES,
    Permission.ANSWER_CASES,
    Permission.WORK_AT_PD,
    Permission.OPEN_FILES,
    Permission.LIST_CASES,
    Permission.EXPORT_CASES,
    Permission.SEARCH_PERSONS,
}


def test_every_role_has_its_line():
    assert set(GRANTS) == set(Role)


def test_every_permission_is_held_by_somebody():
    assert [one for one in Permission if not holders(one)] == []


def test_who_keeps_the_system_reads_no_case():
    assert not GRANTS[Role.SUPERADMIN] & _ABOUT_CASES


def test_only_the_admin_of_diskominfo_decides_and_answers():
    assert holders(Permission.DECIDE_CASES) == {Role.ADMIN_DISKOMINFO}
    assert holders(Permission.ANSWER_CASES) == {Role.ADMIN_DISKOMINFO}


def test_identities_open_in_diskominfo_alone():
    diskominfo = {Role.ADMIN_DISKOMINFO, Role.OPERATOR}

    assert holders(Permission.OPEN_IDENTITY) == diskominfo
    assert holders(Permission.SEARCH_PERSONS) == diskominfo


def test_the_leadership_changes_nothing():
    reads = {
        Permission.LIST_CASES,
        Permission.SEE_SHARED_VIEWS,
        Permission.EXPORT_CASES,
        Permission.SEE_MONITOR,
        Permission.HEAR_DAILY_LIST,
        Permission.SEE_DIRECTIVES,
    }

    # An Arahan asks a PD for something; it moves nothing itself.
    assert GRANTS[Role.PIMPINAN] - {Permission.GIVE_DIRECTIVES} <= reads


def test_a_permission_is_asked_for_by_name():
    operator = Staff(1, "dewi", "Dewi", Role.OPERATOR)

    operator.require(Permission.DECIDE_CASES, Permission.HANDLE_CASES)
    with pytest.raises(ForbiddenError):
        operator.require(Permission.DECIDE_CASES)

    assert operator.may("open_inbox")
    assert not operator.may("keep_accounts")
