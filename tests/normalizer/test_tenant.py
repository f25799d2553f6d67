import pytest

from config.tenant_files import read_tenant_file, tenant_names
from normalizer.regions import is_known_kecamatan, kabupaten_name
from normalizer.tenant import load_tenant


def test_four_governments_are_ready():
    assert tenant_names() == ["bandung", "belitung", "bengkalis", "bintan"]


@pytest.mark.parametrize("name", ["bandung", "belitung", "bengkalis", "bintan"])
def test_each_government_is_complete(name):
    data = read_tenant_file(name)

    tenant = load_tenant(data)

    assert len(data["identity"]["app"]) <= 10
    assert tenant.desa
    assert all(desa.code.startswith(tenant.region_code) for desa in tenant.desa)
    codes = {agency.code for agency in tenant.agencies}
    assert {c.default_pd for c in tenant.categories} - {None} <= codes
    assert all(agency.contact for agency in tenant.agencies if agency.external)
    assert kabupaten_name(tenant.region_code.replace(".", "")) is not None
    assert all(is_known_kecamatan(desa.code.replace(".", "")[:6]) for desa in tenant.desa)
    assert data["clocks"]["preset"] in {"sop", "sp4n", "besadu"}
    assert data["emergency"]["numbers"]


def test_a_missing_key_is_named():
    data = read_tenant_file("bintan")
    del data["identity"]["timezone"]

    with pytest.raises(ValueError, match="timezone"):
        load_tenant(data)


def test_an_unknown_government_is_refused():
    with pytest.raises(ValueError, match="no tenant named 'atlantis'"):
        read_tenant_file("atlantis")


def test_codes_are_those_of_kemendagri():
    assert kabupaten_name("1403") == "Kabupaten Bengkalis"
    assert kabupaten_name("1499") is None
    assert not is_known_kecamatan("149901")
    assert not is_known_kecamatan("140399")
