from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.chronology import read_chronology
from normalizer.draft import SourceMessage
from normalizer.transcript import read_transcript

ZONE = ZoneInfo("Asia/Jakarta")


def read(text: str, at: str, *, ongoing: bool = False):
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    transcript = read_transcript([SourceMessage("m1", moment, text)])
    return read_chronology(transcript, transcript.low, ZONE, ongoing=ongoing)


FRIDAY = "2026-11-20T10:00"


@pytest.mark.parametrize(
    ("text", "at", "value", "precision"),
    [
        ("tgl 12 mei 2026 jam 08.45", FRIDAY, "2026-05-12T08:45", "minute"),
        ("pada 23-10-2026 pukul 20.15 WIB", FRIDAY, "2026-10-23T20:15", "minute"),
        ("kejadian 23/02/26", FRIDAY, "2026-02-23T00:00", "day"),
        ("tanggal 2026-11-02 banjir", FRIDAY, "2026-11-02T00:00", "day"),
        ("7Agustus 2024 sudah lapor", FRIDAY, "2024-08-07T00:00", "day"),
        ("tgl.16-06 mati", FRIDAY, "2026-06-16T00:00", "day"),
        ("on 13 June 2026", FRIDAY, "2026-06-13T00:00", "day"),
        ("hari Senin 30/3", "2026-04-02T17:30", "2026-03-30T00:00", "day"),
        ("dari tgl 28/12", "2026-01-05T08:20", "2025-12-28T00:00", "day"),
        ("tanggal 31 kemarin", "2026-10-02T11:00", "2026-08-31T00:00", "day"),
        ("tanggal 5 bulan lalu", FRIDAY, "2026-10-05T00:00", "day"),
        ("tanggal 20 november jam 11 malam", FRIDAY, "2026-11-20T00:00", "day"),
        ("tanggal 5 pada bulan juni", FRIDAY, "2026-06-05T00:00", "day"),
        ("tanggal 5, bulan juni", FRIDAY, "2026-06-05T00:00", "day"),
        ("mei           2025", FRIDAY, "2026-05-01T00:00", "month"),
        ("tgl 3 mei. kemarin lagi", FRIDAY, "2026-05-03T00:00", "day"),
        ("sudah 3 bulan", "2026-03-31T10:00", "2025-12-31T00:00", "month"),
        ("tgl 5 bulan juni", FRIDAY, "2026-06-05T00:00", "day"),
        ("dari awal bulan ini tgl 2", "2026-01-19T10:11", "2026-01-02T00:00", "day"),
        ("kemarin", FRIDAY, "2026-11-19T00:00", "day"),
        ("kemarin lusa", FRIDAY, "2026-11-18T00:00", "day"),
        ("lusa kemarin", FRIDAY, "2026-11-18T00:00", "day"),
        ("kemarin dari jam 3 sore sampai magrib", FRIDAY, "2026-11-19T15:00", "hour"),
        ("td malam jam setengah 11", FRIDAY, "2026-11-19T22:30", "minute"),
        ("tadi malam jam 1 dini hari", FRIDAY, "2026-11-20T01:00", "hour"),
        ("tadi malam sampai jam 2", "2026-03-17T21:45", "2026-03-16T00:00", "part_of_day"),
        ("semalam", FRIDAY, "2026-11-19T00:00", "part_of_day"),
        ("semalam siang jam 2", FRIDAY, "2026-11-19T14:00", "hour"),
        ("tadi sore jam setengah 6", "2026-09-07T00:40", "2026-09-06T17:30", "minute"),
        ("tadi sore", "2026-09-07T00:40", "2026-09-06T00:00", "part_of_day"),
        ("tadi pagi jam 9.15", FRIDAY, "2026-11-20T09:15", "minute"),
        ("pagi ini jam 5.45", FRIDAY, "2026-11-20T05:45", "minute"),
        ("dari jam 6 sore tadi", "2026-06-23T20:20", "2026-06-23T18:00", "hour"),
        ("sejak th 2024", FRIDAY, "2024-01-01T00:00", "year"),
        ("sejak jam 7", FRIDAY, "2026-11-20T07:00", "hour"),
        ("air mati dari subuh", FRIDAY, "2026-11-20T00:00", "part_of_day"),
        ("sejak subuh", "2026-11-20T02:00", "2026-11-19T00:00", "part_of_day"),
        ("dari maghrib lampu padam", "2026-11-20T20:00", "2026-11-20T00:00", "part_of_day"),
        ("dr maghrib", "2026-11-20T13:00", "2026-11-19T00:00", "part_of_day"),
        ("dari pagi", FRIDAY, "2026-11-20T00:00", "part_of_day"),
        ("sejak siang", "2026-11-20T15:00", "2026-11-20T00:00", "part_of_day"),
        ("sejak 08.30 wib", FRIDAY, "2026-11-20T08:30", "minute"),
        ("tadi jam delapan pagi", FRIDAY, "2026-11-20T08:00", "hour"),
        ("kemarin jam 12 malam", FRIDAY, "2026-11-20T00:00", "hour"),
        ("tadi jam 11", FRIDAY, "2026-11-19T11:00", "hour"),
        ("hari ini jam 5 sore", FRIDAY, "2026-11-19T17:00", "hour"),
        ("senin jam 8", FRIDAY, "2026-11-16T08:00", "hour"),
        ("malam minggu", FRIDAY, "2026-11-14T00:00", "part_of_day"),
        ("malam jumat kemarin", "2026-09-11T08:00", "2026-09-10T00:00", "part_of_day"),
        ("sejak hari Minggu kemarin", "2026-05-18T09:00", "2026-05-17T00:00", "day"),
        ("hari ahad", FRIDAY, "2026-11-15T00:00", "day"),
        ("jumat lalu", FRIDAY, "2026-11-13T00:00", "day"),
        ("hari jumat", FRIDAY, "2026-11-20T00:00", "day"),
        ("senin minggu lalu", FRIDAY, "2026-11-09T00:00", "day"),
        ("Minggu malam", FRIDAY, "2026-11-15T00:00", "part_of_day"),
        ("2 minggu yg lalu", FRIDAY, "2026-11-06T00:00", "week"),
        ("sudah 3 minggu", FRIDAY, "2026-10-30T00:00", "week"),
        ("seminggu ini", FRIDAY, "2026-11-13T00:00", "week"),
        ("minggu lalu", FRIDAY, "2026-11-13T00:00", "week"),
        ("minggu ini", FRIDAY, "2026-11-16T00:00", "week"),
        ("mati 5 hari", FRIDAY, "2026-11-15T00:00", "day"),
        ("lah limak hari", FRIDAY, "2026-11-15T00:00", "day"),
        ("tos 3 dinten", FRIDAY, "2026-11-17T00:00", "day"),
        ("sdh 2 mlm", FRIDAY, "2026-11-18T00:00", "day"),
        ("sudah tiga bulan", "2026-05-31T10:00", "2026-02-28T00:00", "month"),
        ("setahun lebih", FRIDAY, "2025-11-20T00:00", "year"),
        ("3 jam yang lalu", FRIDAY, "2026-11-20T07:00", "hour"),
        ("20 menit lalu", FRIDAY, "2026-11-20T09:40", "minute"),
        ("bulan juni kemarin", FRIDAY, "2026-06-01T00:00", "month"),
        ("sejak desember", FRIDAY, "2025-12-01T00:00", "month"),
        ("agustus 2024", FRIDAY, "2024-08-01T00:00", "month"),
        ("bulan lalu", FRIDAY, "2026-10-01T00:00", "month"),
        ("awal januari", FRIDAY, "2026-01-01T00:00", "week"),
        ("akhir bulan ini", FRIDAY, "2026-11-20T00:00", "week"),
        ("tahun lalu", FRIDAY, "2025-01-01T00:00", "year"),
        ("dari tahun 2024", FRIDAY, "2024-01-01T00:00", "year"),
        ("sejak 2023", FRIDAY, "2023-01-01T00:00", "year"),
        ("barusan", FRIDAY, "2026-11-20T10:00", "minute"),
        ("baru aja", FRIDAY, "2026-11-20T10:00", "minute"),
        ("sekitar jam 9 tadi pagi", FRIDAY, "2026-11-20T09:00", "hour"),
    ],
)
def test_a_told_time_is_resolved_from_the_message_that_tells_it(text, at, value, precision):
    event, _ = read(text, at)

    assert event is not None
    assert event.value.value.strftime("%Y-%m-%dT%H:%M") == value
    assert event.value.precision.value == precision


@pytest.mark.parametrize(
    "text",
    [
        "jalan rusak",
        "tiap sore macet",
        "setiap hari minggu",
        "biasanya jam 8",
        "sampai sekarang",
        "sampai hari ini",
        "10 hari kerja",
        "3 hari sekali",
        "besok tanggal 25",
        "minggu depan",
        "tanggal 12 mei 2027",
        "lahir 3 maret 1990",
        "RT 3/5",
        "jam 99",
        "jam 123",
        "tanggal 45",
        "32/13",
        "1.5.20",
        "umur 5 tahun",
        "24/7",
        "2-3 rumah",
        "tanggal 19 nanti",
        "sekarang",
        "jan",
        "baru dibangun",
        "dini",
        "lusa",
        "tanggal lahir",
        "jam buka",
        "tahun 3000",
        "31 februari",
        "tgl 31/2",
        "jam 7",
    ],
)
def test_what_tells_no_event_time_gives_none(text):
    event, _ = read(text, FRIDAY)

    assert event is None


def test_now_is_the_time_of_an_emergency():
    event, _ = read("ada orang bawa parang sekarang", FRIDAY, ongoing=True)

    assert event is not None
    assert event.value.value.strftime("%Y-%m-%d") == "2026-11-20"


def test_the_beginning_of_a_state_goes_before_a_passing_mention():
    event, _ = read("Kemarin saya lewat. Lampu mati sejak 3 November.", FRIDAY)

    assert event is not None
    assert event.value.value.day == 3


def test_every_event_is_an_entry_in_the_order_told():
    _, entries = read(
        "Tgl 2 november parit jebol. Lalu 5 november banjir masuk rumah! Tiap hujan begitu.", FRIDAY
    )

    assert [entry.text for entry in entries] == [
        "Tgl 2 november parit jebol",
        "Lalu 5 november banjir masuk rumah",
    ]


def test_a_guess_is_marked_as_one():
    event, _ = read("sekitar jam 10 kemarin", FRIDAY)

    assert event is not None
    assert event.value.approximate


def test_a_span_leads_back_to_the_words():
    event, _ = read("lampu mati sejak tgl 12 november pak", FRIDAY)

    assert event is not None
    assert event.value.text == "sejak tgl 12 november"
    assert event.span is not None
    assert (event.span.message_id, event.span.start, event.span.end) == ("m1", 11, 32)


_WORDS = """kemarin tadi malam jam 5 12 mei 2026 sejak tgl 31 / . - minggu lalu 3 bulan februari
hari senin sore setengah tahun ini yang 2 99 pukul 08.45 wib"""
_PIECES = st.lists(st.sampled_from(_WORDS.split()), max_size=14)


@given(_PIECES)
def test_no_time_lies_in_the_future(pieces):
    text = " ".join(pieces)

    event, entries = read(text, FRIDAY)

    now = datetime.fromisoformat(FRIDAY).replace(tzinfo=ZONE)
    times = [entry.time for entry in entries] + ([event.value] if event else [])
    assert all(time is None or time.value.date() <= now.date() for time in times)
