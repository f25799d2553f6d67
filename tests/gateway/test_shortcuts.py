"""The keys of the staff pages: one list, each person's own keys, and sending that leads on."""

import re

import pytest

from gateway.errors import InvalidInputError
from gateway.rules.shortcuts import SHORTCUTS, own_keys
from store.models.complaint import ComplaintStatus
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def rina(office):
    return logged_in(make_app(office.runtime), "rina")


def usual_keys():
    return {f"tombol-{one.key}": one.key for one in SHORTCUTS if one.single}


def test_each_key_does_one_thing():
    keys = [one.key for one in SHORTCUTS]

    assert len(keys) == len(set(keys))


def test_who_changes_nothing_has_the_usual_keys():
    assert own_keys({}) == {}
    assert own_keys({"d": "d", "j": ""}) == {}


def test_two_keys_may_change_places():
    assert own_keys({"d": "b", "b": "d"}) == {"d": "b", "b": "d"}


@pytest.mark.parametrize("typed", ["dd", "D", "😀", "é", "\x07"])
def test_a_key_is_one_small_letter_or_one_sign(typed):
    with pytest.raises(InvalidInputError) as refused:
        own_keys({"d": typed})

    assert refused.value.problems == {"d": "Isi satu huruf kecil atau satu tanda."}


def test_a_key_is_given_once_and_the_prefix_never():
    with pytest.raises(InvalidInputError) as refused:
        own_keys({"b": "d", "r": "g"})

    assert refused.value.problems == {
        "b": "Tombol d sudah dipakai: Disposisi.",
        "r": "Tombol g sudah dipakai: awalan untuk pindah halaman.",
    }


def test_own_keys_are_kept_with_the_account_and_hold_on_every_page(rina):
    rina.opens("/akun")
    done = rina.sends("/akun/pintasan", **usual_keys() | {"single": "on", "tombol-d": "q"})
    rina.opens("/kotak/")

    assert done.status_code == 302
    assert 'data-single="ya" data-own="{"d": "q"}"' in rina.page


def test_single_letters_can_be_switched_off_and_the_usual_keys_come_back(rina):
    rina.opens("/akun")
    rina.sends("/akun/pintasan", **usual_keys() | {"tombol-/": '"'})
    rina.opens("/akun")
    offered = "Kembali ke tombol biasa" in rina.page
    switched_off = 'data-single="tidak"' in rina.page
    rina.sends("/akun/pintasan", single="on", step="asal")
    rina.opens("/akun")

    assert offered
    assert switched_off
    assert 'data-single="ya" data-own="{}"' in rina.page


def test_a_refused_key_is_shown_where_it_was_typed(rina):
    rina.opens("/akun")
    refused = rina.sends("/akun/pintasan", **usual_keys() | {"single": "on", "tombol-b": "d"})
    page = rina.page
    rina.opens("/akun")

    assert refused.status_code == 422
    assert '<a href="#tombol-b">Tombol d sudah dipakai: Disposisi.</a>' in page
    assert 'id="tombol-b"' in page
    assert 'aria-describedby="salah-tombol-b"' in page
    assert 'data-own="{}"' in rina.page


def test_every_key_on_a_page_is_in_the_list(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}")
    carried = set(re.findall(r'data-key="([^"]+)"', rina.page))

    assert {"d", "b", "n", "/", "g m", "g a", "Escape"} <= carried
    assert carried <= {one.key for one in SHORTCUTS}


DISPOSAL = {
    "pd_code": "DPUPR",
    "category": "DRAINASE_GENANGAN",
    "priority": "normal",
    "title": "Parit meluap",
    "public_text": "Parit meluap.",
}


def test_a_form_that_worked_leads_to_the_next_row(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    sent = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi", berikut="/kotak/aduan/26-00009-1", **DISPOSAL
    )

    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED
    assert sent.headers["Location"] == "/kotak/aduan/26-00009-1"


def test_a_form_that_failed_leads_nowhere(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    refused = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi", berikut="/akun", **DISPOSAL | {"pd_code": ""}
    )
    office.disposes(ticket)
    late = rina.sends(f"/kotak/aduan/{ticket}/bukan-aduan", reason="spam", berikut="/akun")

    assert refused.status_code == 422
    assert late.headers.get("Location") != "/akun"


@pytest.mark.parametrize("address", ["https://jahat.example/", "//jahat.example", "/\\jahat"])
def test_the_next_row_is_always_here(rina, office, address):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    sent = rina.sends(f"/kotak/aduan/{ticket}/disposisi", berikut=address, **DISPOSAL)

    assert sent.headers["Location"].startswith("/kotak/")
