"""Keeping the words by which mistyped searches are forgiven, a few at a time, off the requests."""

from datetime import timedelta

from gateway.runtime import Runtime
from store import terms

_BATCHES = 20
# A transaction that is still open may commit an older instant; none lasts so long.
_SETTLED = timedelta(minutes=1)


def collect(runtime: Runtime) -> int:
    """Take the words of cases that are new or changed; return how many batches that took."""
    until = runtime.now() - _SETTLED
    for done in range(_BATCHES):
        with runtime.transaction() as session:
            if not terms.collect(session, until):
                return done
    return _BATCHES
