from datetime import UTC, datetime, timedelta

import pytest

from normalizer.danger import is_emergency
from normalizer.draft import Kind, Precision, ResolvedTime
from normalizer.kind import read_kind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lampu jalan mati", Kind.COMPLAINT),
        ("mohon segera diperbaiki jembatan kami", Kind.COMPLAINT),
        ("kenapa air pdam mati terus?", Kind.COMPLAINT),
        ("syarat bikin ktp apa saja ya?", Kind.INFORMATION_REQUEST),
        ("nomor telepon damkar berapa min?", Kind.INFORMATION_REQUEST),
        ("usul pak, bikin taman baca", Kind.ASPIRATION),
        ("mantap jalan sudah mulus, semoga dilanjutkan", Kind.ASPIRATION),
        ("promo pinjaman tanpa jaminan klik http://x.example", Kind.SPAM),
        ("slot gacor maxwin", Kind.SPAM),
        ("asdfghjkl", Kind.SPAM),
        ("selamat malam, semoga sehat selalu", Kind.GREETING),
        ("terima kasih banyak ya pak", Kind.GREETING),
        ("kebakaran rumah di desa damon tolong cepat", Kind.EMERGENCY),
        ("xyz", Kind.COMPLAINT),
        ("wkwkwk", Kind.SPAM),
        ("tes suara 123", Kind.SPAM),
        ("cuma percobaan min", Kind.SPAM),
        ("maaf salah kirim", Kind.SPAM),
        ("jasa sedot wc hub ############", Kind.SPAM),
        ("pesan berantai: teruskan ke 20 orang", Kind.SPAM),
        ("ada judi slot di warnet, meresahkan", Kind.COMPLAINT),
        ("coba cek jalan rusak di kopo", Kind.COMPLAINT),
        ("terima kasih pak, jalan sudah diaspal mulus", Kind.ASPIRATION),
        ("bayar pajak lewat apa aja ya", Kind.INFORMATION_REQUEST),
    ],
)
def test_a_text_is_of_its_kind(text, kind):
    assert read_kind(text, None, NOW).value is kind


@pytest.mark.parametrize(
    "text",
    [
        "tolong kebakaran sekarang",
        "kbkaran di pasar cepat",
        "ada orang tenggelam di pantai",
        "perahu terbalik minta bantuan",
        "kecelakaan di simpang 2 orang luka parah baru aja",
        "warga terjebak banjir sedada",
        "ada urang bawa parang sekarang",
        "ibu saya tidak sadar tolong ambulans",
        "gas bocor tolong segera kirim damkar",
        "pohon tumbang menimpa mobil, orangnya masih di dalam",
    ],
)
def test_danger_now_is_an_emergency(text):
    assert is_emergency(text, None, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "simpang itu rawan kecelakaan",
        "lampu darurat mati",
        "korban kebakaran belum dapat bantuan",
        "dikhawatirkan longsor, tolong segera",
        "pemadam kebakaran buka jam berapa?",
        "jalan rusak tolong cepat",
        "kemarin ada kecelakaan di sini",
    ],
)
def test_the_word_alone_is_no_emergency(text):
    assert not is_emergency(text, None, NOW)


def test_a_fire_long_ago_is_no_emergency_unless_it_still_burns():
    long_ago = ResolvedTime(NOW - timedelta(days=60), Precision.MONTH, "bulan lalu")
    two_days_ago = ResolvedTime(NOW - timedelta(days=2), Precision.DAY, "2 hari lalu")

    assert not is_emergency("rumah kebakaran tolong cepat", long_ago, NOW)
    assert not is_emergency("rumah kebakaran tolong cepat", two_days_ago, NOW)
    assert is_emergency("lahan terbakar, api belum padam", two_days_ago, NOW)


def test_the_tenants_own_words_count():
    assert is_emergency("ada sumbing sekarang", None, NOW, ("sumbing",))
