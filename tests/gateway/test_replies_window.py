"""A closed reply window has a way out: template, human answer, or wait for the next message."""

from typing import Any

import pytest
from sqlalchemy import update

from channels.errors import SendError
from channels.message import (
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    ErrorClass,
)
from channels.outbound import OutboundPart
from gateway.runtime import Runtime
from gateway.sending import replies
from store.models.messaging import Author, Conversation, Message
from store.models.outbox import OutboxPart, PartKind
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only, queue_answer, statuses

CLOSED = SendError(ErrorClass.WINDOW_CLOSED, "63016", "outside the window")


def with_template(runtime: Runtime) -> Runtime:
    facts: dict[str, Any] = {"channels": {"whatsapp_template": "HX01"}}
    return type(runtime)(**{**vars(runtime), "facts": facts})


@pytest.fixture
def by_whatsapp(hear: Hear, whatsapp: FakeAdapter) -> None:
    hear(whatsapp, message("SM1", channel=ChannelName.WHATSAPP, sender="+6281255501001"))


@pytest.fixture
def by_messenger(hear: Hear, messenger: FakeAdapter) -> None:
    hear(messenger, message("m1", channel=ChannelName.MESSENGER, sender="612", sent_at=START))


@pytest.mark.usefixtures("by_whatsapp")
def test_inside_the_window_words_leave_as_they_are(
    runtime: Runtime, whatsapp: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=23, minutes=59)
    queue_answer(runtime)

    replies.drain(with_template(runtime))

    assert [call.text for call in whatsapp.sent] == ["Terima kasih"]


@pytest.mark.usefixtures("by_whatsapp")
def test_outside_it_a_template_goes_once_and_the_words_wait(
    runtime: Runtime, whatsapp: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=25)
    queue_answer(runtime, ["satu", "dua"])
    queue_answer(runtime, "tiga")

    replies.drain(with_template(runtime))
    clock.advance(hours=1)
    replies.drain(with_template(runtime))

    assert statuses(runtime) == ["parked", "parked", "parked", "sent"]
    (call,) = whatsapp.sent
    assert call.template is not None
    assert call.template.content_id == "HX01"
    assert dict(call.template.variables) == {"1": "-", "2": "Kabupaten Bengkalis"}
    told = all_of(runtime, Message)[-1]
    assert (told.author, told.text_key) == (Author.AUTO, "luar_jendela")
    assert "{" not in str(told.text)


@pytest.mark.usefixtures("by_whatsapp")
def test_the_citizens_answer_to_the_template_brings_the_words_in_order(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=25)
    queue_answer(runtime, ["satu", "dua"])
    replies.drain(with_template(runtime))

    hear(whatsapp, message("SM2", "BACA", channel=ChannelName.WHATSAPP, sender="+6281255501001"))
    replies.drain(with_template(runtime))

    assert [call.text for call in whatsapp.sent] == [None, "satu", "dua"]


@pytest.mark.usefixtures("by_whatsapp")
def test_without_an_approved_template_the_words_just_wait(
    runtime: Runtime, whatsapp: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=25)
    queue_answer(runtime)

    replies.drain(runtime)

    part = only(runtime, OutboxPart)
    assert (part.status, part.error_class) == (DeliveryStatus.PARKED, ErrorClass.WINDOW_CLOSED)
    assert whatsapp.sent == []


@pytest.mark.usefixtures("by_whatsapp")
def test_a_window_that_only_the_platform_knows_to_be_closed_has_the_same_way_out(
    runtime: Runtime, whatsapp: FakeAdapter
) -> None:
    queue_answer(runtime)
    whatsapp.refuse(CLOSED)

    replies.drain(with_template(runtime))

    assert statuses(runtime) == ["parked", "sent"]
    assert all_of(runtime, OutboxPart)[0].error_code == "63016"


@pytest.mark.usefixtures("by_whatsapp")
def test_a_refusal_that_comes_later_parks_what_was_already_called_sent(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter
) -> None:
    queue_answer(runtime)
    replies.drain(with_template(runtime))
    before = only(runtime, OutboxPart)
    refused = DeliveryReceipt(
        ChannelName.WHATSAPP,
        ACCOUNT,
        DeliveryStatus.FAILED,
        external_id=before.external_id,
        reference=str(before.reference),
        error_class=ErrorClass.WINDOW_CLOSED,
        error_code="63016",
    )

    hear(whatsapp, refused)
    replies.drain(with_template(runtime))
    hear(whatsapp, refused)
    replies.drain(with_template(runtime))

    assert statuses(runtime) == ["parked", "sent"]
    assert [call.template is not None for call in whatsapp.sent] == [False, True]


@pytest.mark.usefixtures("by_whatsapp")
def test_a_template_that_is_refused_fails_instead_of_asking_for_another(
    runtime: Runtime, whatsapp: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=25)
    queue_answer(runtime)
    whatsapp.refuse(CLOSED)

    replies.drain(with_template(runtime))

    kinds = [(part.kind, part.status.value) for part in all_of(runtime, OutboxPart)]
    assert kinds == [(PartKind.TEXT, "parked"), (PartKind.TEMPLATE, "failed")]


@pytest.mark.usefixtures("by_messenger")
def test_words_of_a_person_may_follow_for_seven_days_where_the_platform_allows_it(
    runtime: Runtime, messenger: FakeAdapter, clock: Clock
) -> None:
    clock.advance(days=3)
    queue_answer(runtime, "Sudah diperbaiki", author=Author.STAFF, human=True)
    queue_answer(runtime, "Kabar otomatis")

    replies.drain(runtime)

    assert [(call.text, call.human_agent) for call in messenger.sent] == [
        ("Sudah diperbaiki", True)
    ]
    assert statuses(runtime) == ["sent", "parked"]


@pytest.mark.usefixtures("by_messenger")
def test_after_seven_days_words_of_a_person_wait_too(
    runtime: Runtime, messenger: FakeAdapter, clock: Clock
) -> None:
    clock.advance(days=7, hours=1)
    queue_answer(runtime, "Sudah diperbaiki", author=Author.STAFF, human=True)

    replies.drain(runtime)

    assert messenger.sent == []
    assert statuses(runtime) == ["parked"]


@pytest.mark.usefixtures("by_messenger")
def test_within_the_window_nothing_is_marked_as_human(
    runtime: Runtime, messenger: FakeAdapter, clock: Clock
) -> None:
    clock.advance(hours=1)
    queue_answer(runtime, "Sudah diperbaiki", author=Author.STAFF, human=True)

    replies.drain(runtime)

    assert [call.human_agent for call in messenger.sent] == [False]


@pytest.mark.usefixtures("by_messenger")
def test_an_echo_that_beat_our_own_mark_leaves_no_second_bubble(
    runtime: Runtime, hear: Hear, messenger: FakeAdapter
) -> None:
    queue_answer(runtime)

    def come_back(_part: OutboundPart, external_id: str) -> None:
        echo = ControlEvent(
            ControlKind.ECHO, ChannelName.MESSENGER, ACCOUNT, "612", external_id=external_id
        )
        hear(messenger, echo)

    messenger.on_send = come_back

    replies.drain(runtime)

    assert [row.author for row in all_of(runtime, Message)] == [None, Author.AUTO]
    assert statuses(runtime) == ["sent"]


def test_nobody_is_written_to_who_never_wrote(
    runtime: Runtime, hear: Hear, whatsapp: FakeAdapter
) -> None:
    hear(whatsapp, message("SM1", channel=ChannelName.WHATSAPP, sender="+6281255501001"))
    queue_answer(runtime)
    with runtime.transaction() as session:
        session.execute(update(Conversation).values(last_inbound_at=None))

    replies.drain(runtime)

    assert whatsapp.sent == []
    assert statuses(runtime) == ["parked"]
