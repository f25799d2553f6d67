"""Names that Messenger and Instagram tell only when asked: once, and never to a PD."""

import pytest

from channels.errors import SendError
from channels.message import ChannelName, ControlEvent, ControlKind, ErrorClass
from gateway import jobs, sweeps
from gateway.intake import profiles
from gateway.runtime import Runtime
from store.models.messaging import Conversation
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only


class NamingAdapter(FakeAdapter):
    """A platform that tells names; `refusals` come first."""

    def __init__(self) -> None:
        super().__init__(ChannelName.MESSENGER)
        self.names: dict[str, str | None] = {}
        self.asked: list[str] = []
        self.refusals: list[SendError] = []

    def profile_name(self, sender: str) -> str | None:
        self.asked.append(sender)
        if self.refusals:
            raise self.refusals.pop(0)
        return self.names.get(sender)


@pytest.fixture
def messenger() -> NamingAdapter:
    return NamingAdapter()


def writes(hear: Hear, messenger: FakeAdapter, number: int) -> None:
    hear(
        messenger,
        message(f"m{number}", "Lampu mati", ChannelName.MESSENGER, f"61200000000000{number:02}"),
    )


def names(runtime: Runtime) -> list[str | None]:
    return [row.sender_name for row in all_of(runtime, Conversation)]


def test_a_name_is_asked_for_once(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter, clock: Clock
) -> None:
    messenger.names["6120000000000001"] = "Siti Aminah"
    writes(hear, messenger, 1)
    assert "profiles" in sweeps.due_kinds(runtime)

    assert profiles.drain(runtime) == 1
    clock.advance(days=30)
    profiles.drain(runtime)

    assert names(runtime) == ["Siti Aminah"]
    assert messenger.asked == ["6120000000000001"]
    assert "profiles" not in sweeps.due_kinds(runtime)


def test_the_worker_knows_this_kind_of_work(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter
) -> None:
    messenger.names["6120000000000001"] = "Siti Aminah"
    writes(hear, messenger, 1)

    jobs.DRAINS["profiles"](runtime)

    assert names(runtime) == ["Siti Aminah"]


def test_who_has_no_profile_is_not_asked_for_again(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter, clock: Clock
) -> None:
    writes(hear, messenger, 1)
    messenger.refusals = [SendError(ErrorClass.PERMANENT, "100/2018218", "no profile")]

    profiles.drain(runtime)
    clock.advance(days=30)
    profiles.drain(runtime)

    assert (names(runtime), len(messenger.asked)) == ([None], 1)


def test_a_missing_permission_costs_one_question_a_day_for_the_whole_page(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter, clock: Clock
) -> None:
    refusal = SendError(ErrorClass.CONFIG, "200", "no permission")
    for number in (1, 2, 3):
        writes(hear, messenger, number)
    messenger.refusals = [refusal] * 10

    for _ in range(24 * 3):
        profiles.drain(runtime)
        clock.advance(hours=1)

    assert len(messenger.asked) == 3
    assert "profiles" in sweeps.due_kinds(runtime)
    messenger.refusals = []
    messenger.names = {f"612000000000000{number}": "Warga" for number in (1, 2, 3)}
    profiles.drain(runtime)
    assert names(runtime) == ["Warga", "Warga", "Warga"]


def test_a_passing_fault_is_tried_three_times_and_no_more(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter, clock: Clock
) -> None:
    writes(hear, messenger, 1)
    messenger.refusals = [SendError(ErrorClass.RETRY, "500", "broken")] * 10

    for _ in range(20):
        profiles.drain(runtime)
        clock.advance(hours=7)

    assert len(messenger.asked) == 3
    assert "profiles" not in sweeps.due_kinds(runtime)


def test_a_throttled_page_waits_as_long_as_it_is_told(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter, clock: Clock
) -> None:
    writes(hear, messenger, 1)
    messenger.names["6120000000000001"] = "Siti Aminah"
    messenger.refusals = [SendError(ErrorClass.RETRY_AFTER, "613", "slow down", retry_after_s=120)]

    profiles.drain(runtime)
    clock.advance(seconds=119)
    assert "profiles" not in sweeps.due_kinds(runtime)
    clock.advance(seconds=2)
    profiles.drain(runtime)

    assert names(runtime) == ["Siti Aminah"]


def test_who_only_reacted_or_started_has_not_written_and_is_not_asked_for(
    runtime: Runtime, hear: Hear, messenger: NamingAdapter
) -> None:
    blocked = ControlEvent(
        ControlKind.BLOCKED, ChannelName.MESSENGER, ACCOUNT, "6120000000000009", event_id="b1"
    )
    hear(messenger, blocked)

    profiles.drain(runtime)

    assert only(runtime, Conversation).last_inbound_at is None
    assert messenger.asked == []


def test_a_platform_that_sends_names_itself_is_not_asked(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, message("m1"))

    assert profiles.drain(runtime) == 0
    assert "profiles" not in sweeps.due_kinds(runtime)
