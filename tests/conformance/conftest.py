"""`pytest tests/conformance --payloads DIR`: any folder in the format of tests/data/payloads."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.postgres import PostgresServer
from store.crypto import KeyRing
from tests.conformance.payload_set import DEFAULT, FOLDERS, load
from tests.conformance.service import Service, running
from tests.gateway.conftest import keys

__all__ = ["keys"]

TEMPLATE = "sahut_template"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--payloads", help="folder with index.json; all of ours without it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    rows = {"payload_id": "payloads", "sequence_id": "sequences"}
    for name, rows_of in rows.items():
        if name in metafunc.fixturenames:
            cases = [
                pytest.param(folder, row["id"], id=row["id"])
                for folder in _folders(metafunc.config)
                for row in getattr(load(folder), rows_of)
            ]
            metafunc.parametrize(("service", name), cases, indirect=["service"], scope="module")


def _folders(config: pytest.Config) -> list[Path]:
    # In a run of all tests this file is found too late to add its option.
    chosen = config.getoption("--payloads", None)
    return [Path(chosen)] if chosen else list(FOLDERS)


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest,
    postgres_server: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
    keys: KeyRing,
) -> Iterator[Service]:
    """The app on a database of its own, for one set."""
    home = tmp_path_factory.mktemp("conformance")
    name = f"t_{secrets.token_hex(6)}"
    postgres_server.create_database(name, TEMPLATE)
    folder: Path = getattr(request, "param", DEFAULT)
    with running(load(folder), postgres_server.url(name), home, keys) as started:
        yield started
    postgres_server.drop_database(name)
