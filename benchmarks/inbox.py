"""Pages over 100,000 complaints: `python -m benchmarks.inbox [--explain]`.

Seeds a database of its own, then asks each page a hundred times through the real application, in
this process and without a network: what is printed is the server's time. With ``--home`` the
database stays there and the next run, or one that was interrupted, goes on with it.
"""

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from benchmarks.inbox_seed import seed, seed_long_thread
from channels.message import ChannelName
from config.tenant_files import read_tenant_file
from gateway.listing import exports, search_terms
from gateway.listing.exports import Format
from gateway.listing.list_filter import Criteria
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from gateway.settings.government import make_profile
from gateway.texts import Catalogue
from local.postgres import PostgresServer, start_postgres
from normalizer.tenant import load_tenant
from normalizer.ticket import make_ticket
from store import crypto
from store.crypto import KeyRing
from store.db import make_engine, transactions
from store.media_files import MediaFolder
from store.migrate import upgrade
from store.models.staff import StaffUser
from tests.gateway.fakes import Clock, FakeAdapter, RecordingNudger
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app

DATABASE = "inbox"
LONG_THREAD = 5_000
_TICKET = make_ticket(2026, 1)
_CATALOGUE = Path(__file__).parents[1] / "config" / "messages.csv"
_MOST_QUERIES = 12
_BIG_ROWS = ("Seq Scan", "Sort", "Index", "Bitmap", "Limit")


@dataclass(frozen=True)
class Page:
    """One page and who asks for it."""

    name: str
    who: str
    address: str


PAGES = (
    Page("inbox", "rina", "/kotak/"),
    Page("inbox, late", "rina", "/kotak/?antrean=lewat"),
    Page("PD inbox", "andi", "/pd/"),
    Page("list", "rina", "/daftar/"),
    Page("list by deadline", "rina", "/daftar/?urut=batas"),
    Page("list, late with photo", "rina", "/daftar/?lewat=ya&foto=ya&urut=batas"),
    Page("list of a desa", "rina", "/daftar/?desa=Air+Putih"),
    Page("list of a PD", "andi", "/daftar/"),
    Page("search, common word", "rina", "/daftar/?kata=lampu"),
    Page("search, three words", "rina", "/daftar/?kata=jembatan+lapuk+banjir"),
    Page("search, mistyped", "rina", "/daftar/?kata=jembtan+lapuk"),
    Page("search, common word, PD", "andi", "/daftar/?kata=lampu"),
    Page(f"case, {LONG_THREAD:,} messages", "rina", f"/kotak/aduan/{_TICKET}"),
)


def main() -> int:
    """Seed, measure, print."""
    options = _options()
    with ExitStack() as stack:
        home = options.home
        if home is None:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sahut-inbox-")))
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)
        server = start_postgres(home / "pg", durable=False)
        stack.callback(server.stop)
        engine = make_engine(_database(server))
        stack.callback(engine.dispose)
        runtime = _runtime(engine, home)
        _people(runtime, engine)
        print(f"seeding {options.complaints:,} complaints", flush=True)
        seed(engine, runtime.tenant, runtime.now(), options.complaints)
        with Session(engine) as session, session.begin():
            seed_long_thread(session, _TICKET, LONG_THREAD, runtime.now())
        while search_terms.collect(runtime):
            print("  collecting words", flush=True)
        _measure(runtime, engine, options)
        if not options.pages_only:
            _measure_exports(runtime, engine)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--complaints", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100, help="of each page")
    parser.add_argument("--home", type=Path, help="keep the database here")
    parser.add_argument("--explain", action="store_true", help="show how each page is answered")
    parser.add_argument("--pages-only", action="store_true", help="no exports")
    return parser.parse_args()


def _database(server: PostgresServer) -> str:
    if not server.has_database(DATABASE):
        server.create_database(DATABASE)
    upgrade(server.url(DATABASE))
    return server.url(DATABASE)


def _runtime(engine: Engine, home: Path) -> Runtime:
    keys = KeyRing(1, {1: hashlib.sha256(b"benchmark").digest()}, hashlib.sha256(b"b").digest())
    crypto.install(keys)
    data = read_tenant_file("bengkalis")
    adapters = [FakeAdapter(name) for name in (ChannelName.WHATSAPP, ChannelName.SMS)]
    return Runtime(
        transaction=transactions(engine),
        channels={adapter.name: adapter for adapter in adapters},
        media=MediaFolder(home / "media"),
        nudger=RecordingNudger(),
        now=Clock(),
        keys=keys,
        tenant=load_tenant(data),
        profile=make_profile(data, "https://aduan.kabcontoh.go.id"),
        catalogue=Catalogue.read(_CATALOGUE),
        spool_dir=home / "spool",
        facts=data,
    )


def _people(runtime: Runtime, engine: Engine) -> None:
    with Session(engine) as session:
        known = session.scalar(select(StaffUser.id).limit(1))
    if known is None:
        open_office(runtime)


def _measure(runtime: Runtime, engine: Engine, options: argparse.Namespace) -> None:
    app = make_app(runtime)
    browsers: dict[str, Browser] = {name: logged_in(app, name) for name in ("rina", "andi")}
    print(f"{'page':<28}{'queries':>8}{'median':>10}{'p99':>10}{'KB':>7}")
    for page in PAGES:
        browser = browsers[page.who]
        browser.opens(page.address)
        with _statements(engine) as asked:
            response = browser.opens(page.address)
        spent = [_timed(browser, page.address) for _ in range(options.requests)]
        spent.sort()
        p99 = spent[min(len(spent) - 1, round(len(spent) * 0.99))]
        many = " (!)" if len(asked) > _MOST_QUERIES and "case" not in page.name else ""
        print(
            f"{page.name:<28}{len(asked):>8}{statistics.median(spent) * 1000:>7.1f} ms"
            f"{p99 * 1000:>7.1f} ms{len(response.data) // 1024:>7}{many}",
            flush=True,
        )
        if options.explain:
            _explain(engine, asked)


def _measure_exports(runtime: Runtime, engine: Engine) -> None:
    with Session(engine) as session:
        user = session.scalars(select(StaffUser).where(StaffUser.username == "rina")).one()
    rina = Staff(user.id, user.username, user.name, user.role)
    for kind in Format:
        began, size = time.perf_counter(), 0
        for piece in exports.begin(runtime, rina, Criteria(), kind):
            size += len(piece)
        took = time.perf_counter() - began
        print(f"export {kind.value:<21}{took:>24.1f} s{size / 2**20:>9.1f} MB", flush=True)


def _timed(browser: Browser, address: str) -> float:
    began = time.perf_counter()
    response = browser.opens(address)
    took = time.perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")
    return took


@contextmanager
def _statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _explain(engine: Engine, asked: list[tuple[str, Any]]) -> None:
    """Print of each slower statement which scans answer it."""
    with engine.connect() as connection:
        for statement, values in asked:
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", values).scalars()
            lines = list(plan)
            took = float(lines[-1].split()[-2])
            if took >= 1.0:
                print(f"    {took:.1f} ms: {' '.join(statement.split())[:90]}")
                for line in lines:
                    if any(word in line for word in _BIG_ROWS):
                        print(f"      {line[:130]}")
        connection.execute(text("ROLLBACK"))


if __name__ == "__main__":
    raise SystemExit(main())
