import dataclasses

import pytest

from normalizer.routing import suggest
from normalizer.tenant import Agency


@pytest.mark.parametrize(
    ("text", "category", "pd"),
    [
        ("jalan di depan sekolah rusak berat berlubang", "JALAN_JEMBATAN", "DPUPR"),
        ("lampu jalan mati", "PJU", "DISHUB"),
        ("got mampet", "DRAINASE_GENANGAN", "DPUPR"),
        ("sampah numpuk di tps", "SAMPAH", "DLH"),
        ("akta anak disuruh bayar di disdukcapil, pungli", "INTEGRITAS_ASN", "INSPEKTORAT"),
        ("listrik padam, pln kapan nyala", "LISTRIK", "PLN"),
        ("sman 5 minta uang pembangunan sekolah", "PENDIDIKAN", "DISDIK_PROV"),
        ("sertifikat tanah di bpn lama", "LAINNYA", "BPN"),
        ("pohon perlu dipangkas", "POHON_TAMAN", "DLH"),
        ("ngaduruk sampah haseupna ka imah", "PENCEMARAN", "DLH"),
    ],
)
def test_words_lead_to_the_category_and_the_agency(text, category, pd, tenant):
    found, agencies = suggest(text, tenant)

    assert found is not None
    assert found.value == category
    assert agencies[0].pd == pd
    assert agencies[0].words
    assert 0 < agencies[0].confidence <= 1


def test_nothing_is_suggested_without_a_word_for_it(tenant):
    assert suggest("xyz abc", tenant) == (None, ())


def test_at_most_three_agencies_are_suggested(tenant):
    _, agencies = suggest("jalan sampah pdam ktp guru puskesmas bansos pasar banjir", tenant)

    assert len(agencies) == 3


def test_the_tenants_own_keywords_count(tenant):
    own = dataclasses.replace(tenant, agencies=(Agency("KEBUN", "Kebun Raya", ("anggrek",)),))

    _, agencies = suggest("anggrek layu", own)

    assert [agency.pd for agency in agencies] == ["KEBUN"]


def test_only_so_many_tenants_are_kept(tenant):
    copies = [dataclasses.replace(tenant) for _ in range(20)]

    assert all(suggest("lampu jalan mati", copy)[1] for copy in copies)


def test_a_word_repeated_does_not_outweigh_the_rest(tenant):
    found, _ = suggest("air " * 30 + "lampu jalan mati", tenant)

    assert found is not None
    assert found.value == "PJU"
