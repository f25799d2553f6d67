"""A webhook comes in: verify, keep, wake, answer. The order is fixed here for all platforms."""

import logging

from prometheus_client import Counter
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from channels.errors import SignatureError
from channels.registry import adapters_for, is_handshake
from channels.webhook import WebhookReply, WebhookRequest
from gateway.intake import spool
from gateway.intake.keeping import keep, keep_what_fits
from gateway.intake.webhook_events import Reading, read_events
from gateway.runtime import Runtime
from store.messages import Arrival

logger = logging.getLogger(__name__)

FORGED = Counter("sahut_webhooks_forged", "Webhooks that the platform did not sign", ["provider"])
SPOOLED = Counter("sahut_webhooks_spooled", "Webhooks kept on disk", ["provider"])
DATABASE_AWAY = (OperationalError, InterfaceError, DisconnectionError, PoolTimeoutError)


def receive(runtime: Runtime, provider: str, request: WebhookRequest) -> WebhookReply:
    """Take one request of a platform in and return what it wants to hear.

    Args:
        runtime: of this process.
        provider: as in `channels.registry.adapters_for`.
        request: as raw as it came.
    """
    adapters = adapters_for(runtime.channels, provider)
    if not adapters:
        return WebhookReply(status=404)
    try:
        if is_handshake(provider, request):
            return adapters[0].handshake(request)
        adapters[0].verify(request)
    except SignatureError:
        FORGED.labels(provider).inc()
        return WebhookReply(status=403)
    reading = read_events(adapters, request)
    arrival = Arrival(provider, request, runtime.now(), reading.error)
    return reading.reply if _keep_safely(runtime, arrival, reading) else WebhookReply(status=503)


def _keep_safely(runtime: Runtime, arrival: Arrival, reading: Reading) -> bool:
    """Commit the request to the database, else to the disk; False if neither takes it."""
    try:
        woken = _keep_whole(runtime, arrival, reading)
    except DATABASE_AWAY as error:
        return _keep_on_disk(runtime, arrival, type(error).__name__)
    for kind in sorted(woken):
        runtime.wake(kind)
    return True


def _keep_whole(runtime: Runtime, arrival: Arrival, reading: Reading) -> set[str]:
    """Commit all of it, or what the database takes of it; return the kinds of work due."""
    try:
        with runtime.transaction() as session:
            return keep(session, arrival, reading)
    except DATABASE_AWAY:
        raise
    except (SQLAlchemyError, ValueError) as error:
        # The type only: the error may quote the citizen. It would be the same the next time.
        facts = {"provider": arrival.provider, "error": type(error).__name__}
        logger.error("content_refused", extra=facts)
    with runtime.transaction() as session:
        return keep_what_fits(session, arrival, reading)


def _keep_on_disk(runtime: Runtime, arrival: Arrival, reason: str) -> bool:
    try:
        spool_key = spool.write(runtime.spool_dir, runtime.keys, arrival)
    except spool.SpoolError:
        logger.error("spool_refused", extra={"provider": arrival.provider})
        return False
    SPOOLED.labels(arrival.provider).inc()
    logger.warning("request_spooled", extra={"spool_key": spool_key, "reason": reason})
    runtime.wake("spool")
    return True
