"""What RQ calls, and what makes it call: nudges to drain, and the ticker that misses none.

A job names a kind of work, never a row. The wake token ``sahut:wake:<kind>`` lets many nudges
become one job; the job deletes it first and then takes rows until none is due (decision 8).
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from gateway import sweeps
from gateway.dialogue import calls, dialogue, ktp, transcription
from gateway.intake import intake_feed, profiles, reconcile
from gateway.learning import learning
from gateway.media import media
from gateway.officers import reminders, staff_dialogue, staff_sending
from gateway.runtime import Runtime
from gateway.sending import replies, unclear_sends
from gateway.settings import settings_version
from gateway.upkeep import channel_care

logger = logging.getLogger(__name__)

QUEUE_NAME: Final = "{sahut}"  # a hash tag, so that Redis Cluster keeps RQ's keys together
_TOKEN_LIFE_S: Final = 30

DRAINS: Final[Mapping[str, Callable[[Runtime], object]]] = {
    "dialogue": dialogue.drain,
    "media": media.drain,
    "outbox": replies.drain,
    "spool": intake_feed.drain,
    "sweep": sweeps.run,
    "records": reconcile.drain,
    "unclear": unclear_sends.drain,
    "care": channel_care.drain,
    "profiles": profiles.drain,
    "calls": calls.drain,
    "cards": ktp.drain,
    "transcripts": transcription.drain,
    "learning": learning.drain,
    "staff": staff_dialogue.drain,
    "alerts": staff_sending.drain,
    "reminders": reminders.drain,
}


class RedisNudger:
    """Enqueues one drain job per kind, however often it is woken. Swallows Redis's absence."""

    def __init__(self, redis: Redis, queue: Queue) -> None:
        self._redis = redis
        self._queue = queue

    def wake(self, kind: str) -> None:
        """Ask for a drain of `kind`."""
        try:
            if self._redis.set(_token(kind), 1, nx=True, ex=_TOKEN_LIFE_S):
                self._queue.enqueue(drain, kind, result_ttl=0, failure_ttl=3600, job_timeout=600)
        except RedisError:
            logger.warning("wake_failed", extra={"kind": kind})

    def answers(self) -> bool:
        """Whether Redis can be reached now."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def taken_up(self, kind: str) -> None:
        """Forget the token of `kind`: what comes from now on needs a job of its own."""
        try:
            self._redis.delete(_token(kind))
        except RedisError:
            logger.warning("token_kept", extra={"kind": kind})


class _Installed:
    runtime: Runtime | None = None


def install(runtime: Runtime) -> None:
    """Make `runtime` the one that jobs of this process use."""
    _Installed.runtime = runtime


def drain(kind: str) -> None:
    """Do all work of `kind` that is due now. An error is logged; the rows are still there."""
    if _Installed.runtime is None:
        raise RuntimeError("no runtime installed in this worker")
    runtime = _Installed.runtime = settings_version.look(_Installed.runtime)
    if isinstance(runtime.nudger, RedisNudger):
        runtime.nudger.taken_up(kind)
    try:
        DRAINS[kind](runtime)
    except Exception:
        logger.exception("drain_failed", extra={"kind": kind})


def start_ticker(runtime: Runtime, *, tick_s: float, sweep_s: float) -> Callable[[], None]:
    """Wake what is due every `tick_s`, sweep every `sweep_s`; return the function that stops it.

    It runs beside the worker's loop, so that a timer that falls due, a lost token or a job that
    Redis forgot is found without anybody calling.
    """
    stopped = threading.Event()

    def run() -> None:
        swept_at = time.monotonic() - sweep_s
        while not stopped.wait(tick_s):
            sweep = time.monotonic() - swept_at >= sweep_s
            if sweep:
                swept_at = time.monotonic()
            _tick(runtime, sweep=sweep)

    thread = threading.Thread(target=run, name="ticker", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=10)

    return stop


def _tick(runtime: Runtime, *, sweep: bool) -> None:
    try:
        for kind in sweeps.due_kinds(runtime):
            runtime.wake(kind)
        if sweep:
            runtime.wake("sweep")
    except Exception:
        logger.exception("tick_failed")


def _token(kind: str) -> str:
    return f"sahut:wake:{kind}"
