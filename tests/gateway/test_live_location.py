"""A location that is shared live is one message with a track, whatever the order of its reports."""

from datetime import datetime, timedelta

from channels.message import (
    ControlEvent,
    ControlKind,
    InboundMessage,
    LivePoint,
    Location,
)
from gateway.dialogue.turns import gather, source_messages
from gateway.reading import reading
from gateway.runtime import Runtime
from store.live_track import MOST_POINTS
from store.models.messaging import Conversation, Message, MessageVersion
from tests.gateway.citizen import Citizen
from tests.gateway.conftest import Hear
from tests.gateway.fakes import ACCOUNT, START, Clock, FakeAdapter, RecordingNudger
from tests.gateway.rows import all_of, message, only

UNTIL = START + timedelta(minutes=15)
SENDER = "5550100001"


def shared(
    after_s: int = 0,
    latitude_deg: float = 1.4672,
    *,
    until: datetime | None = UNTIL,
    running: bool = True,
) -> InboundMessage:
    return message(
        "201",
        None,
        sent_at=START,
        dedup_scope="uji",
        location=Location(latitude_deg, 102.1083),
        live=LivePoint(START + timedelta(seconds=after_s), until, running=running),
    )


def moved(after_s: int, latitude_deg: float = 1.4672, *, running: bool = True) -> ControlEvent:
    until = UNTIL if running else None
    return ControlEvent(
        ControlKind.EDITED,
        shared().channel,
        ACCOUNT,
        SENDER,
        event_id=f"201:{after_s}",
        external_id="201",
        occurred_at=START + timedelta(seconds=after_s),
        message=shared(after_s, latitude_deg, until=until, running=running),
    )


def track(runtime: Runtime) -> dict[str, object]:
    live: dict[str, object] = only(runtime, Message).extras["live"]
    return live


def words(runtime: Runtime) -> str:
    view = reading.conversation(runtime, only(runtime, Conversation).id)
    (bubble,) = view.thread.messages
    assert bubble.live is not None
    return bubble.live.words


def test_the_pin_follows_and_the_way_is_kept(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, nudger: RecordingNudger
) -> None:
    hear(telegram, shared())
    hear(telegram, moved(30, 1.4680))
    hear(telegram, moved(60, 1.4690))

    kept = only(runtime, Message)
    assert kept.extras["location"]["latitude_deg"] == 1.4690
    assert [point[1] for point in kept.extras["live"]["points"]] == [1.4672, 1.4680, 1.4690]
    assert (kept.edited_at, all_of(runtime, MessageVersion)) == (None, [])
    assert nudger.woken == ["dialogue"]


def test_reports_may_come_twice_and_in_any_order(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared())
    for after_s, latitude in [(60, 1.4690), (30, 1.4680), (60, 1.4690), (30, 1.4680)]:
        hear(telegram, moved(after_s, latitude))
    hear(telegram, shared())

    assert [point[1] for point in track(runtime)["points"]] == [1.4672, 1.4680, 1.4690]
    assert track(runtime)["count"] == 3
    assert only(runtime, Message).extras["location"]["latitude_deg"] == 1.4690


def test_a_move_that_overtakes_the_first_report_is_not_lost(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, moved(30, 1.4680))
    hear(telegram, shared())

    kept = only(runtime, Message)
    assert [point[1] for point in kept.extras["live"]["points"]] == [1.4672, 1.4680]
    assert kept.extras["location"]["latitude_deg"] == 1.4680
    assert kept.edited_at is None


def test_a_whole_batch_of_reports_is_one_message(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared(), moved(30, 1.4680), moved(60, 1.4690))

    assert track(runtime)["count"] == 3


def test_the_officer_reads_until_when_it_is_shared(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter, clock: Clock
) -> None:
    hear(telegram, shared())
    hear(telegram, moved(30, 1.4680))

    assert words(runtime) == "Lokasi langsung, 2 titik, sampai 08.30"

    clock.advance(minutes=20)

    assert words(runtime) == "Lokasi langsung, 2 titik, berakhir 08.30"


def test_the_end_is_noticed_and_a_late_report_does_not_undo_it(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared())
    hear(telegram, moved(120, running=False))
    hear(telegram, moved(60, 1.4690))

    assert words(runtime) == "Lokasi langsung, 2 titik, berakhir 08.17"


def test_sharing_without_an_end_says_so(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared(until=None))

    assert words(runtime) == "Lokasi langsung, 1 titik, masih dibagikan"


def test_a_day_of_reports_stays_bounded_with_its_ends(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared())
    hear(telegram, *(moved(number, 1.0 + number / 1000) for number in range(1, 451)))

    points = track(runtime)["points"]
    assert len(points) <= MOST_POINTS
    assert (points[0][1], points[-1][1]) == (1.4672, 1.45)
    assert track(runtime)["count"] == 451
    view = reading.conversation(runtime, only(runtime, Conversation).id)
    assert len(view.thread.messages[0].live.places) == 12


def test_the_place_of_the_complaint_is_where_the_citizen_began_to_share(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    hear(telegram, shared())
    hear(telegram, moved(30, 1.4990))

    with runtime.transaction() as session:
        (turn,) = gather(session, [session.get_one(Conversation, only(runtime, Conversation).id)])
        (heard,) = source_messages(turn)
    assert heard.location is not None
    assert heard.location.latitude_deg == 1.4672


def test_moving_on_asks_nothing_of_the_dialogue(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    citizen = Citizen(runtime, telegram, hear, sender=SENDER)
    hear(telegram, shared())
    citizen.waits(minutes=11)
    said = citizen.waits(minutes=1)

    for after_s in range(700, 760, 10):
        hear(telegram, moved(after_s, 1.4700))
        said += citizen.hears()

    assert said == []
