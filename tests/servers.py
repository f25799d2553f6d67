"""PostgreSQL and Redis of a test's own, which it may stop, kill and start again."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from local.postgres import PostgresServer, start_postgres
from local.redis import RedisServer, start_redis
from local.server_process import ServerStartError
from store.migrate import upgrade
from tests.live import eventually

_DATABASE = "sahut"


class Servers:
    """Both servers. Durable as in production: what was committed survives a kill.

    Attributes:
        database_url: migrated; stays the same over restarts.
        redis_url: stays the same over restarts.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._postgres: PostgresServer | None = start_postgres(home / "pg")
        self._postgres.create_database(_DATABASE)
        self.database_url = self._postgres.url(_DATABASE)
        upgrade(self.database_url)
        self._redis: RedisServer | None = start_redis(home / "redis")
        self.redis_url = self._redis.url

    def stop_postgres(self) -> None:
        """End PostgreSQL in an orderly way: sessions are closed, everything is written."""
        if self._postgres is not None:
            self._postgres.process.stop()
            self._postgres = None

    def kill_postgres(self) -> None:
        """End PostgreSQL as a crash would."""
        if self._postgres is not None:
            self._postgres.process.kill()
            self._postgres = None

    def start_postgres(self) -> None:
        """Start PostgreSQL on the same data; what a killed server left behind may delay it."""

        def start() -> PostgresServer | None:
            with contextlib.suppress(ServerStartError):
                return start_postgres(self._home / "pg")
            return None

        self._postgres = eventually(start, "PostgreSQL after its crash")
        with psycopg.connect(self.database_url):
            pass

    def kill_redis(self) -> None:
        """End Redis as a crash would."""
        if self._redis is not None:
            self._redis.process.kill()
            self._redis = None

    def start_redis(self) -> None:
        """Start Redis on the same socket; it may have forgotten what was queued."""
        self._redis = start_redis(self._home / "redis")

    def stop(self) -> None:
        """End both."""
        if self._redis is not None:
            self._redis.stop()
        self.stop_postgres()


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start both servers in a folder of their own and stop them at the end."""
    # Below /tmp with a short name: sockets have short paths, and PostgreSQL's user must get in.
    home = Path(tempfile.mkdtemp(prefix="sahut-own-"))
    home.chmod(0o711)
    servers = Servers(home)
    try:
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(home, ignore_errors=True)
