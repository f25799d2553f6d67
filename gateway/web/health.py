"""For supervisors and monitoring: is the process alive, can it work, what are its figures."""

from flask import Blueprint, Response, jsonify

from gateway import vitals
from gateway.web.access import public, runtime

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Database, queue and spool; 503 with the part that is away."""
    found = vitals.check(runtime())
    parts = {"database": found.database, "queue": found.queue, "spool": found.spool}
    return jsonify(ready=found.ready, **parts), 200 if found.ready else 503


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus figures: counts only, nothing that names a person."""
    return Response(vitals.metrics(runtime()), content_type=vitals.METRICS_TYPE)
