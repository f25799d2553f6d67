"""Who has which case open now, kept in Redis for less than a minute. Numbers only."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

OPEN: Final = "buka"
WRITING: Final = "tulis"
GONE: Final = "pergi"
_COUNTS = timedelta(seconds=40)  # two heartbeats of 15 s may get lost
_KEY_LIFE_S: Final = 60


class RedisPresence:
    """Heartbeats of people on cases. Without Redis nobody is shown and nothing fails."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def beat(self, complaint_id: int, user_id: int, mode: str, now: datetime) -> None:
        """Note that this person has the case open, writes, or has left it. Never raises."""
        key = f"sahut:presence:{complaint_id}"
        try:
            if mode == GONE:
                self._redis.hdel(key, str(user_id))
                return
            self._redis.hset(key, str(user_id), f"{mode}:{int(now.timestamp())}")
            self._redis.expire(key, _KEY_LIFE_S)
        except RedisError:
            logger.warning("presence_not_noted")

    def others(self, complaint_id: int, user_id: int, now: datetime) -> Mapping[int, str]:
        """Return who else is there, by id, and whether they write. Never raises."""
        try:
            noted = self._redis.hgetall(f"sahut:presence:{complaint_id}")
        except RedisError:
            return {}
        found = {}
        for key, value in noted.items():
            words = value if isinstance(value, str) else value.decode()
            mode, _, at = words.partition(":")
            if int(key) != user_id and int(at) >= (now - _COUNTS).timestamp():
                found[int(key)] = mode
        return found
