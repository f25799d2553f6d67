"""A place outside the region, from the chat to the filed complaint."""

import pytest

from config.tenant_files import read_tenant_file
from store import tenant
from tests.gateway.citizen import Citizen, complaints


@pytest.fixture
def office(runtime):
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})
    return runtime


def test_the_citizen_hears_whose_place_it_is_and_gets_the_ticket(office, telegram, hear):
    citizen = Citizen(office, telegram, hear)

    told = citizen.writes(
        "Jalan rusak di kota Dumai sejak kemarin, dekat pasar Bundaran. NIK 1403011910939117"
    )

    assert told == ["luar_wilayah", "tiket_terbit"]
    (complaint,) = complaints(office)
    assert complaint.place["elsewhere"] == "Dumai"
