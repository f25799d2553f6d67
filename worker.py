"""Worker entry: settings → runtime → RQ worker and ticker. `python worker.py`."""

import logging
import sys
import time

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from channels.registry import close_channels
from config.logging import configure_logging
from config.settings import Settings, SettingsError, load_settings
from gateway import jobs
from gateway.boot import build_runtime, connect_redis

_LONGEST_WAIT_FOR_REDIS_S = 5.0

logger = logging.getLogger("worker")


class DrainWorker(SimpleWorker):
    """Runs jobs in this process, so that pools, event loop and imports are made once."""

    max_connection_wait_time = _LONGEST_WAIT_FOR_REDIS_S  # RQ's own goes up to a minute


def main() -> int:
    """Work until SIGTERM or Ctrl-C; the job under way is finished first."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    configure_logging(settings.log_format)
    runtime = build_runtime(settings)
    jobs.install(runtime)
    stop_ticker = jobs.start_ticker(runtime, tick_s=settings.tick_s, sweep_s=settings.sweep_s)
    try:
        _work(settings)
    finally:
        stop_ticker()
        close_channels(runtime.channels)
    return 0


def _work(settings: Settings) -> None:
    """Work until asked to stop, also through times without Redis."""
    while True:
        connection = connect_redis(settings.redis_url)
        queue = Queue(jobs.QUEUE_NAME, connection=connection, serializer=JSONSerializer)
        worker = DrainWorker([queue], connection=connection, serializer=JSONSerializer)
        try:
            worker.work(logging_level="WARNING")
        except RedisError:
            logger.warning("redis_unreachable")
            time.sleep(_LONGEST_WAIT_FOR_REDIS_S)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
