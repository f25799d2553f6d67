"""Servers that may be killed, and a service on them that starts what the test wants."""

from collections.abc import Iterator

import pytest

from tests.live import Stack, free_ports, running_stack
from tests.servers import Servers, own_servers


@pytest.fixture
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis of this test's own."""
    with own_servers() as running:
        yield running


@pytest.fixture
def stack(tmp_path, servers: Servers) -> Iterator[Stack]:
    """Sandbox and web; the worker starts when the test says so."""
    ports = free_ports()
    urls = servers.database_url, servers.redis_url
    with running_stack(tmp_path, ports, *urls, processes=("sandbox", "web")) as running:
        yield running
