"""A real Kannel and a web server for it to call; without Kannel these tests are skipped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.kannel import (
    KannelPrograms,
    find_kannel,
    install_kannel,
    missing_kannel_line,
)
from tests.channels.provider import Answer, Provider, running_provider


@pytest.fixture(scope="session")
def kannel_programs() -> KannelPrograms:
    """The daemons, installed where we may. Without them: skipped, but failed where ``CI=true``."""
    found = find_kannel(os.environ)
    if found is None and install_kannel():
        found = find_kannel(os.environ)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(missing_kannel_line())
    pytest.skip(missing_kannel_line())


@pytest.fixture(scope="module")
def web() -> Iterator[Provider]:
    """What Kannel calls; it notes every request and answers like our acknowledgement."""
    with running_provider() as listening:
        listening.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))
        yield listening


@pytest.fixture(scope="module")
def kannel_home(server_home: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with a short name: Kannel takes no long paths."""
    return server_home / f"k-{request.module.__name__.rpartition('_')[2]}"
