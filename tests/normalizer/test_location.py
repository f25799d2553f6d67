from dataclasses import replace

import pytest

from channels.message import Location
from config.tenant_files import read_tenant_file
from normalizer.draft import Place
from normalizer.gazetteer import Gazetteer, gazetteer_of
from normalizer.location import merge_places, read_place
from normalizer.tenant import Tenant, load_tenant


def read(text: str, tenant: Tenant) -> Place | None:
    told = read_place(text, text.lower(), tenant, None)
    return told[0].value if told else None


@pytest.mark.parametrize(
    ("text", "desa", "kecamatan"),
    [
        ("parit di desa Selatbaru", "Selat Baru", None),
        ("kel. duri timur kec mandau", "Duri Timur", "Mandau"),
        ("desa Lubuk Gaung siak kecil", "Lubuk Gaung", "Siak Kecil"),
        ("di Sukarjo Mesim Rupat", "Sukarjo Mesim", "Rupat"),
        ("kades Beringin memotong BLT", "Beringin", None),
        ("Kel/Desa Damon", "Damon", None),
        ("desa Sungai Linaw", "Sungai Linau", None),
        ("kel. kelapapti", "Kelapapati", None),
        ("nak balek ke Wonosari", "Wonosari", None),
        ("kec. Bantan desa Jangkang", "Jangkang", "Bantan"),
        ("kecamatan Pinggir", None, "Pinggir"),
        ("pasar Lubuk Muda Siak Kecil", "Lubuk Muda", "Siak Kecil"),
        ("kami petani susah pupuk", None, None),
        ("jalan di pinggir parit damai saja", None, None),
        ("warga Bengkalis", None, None),
        ("Jl. Kelapapati Laut", None, None),
        ("hidup damai di desa Damai", "Damai", None),
        ("nelayan di kadur", "Kadur", None),
    ],
)
def test_desa_and_kecamatan_are_found_however_written(text, desa, kecamatan, tenant):
    place = read(text, tenant)

    assert (place.desa if place else None) == desa
    assert (place.kecamatan if place else None) == kecamatan


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Jl. Yos Sudarso Kel. Bengkalis Kota", "Jl. Yos Sudarso"),
        ("jl hangtuah gg buntu kel damon", "jl hangtuah gg buntu"),
        ("di jl lintas duri dumai km 5 desa air kulim", "jl lintas duri dumai km 5"),
        ("jalan lintas duri - pakning km 12, mobil", "jalan lintas duri - pakning km 12"),
        ("Jl. A.H. Nasution depan UIN", "Jl. A.H. Nasution"),
        ("Jl. Dipatiukur No 35, bau", "Jl. Dipatiukur No 35"),
        ("jln sudirman bergelombang", "jln sudirman"),
        ("jl sudirman airnya menggenang", "jl sudirman"),
        ("jl pertanian gg haji ahmad banjir", "jl pertanian gg haji ahmad"),
        ("Jl Irigasi Gg. Pak Oyon RT 5", "Jl Irigasi Gg. Pak Oyon"),
        ("jl antara gg di belakang", "jl antara"),
        ("Jl. Ketapang - Jl. di ujung", "Jl. Ketapang"),
        ("jl lintas km 15 tikungan batu", "jl lintas km 15"),
        ("lampu di Jl. Pramuka 12, mati", "Jl. Pramuka 12"),
        ("jl pramuka 12 Senggoro", "jl pramuka 12"),
        ("jl pramuka 12 lampu mati", "jl pramuka"),
        ("Jl. Hang Tuah ujung rusak", "Jl. Hang Tuah ujung"),
        ("Jl. Hang Tuah nyaris putus", "Jl. Hang Tuah"),
        ("jalan semenisasi pecah", None),
        ("Jl. Sudirman No. 45 B, Damon", "Jl. Sudirman No. 45 B"),
        ("jln utama sungai alam rusak", "jln utama"),
        ("jl tok sadek kampung baru", "jl tok sadek"),
        ("di jalan kelapapati tengah tak dibersihkan", "jalan kelapapati tengah"),
        ("Gg. Nata kel. Jamika", "Gg. Nata"),
        ("jalan raya duri rusak", "jalan raya duri"),
        ("Jl. Sudirman lubang besar", "Jl. Sudirman"),
        ("jl antara bengkalis gelap", "jl antara"),
        ("Jalan Bengkalis - Ketam Putih", "Jalan Bengkalis - Ketam Putih"),
        ("jl 3 gelap", "jl 3"),
    ],
)
def test_a_street_is_kept_as_written(text, street, tenant):
    place = read(text, tenant)

    assert (place.street if place else None) == street


@pytest.mark.parametrize(
    "text",
    [
        "jalan rusak parah",
        "jalan berlubang",
        "jalan di desa kami",
        "lampu jalan mati",
        "jalan lintas rusak",
        "jalan raya",
        "jl",
        "jalan km rusak",
    ],
)
def test_an_ordinary_jalan_names_no_street(text, tenant):
    place = read(text, tenant)

    assert place is None or place.street is None


@pytest.mark.parametrize(
    ("text", "rt", "rw"),
    [
        ("rt13rw06", "13", "6"),
        ("RT.003/RW.011", "3", "11"),
        ("RT 02 RW 09", "2", "9"),
        ("rt/rw 03/05", "3", "5"),
        ("rt 03/05", "3", "5"),
        ("RW 07", None, "7"),
        ("RT 5 bukan RT 4", "5", None),
        ("bukan RT 4, RT 5", "5", None),
        ("rt 5 rw 12\neh salah rt 6", "6", "12"),
        ("RT 4, maaf yang benar RT 7", "7", None),
        ("salah rt 4, ralat: rt 8", "8", None),
        ("start 5", None, None),
    ],
)
def test_rt_and_rw_are_plain_numbers(text, rt, rw, tenant):
    place = read(text, tenant)

    assert (place.rt if place else None) == rt
    assert (place.rw if place else None) == rw


@pytest.mark.parametrize(
    ("text", "landmark"),
    [
        ("depan toko Sinar, bahaya", "depan toko Sinar"),
        ("dekat TK Pembina. Takut roboh", "dekat TK Pembina"),
        ("di SDN 20 Tanjungpandan padahal dekat", "SDN 20 Tanjungpandan"),
        ("Pelabuhan Bulang Linggi", "Pelabuhan Bulang Linggi"),
        ("di SPBUN selalu habis", "SPBUN"),
        ("karyawan resort di Lagoi kena PHK", "resort di Lagoi"),
        ("di kantor desa tutup", "kantor desa"),
        ("depan rumah pak haji", "depan rumah pak haji"),
        ("depan rumah pak, lampu", None),
        ("depan Toko Pak Haji Salam gelap", "depan Toko Pak Haji Salam"),
        ("depan kedai Kak Ros", "depan kedai Kak Ros"),
        ("sebrang tukang bakso pak kumis kotor", "sebrang tukang bakso pak kumis"),
        ("depan pasar pak lampu mati", "depan pasar"),
        ("dibelakang kantor camat", "dibelakang kantor camat"),
        ("belakang los ikan pasar Kijang bau", "belakang los ikan pasar Kijang"),
        ("depan showroom honda aspalnya lepas", "depan showroom honda"),
        ("dekat kantor pegadaian nyaris tumbang", "dekat kantor pegadaian"),
        ("Perumahan Griya Asri blok C3 no 11 banjir", "Perumahan Griya Asri blok C3 no 11"),
        ("simpang RS dr Marsidi macet", "simpang RS dr Marsidi"),
        ("dekat Simpang Puncak tengah gelap", "dekat Simpang Puncak tengah"),
        ("honor kader posyandu belum cair", None),
        ("Komp. Taman Damon Indah blok G-12 banjir", "Komp. Taman Damon Indah blok G-12"),
        ("Komp. Damon Air Putih banjir", "Komp. Damon"),
        ("komplek Damon, lampu mati", "komplek Damon"),
        ("perumahan Bumi Indah blok A/12 mati", "perumahan Bumi Indah blok A/12"),
        ("Perumnas Air Raya blok 3 no 8", "Perumnas Air Raya blok 3 no 8"),
        ("simpang puncak sepi", "simpang puncak"),
        ("disdukcapil bengkalis lambat", "disdukcapil bengkalis"),
        ("perumahan indah permai duri banjir", "perumahan indah permai"),
        ("Pantai Tanjung Medang kotor", "Pantai Tanjung Medang"),
        ("depan kantor camat Mandau", "depan kantor camat Mandau"),
    ],
)
def test_a_landmark_is_kept_as_written(text, landmark, tenant):
    place = read(text, tenant)

    assert (place.landmark if place else None) == landmark


@pytest.mark.parametrize(
    ("text", "landmark"),
    [
        ("banjir di depan pasar pagi", "depan pasar pagi"),
        ("macet di pasar minggu kemarin", None),
        ("galian depan kantor pos Meskom belum ditutup", "depan kantor pos Meskom"),
        ("sampah samping rumah makan sederhana bau", "samping rumah makan sederhana"),
        ("listrik padam di Dusun Air Kundur", "Dusun Air Kundur"),
        ("listrik padam di dusun air kundur tadi", "dusun air kundur"),
        ("di dusun air mati", None),
        ("di Dusun Air kundur", None),
        ("lampu di km 18 mati", "km 18"),
        ("jalan rusak sejauh 2 km", None),
        ("simpang 4 arengka macet", "simpang 4 arengka"),
        ("di simpang 3 hari ini macet", None),
        ("anjing liar di perum Korindo blok D", "perum Korindo blok D"),
        ("lampu di depan sekolah blok D", "depan sekolah"),
        ("abrasi pantai makin parah", None),
        ("lampu dermaga pulau Meskom mati", "dermaga pulau Meskom"),
        ("macet di pasar", None),
        ("di dusun air", None),
    ],
)
def test_a_compound_name_is_kept_whole(text, landmark, tenant):
    place = read(text, tenant)

    assert (place.landmark if place else None) == landmark


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Jl. Veteran - Jl. Sudirman macet", "Jl. Veteran - Jl. Sudirman"),
        ("Jalan Air Serkuk - Mentigi rusak", "Jalan Air Serkuk - Mentigi"),
        ("got di jl hangtuah duri mampet", "jl hangtuah"),
        ("kapal dak jalan 3 hari", None),
        ("proyek baru jalan 2 minggu", None),
        ("angkot tidak jalan Subroto", None),
    ],
)
def test_joined_streets_are_one_and_a_verb_is_none(text, street, tenant):
    place = read(text, tenant)

    assert (place.street if place else None) == street


def test_the_spoken_short_form_of_a_quarter_is_its_kecamatan():
    tenant = load_tenant(read_tenant_file("bintan"))

    place = read("lampu mati di kec Bintim", tenant)

    assert place is not None
    assert place.kecamatan == "Bintan Timur"


@pytest.mark.parametrize("text", ["pasar", "bantuan dari dinsos", "depan", "anak sekolah susah"])
def test_a_bare_noun_places_nothing(text, tenant):
    assert read(text, tenant) is None


def test_what_nature_made_is_not_the_desa_of_its_name(tenant):
    place = read("Pantai Tanjung Medang kotor", tenant)

    assert place is not None
    assert place.desa is None


def test_a_kecamatan_alone_is_not_enough(tenant):
    place = read("kec siak kecil", tenant)

    assert place is not None
    assert not place.sufficient
    assert place.kecamatan_inferred == "Siak Kecil"


def test_a_pin_is_enough(tenant):
    told = read_place("", "", tenant, Location(1.47, 102.1))

    assert told is not None
    assert told[0].value.sufficient


def test_another_government_is_recognised(tenant):
    outside = read("jalan rusak di kota Dumai", tenant)
    own = read("jalan rusak di kabupaten Bengkalis", tenant)

    assert outside is not None
    assert outside.outside_region
    assert own is None


def test_a_misspelt_name_is_less_sure(tenant):
    exact = read_place("desa Sungai Linau", "desa sungai linau", tenant, None)
    guessed = read_place("desa Sungai Linaw", "desa sungai linaw", tenant, None)

    assert exact is not None
    assert guessed is not None
    assert guessed[0].confidence < exact[0].confidence


def test_the_answer_replaces_what_the_story_said():
    story = Place("RT 4 desa Damon", desa="Damon", rt="4", region_code="14.03.01.1002")
    answer = Place("RT 5 desa Air Putih", desa="Air Putih", rt="5", region_code="14.03.01.2011")

    merged = merge_places(story, answer)

    assert merged is not None
    assert (merged.desa, merged.rt, merged.region_code) == ("Air Putih", "5", "14.03.01.2011")
    assert merge_places(None, answer) is answer
    assert merge_places(story, None) is story
    kept = merge_places(story, Place("RT 6", rt="6"))
    assert kept is not None
    assert (kept.desa, kept.rt) == ("Damon", "6")


def test_of_two_desa_of_one_name_the_first_counts(tenant):
    twin = replace(tenant.desa[0], code="14.03.99.9999")
    own = replace(tenant, desa=(*tenant.desa, twin))

    place = read(f"desa {twin.name}", own)

    assert place is not None
    assert place.region_code == tenant.desa[0].code


def test_only_so_many_tenants_are_kept(tenant):
    copies = [replace(tenant) for _ in range(20)]

    assert all(gazetteer_of(copy).own_names for copy in copies)


def test_the_gazetteer_is_built_once_per_tenant(tenants, tenant):
    first = gazetteer_of(tenant)

    assert gazetteer_of(tenant) is first
    assert gazetteer_of(tenants["bandung"]) is not first
    assert isinstance(first, Gazetteer)


@pytest.mark.parametrize(
    ("text", "pole"),
    [
        ("lampu mati tiang no 17 jl panglima minal", "17"),
        ("kode tiang PJU-0123 padam", "PJU-0123"),
        ("tiang lampu nomor 5/12 miring", "5/12"),
        ("tiang miring mau roboh", None),
        ("tiang nomornya tidak ada di jl sudirman", None),
    ],
)
def test_the_code_of_a_lamp_post_is_kept(text, pole, tenant):
    place = read(text, tenant)

    assert (place.pole if place else None) == pole


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("jalan di Pekanbaru rusak parah", True),
        ("lampu mati di kota Dumai", True),
        ("jalan di Bengkalis rusak depan masjid Raya", False),
        ("jalan di Air Putih rusak, saya kerja di Dumai", False),
        ("berobat ke Pekanbaru, jl sudirman rusak", False),
    ],
)
def test_a_place_of_another_government_is_said_so(text, outside, tenant):
    place = read(text, tenant)

    assert place is not None
    assert place.outside_region is outside


@pytest.mark.parametrize(
    ("text", "landmark"),
    [
        ("banjir di perumahan Puri Indah blok C no 7", "perumahan Puri Indah blok C no 7"),
        ("banjir di perumahan Puri Indah blok D2", "perumahan Puri Indah blok D2"),
        ("banjir di perumahan Puri Indah blok C sejak pagi", "perumahan Puri Indah blok C"),
        ("banjir di perumahan Puri Indah blok", "perumahan Puri Indah"),
        ("banjir di perumahan Puri Indah blok sebelah", "perumahan Puri Indah"),
        ("lampu mati di dusun baru", "dusun baru"),
        ("macet di dermaga baru saja", "dermaga"),
        ("macet di dermaga baru dibuka", "dermaga"),
        ("sampah di pantai trikora 3", "pantai trikora 3"),
        ("sampah di pantai trikora 3 hari", "pantai trikora"),
        ("antri di SPBU Kampong Amau sampai ke depan kantor pos", "SPBU Kampong Amau"),
        ("antri di SPBU Kampong Amau hingga depan kantor pos", "SPBU Kampong Amau"),
    ],
)
def test_numbers_blocks_and_old_sites_belong_to_a_name_where_they_do(text, landmark, tenant):
    (place, _, _) = read_place(text, text.lower(), tenant, None)

    assert place.value.landmark == landmark


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("got mampet di Jl. Jend. Sudirman", "Jl. Jend. Sudirman"),
        ("got mampet di gang Melati 3 belakang masjid", "gang Melati 3"),
        ("got mampet jl sudirman 12", "jl sudirman 12"),
        ("got mampet jl sudirman 12 warga resah", "jl sudirman"),
        ("got mampet jl sudirman 2019 belakang masjid", "jl sudirman"),
    ],
)
def test_ranks_and_house_numbers_belong_to_a_street(text, street, tenant):
    (place, _, _) = read_place(text, text.lower(), tenant, None)

    assert place.value.street == street
