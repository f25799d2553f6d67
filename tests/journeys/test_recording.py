"""A call that an officer writes down: number by SMS, doubted, settled, answered by SMS."""

import re

import pytest

from tests.journeys.desk import Visitor
from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.steps import accept, dispose, send_answer, submit_draft

pytestmark = pytest.mark.journey

ANSWER = "Lampu sudah kami ganti malam ini"


def test_a_call_written_down_reaches_the_callers_phone_and_comes_back(stack, admin, officer):
    sms = Phone.of(stack, "sms", "penelepon", "Siti Uji")
    saved = admin.sends(
        "/catat/",
        "/catat/",
        step="simpan",
        source="phone",
        phone=sms.address.replace("+62", "0"),
        consent="on",
        name="Siti Uji",
        story="Lampu jalan mati gelap sekali",
        event="kemarin sore",
        place="Desa Air Putih",
        landmark="depan Masjid Al-Ikhlas",
    )

    notice = sms.reads("lewat telepon dicatat")
    ticket, pin = ticket_of(notice), pin_of(notice)
    assert ticket in re.sub(r"<[^>]+>", "", saved)
    assert pin in re.sub(r"<[^>]+>", "", saved)
    found = Visitor(stack).sends("/cek", "/cek", number=ticket, pin=pin)
    assert "Masuk" in found

    sms.writes("SALAH")
    sms.reads("petugas akan memeriksanya")
    sms.writes("Yang benar di Desa Wonosari")
    assert "Perlu diperiksa." in admin.reads(f"/kotak/aduan/{ticket}")
    admin.sends(f"/kotak/aduan/{ticket}", "/langkah/diperiksa")
    sms.writes("STATUS")
    sms.reads(f"{ticket}: Masuk")

    dispose(admin, ticket, notify=False)
    accept(officer, ticket, "Mengganti lampu")
    submit_draft(officer, ticket, ANSWER)
    send_answer(admin, ticket, ANSWER)
    sms.reads(ANSWER)
    assert all(pin not in page for page in admin.seen[1:] if "Aduan tersimpan" not in page)
