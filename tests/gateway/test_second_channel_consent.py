"""A citizen agrees to SMS in the chat: kindly asked, once, and only for a number of their own."""

import pytest
from sqlalchemy import func, select, update

from channels.message import (
    ChannelName,
    ContactCard,
    ControlEvent,
    ControlKind,
)
from config.tenant_files import read_tenant_file
from gateway.runtime import Runtime
from gateway.sending import replies
from store import second_channel, tenant
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Conversation
from store.models.outbox import OneTimeSecret
from store.models.second_channel import SecondChannel
from tests.gateway.citizen import Citizen
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, Clock, FakeAdapter
from tests.gateway.rows import all_of, only

WHOLE = (
    "Lapor pak, lampu jalan depan masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak "
    "kemarin malam. NIK 1403010503949103 nama Bayu Pratama"
)
OWN = "+6281255501001"
OTHER = "+6281255501002"


@pytest.fixture(autouse=True)
def _government(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file("bengkalis"), {})


@pytest.fixture
def by_whatsapp(runtime: Runtime, whatsapp: FakeAdapter, hear: Hear) -> Citizen:
    return Citizen(runtime, whatsapp, hear, sender=OWN)


@pytest.fixture
def by_messenger(runtime: Runtime, messenger: FakeAdapter, hear: Hear) -> Citizen:
    return Citizen(runtime, messenger, hear, sender="612")


def agreed_numbers(runtime: Runtime) -> list[str]:
    """The addresses that answers may go to."""
    with runtime.transaction() as session:
        sources = select(Conversation.id).where(Conversation.channel != ChannelName.SMS)
        found = [
            target
            for source in session.scalars(sources.order_by(Conversation.id))
            for target in second_channel.agreed(session, source)
        ]
        return [str(session.get_one(Conversation, target).sender) for target in found]


def code_on(runtime: Runtime, sms: FakeAdapter) -> str:
    """The code in the newest SMS."""
    replies.drain(runtime)
    words = str(sms.sent[-1].text)
    return next(word for word in words.split() if word.isdigit() and len(word) == 6)


def test_the_offer_comes_once_after_the_first_ticket(by_whatsapp: Citizen) -> None:
    first = by_whatsapp.writes(WHOLE)
    by_whatsapp.waits(hours=1)
    second = by_whatsapp.writes(
        "Ada lagi pak, sampah menumpuk di Pasar Terubuk Bengkalis sejak 3 hari lalu. "
        "NIK 1403010503949103"
    )

    assert first == ["tiket_terbit", "tawar_sms"]
    assert "tawar_sms" not in second


def test_a_channel_without_a_window_offers_nothing(
    runtime: Runtime, telegram: FakeAdapter, hear: Hear
) -> None:
    assert Citizen(runtime, telegram, hear).writes(WHOLE) == ["tiket_terbit"]


def test_where_no_sms_can_leave_it_is_not_offered_and_the_word_means_nothing(
    runtime: Runtime, whatsapp: FakeAdapter, hear: Hear
) -> None:
    alone = {name: one for name, one in runtime.channels.items() if name != ChannelName.SMS}
    without = type(runtime)(**{**vars(runtime), "channels": alone})
    citizen = Citizen(without, whatsapp, hear)

    assert citizen.writes(WHOLE) == ["tiket_terbit"]
    citizen.writes("SMS")

    assert all_of(runtime, SecondChannel) == []


def test_an_emergency_is_not_the_time_to_ask(by_whatsapp: Citizen) -> None:
    heard = by_whatsapp.writes("TOLONG rumah kebakaran di Jl. Antara Kelurahan Damon sekarang!")

    assert "tawar_sms" not in heard


def test_on_whatsapp_one_word_agrees_to_the_number_in_use(
    runtime: Runtime, by_whatsapp: Citizen, sms: FakeAdapter
) -> None:
    by_whatsapp.writes(WHOLE)

    assert by_whatsapp.chooses("SMS", "Ya, lewat SMS") == ["sms_siap"]
    assert "001" in by_whatsapp.reads()
    assert agreed_numbers(runtime) == [OWN]
    replies.drain(runtime)
    assert sms.sent == []
    assert only(runtime, Complaint).citizen_wrote_at is None


def test_saying_it_twice_is_one_agreement(runtime: Runtime, by_whatsapp: Citizen) -> None:
    by_whatsapp.writes(WHOLE)
    by_whatsapp.writes("SMS")
    by_whatsapp.writes("sms 0812-5550-1001")

    assert agreed_numbers(runtime) == [OWN]


def test_another_number_is_proved_by_a_code_that_comes_to_it(
    runtime: Runtime, by_messenger: Citizen, sms: FakeAdapter
) -> None:
    assert by_messenger.writes(WHOLE) == ["tiket_terbit", "tawar_sms_nomor"]

    assert by_messenger.writes("SMS 0812 5550 1002") == ["sms_kode_dikirim"]
    assert agreed_numbers(runtime) == []
    code = code_on(runtime, sms)
    assert sms.sent[-1].recipient == OTHER
    assert by_messenger.writes(f"{code[:3]} {code[3:]}") == ["sms_siap"]

    assert agreed_numbers(runtime) == [OTHER]
    assert all(secret.value != code for secret in all_of(runtime, OneTimeSecret))
    assert only(runtime, SecondChannel).code_hash is None


def test_a_code_is_good_for_a_quarter_of_an_hour(
    runtime: Runtime, by_messenger: Citizen, sms: FakeAdapter, clock: Clock
) -> None:
    by_messenger.writes("SMS 081255501002")
    code = code_on(runtime, sms)
    clock.advance(minutes=16)

    by_messenger.writes(code)

    assert agreed_numbers(runtime) == []


def test_five_wrong_codes_end_the_guessing(
    runtime: Runtime, by_messenger: Citizen, sms: FakeAdapter
) -> None:
    by_messenger.writes("SMS 081255501002")
    code = code_on(runtime, sms)
    wrong = "000001" if code != "000001" else "000002"

    heard = [by_messenger.writes(wrong) for _ in range(5)]
    by_messenger.writes(code)

    assert heard == [["sms_kode_salah"]] * 5
    assert agreed_numbers(runtime) == []


def test_a_strangers_number_gets_three_codes_a_day_and_no_more(
    runtime: Runtime, by_messenger: Citizen, sms: FakeAdapter
) -> None:
    heard = [by_messenger.writes("SMS 081255501002") for _ in range(4)]
    replies.drain(runtime)

    assert heard == [["sms_kode_dikirim"]] * 3 + [["sms_besok"]]
    assert len(sms.sent) == 3
    assert all("Bukan Anda? Abaikan" in str(call.text) for call in sms.sent)


def test_two_citizens_cannot_share_the_sending_of_codes_to_one_number(
    runtime: Runtime, by_messenger: Citizen, by_whatsapp: Citizen, sms: FakeAdapter
) -> None:
    for _ in range(2):
        by_messenger.writes("SMS 081255501002")
    by_whatsapp.writes("SMS 081255501002")
    assert by_whatsapp.writes("SMS 081255501002") == ["sms_besok"]

    replies.drain(runtime)

    assert len(sms.sent) == 3


def test_without_a_usable_number_it_is_asked_for(by_messenger: Citizen) -> None:
    assert by_messenger.writes("SMS") == ["sms_nomor_salah"]
    assert by_messenger.writes("SMS 0761 123456") == ["sms_nomor_salah"]


def test_the_own_contact_card_of_telegram_is_the_own_number(
    runtime: Runtime, telegram: FakeAdapter, hear: Hear
) -> None:
    citizen = Citizen(runtime, telegram, hear, sender="777")
    card = ContactCard("Bayu", "6281255501002", is_sender=True)
    citizen.writes(None, contact=card)

    assert citizen.writes("SMS") == ["sms_siap"]
    assert agreed_numbers(runtime) == [OTHER]


def test_somebody_elses_card_proves_nothing(
    runtime: Runtime, telegram: FakeAdapter, hear: Hear
) -> None:
    citizen = Citizen(runtime, telegram, hear, sender="777")
    citizen.writes(None, contact=ContactCard("Tetangga", "6281255501002"))

    assert citizen.writes("SMS") == ["sms_nomor_salah"]


def test_six_figures_without_a_code_are_whatever_they_were(by_messenger: Citizen) -> None:
    assert "sms_kode_salah" not in by_messenger.writes("123456")


def test_it_ends_in_the_chat_and_can_begin_again(runtime: Runtime, by_whatsapp: Citizen) -> None:
    by_whatsapp.writes("SMS")
    assert by_whatsapp.writes("SMS BERHENTI") == ["sms_berhenti"]
    assert agreed_numbers(runtime) == []

    by_whatsapp.writes("SMS")
    assert agreed_numbers(runtime) == [OWN]


def test_berhenti_on_the_phone_ends_the_sms_and_not_the_news(
    runtime: Runtime, by_whatsapp: Citizen, sms: FakeAdapter, hear: Hear
) -> None:
    by_whatsapp.writes(WHOLE)
    by_whatsapp.writes("SMS")

    assert Citizen(runtime, sms, hear, sender=OWN).writes("BERHENTI") == ["sms_berhenti"]

    assert agreed_numbers(runtime) == []
    assert only(runtime, Complaint).news_stopped_at is None


def test_the_operators_stop_ends_it_too(
    runtime: Runtime, by_whatsapp: Citizen, sms: FakeAdapter, hear: Hear
) -> None:
    by_whatsapp.writes("SMS")

    hear(sms, ControlEvent(ControlKind.OPT_OUT, ChannelName.SMS, ACCOUNT, OWN, event_id="e1"))

    assert agreed_numbers(runtime) == []


def test_a_draft_goes_on_where_it_was(by_whatsapp: Citizen) -> None:
    by_whatsapp.writes("Lampu jalan mati di Desa Air Putih sejak kemarin")
    asked = by_whatsapp.waits(minutes=3)

    heard = by_whatsapp.writes("SMS")
    filed = by_whatsapp.writes("1403010503949103")

    assert asked == ["minta_nik"]
    assert heard == ["sms_siap"]
    assert "konfirmasi" in filed or "tiket_terbit" in filed


def test_a_burst_is_not_forgotten_over_it(by_whatsapp: Citizen) -> None:
    by_whatsapp.writes("Lampu jalan mati di Desa Air Putih sejak kemarin")
    by_whatsapp.writes("SMS")

    assert by_whatsapp.waits(minutes=3) == ["minta_nik"]


def test_the_word_is_part_of_no_complaint(runtime: Runtime, by_whatsapp: Citizen) -> None:
    by_whatsapp.writes("Lampu jalan mati di Desa Air Putih sejak kemarin")
    by_whatsapp.writes("SMS")
    by_whatsapp.writes("NIK 1403010503949103")
    by_whatsapp.waits(minutes=3)
    by_whatsapp.writes("YA")

    assert "SMS" not in only(runtime, Complaint).original_text


def test_asking_for_the_same_number_at_once_makes_one_row(
    runtime: Runtime, by_messenger: Citizen
) -> None:
    by_messenger.writes("SMS 081255501002")
    by_messenger.writes("sms +62 812 5550 1002")

    with runtime.transaction() as session:
        assert session.scalar(select(func.count()).select_from(SecondChannel)) == 1


def test_a_photo_is_never_lost_over_the_word_beside_it(
    runtime: Runtime, by_whatsapp: Citizen
) -> None:
    heard = by_whatsapp.writes("SMS", photos=1)

    assert "sms_siap" not in heard
    assert agreed_numbers(runtime) == []


def test_the_answer_to_the_sms_belongs_to_the_same_complaint(
    runtime: Runtime, by_whatsapp: Citizen, sms: FakeAdapter, hear: Hear
) -> None:
    by_whatsapp.writes(WHOLE)
    by_whatsapp.writes("SMS")
    ticket = only(runtime, Complaint).ticket
    with runtime.transaction() as session:
        session.execute(update(Complaint).values(status=ComplaintStatus.RESOLVED))

    by_sms = Citizen(runtime, sms, hear, sender=OWN)

    assert by_sms.writes("STATUS") == ["status"]
    assert ticket in by_sms.reads()
    assert by_sms.writes("5") == ["nilai_tersimpan"]
    assert only(runtime, Complaint).rating == 5


def test_a_stranger_who_says_stop_to_a_code_gets_no_other_from_the_same_chat(
    runtime: Runtime, by_messenger: Citizen, sms: FakeAdapter, hear: Hear
) -> None:
    by_messenger.writes(WHOLE)
    by_messenger.writes(f"SMS {OTHER}")
    code = code_on(runtime, sms)
    Citizen(runtime, sms, hear, sender=OTHER).writes("BERHENTI")
    replies.drain(runtime)
    before = len(sms.sent)

    by_messenger.writes(f"SMS {OTHER}")
    by_messenger.writes(code)
    replies.drain(runtime)

    assert len(sms.sent) == before
    assert agreed_numbers(runtime) == []
