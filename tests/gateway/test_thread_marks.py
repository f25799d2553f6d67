"""What officers see of a message besides its words: reactions, unsent, where somebody came from."""

from datetime import timedelta

import pytest

from channels.message import (
    ChannelName,
    ControlEvent,
    ControlKind,
    InboundMessage,
    Location,
    MediaKind,
    MediaRef,
)
from gateway.dialogue import dialogue
from gateway.errors import NotFoundError
from gateway.reading import attachments, reading
from gateway.rules.people import Role, Staff
from gateway.runtime import Runtime
from gateway.showing.threads import MessageView
from store.models.messaging import Attachment, Conversation, Message
from store.models.outbox import OutboxPart
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter
from tests.gateway.rows import all_of, mark_as_sent, message, only, queue_answer

SENDER = "5550100001"


def control(kind: ControlKind, external_id: str, after_s: int, value: str | None = None):
    return ControlEvent(
        kind,
        ChannelName.MESSENGER,
        ACCOUNT,
        SENDER,
        event_id=f"{kind}-{external_id}-{after_s}",
        external_id=external_id,
        occurred_at=START + timedelta(seconds=after_s),
        value=value,
    )


def written(external_id: str = "m1", **more: object) -> InboundMessage:
    return message(external_id, "Lampu mati", ChannelName.MESSENGER, sent_at=START, **more)


def bubbles(runtime: Runtime) -> list[MessageView]:
    return list(reading.conversation(runtime, only(runtime, Conversation).id).thread.messages)


def test_a_reaction_to_our_answer_stands_beside_it(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, written())
    queue_answer(runtime)
    mark_as_sent(runtime, only(runtime, OutboxPart).id, "out1", START)

    hear(messenger, control(ControlKind.REACTION, "out1", 30, "👎"))

    assert [one.remark for one in bubbles(runtime)] == ["", "reaksi warga 👎"]


def test_the_newest_reaction_counts_however_they_arrive(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    hear(messenger, written())
    clock.advance(minutes=5)
    for after_s, emoji in [(60, "❤"), (30, "👍"), (60, "❤")]:
        hear(messenger, control(ControlKind.REACTION, "m1", after_s, emoji))
    assert [one.remark for one in bubbles(runtime)] == ["reaksi warga ❤"]

    hear(messenger, control(ControlKind.REACTION, "m1", 90, None))

    assert [one.remark for one in bubbles(runtime)] == [""]


def test_a_reaction_to_something_unknown_changes_nothing(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, written())
    hear(messenger, control(ControlKind.REACTION, "somewhere else", 30, "👍"))

    assert only(runtime, Message).extras is None


def test_an_unsent_message_shows_that_it_was_taken_back_and_nothing_of_it(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, clock: Clock
) -> None:
    photo = (MediaRef(MediaKind.IMAGE, "https://cdn.example.org/1.jpg"),)
    hear(messenger, written(media=photo, location=Location(1.4, 102.1)))
    clock.advance(minutes=3)
    hear(messenger, control(ControlKind.WITHDRAWN, "m1", 120))

    (bubble,) = bubbles(runtime)
    assert (bubble.text, list(bubble.attachments), bubble.pin) == ("", [], None)
    assert bubble.remark == "ditarik warga 08.17"
    assert bubble.empty_words == "Warga menarik pesan ini; isinya tidak ditampilkan lagi."


def test_the_file_of_an_unsent_message_opens_to_nobody(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    photo = (MediaRef(MediaKind.IMAGE, "https://cdn.example.org/1.jpg"),)
    hear(messenger, written(media=photo))
    attachment = only(runtime, Attachment)
    with runtime.transaction() as session:
        row = session.get_one(Attachment, attachment.id)
        row.state, row.mime = "stored", "image/jpeg"
        row.original_key = runtime.media.put(b"gambar", "jpg")
    hear(messenger, control(ControlKind.WITHDRAWN, "m1", 120))

    with pytest.raises(NotFoundError):
        attachments.open_file(
            runtime, Staff(1, "rina", "Rina", Role.ADMIN_DISKOMINFO), attachment.id, "tampil"
        )


@pytest.mark.parametrize(
    ("facts", "remark"),
    [
        ({"reply_to_story": "179"}, "membalas cerita (story) kita"),
        ({"story_mention": True}, "menyebut kita dalam ceritanya (story)"),
        ({"origin": "iklan-lampu"}, "datang lewat iklan-lampu"),
    ],
)
def test_where_a_message_belongs_is_said(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, facts: dict[str, object], remark: str
) -> None:
    hear(messenger, written(**facts))

    assert [one.remark for one in bubbles(runtime)] == [remark]


def test_the_poster_that_led_somebody_here_is_named_above_the_thread(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, control(ControlKind.START, "s1", 0, "poster-rsud"))
    hear(messenger, control(ControlKind.START, "s2", 60, None))

    (conversation,) = all_of(runtime, Conversation)
    thread = reading.conversation(runtime, conversation.id).thread
    assert thread.source == "Datang lewat tautan: poster-rsud"


def test_the_summary_of_a_draft_forgets_what_was_taken_back(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, written())
    dialogue.drain(runtime)
    assert only(runtime, Conversation).draft_summary == "Lampu mati"

    hear(messenger, control(ControlKind.WITHDRAWN, "m1", 0))

    assert only(runtime, Conversation).draft_summary is None
