"""A runtime on a real PostgreSQL, with platforms in memory and a clock that tests turn."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from channels.message import ChannelEvent, ChannelName
from channels.webhook import WebhookReply, WebhookRequest
from config.tenant_files import read_tenant_file
from gateway.boot import make_profile
from gateway.intake import intake
from gateway.runtime import Runtime
from gateway.texts import Catalogue
from normalizer.tenant import load_tenant
from store import crypto
from store.crypto import KeyRing
from store.db import make_engine, transactions
from store.media_files import MediaFolder
from tests.gateway.fakes import Clock, FakeAdapter, RecordingNudger

CATALOGUE = Path(__file__).parents[2] / "config" / "messages.csv"
PUBLIC_URL = "https://aduan.kabcontoh.go.id"


@pytest.fixture(scope="session", autouse=True)
def keys() -> KeyRing:
    ring = KeyRing(
        current=1,
        keys={1: hashlib.sha256(b"kunci uji").digest()},
        lookup_key=hashlib.sha256(b"kunci cari uji").digest(),
    )
    crypto.install(ring)
    return ring


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def nudger() -> RecordingNudger:
    return RecordingNudger()


@pytest.fixture
def telegram() -> FakeAdapter:
    return FakeAdapter(ChannelName.TELEGRAM)


@pytest.fixture
def whatsapp() -> FakeAdapter:
    return FakeAdapter(ChannelName.WHATSAPP, window=timedelta(hours=24))


@pytest.fixture
def sms() -> FakeAdapter:
    return FakeAdapter(ChannelName.SMS)


@pytest.fixture
def messenger() -> FakeAdapter:
    return FakeAdapter(
        ChannelName.MESSENGER, window=timedelta(hours=24), human_window=timedelta(days=7)
    )


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def runtime(
    engine: Engine,
    keys: KeyRing,
    clock: Clock,
    nudger: RecordingNudger,
    telegram: FakeAdapter,
    whatsapp: FakeAdapter,
    sms: FakeAdapter,
    messenger: FakeAdapter,
    tmp_path: Path,
) -> Runtime:
    data = read_tenant_file("bengkalis")
    adapters = (telegram, whatsapp, sms, messenger)
    return Runtime(
        transaction=transactions(engine),
        channels={adapter.name: adapter for adapter in adapters},
        media=MediaFolder(tmp_path / "media"),
        nudger=nudger,
        now=clock,
        keys=keys,
        tenant=load_tenant(data),
        profile=make_profile(data, PUBLIC_URL),
        catalogue=Catalogue.read(CATALOGUE),
        spool_dir=tmp_path / "spool",
        facts=data,
    )


Hear = Callable[..., WebhookReply]

_PROVIDERS = {
    ChannelName.WHATSAPP: "twilio",
    ChannelName.SMS: "twilio",
    ChannelName.TELEGRAM: "telegram",
    ChannelName.MESSENGER: "meta",
}


@pytest.fixture
def hear(runtime: Runtime) -> Hear:
    """Let a webhook of a platform arrive that holds the given events."""

    def arrive(adapter: FakeAdapter, *events: ChannelEvent, body: bytes = b"{}") -> WebhookReply:
        for other in runtime.channels.values():
            if isinstance(other, FakeAdapter):
                other.events = []
        adapter.events = list(events)
        return intake.receive(runtime, _PROVIDERS[adapter.name], webhook(body))

    return arrive


def webhook(
    body: bytes = b"{}", method: str = "POST", signature: str = "genuine"
) -> WebhookRequest:
    return WebhookRequest(
        method=method,
        url=f"{PUBLIC_URL}/webhooks/x",
        headers={"x-fake": signature, "x-telegram-bot-api-secret-token": "rahasia"},
        body=body,
    )
