"""A blocked sender: kept, not answered, in no queue; an emergency passes; it ends by itself."""

from datetime import timedelta

import pytest

from channels.message import ChannelName
from gateway import sweeps
from gateway.casework import blocks
from gateway.casework.blocks import NewBlock
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from store.models.complaint import Complaint
from store.models.messaging import Conversation, Direction, Message
from store.models.sender_block import SenderBlock
from store.models.staff import AuditEntry
from store.models.staff_contact import StaffAlert
from tests.gateway.citizen import Citizen
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

FLOOD = NewBlock("flood", "Dua ratus pesan dalam satu jam", "24")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def flooder(runtime, telegram, hear, office):
    """Somebody whom Rina has blocked for a day."""
    citizen = Citizen(runtime, telegram, hear)
    citizen.writes("halo")
    blocks.block(runtime, office.rina, talk_of(runtime, citizen), FLOOD)
    assert citizen.hears() == ["diblokir"]
    return citizen


def talk_of(runtime, citizen):
    return next(row.id for row in all_of(runtime, Conversation) if row.sender == citizen.sender)


def actions(runtime):
    return [entry.action for entry in all_of(runtime, AuditEntry)]


def test_what_a_blocked_sender_writes_is_kept_and_stands_in_its_own_fold(runtime, flooder):
    assert flooder.writes("Jalan di desa Air Putih rusak parah sejak Senin 😡") == []
    assert flooder.waits(minutes=20) == []
    assert flooder.writes("PETUGAS") == []
    assert flooder.writes("STATUS") == []

    kept = [row.text for row in all_of(runtime, Message) if row.direction is Direction.IN]
    assert "Jalan di desa Air Putih rusak parah sejak Senin 😡" in kept
    assert all_of(runtime, Complaint) == []
    dewi, number = logged_in(make_app(runtime), "dewi"), talk_of(runtime, flooder)
    dewi.opens("/kotak/?antrean=percakapan")
    assert f"/kotak/percakapan/{number}" not in dewi.page
    dewi.opens("/kotak/?antrean=diblokir")
    assert f"/kotak/percakapan/{number}?" in dewi.page
    assert "Diblokir sampai" in dewi.page
    dewi.opens(f"/kotak/percakapan/{number}")
    assert "Pesan berulang sangat banyak (Rina)" in dewi.page


def test_an_emergency_passes_is_answered_alarms_and_opens_the_line(
    runtime, telegram, hear, office, flooder
):
    Officer(runtime, telegram, hear, office.rina, sender="5550100911").links()
    flooder.writes("promo pulsa murah")

    answered = flooder.writes("TOLONG rumah saya kebakaran di desa Air Putih sekarang!!")

    assert "darurat" in answered
    (case,) = all_of(runtime, Complaint)
    assert case.emergency
    assert "petugas_mendesak" in [row.kind for row in all_of(runtime, StaffAlert)]
    flooder.writes("di depan masjid Al-Ikhlas, api makin besar")
    texts = [row.text for row in all_of(runtime, Message) if row.complaint_id == case.id]
    assert "di depan masjid Al-Ikhlas, api makin besar" in texts

    with runtime.transaction() as session:
        session.get_one(Complaint, case.id).emergency = False  # Bukan darurat
    assert flooder.writes("halo halo") == []


@pytest.mark.parametrize("order", ["DARURAT", "BERHENTI"])
def test_a_call_for_help_and_the_wish_for_silence_are_heard_too(flooder, order):
    assert flooder.writes(order) != []


def test_it_ends_by_itself_and_what_comes_then_is_answered(runtime, clock, flooder):
    clock.advance(hours=23, minutes=30)
    sweeps.run(runtime)
    assert flooder.writes("BANTU") == []
    clock.advance(hours=1)
    assert flooder.writes("BANTU") == ["sambutan"]  # also before the sweep has come
    sweeps.run(runtime)
    sweeps.run(runtime)

    assert all_of(runtime, Conversation)[0].blocked_until is None
    assert actions(runtime) == ["sender_blocked", "sender_block_ended"]


@pytest.mark.parametrize("ends", ["by itself", "lifted"])
def test_what_was_told_before_the_block_goes_on_after_it(
    runtime, telegram, hear, clock, office, ends
):
    citizen = Citizen(runtime, telegram, hear)
    assert citizen.writes("Lampu jalan di desa Air Putih mati sejak kemarin") == []
    number = talk_of(runtime, citizen)
    blocks.block(runtime, office.rina, number, FLOOD)
    assert citizen.hears() == ["diblokir"]
    assert citizen.waits(minutes=20) == []

    if ends == "lifted":
        blocks.lift(runtime, office.rina, number)
        clock.advance(seconds=1)
    else:
        clock.advance(hours=24)

    assert citizen.hears() == ["minta_nik"]


def test_a_draft_older_than_its_life_is_kept_a_day_after_the_reminder(
    runtime, telegram, hear, clock, office
):
    citizen = Citizen(runtime, telegram, hear)
    citizen.writes("Lampu jalan di desa Air Putih mati sejak kemarin")
    month = NewBlock("flood", "Dua ratus pesan dalam satu jam", "720")
    blocks.block(runtime, office.rina, talk_of(runtime, citizen), month)
    citizen.hears()
    assert citizen.waits(days=30) == ["minta_nik"]

    said = [citizen.waits(hours=6) for _ in range(4)]

    assert ["belum_terkirim"] in said
    (talk,) = all_of(runtime, Conversation)
    assert talk.draft_opened_at is not None
    assert talk.dialogue_due_at > clock()


def test_any_admin_lifts_it_and_the_history_says_who(runtime, office, flooder):
    number = talk_of(runtime, flooder)
    app = make_app(runtime)
    dewi, rina = logged_in(app, "dewi"), logged_in(app, "rina")
    dewi.opens(f"/kotak/percakapan/{number}/blokir")
    assert "Dua ratus pesan dalam satu jam" in dewi.page
    assert "Cabut blokir" not in dewi.page
    with pytest.raises(ForbiddenError):
        blocks.lift(runtime, office.dewi, number)

    rina.opens(f"/kotak/percakapan/{number}/blokir")
    rina.follows(rina.sends(f"/kotak/percakapan/{number}/cabut-blokir"))
    assert "oleh Rina" in rina.page
    assert flooder.writes("BANTU") == ["sambutan"]
    blocks.lift(runtime, office.rina, number)
    assert actions(runtime) == ["sender_blocked", "sender_unblocked"]

    fields = {"reason": "abuse", "words": "Ancaman kepada petugas", "hours": "720"}
    assert rina.sends(f"/kotak/percakapan/{number}/blokir").status_code == 422
    assert "Ada 2 hal" in rina.page
    rina.follows(rina.sends(f"/kotak/percakapan/{number}/blokir", **fields))
    assert rina.sends(f"/kotak/percakapan/{number}/blokir", **fields).status_code == 422
    (first, second) = all_of(runtime, SenderBlock)
    assert (first.lifted_by, second.lifted_by) == (office.rina.id, None)
    assert second.until - second.made_at == timedelta(days=30)


def test_officers_calls_and_nobody_cannot_be_blocked(runtime, telegram, hear, office):
    officer = Officer(runtime, telegram, hear, office.andi, sender="5550100911").links()
    office.hears(channel=ChannelName.VOICE, sender="+6281255501049")
    numbers = {row.channel: row.id for row in all_of(runtime, Conversation)}
    for number in (numbers[officer.platform.name], numbers[ChannelName.VOICE]):
        with pytest.raises(InvalidInputError):
            blocks.block(runtime, office.rina, number, FLOOD)
    with pytest.raises(NotFoundError):
        blocks.block(runtime, office.rina, 999_999, FLOOD)
    for wrong in (NewBlock("flood", "Ganggu 081255501021", "1"), NewBlock("flood", " ", "1")):
        with pytest.raises(InvalidInputError):
            blocks.block(runtime, office.rina, numbers[ChannelName.TELEGRAM], wrong)

    assert all_of(runtime, SenderBlock) == []
