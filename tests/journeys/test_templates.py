"""An officer writes to somebody who has been silent for a day: a template now, words on answer."""

import pytest

from sandbox import defaults
from tests.journeys.desk import Desk
from tests.journeys.phone import Phone, ticket_of
from tests.journeys.rows import change, count, query
from tests.live import Stack, eventually

pytestmark = pytest.mark.journey

COMPLAINT = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    "NIK 1403016502879031 nama Warga Uji"
)
QUESTION = f"{defaults.TEMPLATE_QUESTION}/id"
WORDS = "Boleh kirim foto tiangnya?"


def a_day_passes(stack: Stack, ticket: str) -> None:
    stack.sandbox("POST", "/api/clock", {"advance_s": 25 * 3600})
    statement = (
        "UPDATE conversation SET last_inbound_at = last_inbound_at - interval '25 hours'"
        " WHERE id = (SELECT conversation_id FROM complaint WHERE ticket = %s)"
    )
    assert change(stack, statement, ticket) == 1


def test_a_question_is_announced_by_a_template_and_read_after_its_button(
    stack: Stack, admin: Desk
) -> None:
    phone = Phone.of(stack, "whatsapp", "templat", "Warga Uji")
    phone.writes(COMPLAINT)
    receipt = phone.reads("PIN")
    phone.ticks(receipt)
    ticket = ticket_of(receipt)
    listed = "key LIKE 'state:templates:whatsapp:%%'"
    eventually(lambda: count(stack, "tenant_setting", listed) == 1, "the templates are listed")
    a_day_passes(stack, ticket)

    path = f"/kotak/aduan/{ticket}"
    chosen = f"{path}?tulis=balas&templat={QUESTION}"
    form = admin.form(chosen, f"{path}/templat")
    admin.sends(chosen, f"{path}/templat", langkah="kirim", text=WORDS)

    told = phone.reads("memerlukan keterangan untuk aduan nomor")
    assert (form.values["isi-1"], form.values["isi-2"]) == (ticket, "Diskominfo")
    assert told["text"].startswith(
        f"Bapak/Ibu yang terhormat, Diskominfo memerlukan keterangan untuk aduan nomor {ticket}."
    )
    assert not any(WORDS in (one["text"] or "") for one in phone.answers())

    phone.presses(told, "Baca pertanyaan")
    phone.ticks(phone.reads(WORDS))

    after = [one["text"] for one in phone.answers()]
    assert after[after.index(told["text"]) :] == [told["text"], WORDS]
    sent = query(
        stack,
        "SELECT part.kind, part.status, message.author FROM outbox_part part"
        " JOIN message ON message.id = part.message_id WHERE message.author = 'staff'"
        " ORDER BY part.id",
    )
    assert [row[0] for row in sent] == ["template", "text"]
    assert {row[2] for row in sent} == {"staff"}
