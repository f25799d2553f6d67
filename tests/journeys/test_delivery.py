"""Answers on bad days: closed windows, throttling, silence, blocks, and secrecy."""

from collections.abc import Iterator

import pytest

from tests.journeys.desk import Desk, Visitor
from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.rows import change, query
from tests.journeys.steps import accept, dispose, reply, send_answer, submit_draft
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey

COMPLAINT = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    "NIK {} nama Warga Uji"
)
ANSWER = "Lampu sudah kami ganti malam ini"
_25_HOURS_S = 25 * 3600


@pytest.fixture
def next_day(stack: Stack) -> Iterator[None]:
    """The providers' clocks stand 25 hours ahead from the moment the test says so."""
    yield
    shift_s = stack.sandbox("GET", "/api/clock")["shift_s"]
    stack.sandbox("POST", "/api/clock", {"advance_s": -shift_s})


def file(stack: Stack, channel: str, citizen: str, nik: str) -> tuple[Phone, str]:
    phone = Phone.of(stack, channel, citizen, "Warga Uji")
    phone.writes(COMPLAINT.format(nik))
    receipt = phone.reads("PIN")
    phone.ticks(receipt)
    return phone, ticket_of(receipt)


def answer(admin: Desk, officer: Desk, ticket: str, before_sending=lambda: None) -> None:
    """The whole way to the corrected answer, without notices that would have to be awaited."""
    dispose(admin, ticket, notify=False)
    accept(officer, ticket, "Tim memeriksa tiang")
    submit_draft(officer, ticket, "lampu sdh diganti")
    before_sending()
    send_answer(admin, ticket, ANSWER)


def heard(phone: Phone, words: str) -> int:
    """How often words stand on the phone."""
    return sum(words in (one["text"] or "") for one in phone.answers())


def parts_of(stack: Stack, ticket: str, key: str | None) -> list[str]:
    """The states of what was sent about a complaint under a key of the catalogue."""
    statement = (
        "SELECT part.status FROM outbox_part part JOIN message ON message.id = part.message_id"
        " JOIN complaint ON complaint.id = message.complaint_id"
        " WHERE ticket = %s AND message.text_key IS NOT DISTINCT FROM %s ORDER BY part.id"
    )
    return [str(row[0]) for row in query(stack, statement, ticket, key)]


def day_passes(stack: Stack) -> None:
    stack.sandbox("POST", "/api/clock", {"advance_s": _25_HOURS_S})


def day_passes_for_us_too(stack: Stack, ticket: str) -> None:
    day_passes(stack)
    statement = (
        "UPDATE conversation SET last_inbound_at = last_inbound_at - interval '25 hours'"
        " WHERE id = (SELECT conversation_id FROM complaint WHERE ticket = %s)"
    )
    assert change(stack, statement, ticket) == 1


@pytest.mark.usefixtures("next_day")
def test_after_a_day_whatsapp_gets_a_template_and_the_button_brings_the_answer(
    stack, admin, officer
):
    phone, ticket = file(stack, "whatsapp", "besok", "1403016502879021")

    answer(admin, officer, ticket, before_sending=lambda: day_passes(stack))
    template = phone.reads("ada kabar terbaru untuk aduan nomor")
    assert ticket in template["text"]
    assert template["template"]
    assert heard(phone, ANSWER) == 0
    phone.presses(template, "Baca jawaban")

    phone.ticks(phone.reads(ANSWER))
    eventually(lambda: parts_of(stack, ticket, "dijawab") == ["read"], "the answer is read")
    assert heard(phone, ANSWER) == 1
    assert parts_of(stack, ticket, "luar_jendela") == ["read"]


@pytest.mark.usefixtures("next_day")
def test_after_a_day_messenger_takes_a_persons_answer(stack, admin, officer):
    phone, ticket = file(stack, "messenger", "lusa", "1403016502879022")

    answer(admin, officer, ticket, lambda: day_passes_for_us_too(stack, ticket))

    phone.ticks(phone.reads(ANSWER))
    assert heard(phone, ANSWER) == 1
    # The question for a rating is the machine's: it waits until the citizen writes again.
    eventually(lambda: parts_of(stack, ticket, "selesai_nilai") == ["parked"], "parked")
    assert heard(phone, "dinyatakan selesai") == 0


@pytest.mark.parametrize(
    ("channel", "nik"), [("whatsapp", "1403016502879023"), ("telegram", "1403016502879024")]
)
def test_who_is_throttled_waits_and_sends_once(stack, channel, nik):
    phone = Phone.of(stack, channel, f"antre-{channel}", "Warga Uji")
    phone.fault("throttled", times=1, retry_after_s=2)

    phone.writes(COMPLAINT.format(nik))
    ticket = ticket_of(phone.reads("PIN"))
    phone.writes("STATUS")
    phone.reads("Masuk (Tertutup)")

    assert heard(phone, "PIN") == 1
    ((attempts,),) = query(
        stack,
        "SELECT attempts FROM outbox_part part JOIN message ON message.id = message_id"
        " JOIN complaint ON complaint.id = complaint_id"
        " WHERE text_key = 'tiket_terbit' AND ticket = %s",
        ticket,
    )
    assert attempts == 1


def test_a_send_without_an_answer_is_uncertain_and_not_repeated(stack, admin):
    phone, ticket = file(stack, "telegram", "senyap", "1403016502879025")
    phone.fault("timeout", times=1, delay_s=20)

    reply(admin, ticket, "Petugas menuju lokasi sore ini.")
    phone.reads("Petugas menuju lokasi sore ini.")

    eventually(lambda: parts_of(stack, ticket, None) == ["uncertain"], "uncertain")
    page = admin.reads(f"/kotak/aduan/{ticket}")
    assert "Tidak pasti apakah pesan terkirim" in page
    phone.writes("STATUS")
    phone.reads("Masuk (Tertutup)")
    assert heard(phone, "Petugas menuju lokasi sore ini.") == 1


def test_an_answer_to_somebody_who_blocked_us_says_why_it_failed(stack, admin):
    phone, ticket = file(stack, "whatsapp", "blokir", "1403016502879026")
    phone.fault("blocked")

    reply(admin, ticket, "Petugas menuju lokasi sore ini.")

    eventually(lambda: parts_of(stack, ticket, None) == ["failed"], "failed")
    page = admin.reads(f"/kotak/aduan/{ticket}")
    assert "Warga menolak pesan dari akun bisnis di WhatsApp." in page
    assert ticket in admin.opens("/kotak/?antrean=gagal")


def test_of_a_secret_complaint_messages_tell_number_and_status_only(stack, admin, officer):
    phone = Phone.of(stack, "whatsapp", "rahasia", "Warga Uji")
    phone.writes(COMPLAINT.format("1403016502879027") + ". Mohon dirahasiakan.")
    receipt = phone.reads("PIN")
    ticket = ticket_of(receipt)

    answer(admin, officer, ticket)
    phone.reads("Selesai (Terbuka)")

    offer = "kami kirim lewat SMS"  # after the ticket; it tells nothing
    later = [one["text"] for one in phone.answers() if one["id"] != receipt["id"]]
    later = [words for words in later if offer not in words]
    assert all(ticket in words and "Status: " in words for words in later)
    for inside in (ANSWER, "Tim memeriksa", "Lampu", "Masjid"):
        assert not any(inside in words for words in later)
    visitor = Visitor(stack)
    page = visitor.sends("/cek", "/cek", number=ticket, pin=pin_of(receipt))
    assert ANSWER in page
