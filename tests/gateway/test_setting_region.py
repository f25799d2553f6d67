"""The region in Pengaturan: what is added, renamed or retired, and what words mean then."""

import pytest

from channels.message import ChannelName
from gateway.errors import InvalidInputError
from gateway.settings import settings, settings_version, tenant_transfer
from normalizer.assemble import assemble
from normalizer.draft import Context, DialogueState, SourceMessage
from store.models.complaint import Complaint
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.test_settings import change, with_rereading

AIR_PUTIH = "14.03.01.2011"


@pytest.fixture
def office(runtime):
    return open_office(with_rereading(runtime))


def place_of(office, text):
    """Return desa and kecamatan as a process reads them that looks at the settings first."""
    run = settings_version.look(office.runtime)
    message = SourceMessage(id="1", at=run.now(), text=text)
    context = Context(tenant=run.tenant, channel=ChannelName.WHATSAPP, now=run.now())
    found = assemble(DialogueState(), [message], context).draft.place
    if found is None:
        return (None, None)
    return (found.value.desa, found.value.kecamatan or found.value.kecamatan_inferred)


def add(office, area, **form):
    return settings.create(office.runtime, office.tuti, area, form)


def test_a_new_desa_and_its_other_names_are_understood_at_once(office):
    add(office, "district", code="14.03.90", name="Pulau Baru")
    key = add(office, "village", district="14.03.90", code="2001", name="Karang Sejahtera",
              aliases="krsj, kampung karang")  # fmt: skip

    assert key == "14.03.90.2001"
    assert place_of(office, "Jalan rusak di desa Karang Sejahtera") == (
        "Karang Sejahtera",
        "Pulau Baru",
    )
    assert place_of(office, "Jalan rusak di desa krsj")[0] == "Karang Sejahtera"


def test_a_renamed_desa_is_known_by_its_new_name_and_old_cases_keep_theirs(office):
    ticket = office.hears()
    change(office, "village", AIR_PUTIH, name="Air Jernih", aliases="Air Putih", active="ya")

    assert place_of(office, "Lampu mati di desa Air Jernih")[0] == "Air Jernih"
    assert place_of(office, "Lampu mati di desa Air Putih")[0] == "Air Jernih"
    assert office.complaint(ticket).desa == "Air Putih"
    (first,) = settings.show(office.runtime, office.tuti, "village", AIR_PUTIH).history
    settings.restore(office.runtime, office.tuti, first.id, first.id, before=True)
    assert place_of(office, "Lampu mati di desa Air Putih")[0] == "Air Putih"


def test_what_is_retired_is_understood_no_more_and_comes_back_with_a_file(office):
    exported = tenant_transfer.export(office.runtime)
    change(office, "village", AIR_PUTIH, name="Air Putih", active="")
    change(office, "district", "14.03.01", name="Bengkalis", active="")

    run = settings_version.look(office.runtime)
    region = settings.region(office.runtime, office.tuti)
    assert "Bengkalis" not in run.tenant.kecamatan
    assert not [one for one in run.tenant.desa if one.code.startswith("14.03.01.")]
    assert region[-1].value == {"code": "14.03.01", "name": "Bengkalis", "active": False}
    assert region[-1].desa[-1]["name"] == "Air Putih"
    tenant_transfer.bring_in(office.runtime, exported)
    assert settings.region(office.runtime, office.tuti)[-1].value["active"]
    assert place_of(office, "Lampu mati di desa Air Putih")[0] == "Air Putih"


@pytest.mark.parametrize(
    ("area", "form", "field"),
    [
        ("district", {"code": "14.04.01", "name": "Luar"}, "code"),
        ("district", {"code": "14.03.91", "name": "bengkalis"}, "name"),
        ("village", {"district": "14.03.01", "code": "201", "name": "Baru"}, "code"),
        ("village", {"district": "14.03.99", "code": "2010", "name": "Baru"}, "district"),
        ("village", {"district": "14.03.01", "code": "2099", "name": "air putih"}, "name"),
        ("village", {"district": "14.03.01", "code": "2011", "name": "Lain"}, "code"),
    ],
)
def test_a_place_that_cannot_be_is_refused(office, area, form, field):
    with pytest.raises(InvalidInputError) as refusal:
        add(office, area, **form)

    assert list(refusal.value.problems) == [field]


def test_the_pages_add_rename_and_list(office):
    rina = logged_in(make_app(office.runtime), "rina")
    rina.opens("/pengaturan/tambah/desa")
    rina.sends("/pengaturan/tambah/desa", district="14.03.01", code="2098", name="Muara Baru")
    rina.opens("/pengaturan/desa/14.03.01.2098")
    assert "Berlaku untuk aduan baru: dikenali dari tulisan warga." in rina.page

    rina.sends("/pengaturan/desa/14.03.01.2098", name="Muara Lama", aliases="mrl")

    rina.opens("/pengaturan/desa")
    assert 'id="14.03.01.2098"><a href="/pengaturan/desa/14.03.01.2098">Muara Lama</a>' in rina.page
    assert 'nonaktif</span><span class="help">mrl' in rina.page
    rina.opens("/pengaturan/kecamatan/14.03.01")
    assert '<h1>Bengkalis</h1><p class="help">Berlaku untuk aduan baru.' in rina.page
    rina.opens("/pengaturan/")
    assert "Desa dan kelurahan: Muara Lama" in rina.page


def test_the_public_sees_a_place_as_exactly_as_the_category_says(office):
    ticket = office.hears(category_code="PJU")
    with office.runtime.transaction() as session:
        case = session.query(Complaint).filter_by(ticket=ticket).one()
        case.place = {"landmark": "rumah Pak Budi",
                      "pin": {"latitude_deg": 1.46789, "longitude_deg": 102.10234}}  # fmt: skip
    office.disposes(ticket)
    app = make_app(office.runtime)

    def reads(exactness):
        change(office, "category", "PJU", seen=None, name="PJU", default_pd="DPUPR", active="ya",
               location=exactness)  # fmt: skip
        visitor = Browser(app)
        visitor.opens("/cek")
        visitor.sends("/cek", number=ticket)
        assert "rumah Pak Budi" not in visitor.page
        return visitor.page

    assert "1.46789" in reads("exact")
    near = reads("near")
    assert "sekitar 250 m" in near
    assert "1.46789" not in near
    desa = reads("desa")
    assert "Desa Air Putih, Kec. Bengkalis" in desa
    assert "geo:" not in desa
