"""While somebody else has a conversation on the platform we listen and keep quiet."""

from datetime import timedelta

import pytest

from channels.message import ChannelName, ControlEvent, ControlKind, Holder, MediaKind, MediaRef
from gateway.dialogue import dialogue
from gateway.reading import reading
from gateway.runtime import Runtime
from store.models.messaging import Attachment, Author, Conversation, Direction, Message
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, Clock, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, message, only

SENDER = "5550100001"
STORY = "Lampu jalan depan masjid desa Air Putih mati sejak 3 November 2026."
EMERGENCY = "Tolong, ada kebakaran rumah di Jalan Antara sekarang, api besar"


def control(kind, clock, event_id, holder=None, value=None, words=None, sender=SENDER):
    return ControlEvent(
        kind,
        ChannelName.MESSENGER,
        ACCOUNT,
        sender,
        event_id=event_id,
        external_id=event_id,
        occurred_at=clock(),
        value=value,
        message=words,
        holder=holder,
    )


def written(external_id: str, clock: Clock, text: str = STORY, **more: object):
    return message(external_id, text, ChannelName.MESSENGER, sent_at=clock(), **more)


def answers(runtime: Runtime) -> list[str | None]:
    dialogue.drain(runtime)
    rows = [row for row in all_of(runtime, Message) if row.direction is Direction.OUT]
    return [row.text_key for row in rows if row.author is not Author.PAGE_INBOX]


def held(runtime: Runtime) -> str:
    return reading.conversation(runtime, only(runtime, Conversation).id).thread.held


def test_a_message_in_standby_is_kept_and_not_answered(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock, standby=True))

    assert answers(runtime) == []
    assert only(runtime, Message).text == STORY
    assert held(runtime) == (
        "Percakapan ini dipegang aplikasi lain; balasan otomatis menunggu sampai Sab 21/11 08.15."
    )
    assert only(runtime, Conversation).draft_summary == STORY


def test_what_came_in_standby_is_understood_when_the_conversation_returns(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock, nudger: RecordingNudger
) -> None:
    hear(messenger, written("m1", clock, standby=True))
    answers(runtime)
    clock.advance(minutes=20)
    nudger.woken.clear()

    hear(messenger, control(ControlKind.HANDOVER, clock, "h1"))

    assert nudger.woken == ["dialogue"]
    assert answers(runtime) != []
    assert held(runtime) == ""


def test_taking_the_conversation_silences_us_and_names_the_inbox(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock))
    said = answers(runtime)
    clock.advance(minutes=1)
    hear(messenger, control(ControlKind.HANDOVER, clock, "h1", Holder.INBOX))
    clock.advance(minutes=1)
    hear(messenger, written("m2", clock, "Belum juga", standby=True))

    assert answers(runtime) == said
    assert held(runtime).startswith("Percakapan ini dipegang aplikasi lain;")


def test_a_message_that_comes_to_us_proves_that_nobody_else_has_it(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock, standby=True))
    assert answers(runtime) == []
    clock.advance(minutes=2)

    hear(messenger, written("m2", clock, "NIK saya menyusul"))
    answers(runtime)
    clock.advance(minutes=3)

    assert answers(runtime) != []
    assert held(runtime) == ""


def test_after_a_day_the_conversation_is_ours_again(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock, standby=True))
    answers(runtime)

    clock.advance(hours=23)
    assert answers(runtime) == []
    clock.advance(hours=2)
    assert answers(runtime) != []


def test_an_emergency_in_somebody_elses_hands_calls_an_officer(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock, EMERGENCY, standby=True))

    assert answers(runtime) == []
    assert only(runtime, Conversation).needs_person_at == clock()


def test_a_late_report_of_the_taking_does_not_undo_the_return(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock))
    taken = control(ControlKind.HANDOVER, clock, "h1", Holder.INBOX)
    clock.advance(minutes=5)
    hear(messenger, control(ControlKind.HANDOVER, clock, "h2", Holder.APP))
    clock.advance(minutes=5)
    hear(messenger, control(ControlKind.HANDOVER, clock, "h3"))

    hear(messenger, taken)

    assert only(runtime, Conversation).held_by is None


def test_handing_over_somebody_unknown_makes_nobody_a_citizen(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, control(ControlKind.HANDOVER, clock, "h1", Holder.INBOX))

    assert all_of(runtime, Conversation) == []


def echo(clock: Clock, holder: Holder | None = Holder.INBOX, **more: object) -> ControlEvent:
    words = message("e1", "Sudah kami cek, Bu", ChannelName.MESSENGER, **more)
    return control(ControlKind.ECHO, clock, "e1", holder, words=words)


def test_a_person_who_answers_in_the_page_inbox_is_left_alone_for_half_an_hour(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock))
    said = answers(runtime)
    clock.advance(minutes=2)
    hear(messenger, echo(clock))
    clock.advance(minutes=1)
    hear(messenger, written("m2", clock, "Terima kasih, kapan diperbaiki?"))

    assert answers(runtime) == said
    assert held(runtime).startswith("Ada yang menjawab dari kotak masuk Halaman;")
    clock.advance(minutes=35)
    assert answers(runtime) != said


def test_the_greeting_of_the_page_itself_silences_nobody(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock))
    clock.advance(seconds=2)
    hear(messenger, echo(clock))

    assert only(runtime, Conversation).held_by is None


@pytest.mark.parametrize(
    ("holder", "value"), [(None, None), (Holder.APP, "0d9fd6b6-0000-4000-8000-000000000000")]
)
def test_an_echo_that_may_be_ours_silences_nobody(
    runtime: Runtime,
    hear: Hear,
    messenger: FakeAdapter,
    clock: Clock,
    holder: Holder | None,
    value: str | None,
) -> None:
    hear(messenger, written("m1", clock))
    clock.advance(minutes=2)
    hear(messenger, control(ControlKind.ECHO, clock, "e1", holder, value))

    assert only(runtime, Conversation).held_by is None


def test_an_answer_given_outside_shows_who_and_its_pictures(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock, nudger: RecordingNudger
) -> None:
    hear(messenger, written("m1", clock))
    clock.advance(minutes=2)
    photo = (MediaRef(MediaKind.IMAGE, "https://cdn.example.org/1.jpg"),)
    for _ in range(2):
        hear(messenger, echo(clock, media=photo))

    bubbles = reading.conversation(runtime, only(runtime, Conversation).id).thread.messages
    outside = next(one for one in bubbles if one.side == "page")
    assert (outside.who, outside.text) == ("Kotak masuk Halaman", "Sudah kami cek, Bu")
    assert [one.words for one in outside.attachments] == ["Foto"]
    assert len(all_of(runtime, Attachment)) == 1
    assert nudger.woken == ["dialogue", "media"]


def test_a_held_conversation_still_ends_its_wait(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock, standby=True))
    answers(runtime)

    due = only(runtime, Conversation).dialogue_due_at

    assert due == clock() + timedelta(hours=24)


def test_a_person_at_the_office_telephone_is_named(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written("m1", clock))
    clock.advance(minutes=2)
    hear(messenger, echo(clock, Holder.PHONE))

    assert held(runtime).startswith("Ada yang menjawab dari ponsel dinas;")
    bubbles = reading.conversation(runtime, only(runtime, Conversation).id).thread.messages
    assert [one.who for one in bubbles if one.side == "page"] == ["Ponsel dinas"]
