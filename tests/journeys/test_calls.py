"""A complaint by telephone: recorded, its number heard, sent by SMS, answered by SMS."""

import wave
from io import BytesIO

import pytest

from tests.journeys.desk import Visitor
from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.rows import count, query
from tests.journeys.steps import accept, send_answer, submit_draft
from tests.journeys.telephone import Telephone, pin_in, ticket_in
from tests.live import eventually
from tests.seed import PD

pytestmark = pytest.mark.journey

ANSWER = "Lampu sudah kami ganti malam ini"


@pytest.fixture(scope="module", autouse=True)
def awake(stack):
    """A caller waits for seconds only, so the worker must have begun its work before."""
    sms = Phone.of(stack, "sms", "pembuka", "Warga Uji")
    sms.writes("halo")
    sms.reads("Selamat datang")


def conversations_of(stack, ticket):
    where = "id = (SELECT conversation_id FROM complaint WHERE ticket = %s) AND channel = 'voice'"
    return count(stack, "conversation", where, ticket)


def sound_of(stack, admin, ticket):
    """What the officer's player plays, once it has come."""
    found = eventually(
        lambda: query(
            stack,
            "SELECT attachment.id FROM attachment JOIN message ON message.id = message_id"
            " JOIN complaint ON complaint.id = complaint_id"
            " WHERE ticket = %s AND state = 'stored'",
            ticket,
        ),
        "the recording is stored",
    )
    ((attachment,),) = found
    assert f'src="/lampiran/{attachment}/tampil"' in admin.opens(f"/kotak/aduan/{ticket}")
    return admin.fetches(f"/lampiran/{attachment}/tampil")


def complains_by_telephone(stack, citizen):
    """The whole call, with the key that asks for an SMS; return the number as it was heard."""
    telephone = Telephone(stack, citizen)
    telephone.dials()
    greeting = telephone.hears_until("recording")[0]
    for words in ("SiPendekar", "Kabupaten Bengkalis", "satu satu nol"):
        assert words in greeting
    telephone.does("speak")
    said = telephone.hears_until("keys")
    assert "tekan satu" in said[-1]
    telephone.does("press", key="1")
    assert "SMS segera kami kirim" in telephone.hears_until("ended")[-1]
    return ticket_in(said)


def dispose_heard(admin, ticket, words):
    """Write down what was heard, and dispose."""
    path = f"/kotak/aduan/{ticket}/disposisi"
    admin.sends(path, path, pd_code=PD, category="PJU", public_text=words, notify=None)


def test_a_call_is_recorded_its_number_heard_and_the_answer_comes_by_sms(stack, admin, officer):
    sms = Phone.of(stack, "sms", "penelepon", "Rukmini Yasin")

    ticket = complains_by_telephone(stack, "penelepon")

    receipt = sms.reads("Aduan Anda lewat telepon dicatat")
    assert ticket_of(receipt) == ticket
    visitor = Visitor(stack)
    assert ticket in visitor.sends("/cek", "/cek", number=ticket, pin=pin_of(receipt))
    assert "Aduan lewat telepon" in admin.reads(f"/kotak/aduan/{ticket}")
    assert "dengarkan, lalu tentukan jenis" in admin.reads("/kotak/?antrean=verifikasi")
    with wave.open(BytesIO(sound_of(stack, admin, ticket))) as sound:
        assert sound.getframerate() == 8000
    dispose_heard(admin, ticket, "Lampu jalan di depan masjid mati")
    accept(officer, ticket, "Tim memeriksa tiang")
    submit_draft(officer, ticket, "lampu sdh diganti")
    send_answer(admin, ticket, ANSWER)
    assert ticket in sms.reads(ANSWER)["text"]
    sms.reads("dinyatakan selesai")
    sms.writes("BELUM")
    assert ticket in sms.reads("dibuka kembali")["text"]
    assert conversations_of(stack, ticket) == 1
    assert sms.address.removeprefix("+62") not in stack.log("web") + stack.log("worker")


def test_a_caller_who_hides_the_number_hears_a_pin_that_works_and_gets_nothing(stack):
    sms = Phone.of(stack, "sms", "rahasia-telepon", "Warga Uji")
    telephone = Telephone(stack, "rahasia-telepon")

    telephone.dials(withheld=True)
    telephone.hears_until("recording")
    telephone.does("speak")
    said = telephone.hears_until("ended")

    ticket, pin = ticket_in(said), pin_in(said)
    visitor = Visitor(stack)
    assert ticket in visitor.sends("/cek", "/cek", number=ticket, pin=pin)
    assert sms.answers() == []
    sender = query(
        stack,
        "SELECT sender FROM conversation JOIN complaint ON conversation.id = conversation_id"
        " WHERE ticket = %s",
        ticket,
    )
    assert sender == [(None,)]


def test_who_says_nothing_is_asked_once_more_and_no_complaint_comes_of_it(stack):
    Phone.of(stack, "sms", "diam", "Warga Uji")
    telephone = Telephone(stack, "diam")
    before = count(stack, "complaint")

    telephone.dials()
    telephone.hears_until("recording")
    telephone.does("be_silent")
    eventually(lambda: len(telephone.hears_until("recording")) == 2, "asked once more")
    telephone.does("be_silent")

    assert "tetap belum mendengar" in telephone.hears_until("ended")[-1]
    assert count(stack, "complaint") == before


def test_who_hangs_up_while_speaking_has_a_complaint_and_gets_no_sms(stack, admin):
    sms = Phone.of(stack, "sms", "tergesa", "Warga Uji")
    telephone = Telephone(stack, "tergesa")
    before = count(stack, "complaint")

    telephone.dials()
    telephone.hears_until("recording")
    telephone.does("speak", announced_first=True, hangs_up=True)
    telephone.hears_until("ended")

    newest = "SELECT ticket FROM complaint ORDER BY id DESC LIMIT 1"
    eventually(lambda: count(stack, "complaint") == before + 1, "a complaint")
    ((ticket,),) = query(stack, newest)
    assert "Aduan lewat telepon" in admin.reads(f"/kotak/aduan/{ticket}")
    assert sound_of(stack, admin, ticket)
    assert sms.answers() == []
