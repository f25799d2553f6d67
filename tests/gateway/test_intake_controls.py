"""Edits, withdrawals, opt-outs, echoes and buttons act once, in whatever order they come."""

from datetime import datetime, timedelta

import pytest

from channels.message import (
    ChannelName,
    ControlEvent,
    ControlKind,
    InboundMessage,
    MediaKind,
    MediaRef,
)
from gateway.runtime import Runtime
from store.models.messaging import (
    Attachment,
    Author,
    ControlRecord,
    Conversation,
    Direction,
    Message,
    MessageVersion,
)
from store.models.outbox import OutboxPart
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, change, message, only, queue_answer, statuses

LATER = START + timedelta(seconds=95)


def edit(external_id: str, text: str, at: datetime = LATER) -> ControlEvent:
    return control(
        ControlKind.EDITED,
        external_id=external_id,
        occurred_at=at,
        message=message(external_id, text, sent_at=START),
    )


def control(
    kind: ControlKind,
    channel: ChannelName = ChannelName.TELEGRAM,
    sender: str | None = "5550100001",
    event_id: str | None = None,
    external_id: str | None = None,
    occurred_at: datetime | None = None,
    value: str | None = None,
    message: InboundMessage | None = None,
) -> ControlEvent:
    return ControlEvent(
        kind,
        channel,
        ACCOUNT,
        sender,
        event_id=event_id,
        external_id=external_id,
        occurred_at=occurred_at,
        value=value,
        message=message,
    )


def test_an_edit_replaces_the_text_and_keeps_the_old_one(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, clock: Clock, nudger: RecordingNudger
) -> None:
    hear(telegram, message("101", "Jembatan lapuk", sent_at=START))
    clock.advance(minutes=2)

    hear(telegram, edit("101", "Jembatan RT 07 lapuk"))

    assert only(runtime, Message).text == "Jembatan RT 07 lapuk"
    assert only(runtime, MessageVersion).text == "Jembatan lapuk"
    assert only(runtime, Conversation).dialogue_due_at == clock()
    assert nudger.woken == ["dialogue", "dialogue"]


def test_an_edit_delivered_twice_counts_once(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("101", "Jembatan lapuk", sent_at=START))

    hear(telegram, edit("101", "Jembatan RT 07 lapuk"))
    hear(telegram, edit("101", "Jembatan RT 07 lapuk"))

    assert len(all_of(runtime, MessageVersion)) == 1


def test_every_text_that_was_ever_written_is_kept(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("101", "satu", sent_at=START))

    hear(telegram, edit("101", "dua", START + timedelta(seconds=30)))
    hear(telegram, edit("101", "tiga", START + timedelta(seconds=60)))
    hear(telegram, edit("101", "tiga", START + timedelta(seconds=60)))

    assert only(runtime, Message).text == "tiga"
    assert sorted(row.text for row in all_of(runtime, MessageVersion)) == ["dua", "satu"]


def test_the_newest_edit_wins_whatever_comes_last(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("101", "satu", sent_at=START))

    hear(telegram, edit("101", "tiga", START + timedelta(seconds=60)))
    hear(telegram, edit("101", "dua", START + timedelta(seconds=30)))

    assert only(runtime, Message).text == "tiga"
    assert {row.text for row in all_of(runtime, MessageVersion)} == {"satu", "dua"}


def test_an_edit_that_overtook_its_message_is_the_message(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, edit("101", "Jembatan RT 07 lapuk"))

    assert only(runtime, Message).text == "Jembatan RT 07 lapuk"

    photo = (MediaRef(MediaKind.IMAGE, "foto"),)
    hear(telegram, message("101", "Jembatan lapuk", sent_at=START, media=photo))
    hear(telegram, message("101", "Jembatan lapuk", sent_at=START, media=photo))

    assert only(runtime, Message).text == "Jembatan RT 07 lapuk"
    assert only(runtime, MessageVersion).text == "Jembatan lapuk"
    assert only(runtime, Attachment).source == "foto"


def test_a_photo_that_an_edit_exchanges_is_kept_beside_the_first(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    def photo(source: str, size_bytes: int) -> tuple[MediaRef, ...]:
        return (MediaRef(MediaKind.IMAGE, source, size_bytes=size_bytes),)

    def exchanged(*media: MediaRef) -> ControlEvent:
        now_shows = message("101", "Jembatan lapuk", sent_at=START, media=media)
        return control(ControlKind.EDITED, external_id="101", occurred_at=LATER, message=now_shows)

    hear(telegram, message("101", "Jembatan lapuk", sent_at=START, media=photo("lama", 10)))

    # The same file may have another name the next time.
    hear(telegram, exchanged(*photo("lama-lagi", 10)))
    assert only(runtime, Attachment).source == "lama"

    hear(telegram, exchanged(*photo("baru", 20)))
    hear(telegram, exchanged(*photo("baru", 20)))

    assert [(row.ordinal, row.source) for row in all_of(runtime, Attachment)] == [
        (0, "lama"),
        (1, "baru"),
    ]
    assert nudger.woken == ["dialogue", "media", "media"]


def test_a_withdrawn_message_is_marked_and_a_later_copy_stays_marked(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    taken_back = control(
        ControlKind.WITHDRAWN, ChannelName.MESSENGER, event_id="del:m1", external_id="m1"
    )
    first = message("m0", "Halo", ChannelName.MESSENGER)
    hear(messenger, first)

    hear(messenger, taken_back)
    hear(messenger, message("m1", "Rahasia", ChannelName.MESSENGER))

    rows = {row.external_id: row.withdrawn_at for row in all_of(runtime, Message)}
    assert rows == {"m0": None, "m1": START}


def test_a_message_taken_back_after_it_came_is_marked(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, message("m1", "Rahasia", ChannelName.MESSENGER))

    hear(messenger, control(ControlKind.WITHDRAWN, ChannelName.MESSENGER, external_id="m1"))

    assert only(runtime, Message).withdrawn_at == START


@pytest.mark.parametrize(
    ("closing", "opening", "reason"),
    [
        (ControlKind.OPT_OUT, ControlKind.OPT_IN, "opt_out"),
        (ControlKind.BLOCKED, ControlKind.UNBLOCKED, "blocked"),
    ],
)
def test_who_wants_nothing_more_gets_nothing_until_they_want_again(
    runtime: Runtime,
    hear: Hear,
    telegram: FakeAdapter,
    clock: Clock,
    closing: ControlKind,
    opening: ControlKind,
    reason: str,
) -> None:
    hear(telegram, message("101"))
    queue_answer(runtime)
    clock.advance(minutes=1)

    hear(telegram, control(closing, event_id="1"))

    assert only(runtime, Conversation).suppressed_reason == reason
    assert statuses(runtime) == ["suppressed"]
    assert only(runtime, OutboxPart).error_code == reason

    clock.advance(minutes=1)
    hear(telegram, control(opening, event_id="2"))
    hear(telegram, control(closing, event_id="1"))

    assert only(runtime, Conversation).suppressed_reason is None


def test_a_block_by_somebody_who_never_wrote_is_remembered(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, control(ControlKind.BLOCKED, event_id="1"))

    assert only(runtime, Conversation).suppressed_reason == "blocked"


def test_a_late_block_does_not_undo_the_unblock_that_followed_it(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=1)
    hear(telegram, control(ControlKind.UNBLOCKED, event_id="2", occurred_at=LATER))

    hear(telegram, control(ControlKind.BLOCKED, event_id="1", occurred_at=START))

    assert only(runtime, Conversation).suppressed_reason is None


def test_a_message_disproves_a_block_but_not_an_opt_out(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, sms: FakeAdapter, clock: Clock
) -> None:
    hear(telegram, control(ControlKind.BLOCKED, event_id="1"))
    hear(sms, control(ControlKind.OPT_OUT, ChannelName.SMS, "+6281255502001", event_id="2"))
    clock.advance(minutes=1)

    hear(telegram, message("101"))
    hear(sms, message("SM1", channel=ChannelName.SMS, sender="+6281255502001"))

    reasons = [row.suppressed_reason for row in all_of(runtime, Conversation)]
    assert reasons == [None, "opt_out"]


@pytest.mark.parametrize("kind", [ControlKind.START, ControlKind.BUTTON, ControlKind.COMMAND])
def test_buttons_starts_and_commands_wait_for_the_dialogue_and_act_once(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger, kind: ControlKind
) -> None:
    pressed = control(kind, event_id="cb-1", value="lapor_jalan")

    hear(telegram, pressed)
    hear(telegram, pressed)

    record, conversation = only(runtime, ControlRecord), only(runtime, Conversation)
    assert (record.kind, record.value, record.processed_at) == (kind.value, "lapor_jalan", None)
    assert conversation.dialogue_due_at == START
    assert conversation.last_inbound_at == START
    assert nudger.woken == ["dialogue"]


def test_a_pressed_button_releases_parked_answers(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, nudger: RecordingNudger
) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER))
    queue_answer(runtime)
    change(runtime, only(runtime, OutboxPart).id, status="parked")

    hear(messenger, control(ControlKind.BUTTON, ChannelName.MESSENGER, event_id="b", value="BACA"))

    assert statuses(runtime) == ["queued"]
    assert nudger.woken == ["dialogue", "dialogue", "outbox"]


def test_a_reaction_makes_nobody_a_citizen(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    hear(telegram, control(ControlKind.REACTION, event_id="7", value="👍"))

    assert all_of(runtime, Conversation) == []
    assert only(runtime, ControlRecord).value == "👍"
    assert nudger.woken == []


def test_our_own_echo_is_no_message(runtime: Runtime, hear: Hear, messenger: FakeAdapter) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER))
    queue_answer(runtime)
    part = only(runtime, OutboxPart)
    change(runtime, part.id, status="sending", claimed_at=START)

    echo = control(
        ControlKind.ECHO, ChannelName.MESSENGER, external_id="out-1", value=str(part.reference)
    )
    hear(messenger, echo)
    hear(messenger, echo)

    part = only(runtime, OutboxPart)
    assert (part.status.value, part.external_id) == ("sent", "out-1")
    assert len(all_of(runtime, Message)) == 2


def test_what_a_person_wrote_in_the_platforms_inbox_stands_in_the_thread(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter, nudger: RecordingNudger
) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER))
    words = message("m2", "Sudah kami cek, Bu", ChannelName.MESSENGER)
    echo = control(
        ControlKind.ECHO,
        ChannelName.MESSENGER,
        external_id="m2",
        message=words,
        occurred_at=LATER,
    )

    hear(messenger, echo)
    hear(messenger, echo)

    written = [row for row in all_of(runtime, Message) if row.direction is Direction.OUT]
    assert [(row.text, row.author, row.ordered_at) for row in written] == [
        ("Sudah kami cek, Bu", Author.PAGE_INBOX, LATER)
    ]
    assert nudger.woken == ["dialogue"]


def test_an_echo_never_makes_our_own_account_a_citizen(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    hear(messenger, control(ControlKind.ECHO, ChannelName.MESSENGER, ACCOUNT, external_id="m2"))

    assert all_of(runtime, Conversation) == []
