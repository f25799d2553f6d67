"""`python -m local.migrations upgrade | new TEXT`: the database and its schema by hand.

Works on `DATABASE_URL`, on a `make run` under way, or else on the embedded database, which is
started for the moment.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from config.settings import PROJECT_DIR
from local.postgres import start_postgres
from local.run import DATABASE
from local.server_process import ServerStartError
from store.migrate import alembic_config, upgrade

_VERSIONS = PROJECT_DIR / "store" / "migrations" / "versions"


def main(arguments: list[str]) -> int:
    """Carry out one command; return the exit code."""
    match arguments:
        case ["upgrade"]:
            work = upgrade
        case ["new", message] if message:
            work = _Revision(message)
        case _:
            print('Say what: make migrate, or make migration m="what changes"', file=sys.stderr)
            return 2
    try:
        with _database() as url:
            work(url)
    except ServerStartError as error:
        print(error, file=sys.stderr)
        return 1
    except (CommandError, SQLAlchemyError) as error:
        # The first line alone: the others repeat the statement and its values.
        print(str(error).strip().splitlines()[0], file=sys.stderr)
        return 1
    print("The database stands at the newest migration.")
    return 0


class _Revision:
    """Writes the next numbered migration from the difference between models and database."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __call__(self, url: str) -> None:
        upgrade(url)
        number = f"{len(list(_VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
        command.revision(alembic_config(url), self._message, autogenerate=True, rev_id=number)


@contextlib.contextmanager
def _database() -> Iterator[str]:
    data_dir = Path(os.environ.get("SAHUT_DATA_DIR") or PROJECT_DIR / "var")
    note = data_dir / "run" / "database_url"
    given = os.environ.get("DATABASE_URL") or (note.read_text() if note.exists() else "")
    if given:
        yield given
        return
    server = start_postgres(data_dir / "postgres")
    try:
        if not server.has_database(DATABASE):
            server.create_database(DATABASE)
        yield server.url(DATABASE)
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
