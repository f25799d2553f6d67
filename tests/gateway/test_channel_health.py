"""What the page "Kesehatan kanal" and the line above the inbox say, from rows alone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from channels.admin import Finding, Health
from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass
from gateway.rules.silence import OfficeTime, find_silence, usual_per_hour
from gateway.runtime import Runtime
from gateway.sending import replies
from gateway.upkeep import channel_health
from gateway.upkeep.findings import remembered, to_state
from store import states
from store.models.messaging import ChannelAccount
from store.models.outbox import OutboxPart
from tests.gateway.fakes import ACCOUNT, FakeAdapter
from tests.gateway.rows import all_of, change, message, queue_answer

TELEGRAM = ChannelName.TELEGRAM


def item(runtime: Runtime, name: ChannelName = TELEGRAM) -> tuple[str, bool]:
    """What the line says of one channel."""
    (found,) = [one for one in channel_health.line(runtime) if one.code == name.value]
    return found.words, found.problem


def view(runtime: Runtime, name: ChannelName = TELEGRAM) -> channel_health.ChannelView:
    overview = channel_health.overview(runtime)
    (found,) = [one for one in overview.channels if one.code == name.value]
    return found


def refuse_one(runtime: Runtime, hear, adapter: FakeAdapter, error: SendError) -> None:
    """Let an answer on this channel be refused."""
    hear(adapter, message("m1", channel=adapter.name))
    queue_answer(runtime)
    adapter.refuse(error)
    replies.drain(runtime)


# The line


def test_all_channels_are_good_when_nothing_is_known(runtime):
    names = [(one.name, one.words) for one in channel_health.line(runtime)]

    assert names == [
        ("Telegram", "baik"),
        ("WhatsApp", "baik"),
        ("SMS", "baik"),
        ("Messenger", "baik"),
    ]


def test_a_throttled_channel_is_late_by_so_many_minutes(runtime, hear, telegram):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.RETRY_AFTER, "429", "x", 240.0))

    assert item(runtime) == ("tertunda 4 mnt", True)
    assert item(runtime, ChannelName.SMS) == ("baik", False)


def test_a_channel_is_good_again_when_its_pause_is_over(runtime, hear, telegram, clock):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.RETRY_AFTER, "429", "x", 240.0))
    clock.advance(minutes=5)

    assert item(runtime) == ("baik", False)


def test_a_channel_without_credentials_has_stopped(runtime, hear, telegram):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.REAUTH, "401", "x"))

    assert item(runtime) == ("berhenti mengirim", True)


def test_what_a_provider_said_last_is_in_the_line(runtime, clock):
    bad = Finding("webhook", Health.BAD, "Webhook Telegram belum dipasang.")
    with runtime.transaction() as session:
        states.put(session, f"check:telegram:{ACCOUNT}", to_state([bad], clock.instant))

    assert item(runtime) == ("perlu diperiksa", True)


# The page


def test_a_paused_channel_says_why_and_offers_the_way_out(runtime, hear, telegram):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.REAUTH, "401", "x"))

    shown = view(runtime)

    assert shown.pause is not None
    assert shown.pause.mendable
    assert "pesan masuk tetap diterima" in shown.pause.words
    assert "Token bot Telegram ditolak" in shown.pause.words
    assert (shown.waiting, shown.tone) == (1, "late")


def test_a_throttled_channel_goes_on_by_itself(runtime, hear, telegram):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.RETRY_AFTER, "429", "x", 240.0))

    pause = view(runtime).pause

    assert pause is not None
    assert not pause.mendable
    assert "08.19" in pause.words  # 01.15 UTC and four minutes, in Riau


def test_mending_lets_the_queue_go_on(runtime, hear, telegram):
    refuse_one(runtime, hear, telegram, SendError(ErrorClass.REAUTH, "401", "x"))
    replies.unpause(runtime, TELEGRAM, ACCOUNT)
    replies.drain(runtime)

    shown = view(runtime)

    assert (shown.pause, shown.waiting, shown.last_out) == (None, 0, "08.15")


def test_failures_are_counted_by_what_an_officer_reads(runtime, hear, telegram, clock):
    for number in range(3):
        hear(telegram, message(f"m{number}", sender=f"555{number}"))
    for conversation_id in (1, 2, 3):
        queue_answer(runtime, conversation_id=conversation_id)
    first, second, third = all_of(runtime, OutboxPart)
    for part, code in ((first, "403-blocked"), (second, "403-blocked"), (third, "400-empty")):
        change(
            runtime, part.id, status="failed", error_code=code, error_class="permanent",
            status_at=clock.instant,
        )  # fmt: skip

    assert view(runtime).failures == [
        ("Warga memblokir bot Telegram kita.", 2),
        ("Pesan kosong tidak dapat dikirim.", 1),
    ]
    clock.advance(days=8)
    assert view(runtime).failures == []


def test_the_queue_counts_what_waits_for_whom(runtime, hear, telegram, clock):
    hear(telegram, message("m1"))
    for _ in range(3):
        queue_answer(runtime)
    first, second, _ = all_of(runtime, OutboxPart)
    change(runtime, first.id, status=DeliveryStatus.PARKED)
    change(runtime, second.id, status=DeliveryStatus.UNCERTAIN, status_at=clock.instant)

    shown = view(runtime)

    assert (shown.waiting, shown.parked, shown.uncertain, shown.oldest) == (1, 1, 1, "08.15")


def test_what_cannot_be_asked_or_written_to_has_no_such_button(runtime):
    shown = view(runtime)

    assert (shown.can_check, shown.can_test) == (False, True)


# What came in


def test_the_last_message_of_each_account_is_noted(runtime, hear, telegram, sms, clock):
    hear(telegram, message("t1"))
    clock.advance(minutes=7)
    hear(sms, message("s1", channel=ChannelName.SMS, sender="+6281255501001"))
    channel_health.count_inbound(runtime)

    assert (view(runtime).last_in, view(runtime, ChannelName.SMS).last_in) == ("08.15", "08.22")


def test_messages_are_counted_once_by_their_hour(runtime, hear, telegram, clock):
    for number in range(3):
        hear(telegram, message(f"t{number}"))
        channel_health.count_inbound(runtime)
    clock.advance(hours=1)
    hear(telegram, message("t9"))
    channel_health.count_inbound(runtime)
    channel_health.count_inbound(runtime)

    with runtime.transaction() as session:
        kept = states.get(session, f"inbound:telegram:{ACCOUNT}")
    assert kept == {"2026-11-20T01": 3, "2026-11-20T02": 1}


def test_our_own_answers_are_no_sign_of_life_of_the_webhook(runtime, hear, telegram, clock):
    hear(telegram, message("t1"))
    clock.advance(hours=1)
    queue_answer(runtime)
    replies.drain(runtime)
    channel_health.count_inbound(runtime)

    assert view(runtime).last_in == "08.15"


def test_counts_older_than_four_weeks_are_forgotten(runtime, hear, telegram, clock):
    hear(telegram, message("t1"))
    channel_health.count_inbound(runtime)
    clock.advance(days=29)
    hear(telegram, message("t2"))
    channel_health.count_inbound(runtime)

    with runtime.transaction() as session:
        kept = states.get(session, f"inbound:telegram:{ACCOUNT}")
    assert list(kept) == ["2026-12-19T01"]


# Silence

OFFICE = OfficeTime(ZoneInfo("Asia/Jakarta"), frozenset({1, 2, 3, 4, 5}), time(8), time(16))
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08.00


def two_weeks(per_hour: int, until: datetime = MONDAY) -> dict[datetime, int]:
    """So many messages in every office hour of the two weeks before."""
    hours = (until - timedelta(hours=number) for number in range(1, 14 * 24))
    return {
        hour: per_hour
        for hour in hours
        if hour.astimezone(OFFICE.zone).isoweekday() <= 5
        and 8 <= hour.astimezone(OFFICE.zone).hour < 16
    }


def test_a_busy_channel_is_silent_after_a_few_office_hours():
    friday_evening = MONDAY - timedelta(days=3) + timedelta(hours=7)
    hours = two_weeks(3)

    early = find_silence(hours, friday_evening, OFFICE, MONDAY + timedelta(hours=0.5))
    late = find_silence(hours, friday_evening, OFFICE, MONDAY + timedelta(hours=2))

    assert early is None
    assert late is not None
    assert late.usual_per_hour == pytest.approx(3)
    assert late.office_s == 3 * 3600


def test_a_quiet_channel_may_be_quiet_for_longer():
    hours = {hour: 1 for place, hour in enumerate(two_weeks(1)) if place % 4 == 0}

    day = find_silence(hours, MONDAY, OFFICE, MONDAY + timedelta(hours=8))
    days = find_silence(hours, MONDAY, OFFICE, MONDAY + timedelta(days=3, hours=8))

    assert day is None
    assert days is not None


def test_nights_weekends_and_holidays_do_not_count():
    friday = MONDAY - timedelta(days=3) + timedelta(hours=8)
    office = OfficeTime(
        OFFICE.zone, OFFICE.weekdays, OFFICE.opens, OFFICE.closes, {date(2026, 11, 23): "Libur"}
    )

    assert find_silence(two_weeks(5), friday, office, MONDAY + timedelta(hours=20)) is None


def test_nothing_is_usual_before_a_week_is_known():
    hours = {MONDAY - timedelta(days=3): 50}

    assert usual_per_hour(hours, OFFICE, MONDAY) is None
    assert usual_per_hour({}, OFFICE, MONDAY) is None


def test_a_silent_channel_stands_in_line_and_page(runtime, hear, telegram, clock):
    clock.instant = MONDAY - timedelta(days=12)
    while clock.instant < MONDAY - timedelta(days=2):
        there = clock.instant.astimezone(OFFICE.zone)
        if there.isoweekday() <= 5 and 8 <= there.hour < 16:
            hear(telegram, *(message(f"{clock.instant}-{one}") for one in range(4)))
        clock.advance(hours=1)
    channel_health.count_inbound(runtime)
    clock.instant = MONDAY + timedelta(hours=4)
    channel_health.count_inbound(runtime)

    words, problem = item(runtime)
    sentence = view(runtime).silence

    assert problem
    assert words.startswith("sunyi sejak Jum 20/11")
    assert sentence is not None
    assert "5 jam kerja" in sentence
    assert "Biasanya 4,0 pesan per jam kerja" in sentence


# What is remembered


def test_findings_are_remembered_as_they_were():
    found = [
        Finding("token", Health.NOTE, "Token berlaku 9 hari lagi.", MONDAY),
        Finding("webhook", Health.GOOD, "Webhook terpasang."),
    ]

    kept = remembered(to_state(found, MONDAY))

    assert (kept.at, kept.findings) == (MONDAY, found)
    assert remembered(None).findings == []


def test_a_turn_is_taken_once_until_it_is_time_again(runtime, clock):
    taken = []
    for _ in range(4):
        with runtime.transaction() as session:
            taken.append(states.take_turn(session, "uji", clock.instant, timedelta(minutes=1)))
        clock.advance(seconds=30)

    assert taken == [True, False, True, False]


def test_an_account_that_never_sent_has_no_row(runtime):
    assert all_of(runtime, ChannelAccount) == []
    assert (view(runtime).last_in, view(runtime).last_out) == ("-", "-")
