"""Token buckets, and a drain that keeps to them while everybody else goes on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from channels.adapter import SendRate
from channels.message import ChannelName
from gateway.runtime import Bucket, Runtime, Shortage
from gateway.sending import replies
from gateway.sending.rates import LocalBuckets, RedisBuckets, buckets_of
from store import outbox
from store.models.messaging import Conversation
from store.models.outbox import OutboxPart, PartKind
from store.outbox import ClaimedPart
from tests.gateway.fakes import ACCOUNT, FakeAdapter
from tests.gateway.rows import all_of, message, queue_answer, statuses

SLOW = 0.001  # tokens a second: none comes back during a test


class Seconds:
    """A clock that goes forward only when somebody rests."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.rested: list[float] = []

    def __call__(self) -> float:
        return self.now

    def rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.now += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture(params=["local", "redis", "redis away"])
def buckets(request: pytest.FixtureRequest, redis_url: str) -> Iterator[LocalBuckets]:
    if request.param == "local":
        yield LocalBuckets()
        return
    address = redis_url if request.param == "redis" else "redis://127.0.0.1:1/0"
    with redis.Redis.from_url(address) as client:
        yield RedisBuckets(client)


def bucket(key: str = "a", burst: int = 2, cost: int = 1, per_s: float = SLOW) -> Bucket:
    return Bucket(f"{{uji}}:{key}", per_s, burst, cost)


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait(buckets):
    first, second, third = (buckets.take([bucket()]) for _ in range(3))

    assert (first, second) == (None, None)
    assert third is not None
    assert third.key == "{uji}:a"
    assert third.wait_s == pytest.approx(1000, rel=0.01)


def test_a_part_takes_as_many_tokens_as_it_costs(buckets):
    assert buckets.take([bucket(burst=4, cost=3)]) is None

    shortage = buckets.take([bucket(burst=4, cost=3)])

    assert shortage is not None
    assert shortage.wait_s == pytest.approx(2000, rel=0.01)


def test_nothing_is_taken_from_any_bucket_if_one_has_too_little(buckets):
    buckets.take([bucket("empty", burst=1)])

    refused = [buckets.take([bucket("full", burst=1), bucket("empty", burst=1)]) for _ in range(3)]

    assert [one.key for one in refused if one] == ["{uji}:empty"] * 3
    assert buckets.take([bucket("full", burst=1)]) is None


def test_tokens_come_back(buckets):
    quick = bucket(burst=1, per_s=1e6)

    assert [buckets.take([quick]) for _ in range(20)] == [None] * 20


def test_workers_share_the_buckets_in_redis(redis_url):
    with redis.Redis.from_url(redis_url) as one, redis.Redis.from_url(redis_url) as other:
        here, there = RedisBuckets(one), RedisBuckets(other)

        taken = [here.take([bucket()]), there.take([bucket()]), here.take([bucket()])]

        assert taken[:2] == [None, None]
        assert taken[2] is not None


def test_redis_forgets_a_bucket_that_has_filled_up(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        RedisBuckets(client).take([bucket(burst=10, per_s=2)])

        assert 5000 < client.pttl("{uji}:a") <= 6000


def test_redis_is_not_asked_again_at_once_when_it_was_away(seconds, redis_url):
    class Counting(redis.Redis):
        asked = 0

        def execute_command(self, *args: object, **options: object) -> object:
            if args[0] == "EVALSHA":
                Counting.asked += 1
                raise redis.ConnectionError
            return super().execute_command(*args, **options)

    with Counting.from_url(redis_url) as client:
        kept = RedisBuckets(client, seconds, seconds.rest)
        for _ in range(5):
            kept.take([bucket(burst=100)])
        seconds.now += 11
        kept.take([bucket(burst=100)])

    assert Counting.asked == 2


# What a part costs


def claimed(channel: ChannelName = ChannelName.SMS, **changes: object) -> ClaimedPart:
    made = ClaimedPart(
        part_id=1,
        message_id=1,
        conversation_id=7,
        channel=channel,
        account=ACCOUNT,
        reference="r",
        kind=PartKind.TEXT,
        payload={"text": "halo"},
        human=False,
        attempt=1,
        recipient="+6281255501001",
        repliable=True,
        last_inbound_at=None,
        suppressed_reason=None,
    )
    return replace(made, **changes)


def test_an_sms_costs_its_segments_and_never_more_than_the_bucket_holds():
    rate = SendRate(per_s=1, burst=3, by_segment=True)
    texts = ("halo", "x" * 161, "x" * 1000)

    costs = [buckets_of(claimed(payload={"text": text}), rate)[0].cost for text in texts]

    assert costs == [1, 2, 3]


def test_keys_name_no_citizen():
    rate = SendRate(per_s=30, burst=30, recipient_per_s=1)

    keys = [one.key for one in buckets_of(claimed(), rate)]

    assert keys == ["{sahut}:rate:sms:akun-uji", "{sahut}:rate:to:7"]


def test_attachments_have_a_rate_of_their_own():
    rate = SendRate(per_s=300, burst=300, media_per_s=10)

    text = buckets_of(claimed(ChannelName.MESSENGER), rate)
    medium = buckets_of(claimed(ChannelName.MESSENGER, kind=PartKind.MEDIA), rate)

    assert (len(text), medium[1].per_s, medium[1].key[-6:]) == (1, 10, ":media")


# The drain


@pytest.fixture
def limited(runtime: Runtime, seconds: Seconds) -> Runtime:
    return replace(runtime, throttle=LocalBuckets(seconds, seconds.rest))


def slow_down(adapter: FakeAdapter, **rate: object) -> None:
    adapter.limits = replace(adapter.limits, rate=SendRate(**rate))


def citizens(runtime: Runtime, hear, adapter: FakeAdapter, count: int) -> list[int]:
    """Let `count` citizens write, and return their conversations."""
    for number in range(count):
        sender = f"{adapter.name.value}-{number}"
        hear(adapter, message(f"{sender}-m", channel=adapter.name, sender=sender))
    rows = all_of(runtime, Conversation)
    return [row.id for row in rows if row.channel is adapter.name]


def test_a_throttled_account_waits_alone(limited, hear, sms, telegram):
    slow_down(sms, per_s=SLOW, burst=2)
    for adapter in (sms, telegram):
        for conversation_id in citizens(limited, hear, adapter, 4):
            queue_answer(limited, conversation_id=conversation_id)

    replies.drain(limited)

    assert (len(sms.sent), len(telegram.sent)) == (2, 4)
    assert sorted(statuses(limited)) == ["queued"] * 2 + ["sent"] * 6


def test_a_part_that_waited_keeps_its_attempts_and_its_place(limited, hear, sms, seconds):
    slow_down(sms, per_s=SLOW, burst=1)
    for conversation_id in citizens(limited, hear, sms, 3):
        queue_answer(limited, conversation_id=conversation_id)
    replies.drain(limited)
    seconds.now += 1000

    replies.drain(limited)

    parts = all_of(limited, OutboxPart)
    assert [part.status.value for part in parts] == ["sent", "sent", "queued"]
    assert parts[2].attempts == 0


def test_a_quick_account_sends_all_with_short_rests(limited, hear, telegram, seconds):
    slow_down(telegram, per_s=10, burst=10)
    for conversation_id in citizens(limited, hear, telegram, 25):
        queue_answer(limited, conversation_id=conversation_id)

    replies.drain(limited)

    assert len(telegram.sent) == 25
    assert sum(seconds.rested) == pytest.approx(1.5, abs=0.3)


def test_an_answer_leaves_before_news_when_there_is_room_for_one(limited, hear, sms):
    slow_down(sms, per_s=SLOW, burst=1)
    news, answer = citizens(limited, hear, sms, 2)
    queue_answer(limited, "Kabar", conversation_id=news, priority=1)
    queue_answer(limited, "Jawaban", conversation_id=answer, priority=0)

    replies.drain(limited)

    assert [part.text for part in sms.sent] == ["Jawaban"]


def test_one_citizen_who_gets_much_holds_up_nobody_else(limited, hear, telegram, clock):
    slow_down(telegram, per_s=100, burst=100, recipient_per_s=1, recipient_burst=2)
    much, little = citizens(limited, hear, telegram, 2)
    queue_answer(limited, ["satu", "dua", "tiga"], conversation_id=much)
    queue_answer(limited, "halo", conversation_id=little)

    replies.drain(limited)

    assert sorted(part.text for part in telegram.sent) == ["dua", "halo", "satu"]
    third = all_of(limited, OutboxPart)[2]
    assert (third.next_attempt_at - clock.instant).total_seconds() == pytest.approx(1, abs=0.1)


def test_accounts_that_wait_are_left_out_of_a_claim(limited, hear, sms, telegram):
    for adapter in (sms, telegram):
        queue_answer(limited, conversation_id=citizens(limited, hear, adapter, 1)[0])

    with limited.transaction() as session:
        taken = outbox.claim(session, limited.now(), 50, [(ChannelName.SMS, ACCOUNT)])

    assert [part.channel for part in taken] == [ChannelName.TELEGRAM]


def test_a_shortage_names_its_bucket():
    kept = LocalBuckets()
    kept.take([bucket(burst=1)])

    assert isinstance(kept.take([bucket(burst=1)]), Shortage)
