"""Calls: a recording becomes a complaint, its number is spoken and sent where the caller agrees."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from channels.call_prompts import spoken_ticket
from channels.errors import MediaError
from channels.message import ChannelName
from gateway import sweeps
from gateway.cases import casefile
from gateway.cases.casefile import News
from gateway.dialogue import calls, dialogue
from gateway.dialogue.filing import pin_hash
from gateway.intake import intake_feed
from store import calls as call_rows
from store import second_channel
from store.models.calls import PhoneCall
from store.models.complaint import Complaint
from store.models.messaging import Conversation, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from tests.channels.support import signed
from tests.gateway.citizen import complaints
from tests.gateway.rows import all_of, only
from tests.gateway.telephone import CALLER, WITHHELD, Call, Records, with_telephone, worker


@pytest.fixture
def records():
    return Records()


@pytest.fixture
def office(runtime, records):
    """The runtime with a telephone and an SMS channel."""
    return with_telephone(runtime, records)


def sms_to(runtime, number=CALLER):
    """The texts that were queued to a number by SMS."""
    with runtime.transaction() as session:
        rows = session.execute(
            select(Conversation, Message)
            .join(Message, Message.conversation_id == Conversation.id)
            .where(Conversation.channel == ChannelName.SMS)
            .order_by(Message.id)
        )
        return [message.text for conversation, message in rows if conversation.sender == number]


def pin_in_sms(runtime):
    """The value behind the PIN's placeholder of the only SMS."""
    with runtime.transaction() as session:
        return session.scalars(
            select(OneTimeSecret.value)
            .join(Message, Message.id == OneTimeSecret.message_id)
            .where(Message.text_key == "lewat_telepon")
        ).one()


def test_a_recording_becomes_a_complaint_that_a_person_must_listen_to(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()

    dialogue.drain(office)

    complaint = only(office, Complaint)
    assert complaint.title == "Aduan lewat telepon"
    assert (complaint.channel, complaint.nik_problem) == (ChannelName.VOICE, "missing")
    (message,) = all_of(office, Message)
    assert (message.complaint_id, message.external_id) == (complaint.id, "RECA1")
    conversation = only(office, Conversation)
    assert (conversation.sender, conversation.repliable) == (CALLER, False)
    assert conversation.draft_opened_at is None
    # Nothing is written to a telephone, so nothing stands there as not sent.
    assert all_of(office, OutboxPart) == []


def test_the_caller_waits_until_the_number_is_there_and_hears_it_twice(office):
    call = Call(office, "CA1")
    call.rings()
    assert "/webhooks/twilio/voice/ticket" in call.is_recorded()

    early = call.waits()
    dialogue.drain(office)
    told = call.waits("/ticket?asked=1")

    assert "ticket?asked=1" in early
    assert "<Say" not in early
    for breath in spoken_ticket(only(office, Complaint).ticket):
        assert told.count(f">{breath}<") == 2
    assert "[sms_offer]" in told
    assert "[pin]" not in told


def test_who_presses_one_gets_the_number_and_the_pin_by_sms_once(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)

    assert "[sms_follows]" in call.presses("1")
    call.presses("1")
    worker(office)
    worker(office)

    complaint = only(office, Complaint)
    (text,) = sms_to(office)
    assert f"No. {complaint.ticket}, PIN {{PIN}}" in text
    assert complaint.pin_hash == pin_hash(office, complaint.ticket, pin_in_sms(office))
    voice, sms = all_of(office, Conversation)
    with office.transaction() as session:
        assert second_channel.agreed(session, voice.id) == [sms.id]


@pytest.mark.parametrize("key", ["2", "#", ""])
def test_another_key_or_none_sends_nothing(office, key):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)

    assert "[goodbye]" in call.presses(key)
    worker(office)

    assert sms_to(office) == []


def test_who_hangs_up_early_has_a_complaint_and_gets_no_sms(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_announced()

    worker(office)

    assert len(complaints(office)) == 1
    assert sms_to(office) == []


def test_a_key_pressed_before_the_complaint_is_filed_is_not_lost(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    call.presses("1")

    calls.drain(office)
    assert sms_to(office) == []
    assert calls.drain(office) == 0
    worker(office)

    assert len(sms_to(office)) == 1


def test_a_pin_that_has_gone_is_replaced_by_another_one_that_works(office, clock):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)
    before = only(office, Complaint).pin_hash
    clock.advance(hours=2)
    sweeps.run(office)

    call.presses("1")
    worker(office)

    complaint = only(office, Complaint)
    assert complaint.pin_hash != before
    assert complaint.pin_hash == pin_hash(office, complaint.ticket, pin_in_sms(office))


def test_a_withheld_caller_hears_the_pin_and_is_offered_no_sms(office):
    call = Call(office, "CA1", WITHHELD)
    call.rings()
    call.is_recorded()
    dialogue.drain(office)

    told = call.waits()
    call.presses("1")
    worker(office)

    assert told.count("[pin]") == 1
    assert "[sms_offer]" not in told
    assert [row.channel for row in all_of(office, Conversation)] == [ChannelName.VOICE]
    assert only(office, PhoneCall).sms_settled_at is not None


def test_without_sms_a_known_caller_hears_the_pin(office):
    channels = dict(office.channels)
    del channels[ChannelName.SMS]
    office = replace(office, channels=channels)
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    dialogue.drain(office)

    told = call.waits()

    assert "[pin]" in told
    assert "[sms_offer]" not in told


def test_withheld_callers_are_never_one_person(office):
    for number in (1, 2):
        call = Call(office, f"CA{number}", WITHHELD)
        call.rings()
        call.is_recorded()

    dialogue.drain(office)

    first, second = all_of(office, Conversation)
    assert (first.sender, second.sender) == (None, None)
    assert len({complaint.conversation_id for complaint in complaints(office)}) == 2


@pytest.mark.parametrize(
    "steps",
    [
        ("rings", "is_recorded", "is_announced"),
        ("rings", "is_announced", "is_recorded"),
        ("is_announced", "rings", "is_recorded"),
        ("is_announced", "is_recorded", "rings"),
        ("is_recorded", "is_announced", "rings"),
        ("is_announced", "is_announced", "rings", "rings", "is_recorded", "is_recorded"),
    ],
    ids="-".join,
)
@pytest.mark.parametrize("between", [False, True], ids=["worker-late", "worker-between"])
def test_in_any_order_a_call_is_one_complaint_of_its_caller(office, steps, between):
    call = Call(office, "CA1")

    for step in steps:
        getattr(call, step)()
        if between:
            worker(office)
    worker(office)

    complaint = only(office, Complaint)
    conversation = only(office, Conversation)
    assert (conversation.sender, conversation.repliable) == (CALLER, False)
    assert complaint.conversation_id == conversation.id
    assert only(office, Message).conversation_id == conversation.id


def test_everything_at_once_is_one_complaint_of_its_caller(office):
    made = [Call(office, f"CA{number}", f"+62812555010{number:02}") for number in range(12)]
    steps = [step for call in made for step in (call.is_announced, call.is_recorded, call.rings)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda step: step(), steps))
    worker(office)

    conversations = {row.id: row.sender for row in all_of(office, Conversation)}
    assert sorted(conversations.values()) == [call.number for call in made]
    filed = complaints(office)
    assert sorted(conversations[row.conversation_id] for row in filed) == [
        call.number for call in made
    ]


def test_a_recording_that_overtook_its_call_joins_the_earlier_calls_of_its_caller(office):
    earlier = Call(office, "CA1")
    earlier.rings()
    earlier.is_recorded()
    worker(office)
    later = Call(office, "CA2")
    later.is_announced()
    worker(office)
    assert len(all_of(office, Conversation)) == 2

    later.rings()

    conversation = only(office, Conversation)
    assert conversation.sender == CALLER
    assert {row.conversation_id for row in complaints(office)} == {conversation.id}


def test_two_calls_of_one_number_are_two_complaints(office):
    for number in (1, 2):
        call = Call(office, f"CA{number}")
        call.rings()
        call.is_recorded()

    dialogue.drain(office)

    assert len(complaints(office)) == 2
    assert len(all_of(office, Conversation)) == 1
    told = [Call(office, f"CA{number}").waits() for number in (1, 2)]
    for words, complaint in zip(told, complaints(office), strict=True):
        assert spoken_ticket(complaint.ticket)[1] in words


def test_a_call_that_was_never_announced_is_asked_for(office, records, clock):
    records.callers["CA1"] = CALLER
    Call(office, "CA1").is_announced()
    worker(office)
    assert records.asked == []  # the call itself is usually on its way

    clock.advance(seconds=11)
    assert "calls" in sweeps.due_kinds(office)
    worker(office)

    assert records.asked == ["CA1"]
    assert only(office, Conversation).sender == CALLER
    assert "calls" not in sweeps.due_kinds(office)


def test_a_number_that_the_provider_withholds_too_is_asked_for_once(office, records, clock):
    records.callers["CA1"] = WITHHELD
    Call(office, "CA1").is_announced()
    clock.advance(minutes=1)
    worker(office)
    clock.advance(hours=1)
    worker(office)

    assert records.asked == ["CA1"]
    assert only(office, Conversation).sender is None


def test_a_provider_that_does_not_answer_is_asked_again_for_a_day(office, records, clock):
    records.fault = MediaError("unavailable", "no answer", retryable=True)
    Call(office, "CA1").is_announced()
    clock.advance(minutes=1)
    worker(office)
    worker(office)
    assert len(records.asked) == 1

    clock.advance(hours=25)
    worker(office)
    clock.advance(hours=1)
    worker(office)

    assert len(records.asked) == 2
    assert len(complaints(office)) == 1


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (MediaError("refused", "no such call", retryable=False), 1),
        (ConnectionError("odd"), 2),
    ],
    ids=["refused", "odd"],
)
def test_only_what_may_pass_is_asked_again(office, records, clock, fault, asked):
    records.fault = fault
    Call(office, "CA1").is_announced()

    for _ in range(2):
        clock.advance(hours=1)
        worker(office)

    assert records.asked == ["CA1"] * asked


def test_a_database_that_is_away_is_never_heard_as_an_error(office):
    @contextmanager
    def away():
        raise OperationalError("select", {}, Exception("gone"))
        yield

    call = Call(replace(office, transaction=away), "CA1")

    assert "[greeting]" in call.rings()
    assert "ticket" in call.is_recorded()
    assert "<Redirect" in call.waits()
    assert "[not_ready]" in call.waits("/ticket?asked=8")
    assert "[sms_follows]" in call.presses("1")
    # It all lay on the disk meanwhile.
    intake_feed.drain(office)
    worker(office)
    assert len(complaints(office)) == 1
    assert len(sms_to(office)) == 1


def test_silence_is_answered_with_one_more_chance(office):
    said = Call(office, "CA1").waits("/again")

    assert said.count("<Record") == 1
    assert "[still_unheard]" in said


def test_forged_and_damaged_steps_are_refused(office, runtime):
    call = Call(office, "CA1")
    forged = signed("twilio", b"CallSid=CA1", genuine=False)

    assert calls.speak(office, forged).status == 403
    assert calls.speak(office, call.request("/pin")).status == 400
    assert calls.speak(runtime, call.request("/ticket")).status == 404


def test_two_workers_send_one_sms(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    dialogue.drain(office)
    call.presses("1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: calls.drain(office), range(4)))

    assert len(sms_to(office)) == 1


def news_of(runtime, key="dijawab"):
    """Tell the citizen of the only complaint something, as an answer does."""
    with runtime.transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        news = News(key, {"JWB": "Lampu sudah diganti."}, "JWB")
        return casefile.tell(runtime, session, complaint, news)


def test_an_answer_goes_to_the_phone_that_agreed(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)
    call.presses("1")
    worker(office)

    news_of(office)

    assert "Lampu sudah diganti." in sms_to(office)[-1]
    assert only(office, Complaint).to_hand_over_at is None


def test_without_an_agreement_a_person_calls_back(office):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)

    assert news_of(office) is None

    assert only(office, Complaint).to_hand_over_at is not None
    assert all_of(office, OutboxPart) == []


def test_callers_are_forgotten_in_time_and_their_recordings_stay(office, clock):
    call = Call(office, "CA1")
    call.rings()
    call.is_recorded()
    worker(office)

    with office.transaction() as session:
        call_rows.forget_before(session, clock() + timedelta(seconds=1))

    assert all_of(office, PhoneCall) == []
    assert len(all_of(office, Message)) == 1
