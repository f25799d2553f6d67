"""Servers for the tests: one embedded PostgreSQL and one Redis per session, started on demand."""

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
import redis

from local.browser import find_browser, missing_browser_line
from local.postgres import PostgresServer, start_postgres
from local.redis import RedisServer, start_redis
from store.migrate import upgrade

TEMPLATE = "sahut_template"

# No example may fail for being slow on a busy machine. `make fuzz` chooses the second profile.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=10_000,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """Short-named folder for server data; PostgreSQL's user may enter it also as root."""
    home = Path(tempfile.mkdtemp(prefix="sahut-test-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_home: Path) -> Iterator[PostgresServer]:
    """One PostgreSQL for all tests; its template database stands at the newest migration."""
    server = start_postgres(server_home / "pg", durable=False)
    server.create_database(TEMPLATE)
    upgrade(server.url(TEMPLATE))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """Address of the server's maintenance database."""
    return postgres_server.url()


@pytest.fixture(scope="session")
def shared_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The database that tests use one after the other."""
    yield from _cloned_database(postgres_server, TEMPLATE)


@pytest.fixture
def database_url(shared_database_url: str) -> Iterator[str]:
    """A migrated and empty database for one test; emptied again afterwards.

    Emptying takes a tenth of the time of making a new one.
    """
    yield shared_database_url
    _empty(shared_database_url)


@pytest.fixture(scope="module")
def module_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database for the tests of one module, which see each other's rows."""
    yield from _cloned_database(postgres_server, TEMPLATE)


@pytest.fixture
def empty_database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database without any table, for tests of the migrations themselves."""
    yield from _cloned_database(postgres_server, "template0")


@pytest.fixture(scope="session")
def redis_server(server_home: Path) -> Iterator[RedisServer]:
    """One Redis for all tests."""
    server = start_redis(server_home / "redis", durable=False)
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """Address of the Redis, emptied before the test."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def free_port() -> int:
    """A TCP port on loopback that nobody listens on right now."""
    return _pick_free_port()


@pytest.fixture
def two_free_ports() -> tuple[int, int]:
    """Two different free ports."""
    return _pick_free_port(), _pick_free_port()


def _pick_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Path of a Chromium. Without one the test is skipped, but fails where ``CI=true``."""
    found = find_browser(os.environ)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(missing_browser_line())
    pytest.skip(missing_browser_line())


_EMPTY = """
DO $$
DECLARE one record;
BEGIN
    SET LOCAL session_replication_role = replica;  -- no look at foreign keys: everything goes
    FOR one IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %I', one.tablename);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def _empty(url: str) -> None:
    """Remove all rows and begin all numbers anew; whoever still holds a table is cut off."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(_EMPTY)


def _cloned_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"t_{secrets.token_hex(6)}"
    server.create_database(name, template)
    yield server.url(name)
    server.drop_database(name)
