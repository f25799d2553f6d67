"""One running service for the stories of a module, and the officers who work in it."""

from collections.abc import Iterator

import pytest
import redis

from local.redis import RedisServer
from tests.journeys.desk import Desk
from tests.live import Stack, free_ports, running_stack


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, redis_server: RedisServer
) -> Iterator[Stack]:
    """Sandbox, web and worker with a database of their own."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    home = tmp_path_factory.mktemp("stack")
    with running_stack(home, free_ports(), module_database_url, redis_server.url) as running:
        yield running


@pytest.fixture(scope="module")
def admin(stack: Stack) -> Desk:
    """An admin of Diskominfo, logged in."""
    return Desk(stack, "diskominfo")


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Desk:
    """An officer of the PD that complaints are disposed to, logged in."""
    return Desk(stack, "petugas")


@pytest.fixture(scope="module")
def neighbour(stack: Stack) -> Desk:
    """An officer of another PD, logged in."""
    return Desk(stack, "tetangga")
