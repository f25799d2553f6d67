"""How people really write: bit by bit, in pieces, twice, in the wrong order, in danger."""

import pytest

from tests.journeys.phone import Phone, ticket_of
from tests.journeys.rows import complaints_of, count, query
from tests.live import eventually

pytestmark = pytest.mark.journey

WHOLE = (
    "Jembatan kayu dekat SDN 4 Desa Sungai Alam Kec. Bengkalis patah sejak kemarin sore. "
    "NIK {nik} nama {name}"
)


def messages_of(stack, ticket):
    """How many of the citizen's messages a complaint holds."""
    where = "direction = 'in' AND complaint_id = (SELECT id FROM complaint WHERE ticket = %s)"
    return count(stack, "message", where, ticket)


def attachments_of(stack, ticket):
    """How many files of a complaint are stored."""
    where = (
        "state = 'stored' AND message_id IN (SELECT message.id FROM message JOIN complaint"
        " ON complaint.id = complaint_id WHERE ticket = %s)"
    )
    return count(stack, "attachment", where, ticket)


def test_who_writes_little_is_asked_for_what_is_missing(stack):
    phone = Phone.of(stack, "whatsapp", "sedikit", "Ardiansyah Putra")

    phone.writes("halo")
    phone.reads("Saya asisten otomatis")
    phone.writes("lampu jalan mati di Desa Senggoro")
    phone.reads("Mohon kirim *NIK*")
    phone.writes("1403012201889011")
    phone.reads("*Kapan* kejadiannya?")
    phone.writes("sejak tadi malam")
    summary = phone.reads("Mohon periksa")
    assert "Senggoro" in summary["text"]
    phone.presses(summary, "Kirim")
    ticket = ticket_of(phone.reads("PIN"))

    assert complaints_of(stack, ticket) == 1
    phone.writes("STATUS")
    assert f"*{ticket}*" in phone.reads("Masuk (Tertutup)")["text"]


def test_without_a_nik_by_sms_the_complaint_is_accepted(stack):
    phone = Phone.of(stack, "sms", "tanpanik", "Suryati Amir")

    phone.writes("Parit tersumbat di Jl. Antara RT 3 RW 2 Kelurahan Damon sejak 3 hari lalu")
    phone.reads("Mohon balas NIK")
    phone.writes("LEWATI")
    phone.reads("Balas YA untuk kirim")
    phone.writes("YA")
    ticket = ticket_of(phone.reads("Aduan diterima"))

    found = query(stack, "SELECT nik_problem FROM complaint WHERE ticket = %s", ticket)
    assert found == [("missing",)]


def test_who_is_in_danger_reads_the_numbers_first(stack, admin):
    phone = Phone.of(stack, "whatsapp", "bahaya", "Yulianti Siregar")

    phone.writes("TOLONG cepat pak kebakaran sekarang di pasar terubuk api besar!!")

    numbers = phone.reads("110/113/119")
    assert phone.answers()[0]["id"] == numbers["id"]
    ticket = ticket_of(phone.reads("PIN"))
    urgent = admin.reads("/kotak/?antrean=mendesak")
    assert "MENDESAK" in urgent
    assert ticket in admin.opens("/kotak/?antrean=mendesak")


def test_an_album_is_one_complaint_with_all_its_photos(stack):
    phone = Phone.of(stack, "telegram", "album", "Darmawati Saleh")
    words = WHOLE.format(nik="1403016102929012", name="Darmawati Saleh")

    phone.writes(words, attachments=[{"kind": "photo"}] * 4)
    ticket = ticket_of(phone.reads("PIN"))

    eventually(lambda: attachments_of(stack, ticket) == 4, "four photos")
    assert messages_of(stack, ticket) == 4
    assert complaints_of(stack, ticket) == 1


def test_an_edit_changes_the_message_and_keeps_the_first_words(stack, admin):
    phone = Phone.of(stack, "telegram", "sunting", "Basuki Rahman")
    words = WHOLE.format(nik="1403010305859013", name="Basuki Rahman")
    (message,) = phone.writes(words)
    ticket = ticket_of(phone.reads("PIN"))

    phone.edits(message, words + " Sudah ada yang jatuh.")

    page = f"/kotak/aduan/{ticket}"
    eventually(lambda: "Sudah ada yang jatuh." in admin.opens(page), "the new words")
    assert messages_of(stack, ticket) == 1
    assert complaints_of(stack, ticket) == 1
    assert count(stack, "message_version") == 1


@pytest.mark.parametrize(
    ("channel", "nik", "name"),
    [
        ("whatsapp", "1403011406799014", "Sabirin Usman"),
        ("telegram", "1403011406799015", "Sabirin Umar"),
        ("messenger", "1403011406799016", "Sabirin Yunus"),
    ],
)
def test_what_comes_three_times_is_one_complaint(stack, channel, nik, name):
    phone = Phone.of(stack, channel, f"tiga-{channel}", name)
    phone.fault("thrice", times=1)

    phone.writes(WHOLE.format(nik=nik, name=name))
    ticket = ticket_of(phone.reads("PIN"))
    phone.writes("STATUS")
    phone.reads(ticket)

    assert messages_of(stack, ticket) == 1
    assert complaints_of(stack, ticket) == 1
    assert len([one for one in phone.answers() if "PIN" in one["text"]]) == 1


def test_a_burst_in_the_wrong_order_is_one_complaint(stack, admin):
    phone = Phone.of(stack, "messenger", "acak", "Lamhot Nainggolan")
    phone.fault("out_of_order", times=1)

    phone.writes("pak jembatan kayu dekat SDN 4 Desa Sungai Alam patah")
    phone.writes("dari kemarin sore, NIK 1403012808709017")
    ticket = phone.is_given_a_ticket()

    order = (
        "SELECT text IS NOT NULL FROM message JOIN complaint ON complaint.id = complaint_id"
        " WHERE ticket = %s AND direction = 'in' ORDER BY ordered_at, message.id"
    )
    assert len(query(stack, order, ticket)) == 2
    assert complaints_of(stack, ticket) == 1
    assert "jembatan kayu dekat SDN 4 Desa Sungai Alam patah" in admin.opens(
        f"/kotak/aduan/{ticket}"
    )


def test_a_later_message_goes_to_the_ticket(stack, admin):
    phone = Phone.of(stack, "instagram", "susulan", "Ningsih Alwi")
    phone.writes(WHOLE.format(nik="1403014507889018", name="Ningsih Alwi"))
    ticket = ticket_of(phone.reads("PIN"))

    phone.writes("tadi pagi tiangnya roboh juga pak", attachments=[{"kind": "photo"}])

    eventually(lambda: attachments_of(stack, ticket) == 1, "the later photo at the ticket")
    assert complaints_of(stack, ticket) == 1
    assert "tadi pagi tiangnya roboh juga pak" in admin.opens(f"/kotak/aduan/{ticket}")
