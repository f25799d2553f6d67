from datetime import UTC, datetime

import pytest

from normalizer.draft import SourceMessage
from normalizer.names import find_names
from normalizer.numbers import find_numbers
from normalizer.privacy import find_marks, read_wishes, redact
from normalizer.transcript import read_transcript


@pytest.mark.parametrize(
    "text",
    [
        "tolong identitas saya jangan disebarkan ke siapapun",
        "jangan tulis nama saya",
        "jgn sebut nama aku ya min",
        "tolong dirahasiakan identitas saya takut dipecat",
        "nama saya dirahasiakan ya",
        "saya minta anonim",
        "anonim: ya",
        "tidak mau disebutkan identitasnya",
        "tanpa nama saja pak",
        "mohon disamarkan nama pelapor",
        "minta identitas ditutup ya min, saya ASN juga",
        "tolong tutup identitas saya",
        "nama saya mohon disensor",
        "off the record ya pak",
    ],
)
def test_a_wish_to_hide_the_identity_is_heard(text):
    anonymous, secret = read_wishes(text)

    assert anonymous
    assert not secret


@pytest.mark.parametrize(
    "text",
    [
        "mohon laporan ini bersifat rahasia dan tidak ditampilkan di website",
        "laporan rahasia ya pak jangan dipublikasikan",
        "jangan sampai laporan ini tampil di website",
        "rahasia: ya",
        "cukup petugas yang tau",
    ],
)
def test_a_wish_to_keep_the_report_back_is_heard(text):
    assert read_wishes(text) == (False, True)


def test_both_wishes_and_an_unclear_one_hide_both():
    assert read_wishes("tolong laporan dan identitas saya dirahasiakan") == (True, True)
    assert read_wishes("mohon dirahasiakan") == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "anonim: tidak\nrahasia: tidak",
        "tidak perlu anonim",
        "jalan rusak, jangan dibiarkan",
        "tidak usah dirahasiakan",
        "lampu mati",
    ],
)
def test_no_wish_is_heard_where_there_is_none(text):
    assert read_wishes(text) == (False, False)


def _public(text: str) -> str:
    transcript = read_transcript([_message(text)])
    numbers = find_numbers(transcript.text, transcript.low)
    nik = next((number for number in numbers if len(number.digits) == 16), None)
    names = find_names(transcript, nik, frozenset({"damon"}))
    return redact(transcript.text, find_marks(transcript.text, numbers, names))


def _message(text: str) -> SourceMessage:
    return SourceMessage("m1", datetime(2026, 11, 20, tzinfo=UTC), text)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("lampu mati, hub 081255501033", "lampu mati, hub [nomor HP disamarkan]"),
        ("NIK 1403011910939117\nlampu mati", "lampu mati"),
        ("lampu mati\n1403011910939117 Hendri", "lampu mati"),
        ("surel ani@contoh.example ya", "surel [email disamarkan] ya"),
        ("mobil BM 1234 XY parkir liar", "mobil [pelat nomor disamarkan] parkir liar"),
        ("plat bm 1234 xy parkir", "plat [pelat nomor disamarkan] parkir"),
        ("tetangga a/n Budi Santoso ribut", "tetangga a/n [nama disamarkan] ribut"),
        (
            "nama saya Ratna. Kata Ratna banjir",
            "nama saya [nama disamarkan]. Kata [nama disamarkan] banjir",
        ),
        ("kk 1403011505129731 hilang", "kk [nomor KK disamarkan] hilang"),
        ("surel 081255501033@contoh.example", "surel [email disamarkan]"),
        ("no rek 123456789012 kosong", "no rek [nomor disamarkan] kosong"),
    ],
)
def test_every_identity_word_is_replaced(text, public):
    assert _public(text) == public


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nama saya Ratna", "Ratna"),
        ("Nama: Kevin Tanoto\nNIK: 3171012601869219", "Kevin Tanoto"),
        ("name Zulkifli", "Zulkifli"),
        ("Penelepon a.n. Jamaludin, warga", "Jamaludin"),
        ("Saya Ir. Hotman Situmorang (NIK 1403090205769130)", "Hotman Situmorang"),
        ("saya Melati dari Desa Membalong", "Melati"),
        ("Ibu Tati dari RW 07", "Tati"),
        ("nik 1403126001849121 Maryam", "Maryam"),
        ("nik 2101155006029520 (Ayu)", "Ayu"),
        ("Terima kasih, Syahrul NIK 1403012105879516", "Syahrul"),
        ("lampu mati.\nHormat saya,\nHotman", "Hotman"),
        ("atas nama Yuliana masuk berkas", "Yuliana"),
    ],
)
def test_the_reporters_name_is_found(text, name):
    transcript = read_transcript([_message(text)])
    numbers = find_numbers(transcript.text, transcript.low)
    nik = next((number for number in numbers if len(number.digits) == 16), None)

    names = find_names(transcript, nik, frozenset())

    assert [found.text for found in names if found.reporter][:1] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "jangan tulis nama saya di web",
        "cek nama anda di sini",
        "saya tidak dapat bantuan",
        "nama saya jangan disebut",
        "tetangga a/n Budi Santoso ribut",
        "saya Guru di sini",
    ],
)
def test_no_reporter_is_invented(text):
    names = find_names(read_transcript([_message(text)]), None, frozenset())

    assert not [found for found in names if found.reporter]
