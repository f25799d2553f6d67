"""Templates: kept as the provider lists them, judged, and chosen by what waits."""

from dataclasses import replace

import pytest

from channels.admin import Health
from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass
from channels.templates import NO_BUSINESS_ID, Approval
from gateway.runtime import Runtime
from gateway.sending import replies
from gateway.upkeep import channel_care, message_templates
from gateway.upkeep.message_templates import Purpose, purpose_of, shelf_of
from gateway.upkeep.template_words import reason_words
from store.models.messaging import Author, Conversation, Message
from store.models.outbox import OutboxPart, PartKind
from tests.gateway.conftest import Hear
from tests.gateway.fakes import Clock
from tests.gateway.rows import all_of, message, only, queue_answer, statuses
from tests.gateway.shelves import (
    ALL,
    NEWS,
    PAUSED,
    QUESTION,
    RATING,
    REJECTED,
    SURVEY,
    ShelvedAdapter,
    with_purposes,
)

WHATSAPP, CLOUD = ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD
CITIZEN = "+6281255501001"


@pytest.fixture(params=[WHATSAPP, CLOUD])
def adapter(request) -> ShelvedAdapter:
    return ShelvedAdapter(request.param)


@pytest.fixture
def run(runtime: Runtime, adapter: ShelvedAdapter) -> Runtime:
    """The government's own three templates, none listed yet."""
    channels = {**runtime.channels, adapter.name: adapter}
    return with_purposes(replace(runtime, channels=channels), adapter.name)


@pytest.fixture
def silent(run: Runtime, adapter: ShelvedAdapter, clock: Clock) -> Conversation:
    """A citizen who wrote 25 hours ago."""
    now = run.now()
    with run.transaction() as session:
        conversation = Conversation(
            channel=adapter.name,
            account=adapter.account,
            sender_key=run.keys.lookup("sender", CITIZEN),
            sender=CITIZEN,
            created_at=now,
            last_inbound_at=now,
            last_activity_at=now,
        )
        session.add(conversation)
    clock.advance(hours=25)
    return conversation


def words_of(run: Runtime, name: ChannelName) -> list[tuple[str, Health]]:
    found = channel_care.check(run, name)
    return [(one.words, one.health) for one in found if one.subject == "templates"]


# Keeping


def test_a_check_also_asks_for_the_templates_and_keeps_them(run, adapter, silent):
    channel_care.check(run, adapter.name)
    adapter.shelf = ()

    with run.transaction() as session:
        shelf = shelf_of(session, silent)

    assert (adapter.listed, tuple(shelf.templates), shelf.at) == (1, ALL, run.now())
    assert [one.name for one in shelf.usable()] == [
        "kabar_aduan",
        "minta_keterangan",
        "penilaian",
        "survei",
    ]


def test_the_states_are_counted_and_a_rejection_has_its_reason(run, adapter):
    assert words_of(run, adapter.name) == [
        ("Templat WhatsApp: 4 disetujui, 1 menunggu, 1 ditolak, 1 dijeda.", Health.GOOD),
        (
            "Templat “ditolak” ditolak: isinya promosi, padahal kategorinya bukan promosi.",
            Health.NOTE,
        ),
    ]


def test_an_own_template_that_cannot_be_sent_is_said_and_that_for_news_is_serious(run, adapter):
    adapter.shelf = (replace(NEWS, approval=Approval.PAUSED), QUESTION)

    assert words_of(run, adapter.name)[1:] == [
        (
            "Templat kabar aduan tidak dapat dikirim: Dijeda, karena banyak warga terganggu.",
            Health.BAD,
        ),
        ("Templat penilaian tidak dapat dikirim: tidak ada di akun ini.", Health.NOTE),
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (NO_BUSINESS_ID, "Templat belum terbaca: isi nomor akun SAHUT_META_WHATSAPP_BUSINESS_ID."),
        ("20500", "Daftar templat tidak terbaca; dipakai daftar yang terakhir."),
    ],
)
def test_a_listing_that_is_refused_leaves_the_last_one(run, adapter, silent, clock, code, words):
    channel_care.check(run, adapter.name)
    clock.advance(minutes=2)
    adapter.refuses_listing = SendError(ErrorClass.CONFIG, code, "no")

    assert words_of(run, adapter.name) == [(words, Health.NOTE)]
    with run.transaction() as session:
        assert tuple(shelf_of(session, silent).templates) == ALL


def test_no_other_channel_is_asked_for_templates(run):
    sms = ShelvedAdapter(ChannelName.SMS)
    by_sms = replace(run, channels={**run.channels, ChannelName.SMS: sms})

    channel_care.check(by_sms, ChannelName.SMS)

    assert sms.listed == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("INVALID_FORMAT", "bentuknya salah, misalnya isian di awal atau akhir kalimat"),
        ("Too  many\nvariables", "alasan WhatsApp: “Too many variables”"),
        ("", "tanpa alasan"),
    ],
)
def test_a_rejection_is_put_into_words(given, words):
    assert reason_words(replace(REJECTED, reason=given)) == words


# Choosing


def drained(run: Runtime) -> Runtime:
    replies.drain(run)
    return run


@pytest.mark.usefixtures("silent")
def test_both_ways_to_whatsapp_have_the_template_as_their_way_out(run, adapter):
    channel_care.check(run, adapter.name)
    queue_answer(run)

    drained(run)

    (call,) = adapter.sent
    assert (call.template.content_id, call.template.language) == ("HX01", "id")
    assert dict(call.template.variables) == {"1": "-", "2": "Kabupaten Bengkalis"}
    assert call.text is None
    assert statuses(run) == ["parked", "sent"]
    assert all_of(run, Message)[-1].text == (
        "Bapak/Ibu, ada kabar untuk aduan nomor - yang ditangani Kabupaten Bengkalis. Terima kasih."
    )


@pytest.mark.usefixtures("silent")
def test_a_question_is_announced_as_a_question(run, adapter):
    channel_care.check(run, adapter.name)
    queue_answer(run, text_key="minta_info")

    drained(run)

    assert [call.template.content_id for call in adapter.sent] == ["HX02"]


@pytest.mark.usefixtures("silent")
def test_the_rating_is_asked_by_its_template_and_not_once_more(run, adapter):
    channel_care.check(run, adapter.name)
    queue_answer(run, "Apakah sudah teratasi?", text_key="selesai_nilai")

    drained(drained(run))

    (call,) = adapter.sent
    assert call.template.content_id == "HX03"
    assert dict(call.template.variables) == {"1": "-"}
    part = only(run, OutboxPart)
    assert (part.kind, part.status) == (PartKind.TEMPLATE, DeliveryStatus.SENT)
    assert only(run, Message).text == (
        "Bapak/Ibu, aduan nomor - dinyatakan selesai. Sudah teratasi? Terima kasih."
    )


@pytest.mark.usefixtures("silent")
def test_news_stands_in_for_a_template_that_may_not_be_sent(run, adapter):
    adapter.shelf = (NEWS, replace(QUESTION, approval=Approval.PENDING))
    channel_care.check(run, adapter.name)
    queue_answer(run, text_key="minta_info")

    drained(run)

    assert [call.template.content_id for call in adapter.sent] == ["HX01"]


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    "shelf",
    [
        (replace(NEWS, approval=Approval.PAUSED),),
        (replace(NEWS, fillable=False),),
        (replace(NEWS, body="{{1}} {{2}} {{3}}"),),
        (),
    ],
)
def test_what_whatsapp_would_refuse_is_not_even_tried(run, adapter, shelf):
    adapter.shelf = shelf
    channel_care.check(run, adapter.name)
    queue_answer(run)

    drained(run)

    assert (adapter.sent, statuses(run)) == ([], ["parked"])


@pytest.mark.usefixtures("silent")
def test_before_the_first_listing_the_setting_is_believed(run, adapter):
    queue_answer(run)

    drained(run)

    assert [call.template.content_id for call in adapter.sent] == ["HX01"]


def test_other_channels_have_no_templates(run, messenger, hear: Hear, clock):
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sender="612"))
    conversation = only(run, Conversation)
    named = with_purposes(run, ChannelName.MESSENGER)
    clock.advance(days=8)

    with named.transaction() as session:
        chosen = message_templates.notice(named, session, conversation, Purpose.NEWS, {})

    assert chosen is None


@pytest.mark.usefixtures("silent")
def test_the_indonesian_one_is_taken_where_a_name_has_several_languages(run, adapter):
    adapter.shelf = (replace(NEWS, language="en_US"), NEWS, replace(NEWS, language="ms"))
    channel_care.check(run, adapter.name)
    queue_answer(run)

    drained(run)

    assert adapter.sent[0].template.language == "id"


@pytest.mark.parametrize("code", ["21655", "63041", "132001", "132015"])
def test_a_template_that_is_refused_does_not_stop_the_account(run, adapter, silent, code):
    queue_answer(run)
    adapter.refuse(SendError(ErrorClass.CONFIG, code, "the template"))
    drained(run)
    with run.transaction() as session:
        session.get_one(Conversation, silent.id).last_inbound_at = run.now()

    queue_answer(run, "Masih ada")
    drained(run)

    assert statuses(run) == ["parked", "failed", "sent"]
    assert [call.text for call in adapter.sent] == ["Masih ada"]


@pytest.mark.usefixtures("silent")
def test_a_fault_of_the_account_still_stops_it(run, adapter):
    queue_answer(run, author=Author.STAFF)
    adapter.refuse(SendError(ErrorClass.CONFIG, "63007", "no sender"))

    drained(run)

    assert statuses(run) == ["parked", "queued"]


def test_words_of_an_officer_are_news():
    assert [purpose_of(key) for key in (None, "dijawab", "minta_info", "selesai_nilai")] == [
        Purpose.NEWS,
        Purpose.NEWS,
        Purpose.QUESTION,
        Purpose.RATING,
    ]


def test_a_kept_listing_is_read_back_as_it_was(run):
    listing = message_templates.to_state((NEWS, PAUSED, RATING, SURVEY), run.now())

    assert message_templates.remembered(listing).templates == [NEWS, PAUSED, RATING, SURVEY]
    assert message_templates.remembered(None).templates == []
