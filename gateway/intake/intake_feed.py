"""Feeding in what lay on the disk while the database was away: in order, once."""

import logging
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from channels.registry import adapters_for
from gateway.intake import spool
from gateway.intake.keeping import keep, keep_what_fits
from gateway.intake.webhook_events import Reading, read_events
from gateway.runtime import Runtime
from store import messages, states
from store.messages import Arrival

logger = logging.getLogger(__name__)

_DATABASE_AWAY = (OperationalError, InterfaceError, DisconnectionError, PoolTimeoutError)


def drain(runtime: Runtime) -> int:
    """Feed every spooled request into the database; return how many went in.

    Stops where the database is away again; the files wait for the next sweep.
    """
    folder = runtime.spool_dir
    if not spool.waiting(folder):
        return 0
    fed = 0
    with spool.sole_feeder(folder) as alone:
        for spool_key in spool.keys_in_order(folder) if alone else []:
            try:
                fed += _feed(runtime, spool_key)
            except _DATABASE_AWAY:
                logger.warning("feeding_stopped", extra={"fed": fed})
                break
    if fed:
        # The database was away: requests may have been refused besides those on the disk.
        with runtime.transaction() as session:
            states.want_records(session, runtime.now())
    return fed


def _feed(runtime: Runtime, spool_key: str) -> int:
    folder = runtime.spool_dir
    try:
        arrival = spool.read(folder, runtime.keys, spool_key)
        woken = _keep_once(runtime, arrival)
    except _DATABASE_AWAY:
        raise
    except FileNotFoundError:
        return 0
    except (spool.RottenFileError, SQLAlchemyError) as error:
        # It would fail the same way for ever, and hold up those behind it.
        logger.error(
            "spooled_file_set_aside", extra={"key": spool_key, "error": type(error).__name__}
        )
        spool.set_aside(folder, spool_key)
        return 0
    spool.remove(folder, spool_key)
    for kind in sorted(woken):
        runtime.wake(kind)
    return 1


def _keep_once(runtime: Runtime, arrival: Arrival) -> set[str]:
    """Keep a request unless a feeder that died before removing its file has done so."""
    adapters = adapters_for(runtime.channels, arrival.provider)
    if not adapters:
        raise spool.RottenFileError("its provider is not connected any more")
    reading = read_events(adapters, arrival.request)
    whole = replace(arrival, parse_error=reading.error)
    try:
        return _keep(runtime, whole, reading, keep)
    except _DATABASE_AWAY:
        raise
    except (SQLAlchemyError, ValueError) as error:
        facts = {"provider": arrival.provider, "error": type(error).__name__}
        logger.error("content_refused", extra=facts)
    return _keep(runtime, whole, reading, keep_what_fits)


def _keep(
    runtime: Runtime,
    arrival: Arrival,
    reading: Reading,
    how: Callable[[Session, Arrival, Reading], set[str]],
) -> set[str]:
    with runtime.transaction() as session:
        if arrival.spool_key and messages.was_fed(session, arrival.spool_key):
            return set()
        return how(session, arrival, reading)
