"""A government on a database of its own, and its web application on a port of its own."""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.serving import ThreadedWSGIServer

from channels.adapter import ChannelAdapter
from config.tenant_files import read_tenant_file
from gateway.app import create_app
from gateway.boot import make_profile
from gateway.runtime import Runtime
from gateway.texts import Catalogue
from normalizer.tenant import load_tenant
from store import crypto
from store.crypto import KeyRing
from store.db import make_engine, transactions
from store.media_files import MediaFolder
from tests.gateway.fakes import RecordingNudger

ROOT = Path(__file__).resolve().parents[2]


class _PatientServer(ThreadedWSGIServer):
    """Waits at its end for requests that a closed browser left behind: they hold connections."""

    daemon_threads = False


@contextmanager
def government(
    database_url: str, home: Path, adapters: Iterable[ChannelAdapter]
) -> Iterator[Runtime]:
    """Give the runtime of a government with these channels and the real clock."""
    ring = KeyRing(1, {1: hashlib.sha256(b"kunci uji").digest()}, b"kunci cari uji".ljust(32))
    crypto.install(ring)
    engine = make_engine(database_url)
    data = read_tenant_file("bengkalis")
    yield Runtime(
        transaction=transactions(engine),
        channels={adapter.name: adapter for adapter in adapters},
        media=MediaFolder(home / "media"),
        nudger=RecordingNudger(),
        now=lambda: datetime.now(UTC),
        keys=ring,
        tenant=load_tenant(data),
        profile=make_profile(data, "http://127.0.0.1"),
        catalogue=Catalogue.read(ROOT / "config" / "messages.csv"),
        spool_dir=home / "spool",
        facts=data,
    )
    engine.dispose()


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """Serve the pages on loopback and give their address, without a slash at the end."""
    server = _PatientServer("127.0.0.1", 0, create_app(runtime))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
