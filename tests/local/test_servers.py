import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from local.postgres import PostgresServer, start_postgres
from local.redis import RedisServer, start_redis
from local.server_process import ServerStartError


def test_a_cloned_database_has_the_tables_of_the_newest_migration(database_url: str):
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()

    assert row is not None
    assert row[0]


def test_the_database_listens_on_no_network_port(postgres_url: str):
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)


def test_only_the_owner_may_enter_the_folder_of_the_database(postgres_server: PostgresServer):
    assert postgres_server.home.stat().st_mode & 0o077 == 0
    assert postgres_server.socket_dir.stat().st_mode & 0o077 == 0


def test_a_second_start_finds_the_data_of_the_first(server_home: Path):
    first = start_postgres(server_home / "twice", durable=False)
    first.create_database("kept")
    first.stop()

    second = start_postgres(server_home / "twice", durable=False)
    kept = second.has_database("kept")
    second.stop()

    assert kept


def test_a_lock_left_by_a_crash_does_not_keep_the_database_from_starting(server_home: Path):
    first = start_postgres(server_home / "crash", durable=False)
    first.stop()
    lock = first.home / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/somewhere\n0\n5432\n/somewhere\n\n0 0\nready\n")

    second = start_postgres(server_home / "crash", durable=False)
    second.stop()

    assert not lock.exists()


def test_a_database_that_cannot_start_says_so_in_one_line(server_home: Path):
    start_postgres(server_home / "broken", durable=False).stop()
    (server_home / "broken" / "data" / "postgresql.conf").write_text("not a setting\n")

    with pytest.raises(ServerStartError) as caught:
        start_postgres(server_home / "broken", durable=False)

    assert "PostgreSQL" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_servers_end_when_the_program_that_started_them_is_killed(server_home: Path):
    program = (
        "import sys, pathlib, time; from local.redis import start_redis;"
        "server = start_redis(pathlib.Path(sys.argv[1]), durable=False);"
        "print(server.process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(server_home / "orphan")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server_pid = int(parent.stdout.readline())
        server = os.pidfd_open(server_pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()

    assert _ends(server)


def test_redis_answers_on_its_socket_and_on_no_port(redis_url: str):
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.ping() is True
        assert client.config_get("port")["port"] == "0"


def test_each_test_gets_an_empty_redis(redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_what_an_earlier_test_wrote_to_redis_is_gone(redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("left") is None


def test_a_path_too_long_for_a_socket_still_works(server_home: Path):
    home = server_home / ("panjang-" * 12)

    server: RedisServer = start_redis(home, durable=False)
    with redis.Redis.from_url(server.url) as client:
        answered = client.ping()
    server.stop()

    assert answered is True
    assert not server.socket.parent.exists()


def _ends(process: int) -> bool:
    """Wait until a process that is not our child has ended."""
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(20_000))
