"""`pytest tests/conformance --payloads DIR`: any folder in the format of tests/data/payloads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.crypto import KeyRing
from tests.conformance.payload_set import DEFAULT, PayloadSet, load
from tests.conformance.service import Service, running
from tests.gateway.conftest import keys

__all__ = ["keys"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--payloads", default=str(DEFAULT), help="folder with index.json")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = payload_set(metafunc.config)
    if "payload_id" in metafunc.fixturenames:
        metafunc.parametrize("payload_id", [row["id"] for row in chosen.payloads])
    if "sequence_id" in metafunc.fixturenames:
        metafunc.parametrize("sequence_id", [row["id"] for row in chosen.sequences])


def payload_set(config: pytest.Config) -> PayloadSet:
    # In a run of all tests this file is found too late to add its option.
    return load(Path(config.getoption("--payloads", str(DEFAULT))))


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest,
    module_database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    keys: KeyRing,
) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("conformance")
    with running(payload_set(request.config), module_database_url, home, keys) as started:
        yield started
