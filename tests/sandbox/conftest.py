"""A sandbox on a free port, quick enough for tests, and a gateway that listens."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twilio.rest import Client

from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.sandbox.sdk import twilio_client
from tests.sandbox.stage import ListeningGateway, Stage

QUICK: dict[str, Any] = {
    "sent_after_s": 0.02,
    "delivered_after_s": 0.06,
    "read_after_s": 0.1,
    "retry_base_s": 0.02,
    "retry_cap_s": 0.05,
    "meta_batch_s": 0.0,
    "late_s": 0.2,
    "reorder_hold_s": 5.0,
    "silence_s": 5.0,
    "webhook_timeout_s": 5.0,
    "workers": 6,
}


@pytest.fixture
def gateway() -> Iterator[ListeningGateway]:
    listening = ListeningGateway()
    yield listening
    listening.close()


@pytest.fixture
def open_stage(gateway: ListeningGateway) -> Iterator[Callable[..., Stage]]:
    """Open a sandbox with other settings than the quick ones."""
    servers: list[SandboxServer] = []

    def open_one(**changes: Any) -> Stage:
        values = {"target": gateway.url, "port": free_port(), **QUICK, **changes}
        server = SandboxServer(SandboxSettings(**values))
        server.start()
        servers.append(server)
        return Stage(server, gateway)

    yield open_one
    for server in servers:
        server.close()


@pytest.fixture
def stage(open_stage: Callable[..., Stage]) -> Stage:
    return open_stage()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def twilio(stage: Stage) -> Client:
    return twilio_client(stage)


@pytest.fixture
def chatting(stage: Stage) -> Stage:
    """Salmah has started the bot."""
    stage.write("salmah", "telegram", "/start")
    stage.webhooks("/webhooks/telegram", 1)
    return stage


@pytest.fixture
def talking(stage: Stage) -> Stage:
    """Salmah has written on both platforms."""
    stage.write("salmah", "messenger", "halo")
    stage.write("salmah", "instagram", "halo")
    stage.meta_events(2)
    return stage
