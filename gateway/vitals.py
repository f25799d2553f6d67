"""Whether this process can do its work: database, queue, spool; and the figures for Prometheus."""

import os
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gateway.intake.spool import SpoolError, keys_in_order
from gateway.runtime import Runtime
from store import outbox

METRICS_TYPE = CONTENT_TYPE_LATEST

_SPOOLED = Gauge("sahut_spool_files", "Requests on disk that wait for the database")
_QUEUED = Gauge("sahut_outbox_parts", "Outgoing parts by state", ["state"])


@dataclass(frozen=True, slots=True)
class Vitals:
    """Which parts answer. Intake works while the spool can be written, whatever else is away."""

    database: bool
    queue: bool
    spool: bool

    @property
    def ready(self) -> bool:
        """Whether pages and webhooks can be served."""
        return self.database and self.queue and self.spool


def check(runtime: Runtime) -> Vitals:
    """Ask each part once."""
    return Vitals(
        database=_database_answers(runtime),
        queue=runtime.nudger.answers(),
        spool=_spool_is_writable(runtime),
    )


def metrics(runtime: Runtime) -> bytes:
    """Return all figures of this process in Prometheus's text format."""
    try:
        _SPOOLED.set(len(list(keys_in_order(runtime.spool_dir))))
    except SpoolError:
        _SPOOLED.set(-1)
    try:
        with runtime.transaction() as session:
            counts = outbox.count_open(session)
    except SQLAlchemyError:
        counts = {}
    for state, count in counts.items():
        _QUEUED.labels(state).set(count)
    return generate_latest(REGISTRY)


def _database_answers(runtime: Runtime) -> bool:
    try:
        with runtime.transaction() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _spool_is_writable(runtime: Runtime) -> bool:
    folder = runtime.spool_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(existing, os.W_OK | os.X_OK)
