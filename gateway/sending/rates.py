"""How quickly parts may leave: token buckets per account and per citizen, shared by all workers.

The documented rates are in each adapter's limits (`channels.adapter.SendRate`). A bucket fills
evenly up to its burst; each part takes what it costs before it is sent. An account that has run
out waits alone: its parts go back into their places, and the others go on. Redis holds the
buckets; without it every process keeps its own.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from redis import Redis
from redis.exceptions import RedisError

from channels.adapter import SendRate
from channels.gsm7 import segments
from channels.message import ChannelName
from gateway.runtime import Bucket, Runtime, Shortage
from store.models.outbox import PartKind
from store.outbox import ClaimedPart

logger = logging.getLogger(__name__)

# One part for each token would cost a claim and a return of the whole batch each time.
_WORTH_CLAIMING_S: Final = 0.25
_LONGEST_REST_S: Final = 0.5
_REDIS_PAUSE_S: Final = 10.0
_MANY_BUCKETS: Final = 10_000

# ARGV: for each bucket tokens a second, burst, cost. Takes from all buckets or from none; answers
# the place of the bucket that lacks something (0: none) and the seconds until it does not.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local left = {}
for i, key in ipairs(KEYS) do
    local per_s, burst, cost = tonumber(ARGV[3*i-2]), tonumber(ARGV[3*i-1]), tonumber(ARGV[3*i])
    local known = redis.call('HMGET', key, 'left', 'at')
    local have = burst
    if known[1] then
        local passed = math.max(0, now - tonumber(known[2]))
        have = math.min(burst, tonumber(known[1]) + passed * per_s)
    end
    if have < cost then
        return {i, string.format('%.6f', (cost - have) / per_s)}
    end
    left[i] = have - cost
end
for i, key in ipairs(KEYS) do
    local per_s, burst = tonumber(ARGV[3*i-2]), tonumber(ARGV[3*i-1])
    redis.call('HSET', key, 'left', string.format('%.6f', left[i]),
        'at', string.format('%.6f', now))
    redis.call('PEXPIRE', key, math.ceil(burst / per_s * 1000) + 1000)
end
return {0, '0'}
"""


class LocalBuckets:
    """Buckets of one process.

    Args:
        clock: seconds that only go forward.
        rest: waits for some seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._rest = rest
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # key → tokens left, at what time

    def take(self, buckets: Sequence[Bucket]) -> Shortage | None:
        """Take the cost from every bucket, or from none if one has too little: then say which."""
        now = self._clock()
        with self._lock:
            after: dict[str, tuple[float, float]] = {}
            for bucket in buckets:
                left, at = self._left.get(bucket.key, (float(bucket.burst), now))
                have = min(float(bucket.burst), left + max(0.0, now - at) * bucket.per_s)
                if have < bucket.cost:
                    return Shortage(bucket.key, (bucket.cost - have) / bucket.per_s)
                after[bucket.key] = (have - bucket.cost, now)
            if len(self._left) > _MANY_BUCKETS:
                self._left.clear()  # whoever was waiting may send a little too early
            self._left |= after
        return None

    def now_s(self) -> float:
        """Seconds that only go forward."""
        return self._clock()

    def rest(self, seconds: float) -> None:
        """Wait."""
        self._rest(seconds)


class RedisBuckets(LocalBuckets):
    """Buckets that all workers share; those of this process while Redis is away."""

    def __init__(
        self,
        redis: Redis,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(clock, rest)
        self._script = redis.register_script(_TAKE)
        self._ask_again_at = 0.0

    def take(self, buckets: Sequence[Bucket]) -> Shortage | None:
        """Take the cost from every bucket, or from none if one has too little: then say which."""
        if self.now_s() < self._ask_again_at:
            return super().take(buckets)
        figures = [figure for one in buckets for figure in (one.per_s, one.burst, one.cost)]
        try:
            place, wait_s = self._script(keys=[one.key for one in buckets], args=figures)
        except RedisError as error:
            self._ask_again_at = self.now_s() + _REDIS_PAUSE_S
            logger.warning("rates_kept_locally", extra={"error": type(error).__name__})
            return super().take(buckets)
        return Shortage(buckets[int(place) - 1].key, float(wait_s)) if int(place) else None


class Waiting(NamedTuple):
    """A part that must go back into its place, and after how many seconds it may be claimed."""

    part: ClaimedPart
    after_s: float


class Gate:
    """Lets parts through during one drain, as quickly as their accounts may send."""

    def __init__(self, runtime: Runtime) -> None:
        self._channels = runtime.channels
        self._throttle = runtime.throttle
        self._closed_until: dict[tuple[ChannelName, str], float] = {}

    def closed(self) -> list[tuple[ChannelName, str]]:
        """Return the accounts whose parts need not be claimed now."""
        if not self._closed_until or self._throttle is None:
            return []
        now = self._throttle.now_s()
        self._closed_until = {
            account: until for account, until in self._closed_until.items() if until > now
        }
        return list(self._closed_until)

    def admit(self, claimed: Sequence[ClaimedPart]) -> tuple[Sequence[ClaimedPart], list[Waiting]]:
        """Return the parts that leave now, in their order, and those that must wait."""
        if self._throttle is None:
            return claimed, []
        go: list[ClaimedPart] = []
        waiting: list[Waiting] = []
        for part in claimed:
            wait_s = self._wait_of(part)
            if wait_s is None:
                go.append(part)
            else:
                waiting.append(Waiting(part, wait_s))
        return go, waiting

    def rest(self) -> bool:
        """Wait for the account that may send next, if that is soon; False if it is not."""
        accounts = self.closed()
        if not accounts or self._throttle is None:
            return False
        soonest = min(self._closed_until[account] for account in accounts)
        seconds = soonest - self._throttle.now_s()
        if seconds > _LONGEST_REST_S:
            return False
        self._throttle.rest(max(0.0, seconds))
        return True

    def _wait_of(self, part: ClaimedPart) -> float | None:
        """Take what the part costs; return None, or after how many seconds it may be claimed."""
        adapter, account = self._channels.get(part.channel), (part.channel, part.account)
        rate = adapter.limits.rate if adapter is not None else None
        if rate is None or self._throttle is None:
            return None
        if account in self._closed_until:
            return 0.0  # in its place again at once; whoever claims leaves the account out
        shortage = self._throttle.take(buckets_of(part, rate))
        if shortage is None:
            return None
        if shortage.key == _recipient_key(part):
            return shortage.wait_s
        pause_s = max(shortage.wait_s, min(_WORTH_CLAIMING_S, rate.burst / rate.per_s))
        self._closed_until[account] = self._throttle.now_s() + pause_s
        return 0.0


def buckets_of(part: ClaimedPart, rate: SendRate) -> list[Bucket]:
    """Return the buckets from which a part takes; a part larger than a bucket takes all of it."""
    key = f"{{sahut}}:rate:{part.channel.value}:{part.account}"
    cost = min(_cost(part, rate), rate.burst)
    buckets = [Bucket(key, rate.per_s, rate.burst, cost)]
    if rate.media_per_s is not None and part.kind is PartKind.MEDIA:
        burst = max(1, int(rate.media_per_s))
        buckets.append(Bucket(f"{key}:media", rate.media_per_s, burst, 1))
    if rate.recipient_per_s is not None:
        buckets.append(Bucket(_recipient_key(part), rate.recipient_per_s, rate.recipient_burst, 1))
    return buckets


def _recipient_key(part: ClaimedPart) -> str:
    # The row's number, not the address: keys of Redis are read over shoulders.
    return f"{{sahut}}:rate:to:{part.conversation_id}"


def _cost(part: ClaimedPart, rate: SendRate) -> int:
    if not rate.by_segment or part.kind is not PartKind.TEXT:
        return 1
    text = part.payload.get("text") if isinstance(part.payload, dict) else None
    return max(1, segments(text)) if isinstance(text, str) else 1


class Sluice:
    """The accounts that turned out to be paused while a batch is being sent."""

    def __init__(self) -> None:
        self._shut: set[tuple[ChannelName, str]] = set()

    def shut(self, part: ClaimedPart) -> None:
        """Let nothing more through of the part's account."""
        self._shut.add((part.channel, part.account))

    def is_shut(self, part: ClaimedPart) -> bool:
        """Whether the part's account is paused."""
        return (part.channel, part.account) in self._shut
