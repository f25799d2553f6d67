"""Asking the database whether the settings have changed, where no other query brings it along."""

from sqlalchemy.exc import OperationalError, ProgrammingError

from gateway.runtime import Runtime
from store import setting_changes


def look(runtime: Runtime) -> Runtime:
    """Return the runtime with the settings as they are now; as it is while the database is away."""
    try:
        with runtime.transaction() as session:
            runtime.watch.saw(setting_changes.version(session))
    except (OperationalError, ProgrammingError):  # away, or not migrated yet
        return runtime
    return runtime.renewed()
