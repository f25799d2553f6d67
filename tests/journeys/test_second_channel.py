"""A chat that has closed: the answer comes to the phone by SMS, if the citizen wanted that."""

import re

import pytest

from tests.journeys.desk import Desk
from tests.journeys.phone import Phone, ticket_of
from tests.journeys.rows import change, query
from tests.journeys.steps import accept, dispose, send_answer, submit_draft
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey

COMPLAINT = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    "NIK {} nama Warga Uji"
)
ANSWER = "Lampu sudah kami ganti malam ini"


def file(stack: Stack, channel: str, citizen: str, nik: str) -> tuple[Phone, str]:
    phone = Phone.of(stack, channel, citizen, "Warga Uji")
    phone.writes(COMPLAINT.format(nik))
    return phone, ticket_of(phone.reads("PIN"))


def silent_for(stack: Stack, ticket: str, hours: int) -> None:
    """Let the citizen have written so long ago."""
    statement = (
        "UPDATE conversation SET last_inbound_at = last_inbound_at - make_interval(hours => %s)"
        " WHERE id = (SELECT conversation_id FROM complaint WHERE ticket = %s)"
    )
    assert change(stack, statement, hours, ticket) == 1


def answer(admin: Desk, officer: Desk, ticket: str) -> None:
    dispose(admin, ticket, notify=False)
    accept(officer, ticket, "Tim memeriksa tiang")
    submit_draft(officer, ticket, "lampu sdh diganti")
    send_answer(admin, ticket, ANSWER)


def states(stack: Stack, ticket: str) -> list[tuple[str, str]]:
    """Channel and state of every part of the answer."""
    statement = (
        "SELECT part.channel, part.status FROM outbox_part part"
        " JOIN message ON message.id = part.message_id"
        " JOIN complaint ON complaint.id = message.complaint_id"
        " WHERE ticket = %s AND message.text_key = 'dijawab' ORDER BY part.id"
    )
    return [(str(row[0]), str(row[1])) for row in query(stack, statement, ticket)]


def heard(phone: Phone, words: str) -> int:
    return sum(words in (one["text"] or "") for one in phone.answers())


def test_who_gave_a_number_in_messenger_reads_the_answer_by_sms(stack, admin, officer):
    phone, ticket = file(stack, "messenger", "dua-kanal", "1403016502879041")
    sms = Phone(stack, "dua-kanal", "sms")
    phone.reads("Bersedia?")
    phone.writes(f"SMS {sms.address}")
    code = re.search(r"kode (\d{6})", sms.reads("Ketik kode itu")["text"])
    assert code
    phone.reads("Kode 6 angka sudah kami kirim")
    phone.writes(code[1])
    phone.reads("Terima kasih. Bila chat ini")

    silent_for(stack, ticket, hours=8 * 24)
    answer(admin, officer, ticket)

    assert ticket in sms.reads(ANSWER)["text"]
    eventually(
        lambda: states(stack, ticket) == [("messenger", "redirected"), ("sms", "delivered")],
        "the answer has arrived by SMS",
    )
    assert "dialihkan ke SMS" in admin.opens(f"/kotak/aduan/{ticket}")
    phone.writes("Halo")
    phone.writes("STATUS")
    phone.reads("Selesai")
    assert heard(phone, ANSWER) == 0
    assert sms.address.removeprefix("+62") not in stack.log("web") + stack.log("worker")
    assert code[1] not in stack.log("web") + stack.log("worker")


def test_a_whatsapp_template_goes_first_and_the_sms_two_hours_later(stack, admin, officer):
    phone, ticket = file(stack, "whatsapp", "dua-jam", "1403016502879042")
    sms = Phone(stack, "dua-jam", "sms")
    phone.presses(phone.reads("Bersedia?"), "Ya, lewat SMS")
    phone.reads("Terima kasih. Bila chat ini")

    silent_for(stack, ticket, hours=25)
    answer(admin, officer, ticket)
    phone.reads("ada kabar terbaru untuk aduan nomor")
    eventually(lambda: states(stack, ticket) == [("whatsapp", "parked")], "the answer waits")
    assert heard(sms, ANSWER) == 0
    two_hours_pass = (
        "UPDATE outbox_part SET status_at = status_at - interval '2 hours'"
        " WHERE status = 'parked' AND message_id IN"
        " (SELECT message.id FROM message JOIN complaint ON complaint.id = complaint_id"
        " WHERE ticket = %s AND text_key = 'dijawab')"
    )
    assert change(stack, two_hours_pass, ticket) == 1

    assert ticket in sms.reads(ANSWER)["text"]
    assert heard(phone, ANSWER) == 0
    assert heard(sms, ANSWER) == 1
    sms.writes("STATUS")
    assert ticket in sms.reads("Selesai")["text"]
